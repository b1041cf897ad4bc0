"""SMTP at serve and at Postfix: the same dialogues, and the codes of the replies compared."""

import re
import socket
import unittest

from serve_case import Serving, address
from support import LAB

TIMEOUT = 20
MAIL, RCPT = "MAIL FROM:<alice@crepes.fr>", "RCPT TO:<bob@hamburger.edu>"


class RawSmtp:
    def __init__(self, host, port):
        self.socket = socket.create_connection((host, port), timeout=TIMEOUT)
        self.file = self.socket.makefile("rb")
        self.greeting = self.reply()

    def close(self):
        self.file.close()
        self.socket.close()

    def reply(self):
        lines = []
        while True:
            line = self.file.readline()
            if not re.match(rb"\d{3}[ -].*\r\n", line):
                raise EOFError(f"no reply: {lines + [line]}")
            lines.append(line.decode().rstrip())
            if line[3:4] == b" ":
                return lines

    def send(self, octets):
        self.socket.sendall(octets if isinstance(octets, bytes) else octets.encode() + b"\r\n")


class Smtp(Serving):
    maxDiff = 4000

    def setUp(self):
        super().setUp()
        ready = self.serve("--domain", "hamburger.edu", "--user", "bob", "--user", "carol", "--fail",
                           "smtp rcpt:later@*=450 4.7.1 later")
        self.places = [address(ready, "smtp"), ("127.0.0.1", int(LAB["LAB_SMTP_PORT"]))]
        self.both = self.sessions()

    def sessions(self, hello="EHLO client.example"):
        made = []
        for place in self.places:
            made.append(RawSmtp(*place))
            self.addCleanup(made[-1].close)
        if hello:
            self.each(hello, both=made)
        return made

    @staticmethod
    def code(reply):
        """The code, and the class of the enhanced one."""
        enhanced = re.match(r"\d{3}[ -]([245])\.\d+\.\d+", reply[-1])
        return reply[-1][:3], enhanced and enhanced[1]

    def each(self, *commands, both=None):
        """The same code from both to each."""
        for command in commands:
            both = both or self.both
            for client in both:
                client.send(command)
            here, there = (client.reply() for client in both)
            self.assertEqual(self.code(here)[0], self.code(there)[0], f"{command}\nserve: {here}\nPostfix: {there}")
            if self.code(here)[1] and self.code(there)[1]:
                self.assertEqual(self.code(here), self.code(there), f"{command}\nserve: {here}\nPostfix: {there}")

    def kinds(self, *commands, both=None):
        """The same first digit: of two codes with the same meaning each server has one."""
        for command in commands:
            both = both or self.both
            for client in both:
                client.send(command)
            here, there = (client.reply() for client in both)
            self.assertEqual(here[-1][0], there[-1][0], f"{command}\nserve: {here}\nPostfix: {there}")

    def test_a_message(self):
        self.each(MAIL, RCPT, "DATA", b"Subject: x\r\n\r\n..\r\nx\r\n.\r\n", "RSET", MAIL, RCPT, "NOOP", "QUIT")

    def test_order(self):
        self.each("RCPT TO:<bob@hamburger.edu>", "DATA", MAIL, MAIL)
        self.kinds("DATA")
        self.each(RCPT, "RSET", RCPT, MAIL, "EHLO again.example", RCPT)
        both = self.sessions(hello=None)
        self.each("NOOP", "HELO client.example", MAIL, RCPT, "RSET", "QUIT", both=both)

    def test_recipients(self):
        self.each(MAIL, "RCPT TO:<nobody@hamburger.edu>", RCPT, "RCPT TO:<Bob@HAMBURGER.edu>", "RCPT TO:<postmaster>",
                  "RCPT TO:<later@hamburger.edu>", "RCPT TO:<@a.example,@b.example:bob@hamburger.edu>")
        self.kinds("RCPT TO:<x@elsewhere.example>")

    def test_only_refused_recipients(self):
        self.each(MAIL, "RCPT TO:<nobody@hamburger.edu>")
        self.kinds("DATA")
        self.each("RSET", MAIL, RCPT, "DATA", b"x\r\n.\r\n")

    def test_senders_and_parameters(self):
        for words in ("MAIL FROM:<>", "MAIL FROM:<alice@crepes.fr> BODY=8BITMIME", "MAIL FROM:<alice@crepes.fr> SIZE=1000",
                      "MAIL FROM:<alice@crepes.fr> BODY=7BIT SIZE=0", "MAIL FROM: <alice@crepes.fr>", "mail from:<alice@crepes.fr>",
                      'MAIL FROM:<"a b"@crepes.fr>', "MAIL FROM:<alice@crepes.fr> RET=HDRS ENVID=abc"):
            with self.subTest(words):
                self.each(words, "RSET")
        for words in ("MAIL", "MAIL FROM", "MAIL FROM:", "MAIL FROM:<alice@crepes.fr> XYZZY=1", "MAIL FROM:<alice@crepes.fr> BODY=X",
                      "MAIL FROM:<alice@crepes.fr> SIZE=99999999999", "MAIL FROM:<alice@crepes.fr> SIZE=x",
                      "MAIL TO:<alice@crepes.fr>"):
            with self.subTest(words):
                self.kinds(words, "RSET")

    def test_what_is_no_command(self):
        self.kinds("XYZZY", "", "EHLO", "RCPT", "RCPT TO", "DATA x", "NOOP x", "VRFY", "STARTTLS x")

    def test_many_at_once(self):
        commands = [MAIL, "RCPT TO:<nobody@hamburger.edu>", RCPT, "RCPT TO:<carol@hamburger.edu>", "DATA"]
        for client in self.both:
            client.send("\r\n".join(commands))
        for command in commands:
            self.assertEqual(*(self.code(client.reply()) for client in self.both), command)
        self.each(b"Subject: x\r\n\r\nx\r\n.\r\n", "QUIT")

    def test_chunks(self):
        self.each(MAIL, RCPT, b"BDAT 5\r\nSubj:", b"BDAT 5 LAST\r\n\r\n\r\nx", "RSET", MAIL, RCPT, b"BDAT 0 LAST\r\n")
        self.each("RSET", MAIL, RCPT, b"BDAT 3\r\nabc")
        self.kinds("DATA")
        self.each("RSET", MAIL, RCPT, "DATA", b"x\r\n.\r\n")
        self.kinds(b"BDAT 3 LAST\r\nabc")

    def test_extensions(self):
        for client in self.both:
            client.send("EHLO client.example")
            said = {line[4:].split()[0] for line in client.reply()}
            self.assertLessEqual({"PIPELINING", "SIZE", "8BITMIME", "SMTPUTF8", "DSN", "CHUNKING", "ENHANCEDSTATUSCODES",
                                  "STARTTLS"}, said)


if __name__ == "__main__":
    unittest.main()
