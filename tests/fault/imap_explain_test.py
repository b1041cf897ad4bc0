"""What --explain of the verbs that change messages says is what they send."""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from listener import Listener  # noqa: E402
from program import MAILTOOL  # noqa: E402

MODES = {
    "searchres and move": "ESEARCH SEARCHRES MOVE UIDPLUS",
    "move alone": "MOVE UIDPLUS",
    "uidplus": "UIDPLUS",
    "uidplus, searches kept": "ESEARCH SEARCHRES UIDPLUS",
    "neither": "",
    "rev2": "IMAP4rev2",
}


class Server(Listener):
    """One session, PREAUTH. A search finds 2 and 4, read and old, of which 2 has an attachment; one
    for what is certain of a query finds none. `missing` is what is said of the target until CREATE."""

    def __init__(self, capabilities, missing=""):
        self.capabilities, self.missing, self.commands = capabilities, missing.encode(), []
        self.listen()

    def serve(self, connection):
        with connection.makefile("rb") as lines:
            connection.sendall(f"* PREAUTH [CAPABILITY IMAP4rev1 SPECIAL-USE {self.capabilities}] hi\r\n".encode())
            while line := lines.readline():
                tag, command = line.rstrip(b"\r\n").split(b" ", 1)
                self.commands.append(command.decode())
                if command == b"LOGOUT":
                    return
                connection.sendall(self.answer(command, tag) + b"\r\n")

    def answer(self, command, tag):
        uids = command.split()[2].replace(b"$", b"2,4") if command.startswith(b"UID") else b""
        expunged = b"".join(b"* %s EXPUNGE\r\n" % uid for uid in reversed(uids.split(b",")))
        if command.startswith(b"UID SEARCH"):
            certain = self.searched and b"UID 2" not in command and b"$" not in command
            self.searched = True
            if b"RETURN" in command:
                found = b"" if certain else b" ALL 2,4"
                return b'* ESEARCH (TAG "%s") UID%s\r\n%s OK done' % (tag, found, tag)
            return b"* SEARCH%s\r\n%s OK done" % (b"" if certain else b" 2 4", tag)
        if command.startswith((b"EXAMINE", b"SELECT")):
            self.searched = False
            return b"* 4 EXISTS\r\n* OK [UIDVALIDITY 9] valid\r\n%s OK open" % tag
        if command.startswith((b"UID MOVE", b"UID COPY")):
            if self.missing:
                return self.missing.replace(b"TAG", tag)
            told = b"[COPYUID 7 %s %s]" % (uids, b"10:11" if b"," in uids else b"10")
            if command.startswith(b"UID COPY"):
                return b"%s OK %s done" % (tag, told)
            return b"* OK %s done\r\n%s%s OK done" % (told, expunged, tag)
        if command.startswith(b"UID EXPUNGE"):
            return b"%s%s OK done" % (expunged, tag)
        if command.startswith(b"UID FETCH"):
            row = (b'* %d FETCH (UID %d FLAGS (\\Seen) INTERNALDATE " 1-Jan-2020 00:00:00 +0000" BODYSTRUCTURE '
                   b'("text" "plain" NIL NIL NIL "7bit" 3 1 NIL %s))\r\n')
            return row % (2, 2, b'("attachment" NIL)') + row % (4, 4, b"NIL") + b"%s OK done" % tag
        if command.startswith(b"LIST"):
            return b'* LIST (\\Trash) "/" Trash\r\n* LIST (\\Archive) "/" Archive\r\n%s OK done' % tag
        if command.startswith(b"COMPRESS"):
            return b"%s NO not now" % tag
        if command.startswith(b"CREATE"):
            self.missing = b""
        return b"%s OK done" % tag


class Imap(unittest.TestCase):
    def run_imap(self, server, *words, status=0, input=""):
        with tempfile.TemporaryDirectory() as home:
            done = subprocess.run([MAILTOOL, "imap", server.url, "--tls", "off", *words], input=input,
                                  env={"HOME": home, "LC_ALL": "C.UTF-8"}, capture_output=True, text=True, timeout=60)
        server.close()
        self.assertEqual(done.returncode, status, done.stderr)
        return done


