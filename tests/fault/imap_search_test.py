"""imap search against a server that knows no UTF-8, and what --explain does not ask."""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from listener import Listener  # noqa: E402
from program import MAILTOOL  # noqa: E402

SUBJECTS = {1: b"=?utf-8?B?R3LDvMOfZQ==?=", 2: b"lunch", 3: b"=?iso-8859-1?Q?GR=DCSSE_gr=FC=DFe?="}


class Server(Listener):
    """One session, PREAUTH; `refusal` is its answer to a search with a charset."""

    def __init__(self, refusal):
        self.refusal, self.commands = refusal, []
        self.listen()

    def serve(self, connection):
        with connection.makefile("rb") as lines:
            connection.sendall(b"* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n")
            while line := lines.readline():
                tag, command = line.rstrip(b"\r\n").split(b" ", 1)
                if literal := re.search(rb" \{(\d+)\}$", command):
                    connection.sendall(b"+ go on\r\n")
                    command += lines.read(int(literal[1])) + lines.readline().rstrip(b"\r\n")
                self.commands.append(command)
                if command == b"LOGOUT":
                    return
                connection.sendall(self.answer(command).replace(b"TAG", tag))

    def answer(self, command):
        if command.startswith((b"EXAMINE", b"SELECT")):
            return b"* 3 EXISTS\r\n* OK [UIDVALIDITY 9] valid\r\nTAG OK [READ-ONLY] open\r\n"
        if b"CHARSET" in command:
            return b"TAG " + self.refusal + b"\r\n"
        if command.startswith(b"UID SEARCH"):
            return b"* SEARCH 1 2 3\r\nTAG OK done\r\n"
        rows = b"".join(b"* %d FETCH (UID %d BODY[HEADER.FIELDS (SUBJECT)] {%d}\r\n%s)\r\n"
                        % (uid, uid, len(subject) + 13, b"Subject: " + subject + b"\r\n\r\n")
                        for uid, subject in SUBJECTS.items())
        return rows + b"TAG OK done\r\n"


class NoUtf8(unittest.TestCase):
    def search(self, refusal, *words, status=0):
        server = Server(refusal)
        with tempfile.TemporaryDirectory() as home:
            done = subprocess.run([MAILTOOL, "imap", server.url, "--tls", "off", "search", *words],
                                  env={"HOME": home, "LC_ALL": "C.UTF-8"}, capture_output=True, text=True, timeout=60)
        server.close()
        self.assertEqual(done.returncode, status, done.stderr)
        return server.commands, done

    def test_headers_are_compared_here(self):
        for refusal in (b"NO [BADCHARSET (US-ASCII)] no", b"NO charset not supported"):
            with self.subTest(refusal):
                commands, done = self.search(refusal, "subject:grüße")
                self.assertEqual(done.stdout, '#mailtool-uids v1 folder="INBOX" uidvalidity=9 n=2\n1,3\n#end n=2\n')
                self.assertEqual(commands, [
                    b"EXAMINE INBOX", b"UID SEARCH CHARSET UTF-8 SUBJECT {7}" + "grüße".encode(),
                    b"EXAMINE INBOX", b"UID SEARCH ALL",
                    b"UID FETCH 1:3 (UID BODY.PEEK[HEADER.FIELDS (SUBJECT)])", b"LOGOUT"])

    def test_texts_cannot_be_told(self):
        commands, done = self.search(b"NO [BADCHARSET] no", "is:read", "body:grüße", status=69)
        self.assertEqual(len(commands), 3)
        self.assertIn("body:grüße", done.stderr)
        self.assertIn("CHARSET UTF-8", done.stderr)

    def test_another_refusal_is_one(self):
        _, done = self.search(b"NO [UNAVAILABLE] later", "subject:grüße", status=75)
        self.assertIn("UNAVAILABLE", done.stderr)

    def test_explain_asks_for_no_message(self):
        commands, done = self.search(b"NO no", "--explain", "subject:grüße or has:attachment")
        self.assertEqual(commands, [b"LOGOUT"])
        self.assertIn("UID SEARCH CHARSET UTF-8 SUBJECT {7} grüße\n", done.stdout)
        # EXAMINE and the first search, the second and its literal, the FETCH.
        self.assertTrue(done.stdout.endswith("this would take 4 round trips after the login\n"), done.stdout)

    def test_no_set_is_read_from_stdin(self):
        for verb in ("search", "list"):
            with self.subTest(verb):
                done = subprocess.run([MAILTOOL, "imap", "imap://bob@127.0.0.1:1", "--tls", "off", verb, "-"],
                                      stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
                self.assertEqual((done.returncode, done.stdout), (64, ""))
                self.assertEqual(done.stderr, "mailtool: imap: -: search and list read no set from stdin\n"
                                              "hint: get, attachments, move, copy, flag and delete do\n")


if __name__ == "__main__":
    unittest.main()
