"""imap import: each message of a Maildir once, killed or cut off wherever it may be, and only what can be taken."""

import concurrent.futures
import json
import os
import pathlib
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import unittest

from export_home import MirrorTest
from program import MAILTOOL
from scripted_imap import ALL, Folder, ImapServer

KILLER = os.environ.get("KILL_AT_SYSCALL", "kill_at_syscall")
MODES = (ALL, "UIDPLUS", "")


def texts(count):
    return [b"Subject: %d\n\n%b" % (each, b"Text\n" * (20_000 if each == 2 else 20)) for each in range(count)]


class Import(MirrorTest):
    def setUp(self):
        super().setUp()
        self.box = self.maildir(self.home, texts(5))

    @staticmethod
    def maildir(home, contents, start=0):
        box = home / "box"
        for place in ("cur", "new", "tmp"):
            (box / place).mkdir(parents=True, exist_ok=True)
        for number, content in enumerate(contents, start):
            path = box / ("new" if number % 2 else "cur") / (f"{number}.M1.host" + ("" if number % 2 else ":2,FSa"))
            path.write_bytes(content)
            os.utime(path, (1_700_000_000 + number, 1_700_000_000 + number))
        return box

    def take(self, server, *arguments, folder="INBOX", home=None, **more):
        home = home or self.home
        return self.command(server, "import", f"maildir:{home / 'box'}", "--to", folder, *arguments, home=home, **more)

    def contents(self, server, folder="INBOX"):
        return sorted(each.content.replace(b"\r\n", b"\n") for each in server.folders[folder].messages)

    def test_flags_dates_and_order(self):
        (self.box / "dovecot-keywords").write_text("0 $Work\n1 x y\nfoo\n99 z\n")
        for capabilities in MODES:
            with self.subTest(capabilities), ImapServer(capabilities=capabilities) as server:
                shutil.rmtree(self.home / ".local", ignore_errors=True)
                rows = [json.loads(line) for line in self.take(server, "--json").stdout.splitlines()]
                found = server.folders["INBOX"].messages
                self.assertEqual([each.content.replace(b"\r\n", b"\n") for each in found], texts(5))
                self.assertEqual([set(each.flags) for each in found[:2]], [{"\\Flagged", "\\Seen", "$Work"}, set()])
                self.assertEqual(found[1].date, "14-Nov-2023 22:13:21 +0000")
                self.assertEqual((rows[-1]["imported"], rows[-1]["known"], rows[-1]["failed"]), (5, 0, 0))
                self.assertEqual([row["size"] for row in rows[:-1]], [len(each.content) for each in found])
                self.maildir(self.home, [b"Subject: later\n\n", texts(5)[0]], 5)
                rows = [json.loads(line) for line in self.take(server, "--json").stdout.splitlines()]
                self.assertEqual((rows[-1]["imported"], rows[-1]["known"]), (1, 6))
                self.assertEqual(len(found), 6)
                for number in (5, 6):
                    next(self.box.glob(f"*/{number}.*")).unlink()

    def test_keywords_that_are_not_kept(self):
        (self.box / "dovecot-keywords").write_text("0 $Work\n1 $Never\n")
        for capabilities in MODES:
            for keeps, lost in (("\\Seen", True), ("\\Seen $work", False), ("\\Seen \\*", False), (None, False)):
                with self.subTest((capabilities, keeps)), ImapServer(capabilities=capabilities) as server:
                    shutil.rmtree(self.home / ".local", ignore_errors=True)
                    server.keeps = keeps
                    warning = "mailtool: imap: the server does not keep $Work in INBOX\n" if lost else ""
                    self.assertEqual(self.take(server, "-n").stderr, "")
                    self.assertEqual(server.times("SELECT"), 0)
                    self.assertEqual(self.take(server).stderr, warning)
                    self.assertEqual((server.times("SELECT"), server.times("EXAMINE")), (1, 1))
                    # What was sent before is not warned of again.
                    self.assertEqual(self.take(server).stderr, "")
                    self.assertEqual(self.contents(server), sorted(texts(5)))
        with ImapServer() as server:
            shutil.rmtree(self.home / ".local", ignore_errors=True)
            server.keeps, server.refuses = "", b"Subject: "
            self.assertIn("the server does not keep $Work in INBOX\n", self.take(server, status=69).stderr)
        # No keyword: \\Recent is left to others.
        (self.box / "dovecot-keywords").unlink()
        shutil.rmtree(self.home / ".local")
        with ImapServer() as server:
            server.keeps = ""
            self.assertEqual(self.take(server).stderr, "")
            self.assertEqual(server.times("SELECT"), 0)

    def test_append_in_a_batch(self):
        """What a SELECT before it has told is enough; and nothing else is asked."""
        letter, batch = self.home / "letter", self.home / "batch"
        letter.write_bytes(texts(1)[0])
        append = f"append INBOX --flag kw:$Work --flag seen {letter} {letter}\n"
        for capabilities in MODES:
            for first, status in ((f"append INBOX {letter}\nsearch --count\n", not capabilities.count("UNSELECT")),
                                  ("", False)):
                with self.subTest((capabilities, first)), ImapServer(capabilities=capabilities) as server:
                    server.keeps = "\\Seen"
                    batch.write_text(first + append)
                    said = self.command(server, "batch", batch).stderr
                    self.assertEqual(said.count("the server does not keep $Work in INBOX"), int(status), said)
                    self.assertEqual(server.times("SELECT"), int(status))
                    self.assertEqual(len(server.folders["INBOX"].messages), 3 if first else 2)

    def test_folders_come_and_go(self):
        with ImapServer() as server:
            self.assertIn("hint: --create", self.take(server, folder="Work", status=66).stderr)
            self.assertEqual(self.take(server, "-n", "--create", folder="Work").stdout,
                             "would import 5 messages to Work\n")
            self.assertEqual(list(server.folders), ["INBOX"])
            self.take(server, "--create", folder="Work")
            self.assertEqual(self.contents(server, "Work"), sorted(texts(5)))
            self.assertEqual(self.take(server, "-n", folder="Work").stdout, "would import 0 messages to Work\n")
            # Another one of that name has none of them.
            server.folders["Work"] = Folder(uidvalidity=8)
            self.take(server, folder="Work")
            self.assertEqual(self.contents(server, "Work"), sorted(texts(5)))

    def test_what_cannot_be_taken(self):
        for number, content in enumerate((b"", b"Subject: nul\n\n\0\n"), 5):
            self.maildir(self.home, [content], number)
        (self.box / "cur/link").symlink_to("/etc/passwd")
        with ImapServer(capabilities=ALL + " APPENDLIMIT=50000") as server:
            done = self.take(server, status=65)
            self.assertEqual(len(server.folders["INBOX"].messages), 4)
            self.assertEqual(done.stderr.count("\n"), 3, done.stderr)
            for what in ("empty", "NUL", "are more than the server takes: 50000"):
                self.assertIn(what, done.stderr)
        for words in (["import", "box", "--to", "INBOX"], ["import", "mbox:box", "--to", "INBOX"],
                      ["import", f"maildir:{self.box}"], ["import", "--to", "INBOX"]):
            self.command(server, *words, status=64)
        self.command(server, "import", f"maildir:{self.home}/none", "--to", "INBOX", status=66)

    def test_a_message_that_is_refused(self):
        """Of several in one command all are refused for one: each is told its own fate."""
        for capabilities in MODES:
            with self.subTest(capabilities), ImapServer(capabilities=capabilities) as server:
                shutil.rmtree(self.home / ".local", ignore_errors=True)
                server.refuses = b"Subject: 3\r\n"
                done = self.take(server, status=69)
                self.assertRegex(done.stderr, r"^mailtool: imap: .*/3.M1.host: refused: server said: NO \[CANNOT\] bad\n$")
                self.assertEqual(self.contents(server), sorted(texts(5)[:3] + texts(5)[4:]))
                server.refuses = None
                self.mended(server, self.home)

    def mended(self, server, home):
        self.take(server, home=home)
        self.assertEqual(self.contents(server), sorted(texts(5)))
        before = server.times("APPEND")
        self.take(server, home=home)
        self.assertEqual(server.times("APPEND"), before)

    def test_cut_at_every_answer(self):
        for capabilities in MODES:
            with ImapServer(capabilities=capabilities) as server:
                shutil.rmtree(self.home / ".local", ignore_errors=True)
                self.take(server)
                answers = server.answers

            def one(cut):
                with tempfile.TemporaryDirectory() as name, ImapServer(capabilities=capabilities, cut=cut) as server:
                    home = pathlib.Path(name)
                    self.maildir(home, texts(5))
                    self.take(server, home=home, status=75)
                    server.cut = None
                    self.mended(server, home)
            self.each(one, range(1, answers + 1))

    def test_killed_at_every_call(self):
        def killed(server, home, point):
            report = home / "report"
            leaks = "detect_leaks=0:" + os.environ.get("ASAN_OPTIONS", "")
            done = self.take(server, home=home, program=(KILLER, report, point, MAILTOOL), status=None,
                             environment={"ASAN_OPTIONS": leaks})
            return done.returncode, int(report.read_text().split()[0])
        for capabilities in MODES[:2]:
            shutil.rmtree(self.home / ".local", ignore_errors=True)
            with ImapServer(capabilities=capabilities) as server:
                status, calls = killed(server, self.home, 0)
                self.assertEqual(status, 0)
            self.assertGreater(calls, 20)

            def one(point):
                with tempfile.TemporaryDirectory() as name, ImapServer(capabilities=capabilities) as server:
                    home = pathlib.Path(name)
                    self.maildir(home, texts(5))
                    status, _ = killed(server, home, point)
                    try:
                        self.mended(server, home)
                    except AssertionError as failure:
                        raise AssertionError(f"killed at call {point}: {failure}") from None
                    return status == 137
            with concurrent.futures.ThreadPoolExecutor(16) as pool:
                found = list(pool.map(one, range(1, calls + 1)))
            self.assertGreater(sum(found), calls * 3 // 4)


if __name__ == "__main__":
    unittest.main()
