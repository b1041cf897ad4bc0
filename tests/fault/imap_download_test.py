"""imap get and imap attachments: whole files or none, whatever ends them; nothing is lost, nothing is over another."""

import fcntl
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import small_disk  # noqa: E402
from program import MAILTOOL, ProgramTest  # noqa: E402
from reading_server import ReadingServer  # noqa: E402

KILL = os.environ["KILL_AT_SYSCALL"]
LARGE = b"Message-ID: <large@crepes.fr>\r\nSubject: large\r\n\r\n" + b"0123456789abcde\r\n" * 100_000


def message(uid):
    return b"Message-ID: <%d@crepes.fr>\r\nSubject: %d\r\n\r\nHello %d\r\n" % (uid, uid, uid)


def literal(octets):
    return b"{%d}\r\n%s" % (len(octets), octets)


def section_of(items):
    """("", 0, None) of "UID BODY.PEEK[]": section, offset, length."""
    found = re.search(r"(?:BODY|BINARY)(?:\.PEEK)?\[([^\]]*)\](?:<(\d+)\.(\d+)>)?", items)
    return found[1], int(found[2] or 0), int(found[3]) if found[3] else None


def whole(messages, cut=None):
    """Answers for {uid: octets}; `cut(uid, octets)` may say after how many octets it hangs up."""
    def answer(number, uids, items, send):
        for uid in uids:
            if uid not in messages:
                continue
            section, offset, length = section_of(items)
            octets = messages[uid]
            if section.startswith("HEADER.FIELDS"):
                octets = octets[:octets.index(b"\r\n\r\n") + 4]
            size = len(octets)
            octets = octets[offset:None if length is None else offset + length]
            origin = b"" if length is None else b"<%d>" % offset
            said = b"* %d FETCH (UID %d RFC822.SIZE %d BODY[%s]%s " % (uid, uid, size, section.encode(), origin)
            stop = cut and cut(uid, octets)
            if stop is not None and stop is not False:
                send(said + literal(octets)[:stop])
                return None
            send(said + literal(octets) + b")\r\n")
        return ""
    return answer