class Explained(Imap):
    def explain(self, capabilities, *words, **how):
        """The rows of --explain --json; nothing but LIST was sent, and that is among them."""
        server = Server(capabilities)
        done = self.run_imap(server, *words, "--explain", "--json", **how)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        told = [row["command"] for row in rows[:-1] if row["command"].startswith("LIST")]
        self.assertEqual(server.commands, [*told, "LOGOUT"])
        return rows

    def same(self, mode, *words, found="2,4", missing="", input="", conditional=False):
        """The commands of --explain are those of the transcript."""
        rows = self.explain(MODES[mode], *words, input=input)
        self.assertEqual(rows[-1]["type"], "summary")
        usual = [row for row in rows[:-1] if conditional or "missing" not in row.get("condition", "")
                 and "once more" not in row.get("condition", "")]
        told = [re.sub("^UID FETCH UIDS", "UID FETCH 2,4", row["command"]).replace("UIDS", found) for row in usual]
        server = Server(MODES[mode], missing)
        json_too = ["--json"] if words[0] == "list" else []  # which asks for more
        done = self.run_imap(server, *words, *json_too, "--transcript", "/dev/stderr", input=input)
        sent = re.findall(r"(?m)^C: A\d+ (.*)$", done.stderr)
        self.assertEqual(sent, server.commands)
        self.assertEqual(sent.pop(), "LOGOUT")
        self.assertEqual(told, sent)
        return rows[-1]

    def test_every_verb_in_every_mode(self):
        for mode in MODES:
            marked = ["--allow-marked"] if mode == "neither" else []
            for words in (["move", "is:read", "--to", "Entwürfe", *marked],
                          ["move", "2,4", "--to", "Work", *marked],
                          ["move", "is:read", "--to", "@archive", "--expect", "2", *marked],
                          ["move", "is:read or has:attachment", "--to", "Work", *marked],
                          ["copy", "is:read", "--to", "Work"],
                          ["copy", "-f", "INBOX", "-f", "Old", "is:read", "--to", "Work", "--expect", "1..9"],
                          ["flag", "+seen", "-$Junk", "older:9d"],
                          ["flag", "+flagged", "is:read or -has:attachment"],
                          ["delete", "is:read", *marked],
                          ["delete", "-f", "@trash", "is:read", *marked],
                          ["delete", "--permanent", "1:*", "--yes", *marked]):
                with self.subTest(mode=mode, words=words):
                    self.same(mode, *words)
            with self.subTest(mode=mode):
                self.same(mode, "move", "is:read has:attachment", "--to", "Work", *marked, found="2")
                self.same(mode, "flag", "+flagged", "is:read has:attachment", found="2")

    def test_a_set_on_a_pipe(self):
        block = '#mailtool-uids v1 folder="INBOX" uidvalidity=9 n=2\n2,4\n#end n=2\n'
        for mode in ("searchres and move", "uidplus"):
            with self.subTest(mode):
                summary = self.same(mode, "move", "-", "--to", "Work", input=block)
                self.assertIn("UIDVALIDITY", " ".join(summary["notes"]))

    def test_a_missing_target(self):
        for mode in ("searchres and move", "move alone", "uidplus", "uidplus, searches kept"):
            for refusal in ("TAG NO [TRYCREATE] no", "TAG NO Mailbox does not exist"):
                with self.subTest(mode=mode, refusal=refusal):
                    self.same(mode, "move", "is:read", "--to", "Work", "--create", missing=refusal, conditional=True)

    def test_round_trips(self):
        for mode, trips in (("searchres and move", 1), ("move alone", 2), ("uidplus", 4)):
            rows = self.explain(MODES[mode], "move", "is:read", "--to", "Work")
            self.assertEqual(rows[-1]["round_trips"], trips, mode)
            self.assertEqual(rows[-1]["server"], ["is:read"])
        self.assertIn("MOVE", " ".join(rows[-1]["notes"]))

    def test_what_is_looked_up_first(self):
        """Folders by their roles, all folders, and compression: each is a round trip before the others."""
        for words, trips in ((["list", "-f", "@trash", "is:read"], 3),
                             (["search", "--all-folders", "is:read"], 2),
                             (["search", "-f", "@trash", "-f", "@archive", "is:read"], 2),
                             (["delete", "is:read"], 2)):
            for mode in ("searchres and move", "rev2"):
                with self.subTest(words=words, mode=mode):
                    self.assertEqual(self.same(mode, *words)["round_trips"], trips)
        server = Server("ESEARCH COMPRESS=DEFLATE")
        done = self.run_imap(server, "search", "is:read", "--compress", "always", "--explain")
        self.assertEqual(done.stdout.splitlines()[:2], ["1.  COMPRESS DEFLATE", "2.  EXAMINE INBOX"])

    def test_lookups_of_another_line_of_a_batch(self):
        server = Server("ESEARCH")
        done = self.run_imap(server, "batch", "-", input="search -f @trash is:read\n"
                             "search -f @trash is:read --explain\n")
        self.assertIn("1.  EXAMINE Trash\n", done.stdout)

    def test_threads_that_are_made_here(self):
        for mode, offers in (("neither", False), ("thread", True)):
            server = Server("ESEARCH THREAD=REFS" if offers else "ESEARCH")
            done = self.run_imap(server, "search", "thread:2", "is:read", "--explain", "--json")
            summary = json.loads(done.stdout.splitlines()[-1])
            self.assertEqual(summary["server"], ["thread:2", "is:read"] if offers else ["is:read"], mode)
            self.assertEqual(summary["here"], [] if offers else ["thread:2"], mode)

    def test_what_the_server_cannot_do_is_refused(self):
        for words in (["move", "2", "--to", "Work"], ["delete", "--permanent", "2"]):
            server = Server("")
            done = self.run_imap(server, *words, "--explain", status=69)
            self.assertIn("--allow-marked", done.stderr)
            self.assertEqual(server.commands, ["LOGOUT"])

    def test_for_people(self):
        server = Server(MODES["uidplus"])
        done = self.run_imap(server, "move", "has:attachment", "--to", "Work", "--explain")
        self.assertEqual(done.stdout, (
            "1.  SELECT INBOX\n    UID SEARCH ALL\n"
            "2.  UID FETCH UIDS (UID BODYSTRUCTURE)   (for those in doubt)\n"
            "3.  UID COPY UIDS Work   (for those found)\n"
            "4.  UID STORE UIDS +FLAGS.SILENT (\\Deleted)   (for those found)\n"
            "5.  UID EXPUNGE UIDS   (for those found)\n"
            "this would be told here: has:attachment\n"
            "the server has no MOVE: messages would be copied, and the originals then expunged, these alone\n"
            "this would take 5 round trips after the login\n"))

    def test_an_empty_set_asks_nobody(self):
        empty = '{"type":"summary","exit":0,"matched":0}\n'
        with tempfile.TemporaryDirectory() as home:
            done = subprocess.run(
                [MAILTOOL, "imap", "imap://127.0.0.1:1", "flag", "+seen", "-", "--explain"], input=empty,
                env={"HOME": home, "LC_ALL": "C.UTF-8"}, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("0 round trips", done.stdout)


class Pipes(Imap):
    """UIDs as JSON lines: what is damaged is 65, and nothing is sent."""

    ROW = '{"type":"message","folder":"INBOX","uidvalidity":9,"uid":%d}\n'
    END = '{"type":"summary","exit":0,"matched":3}\n'

    def test_lines_that_a_filter_kept(self):
        server = Server(MODES["searchres and move"])
        self.run_imap(server, "move", "-", "--to", "Work", input=self.ROW % 4 + self.ROW % 2 + self.END)
        self.assertEqual(server.commands, ["SELECT INBOX", "UID SEARCH RETURN (SAVE ALL) UID 2,4",
                                           "UID MOVE $ Work", "LOGOUT"])

    def test_without_the_summary(self):
        server = Server(MODES["move alone"])
        self.run_imap(server, "move", "-", "--to", "Work", "--allow-unterminated", input=self.ROW % 2 + self.ROW % 4)
        self.assertIn("UID MOVE 2,4 Work", server.commands)

    def test_nothing_is_sent_for_what_is_damaged(self):
        for text in (self.ROW % 2, self.ROW % 2 + self.END[:-1], self.ROW % 2 + self.END + self.ROW % 4,
                     self.ROW % 4294967298 + self.END, self.END.replace("0,", "75,", 1),
                     self.ROW % 2 + '#mailtool-uids v1 folder="x" uidvalidity=9 n=0\n#end n=0\n' + self.END):
            with self.subTest(text), tempfile.TemporaryDirectory() as home:
                # Nobody listens there: a connection would be 75.
                done = subprocess.run(
                    [MAILTOOL, "imap", "imap://127.0.0.1:1", "move", "-", "--to", "Work"], input=text,
                    env={"HOME": home, "LC_ALL": "C.UTF-8"}, capture_output=True, text=True, timeout=60)
                self.assertEqual(done.returncode, 65, done.stderr)
                self.assertIn("UID set on stdin, line", done.stderr)


class Transcripts(Imap):
    def test_what_is_open_here_may_be_named(self):
        for name, stream in (("/dev/stdout", "stdout"), ("/dev/stderr", "stderr")):
            done = self.run_imap(Server(""), "search", "is:read", "--transcript", name)
            self.assertIn("EXAMINE INBOX", getattr(done, stream))

    def test_another_link_is_not_followed(self):
        with tempfile.TemporaryDirectory() as home:
            link = pathlib.Path(home) / "link"
            link.symlink_to(pathlib.Path(home) / "file")
            done = subprocess.run(
                [MAILTOOL, "imap", "imap://127.0.0.1:1", "caps", "--transcript", link],
                env={"HOME": home, "LC_ALL": "C.UTF-8"}, capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 73, done.stderr)
            self.assertFalse((pathlib.Path(home) / "file").exists())


if __name__ == "__main__":
    unittest.main()
