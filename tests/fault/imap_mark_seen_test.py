"""imap get --mark-seen of a folder that does not keep it."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from program import ProgramTest  # noqa: E402
from reading_server import ReadingServer  # noqa: E402


class Keeping(ReadingServer):
    kept = ""

    def answer(self, text, send, tag):
        if text.startswith(("EXAMINE", "SELECT")):
            send(b"* OK [PERMANENTFLAGS (%s)] x\r\n" % self.kept.encode())
        return super().answer(text, send, tag)


def body(number, uids, items, send):
    for uid in uids:
        send(b"* %d FETCH (UID %d BODY[] {15}\r\nSubject: x\r\n\r\ny)\r\n" % (uid, uid))
    return ""


class MarkSeen(ProgramTest):
    def err(self, kept, *words):
        server = Keeping(2, body)
        self.addCleanup(server.close)
        server.kept = kept
        done = self.mailtool("imap", server.url, "--tls", "off", "get", *words)
        self.assertEqual(done.status, 0, done)
        return done.err

    def test_it_is_said(self):
        says = "mailtool: imap: the server does not keep \\Seen in INBOX\n"
        files = ["--output", self.folder / "files"]
        for words in (["1"], ["1:2", *files]):
            with self.subTest(words):
                self.assertEqual(self.err("", *words, "--mark-seen"), says)
                self.assertEqual(self.err("", *words), "")
                self.assertEqual(self.err("", *words, "--mark-seen", "-q"), "")
                self.assertEqual(self.err("\\Seen", *words, "--mark-seen"), "")


if __name__ == "__main__":
    unittest.main()
