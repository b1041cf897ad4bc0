"""What a person at a terminal sees of imap: progress of downloads, and rows that fit."""

import base64
import pathlib
import re
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from accounts_home import AccountsHome  # noqa: E402
from on_terminal import Terminal  # noqa: E402
from program import ProgramTest  # noqa: E402
from reading_server import ReadingServer  # noqa: E402

PDF = base64.encodebytes(b"menu " * 20_000).replace(b"\n", b"\r\n")
STRUCTURE = ('BODYSTRUCTURE (("TEXT" "PLAIN" NIL NIL NIL "7BIT" 7 1)("APPLICATION" "PDF" NIL NIL NIL "BASE64" %d NIL '
             '("ATTACHMENT" ("FILENAME" "menu.pdf"))) "MIXED")' % len(PDF))
ROW = ('* %d FETCH (UID %d FLAGS (\\Seen) INTERNALDATE "20-Nov-2026 12:00:00 +0000" RFC822.SIZE 7 ENVELOPE (NIL '
       '"Re: the new oven and its door, which does not close as it should" (("Alice Baker" NIL "a" "b.ex")) NIL NIL NIL '
       'NIL NIL NIL NIL) %s)\r\n')


class OnATerminal(ProgramTest):
    def run_in(self, server, *words, **more):
        self.addCleanup(server.close)
        home = self.enterContext(AccountsHome())
        self.files = home.folder
        return Terminal(home, "imap", server.url, "--tls", "off", *words, **more)

    def slowly(self, octets, name=b"BODY[]"):
        """Answers FETCH of a body, of which the last tenth comes when the progress was seen."""
        self.seen = threading.Event()

        def answer(number, uids, items, send):
            if "BODY.PEEK[" not in items:
                send("".join(ROW % (uid, uid, STRUCTURE) for uid in uids).encode())
                return ""
            for uid in uids:
                send(b"* %d FETCH (UID %d %s {%d}\r\n" % (uid, uid, name, len(octets)))
                last = len(octets) // 10
                start = 0
                while start < len(octets) - last and not self.seen.wait(0.01):
                    send(octets[start:start + 100])
                    start += 100
                send(octets[start:] + b")\r\n")
            return ""
        return answer

    def watch(self, pattern):
        return lambda text: self.seen.set() if re.search(pattern, text) else None

    def progress(self, run, noun):
        return [line for line in re.split("[\r\n]", run.text()) if noun in line]

    def test_get_into_files(self):
        server = ReadingServer(2, self.slowly(b"Subject: x\r\n\r\n" + b"lunch\r\n" * 60_000))
        run = self.run_in(server, "get", "1:2", "--output", "out", watch=self.watch("of 2 messages"))
        self.assertEqual(run.status, 0, run.text())
        lines = self.progress(run, "of 2 messages")
        self.assertTrue(lines, run.text())
        for line in lines:
            self.assertRegex(line, r"^\x1b\[K\[#*-*\] +\d+%  [01] of 2 messages, [\d.]+ [KM]?B(, .*)?$")
        self.assertEqual(run.shown(), "")
        self.assertEqual(sorted(path.stat().st_size for path in (self.files / "out").iterdir()), [360_012] * 2)

    def test_get_of_one(self):
        body = b"Subject: x\r\n\r\n" + b"lunch\r\n" * 8000  # less than a pipe holds
        server = ReadingServer(1, self.slowly(body))
        run = self.run_in(server, "get", "1", stdout=False, watch=self.watch("0 of 1 message, "))
        self.assertEqual(run.status, 0, run.text())
        self.assertEqual(run.shown(), "")
        self.assertEqual(len(run.out), len(body.replace(b"\r\n", b"\n")))
        # Its size is known once it is put into a file.
        server = ReadingServer(1, self.slowly(body))
        run = self.run_in(server, "get", "1", "--output", "out", watch=self.watch("0 of 1 message, "))
        self.assertRegex(self.progress(run, "of 1 message")[0], r"\] +\d+%  0 of 1 message, [\d.]+ K?B of [\d.]+ KB")

    def test_attachments(self):
        server = ReadingServer(2, self.slowly(PDF, b"BODY[2]"))
        run = self.run_in(server, "attachments", "1:2", "--save", "out", watch=self.watch("of 2 attachments"))
        self.assertEqual(run.status, 0, run.text())
        lines = self.progress(run, "of 2 attachments")
        self.assertTrue(lines, run.text())
        for line in lines:
            self.assertRegex(line, r"^\x1b\[K\[#*-*\] +\d+%  [01] of 2 attachments, [\d.]+ [KM]?B of [\d.]+ KB(, .*)?$")
        self.assertEqual(run.shown().split(), ["out/menu.pdf", "out/menu-2.pdf"])

    def test_nothing_of_it_where_it_is_not_wanted(self):
        for words in (("--progress", "never"), ("-q",), ("--json",), ("-v",)):
            for verb in (("get", "1:2", "--output", "out"), ("attachments", "1:2", "--save", "out")):
                with self.subTest(words=words, verb=verb):
                    answer = self.slowly(PDF, b"BODY[]" if verb[0] == "get" else b"BODY[2]")
                    self.seen.set()
                    run = self.run_in(ReadingServer(2, answer), *verb, *words)
                    self.assertEqual(run.status, 0, run.text())
                    self.assertNotIn("\x1b", run.text())

    def test_a_message_on_the_terminal_has_it_to_itself(self):
        server = ReadingServer(1, self.slowly(b"Subject: x\r\n\r\n" + b"lunch\r\n" * 9000))
        self.seen.set()
        run = self.run_in(server, "get", "1", "--progress", "always")
        self.assertEqual(run.status, 0, run.text())
        self.assertNotIn("\x1b", run.text())

    def test_rows_fit(self):
        def answer(number, uids, items, send):
            send("".join(ROW % (uid, uid, "") for uid in uids).encode())
            return ""
        for columns in (20, 33, 40, 64, 80, 132):
            with self.subTest(columns=columns):
                run = self.run_in(ReadingServer(3, answer), "list", columns=columns)
                lines = run.shown().splitlines()
                self.assertEqual(len(lines), 3, run.text())
                for line in lines:
                    self.assertLessEqual(len(line), columns)
                    self.assertIn("Re: the", line)


if __name__ == "__main__":
    unittest.main()