class Downloads(ProgramTest):
    def server(self, count, answer, **more):
        server = ReadingServer(count, answer, **more)
        self.addCleanup(server.close)
        return server

    def setUp(self):
        self.out = pathlib.Path(tempfile.mkdtemp(dir=self.folder))

    def imap(self, server, *words, status=0):
        done = self.mailtool("imap", server.url, "--tls", "off", *words)
        self.assertEqual(done.status, status, done)
        return done

    def files(self):
        return {path.name: path.read_bytes() for path in self.out.iterdir()}

    def test_many_messages_in_one_flight(self):
        messages = {uid: message(uid) for uid in range(1, 501) if uid != 77}
        server = self.server(500, whole(messages))
        done = self.imap(server, "get", "1:*", "-o", self.out, status=66)
        self.assertIn("UID 77", done.err)
        self.assertEqual(self.files(), {f"INBOX-{uid}.eml": octets.replace(b"\r\n", b"\n")
                                        for uid, octets in messages.items()})

    def test_what_is_there_is_kept_and_never_of_another_message(self):
        server = self.server(3, whole({uid: message(uid) for uid in (1, 2, 3)}))
        (self.out / "INBOX-2.eml").write_bytes(b"Message-ID: <2@crepes.fr>\nSubject: 2\n\nmine\n")
        (self.out / "INBOX-3.eml").write_bytes(b"Message-ID: <other@crepes.fr>\nSubject: 3\n\nHello 3\n")
        done = self.imap(server, "get", "1:*", "-o", self.out, status=73)
        self.assertRegex(done.err, r"INBOX-3\.eml: a file of another message is there\nhint: ")
        self.assertTrue(self.files()["INBOX-2.eml"].endswith(b"mine\n"))
        self.assertIn(b"<other@", self.files()["INBOX-3.eml"])
        self.assertEqual(self.files()["INBOX-1.eml"], message(1).replace(b"\r\n", b"\n"))

    def test_several_do_not_go_to_stdout(self):
        done = self.imap(self.server(3, whole({})), "get", "1:*", status=64)
        self.assertIn("hint: several go to files: --output DIR", done.err)

    def test_a_cut_leaves_no_file_that_looks_whole(self):
        for octets in (message(1), LARGE):
            server = self.server(1, whole({1: octets}, lambda uid, sent: len(octets) // 2))
            self.imap(server, "get", "1", "-o", self.out, status=75)
            self.assertNotIn("INBOX-1.eml", self.files())
            self.imap(server, "get", "1", status=75)

    def test_a_large_message_is_gone_on_with(self):
        cuts = [1_200_000, 100_000, None]
        server = self.server(1, whole({1: LARGE}, lambda uid, sent: cuts.pop(0) if cuts else None))
        self.imap(server, "get", "1", "-o", self.out, status=75)
        self.imap(server, "get", "1", "-o", self.out, status=75)
        self.imap(server, "get", "1", "-o", self.out)
        self.assertEqual(self.files(), {"INBOX-1.eml": LARGE.replace(b"\r\n", b"\n")})
        asked = [section_of(said)[1] for said in server.said if "FETCH" in said]
        self.assertEqual(asked[0], 0)
        self.assertGreater(asked[1], 1_100_000)
        self.assertGreater(asked[2], asked[1])

    def test_but_not_with_another_message(self):
        half = self.server(1, whole({1: LARGE}, lambda uid, sent: 1_200_000))
        other = LARGE.replace(b"0123", b"9876")
        for now in (self.server(1, whole({1: other}), uidvalidity=8),
                    self.server(1, whole({1: other + b"longer\r\n"}))):
            self.imap(half, "get", "1", "-o", self.out, status=75)
            self.imap(now, "get", "1", "-o", self.out)
            self.assertEqual([name for name in self.files() if not name.startswith(".")], ["INBOX-1.eml"])
            self.assertTrue(self.files()["INBOX-1.eml"].startswith(other.replace(b"\r\n", b"\n")[:2000]))
            for path in self.out.iterdir():
                path.unlink()

    def test_two_runs_into_one_folder(self):
        held = os.open(self.out, os.O_RDONLY)
        fcntl.flock(held, fcntl.LOCK_EX)
        done = self.imap(self.server(1, whole({1: message(1)})), "get", "1", "-o", self.out, status=75)
        self.assertIn("another run puts files into", done.err)
        os.close(held)

    # What is attached.

    def test_the_message_is_read_here_where_its_structure_cannot_be(self):
        octets = (b"Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n"
                  b"--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                  b"UERG\r\n--b--\r\n")
        for structure in (b"NIL", b'("multipart" "mixed" ("boundary" "b") NIL NIL "7BIT" 400)', b'("MIXED")', b'"x"'):
            with self.subTest(structure):
                def answer(number, uids, items, send):
                    if "BODYSTRUCTURE" in items:
                        send(b"* 1 FETCH (UID 1 BODYSTRUCTURE %s)\r\n" % structure)
                        return ""
                    return whole({1: octets})(number, uids, items, send)
                server = self.server(1, answer)
                done = self.imap(server, "attachments", "1", "--save", self.out)
                self.assertIn("fetched whole", done.err)
                self.assertEqual(self.files(), {"a.pdf": b"PDF"})
                self.assertEqual(self.imap(server, "get", "1", "--part", "2").stdout, b"PDF")
                (self.out / "a.pdf").unlink()

    def test_what_is_known_is_saved_before_a_refusal(self):
        def answer(number, uids, items, send):
            for uid in uids if "BODYSTRUCTURE" not in items or 300 not in uids else ():
                send(b'* %d FETCH (UID %d BODYSTRUCTURE ("APPLICATION" "PDF" ("NAME" "%d.pdf") NIL NIL "7BIT" 5))\r\n'
                     % (uid, uid, uid) if "BODYSTRUCTURE" in items else b'* %d FETCH (UID %d BODY[1] "pages")\r\n' % (uid, uid))
            return "NO [SERVERBUG] one is damaged" if "BODYSTRUCTURE" in items and 300 in uids else ""
        done = self.imap(self.server(400, answer), "attachments", "1:*", "--save", self.out, status=75)
        self.assertIn("NO [SERVERBUG] one is damaged", done.err)
        self.assertEqual(self.files(), {f"{uid}.pdf": b"pages" for uid in range(1, 201)})

    def test_structures_that_never_come(self):
        server = self.server(3, lambda *_: "")
        done = self.imap(server, "attachments", "1:*", status=66)
        self.assertIn("3 messages found, and not told of: UIDs 1:3", done.err)

    def attached(self, parts, section, **more):
        def answer(number, uids, items, send):
            if "BODYSTRUCTURE" in items:
                send(b'* 1 FETCH (UID 1 BODYSTRUCTURE (("TEXT" "PLAIN" NIL NIL NIL "7BIT" 4 1)%s "MIXED"))\r\n' % parts)
                return ""
            return section(items, send)
        return self.server(1, answer, **more)

    def test_names_that_are_meant_to_harm(self):
        names = [b"../../../etc/passwd", b"/etc/passwd", b"..", b".bashrc", b"a\x1b[31mb", b"con", b"same", b"same",
                 b"x" * 5000]
        parts = b"".join(b'("APPLICATION" "X" ("NAME" {%d}\r\n%s) NIL NIL "7BIT" 2)' % (len(name), name)
                         for name in names)

        def section(items, send):
            send(b"* 1 FETCH (UID 1 BODY[%s] \"hi\")\r\n" % section_of(items)[0].encode())
            return ""
        before = sorted(self.folder.iterdir())
        done = self.imap(self.attached(parts, section), "attachments", "1", "--save", self.out)
        self.assertEqual(len(done.out.splitlines()), len(names))
        self.assertEqual(len(self.files()), len(names))
        self.assertEqual(sorted(self.folder.iterdir()), before)
        for name in self.files():
            self.assertFalse(name.startswith(".") or len(name.encode()) > 200 or "\x1b" in name, name)
        self.assertIn("same-2", self.files())

    def test_what_the_server_cannot_decode_is_decoded_here(self):
        def section(items, send):
            if "BINARY" in items:
                return "NO [UNKNOWN-CTE] no"
            send(b'* 1 FETCH (UID 1 BODY[2] "aGk=")\r\n')
            return ""
        server = self.attached(b'("APPLICATION" "X" ("NAME" "a") NIL NIL "BASE64" 4)', section,
                               capabilities="ESEARCH BINARY")
        self.imap(server, "attachments", "1", "--save", self.out)
        self.assertEqual(self.files(), {"a": b"hi"})
        self.assertEqual(self.imap(server, "get", "1", "--part", "2").stdout, b"hi")
        self.assertEqual(self.imap(server, "get", "1", "--part", "2", "--raw").stdout, b"aGk=")

    def test_a_part_that_is_not_there(self):
        server = self.attached(b'("APPLICATION" "X" ("NAME" "a") NIL NIL "7BIT" 4)', lambda items, send: "")
        done = self.imap(server, "get", "1", "--part", "3", status=66)
        self.assertIn("no part 3\nhint: its parts are 1 text/plain, 2 application/x\n", done.err)
        done = self.imap(server, "attachments", "1", "--save", self.out, status=66)
        self.assertIn("UID 1, part 2", done.err)
        self.assertEqual(self.files(), {})

    def test_a_hundred_thousand_parts(self):
        part = b'("APPLICATION" "X" ("NAME" "a") NIL NIL "7BIT" 4)'
        server = self.attached(part * 100_000, lambda items, send: "NO no")
        done = self.imap(server, "attachments", "1", "-q", status=69)
        self.assertIn("refused", done.err)

    def test_more_octets_than_asked_for(self):
        def answer(number, uids, items, send):
            send(b"* 1 FETCH (UID 1 BODY[]<0> " + literal(b"x" * 5000) + b")\r\n")
            return ""
        done = self.imap(self.server(1, answer), "get", "1", "--bytes", "0:10", status=76)
        self.assertLessEqual(len(done.stdout), 10)

    # What ends it.

    def kills(self, *words, answer, count, expected):
        """Killed at each call that matters, and run again: at no time is a file there that is not whole."""
        at, calls = 0, None
        while calls is None or at < calls:
            at += 1
            with tempfile.TemporaryDirectory(dir=self.folder) as name:
                folder = pathlib.Path(name) / "out"
                server = ReadingServer(count, answer)
                report = pathlib.Path(name) / "report"
                command = [MAILTOOL, "imap", server.url, "--tls", "off", *words, str(folder)]
                environment = {"HOME": str(self.folder), "PATH": os.environ["PATH"]}
                done = subprocess.run([KILL, report, str(at), *command], env=environment, capture_output=True,
                                      timeout=60)
                if done.returncode != 137:
                    self.assertEqual(done.returncode, 0, done.stderr)
                    calls = at
                shown = {path.name: path.read_bytes() for path in folder.iterdir() if path.name[0] != "."} \
                    if folder.exists() else {}
                for each, octets in shown.items():
                    self.assertEqual(octets, expected[each], (at, each))
                again = subprocess.run(command, env=environment, capture_output=True, timeout=60)
                server.close()
                self.assertEqual(again.returncode, 0, again.stderr)
                left = {path.name: path.read_bytes() for path in folder.iterdir()}
                for each, octets in expected.items():
                    self.assertEqual(left[each], octets, (at, each))
                self.assertFalse([each for each in left if each.startswith(".")], at)
        self.assertGreater(at, 10)

    def test_killed_at_every_call_of_get(self):
        messages = {1: message(1), 2: LARGE[:1_100_000]}
        self.kills("get", "1:*", "-o", answer=whole(messages), count=2,
                   expected={f"INBOX-{uid}.eml": octets.replace(b"\r\n", b"\n") for uid, octets in messages.items()})

    def test_killed_at_every_call_of_attachments(self):
        def answer(number, uids, items, send):
            if "BODYSTRUCTURE" in items:
                send(b'* 1 FETCH (UID 1 BODYSTRUCTURE ("APPLICATION" "X" ("NAME" "a") NIL NIL "7BIT" 4))\r\n')
            else:
                send(b'* 1 FETCH (UID 1 BODY[1] "data")\r\n')
            return ""
        self.kills("attachments", "1", "--save", answer=answer, count=1,
                   expected={"a": b"data"})

    def test_a_full_disk(self):
        messages = {1: message(1), 2: LARGE}
        with small_disk.SmallDisk(1500) as disk:
            self.out = disk.path / "out"
            server = self.server(2, whole(messages))
            command = [*disk.program, "imap", server.url, "--tls", "off", "get", "1:*", "-o", str(self.out)]
            done = subprocess.run(command, env={"HOME": str(self.folder), "PATH": os.environ["PATH"],
                                                **disk.environment}, capture_output=True, timeout=60)
            self.assertEqual(done.returncode, 74, done.stderr)
            self.assertNotIn("INBOX-2.eml", self.files())
            disk.grow(8000)
            done = subprocess.run([*disk.program, *command[len(command) - 8:]],
                                  env={"HOME": str(self.folder), "PATH": os.environ["PATH"], **disk.environment},
                                  capture_output=True, timeout=60)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(self.files(), {f"INBOX-{uid}.eml": octets.replace(b"\r\n", b"\n")
                                            for uid, octets in messages.items()})


if __name__ == "__main__":
    small_disk.prepare()
    unittest.main()
