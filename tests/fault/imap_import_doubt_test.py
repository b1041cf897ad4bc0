"""imap import of what an earlier run sent: taken late, among many of its size, or not at all."""

import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import unittest

from export_home import MirrorTest
from scripted_imap import ImapServer


class Doubt(MirrorTest):
    def box(self, contents):
        box = self.home / "box"
        for place in ("cur", "new", "tmp"):
            (box / place).mkdir(parents=True, exist_ok=True)
        for number, content in enumerate(contents):
            (box / "new" / f"{number:04}.M1.host").write_bytes(content)

    def take(self, server, *arguments, **more):
        return self.command(server, "import", f"maildir:{self.home / 'box'}", "--to", "INBOX", "--json", *arguments,
                            **more)

    def contents(self, server):
        return sorted(each.content.replace(b"\r\n", b"\n") for each in server.folders["INBOX"].messages)

    def summary(self, done):
        row = json.loads(done.stdout.splitlines()[-1])
        return row["imported"], row["known"], row["failed"]

    def test_many_of_one_size(self):
        """All in one command, of which only the last answer is lost."""
        contents = [b"Subject: %03d\n\nText\n" % each for each in range(100)]
        self.box(contents)
        with ImapServer() as server:
            self.take(server)
            answers = server.answers
        for path in (self.home / ".local").rglob("*"):
            if path.is_file():
                path.unlink()
        with ImapServer(cut=answers) as server:
            self.take(server, status=75)
            self.assertEqual(len(self.contents(server)), 100)
            server.cut = None
            fetched = server.times("UID FETCH")
            self.assertEqual(self.summary(self.take(server)), (0, 100, 0))
            self.assertEqual(self.contents(server), contents)
            self.assertEqual(server.times("UID FETCH") - fetched, 100)

    def test_taken_late(self):
        """The server takes what it has received after the next run has begun, one message after the other."""
        contents = [b"Subject: %03d\n\nText\n" % each for each in range(4)]
        self.box(contents[:3])
        with ImapServer(replies={b"APPEND": lambda *_: None}) as server:
            self.take(server, status=75)
            self.box(contents)
            late = list(contents[:3])

            def noop(server, folder, words):
                if late:
                    folder.add(late.pop(0).replace(b"\n", b"\r\n"))
                return b"* %d EXISTS\r\nTAG OK done\r\n" % len(folder.messages)
            server.replies = {b"NOOP": noop}
            # New ones need not wait for those in doubt.
            self.assertEqual(self.summary(self.take(server)), (1, 3, 0))
            self.assertEqual(self.contents(server), contents)

    def test_not_taken(self):
        contents = [b"Subject: %03d\n\nText\n" % each for each in range(3)]
        self.box(contents)
        with ImapServer(replies={b"APPEND": lambda *_: None}) as server:
            self.take(server, status=75)
            server.replies = {}
            self.assertEqual(self.summary(self.take(server)), (3, 0, 0))
            self.assertEqual(self.contents(server), contents)

    def test_long_ago(self):
        """No server is still at it: nothing is waited for."""
        self.box([b"Subject: x\n\n"])
        with ImapServer(replies={b"APPEND": lambda *_: None}) as server:
            self.take(server, status=75)
            for path in (self.home / ".local/state/mailtool/imap-import").iterdir():
                os.utime(path, (1_700_000_000, 1_700_000_000))
            server.replies = {}
            self.take(server)
            self.assertEqual((server.times("NOOP"), len(self.contents(server))), (0, 1))

    def test_too_many_to_tell(self):
        self.box([b"Subject: x\n\n"])
        with ImapServer(replies={b"APPEND": lambda *_: None}) as server:
            self.take(server, status=75)
            server.replies = {b"UID SEARCH": lambda *_: b"* ESEARCH UID ALL 1:4294967290\r\nTAG OK x\r\n"}
            before = server.times("APPEND")
            done = self.take(server, status=75)
            self.assertIn("cannot be told: 4294967290 of that size are there", done.stderr)
            self.assertEqual(server.times("APPEND"), before)


if __name__ == "__main__":
    unittest.main()
