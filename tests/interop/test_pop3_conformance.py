"""POP3 at serve and at Dovecot: the same dialogues, and the answers compared by their kind, codes and data."""

import pathlib
import re
import socket
import tempfile
import unittest

from imap_pair import letter  # which knows where the others are
from certificates import Authority
from dovecot_pop3 import DovecotPop3
from program import SECRET, ProgramTest
from serve_boxes import ServePop3

SEVERAL_LINES = ("LIST", "UIDL", "RETR", "TOP", "CAPA")
MESSAGES = [letter(1), letter(2, ".\n..two\n\n.three\n"), letter(3, "x" * 900 + "\n"), letter(4, "last\n" * 30)]


class RawPop3:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.file = self.socket.makefile("rb")
        self.greeting = self.file.readline()

    def close(self):
        self.file.close()
        self.socket.close()

    def ask(self, command):
        self.socket.sendall(command.encode() + b"\r\n")
        return self.answer(command)

    def answer(self, command):
        first = self.file.readline()
        if not first.endswith(b"\r\n"):
            raise EOFError(command)
        words = command.split()
        more = words and words[0].upper() in SEVERAL_LINES and not (words[0].upper() in ("LIST", "UIDL") and len(words) > 1)
        lines = []
        while more and first.startswith(b"+OK"):
            line = self.file.readline()
            if line == b".\r\n":
                break
            lines.append(line)
        return first, lines


class Pop3(ProgramTest):
    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        work = tempfile.TemporaryDirectory(prefix="mailtool-pair-")
        cls.addClassCleanup(work.cleanup)
        pathlib.Path(work.name).chmod(0o755)
        cls.unused = (f"user{number}" for number in range(16))
        users = {f"user{number}": SECRET for number in range(16)}
        certificate = Authority(cls.folder / "authority").certificate()
        cls.servers = []
        for kind in (ServePop3, DovecotPop3):
            cls.servers.append(kind(pathlib.Path(work.name) / kind.__name__, certificate, "", users))
            cls.addClassCleanup(cls.servers[-1].close)

    def setUp(self):
        self.user = next(self.unused)
        for server in self.servers:
            server.fill([message.replace("\r\n", "\n").encode() for message in MESSAGES], self.user)
        self.both = self.sessions()

    def sessions(self, login=True):
        made = []
        for server in self.servers:
            made.append(RawPop3(server.port))
            self.addCleanup(made[-1].close)
            if login:
                for command in (f"USER {self.user}", f"PASS {SECRET}"):
                    self.assertTrue(made[-1].ask(command)[0].startswith(b"+OK"), command)
        return made

    @staticmethod
    def normal(command, answer):
        """+OK or -ERR, the code, and the data that the protocol fixes."""
        first, lines = answer
        verb = command.split()[0].upper() if command.split() else ""
        code = re.match(rb"-ERR \[([A-Z/-]+)\]", first)
        said = [first.split()[0], code and code[1]]
        if first.startswith(b"+OK"):
            if verb in ("STAT", "LIST") and not lines:
                said.append(first.split()[1:3])
            if verb == "UIDL":
                lines = [line.split()[0] for line in lines]
            if verb not in ("CAPA",):
                said.append(lines)
        return said

    def each(self, *commands, both=None):
        both = both or self.both
        for command in commands:
            answers = [client.ask(command) for client in both]
            self.assertEqual(*(self.normal(command, answer) for answer in answers),
                             f"{command}: serve {answers[0][0]}, Dovecot {answers[1][0]}")
        return answers

    def test_what_is_there(self):
        self.each("STAT", "LIST", "LIST 2", "UIDL", "RETR 1", "RETR 2", "RETR 3", "RETR 4", "NOOP", "stat", "Retr 1")

    def test_top(self):
        self.each("TOP 1 0", "TOP 2 1", "TOP 2 2", "TOP 4 5", "TOP 4 1000", "TOP 1 0", "TOP 4 30", "TOP 4 29")

    def test_what_is_refused(self):
        self.each("LIST 5", "LIST 0", "UIDL 9", "RETR", "RETR 5", "RETR x", "RETR -1", "TOP 1", "TOP 1 -1", "TOP x 1", "TOP 9 1",
                  "DELE", "DELE 9", "XYZZY", "RETR 99999999999999999999", "PASS x")

    def test_deleted_and_back(self):
        self.each("DELE 2", "DELE 2", "RETR 2", "TOP 2 0", "LIST 2", "UIDL 2", "STAT", "LIST", "UIDL", "RSET", "STAT", "LIST 2",
                  "DELE 1", "DELE 4", "QUIT")
        both = self.sessions()
        self.each("STAT", "LIST", "RETR 1", both=both)

    def test_without_quit_nothing_is_deleted(self):
        self.each("DELE 1", "DELE 2")
        for client in self.both:
            client.close()
        self.each("STAT", both=self.sessions())

    def test_ids_last(self):
        first = [client.ask("UIDL")[1] for client in self.both]
        self.each("DELE 1", "QUIT")
        second = [client.ask("UIDL")[1] for client in self.sessions()]
        for before, after in zip(first, second):
            self.assertEqual([line.split()[1] for line in before[1:]], [line.split()[1] for line in after])

    def test_pipelined(self):
        commands = ["STAT", "LIST", "RETR 1", "DELE 1", "XYZZY", "NOOP", "STAT", "QUIT"]
        for client in self.both:
            client.socket.sendall("".join(f"{command}\r\n" for command in commands).encode())
        for command in commands:
            self.assertEqual(*(self.normal(command, client.answer(command)) for client in self.both), command)

    def test_before_the_login(self):
        for client in self.both:
            client.ask("QUIT")
        both = self.sessions(login=False)
        self.each("STAT", "RETR 1", "PASS x", "XYZZY", both=both)
        self.each(f"USER {self.user}", "PASS wrong", "STAT", f"USER {self.user}", f"PASS {SECRET}", "STAT", "USER again",
                  both=both)

    def test_capabilities(self):
        for client in self.both:
            said = {line.split()[0] for line in client.ask("CAPA")[1]}
            self.assertLessEqual({b"TOP", b"UIDL", b"RESP-CODES", b"PIPELINING", b"AUTH-RESP-CODE"}, said)


if __name__ == "__main__":
    unittest.main()
