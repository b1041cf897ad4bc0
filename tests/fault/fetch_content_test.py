"""What fetch stores is what was sent, whatever is in it: CRLF becomes LF, and no other octet changes."""

import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import unittest

from fetch_home import KINDS, FetchHome, FetchTest
from scripted_pop3 import Mail, Pop3Server, Usual

HEADER = b"From: alice@example.com\r\nSubject: Lunch\r\n\r\n"


def numbered(contents):
    return [Mail(content, f"uid-{number}") for number, content in enumerate(contents, 1)]


# Each ends in CRLF, as it must for the end of a message to follow.
STRANGE = {
    "NUL": HEADER + b"a\0b\r\n\0\r\n\0\0.\r\n",
    "NUL in the header": b"Subject: a\0b\r\n\r\nText.\r\n",
    "bare CR": HEADER + b"a\rb\r\r\n\r\r\nc\r\n",
    "bare LF": HEADER + b"a\nb\n\nc\r\n",
    "a dot between bare LFs": HEADER + b"a\n.\nb\r\n",
    "a dot after a bare LF": HEADER + b"a\n.\r\nb\r\n",
    "a dot before a bare LF": HEADER + b"a\r\n.\nb\r\n",
    "a dot between bare CRs": HEADER + b"a\r.\rb\r\n",
    "dots": HEADER + b".\r\n..\r\n...\r\n.a\r\n. \r\n.\r\n\r\n.\r\n",
    "nothing but a dot": b".\r\n",
    "nothing": b"",
    "empty lines": b"\r\n\r\n\r\n",
    "a header without an empty line": b"From: alice@example.com\r\nSubject: Lunch\r\n",
    "a body without a header": b"\r\nText.\r\n",
    "no header at all": b"Text, and no header.\r\n",
    "lines of an mbox": HEADER + b"From a\r\n>From b\r\n>>From c\r\n From d\r\n\r\nFrom e\r\n>\r\n",
    "an mbox's first line": b"From alice@example.com Sat Nov 21 12:00:00 2026\r\n" + HEADER + b"Text.\r\n",
    "a reply in the text": HEADER + b"+OK\r\n-ERR no\r\n+OK 3 120\r\n",
    "every octet": HEADER + bytes(range(256)) * 3 + b"\r\n",
    "empty lines at the end": HEADER + b"Text.\r\n\r\n\r\n\r\n",
}

FAITHFUL = {
    "a header of 300 characters": (b"Subject: " + b"x" * 290 + b"\r\nTo: " + b"bob@example.org, " * 60 +
                                   b"\r\n\r\nText.\r\n"),
    "8-bit header": b"From: Jos\xe9 <jose@example.org>\r\nSubject: \xbfQu\xe9?\r\n\r\nText.\r\n",
    "an unknown charset": (b"Subject: =?x-unheard-of?B?4Q==?=\r\nContent-Type: text/plain; charset=x-none\r\n\r\n"
                           b"\xe1\r\n"),
    "a multipart without its end": b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nText.\r\n",
    "a line without a colon": b"From: alice@example.com\r\nno colon here\r\nSubject: Lunch\r\n\r\nText.\r\n",
    "trailing blanks": b"Subject: Lunch  \t \r\n folded \t\r\n\r\nText. \t \r\n \r\n\t\r\n",
    "a folded header": b"Subject: a\r\n\tb\r\n  c\r\nDKIM-Signature: v=1;\r\n\tb=abc\r\n  def\r\n\r\nText.\r\n",
    "a header that comes thrice": b"From: a@example.com\r\nFROM: b@example.com\r\nfrom : c\r\n\r\nText.\r\n",
    "Status and Return-Path": b"Return-Path: <a@example.com>\r\nStatus: RO\r\nContent-Length: 3\r\n\r\nText.\r\n",
    "encoded lines": b"Content-Transfer-Encoding: quoted-printable\r\n\r\na=3D=\r\nb=20\r\n=\r\n",
}


def long_lines(power):
    """Lines whose ends, and the dots at their starts and ends, fall around this power of two."""
    body = bytearray()
    for length in range(power - 3, power + 4):
        body += b"x" * length + b"\r\n.\r\n"
        body += b"y" * length + b".\r\n"
        body += b"." * length + b"\r\n"
    return HEADER + bytes(body)


class Content(FetchTest):
    def brought(self, kind, contents, *arguments, **more):
        with Pop3Server(numbered(contents), **more) as server, FetchHome(kind) as home:
            self.fetch(home, server, *arguments)
            if "--raw-crlf" in arguments:
                self.assertEqual(sorted(home.messages()), sorted(contents))
            else:
                self.holds(home, server.maildrop)

    def everywhere(self, contents):
        for kind in KINDS:
            if kind == "lmtp":
                continue  # a protocol with rules of its own about line ends
            for drip in (None, "octet by octet"):
                with self.subTest(f"{kind} {drip or 'at once'}"):
                    self.brought(kind, contents, drip=20000 if drip else None)

    def test_whatever_is_in_it(self):
        self.everywhere(list(STRANGE.values()))

    def test_nothing_is_written_anew(self):
        self.everywhere(list(FAITHFUL.values()))

    def test_what_this_test_would_see(self):
        with Pop3Server(numbered(STRANGE.values())) as server, FetchHome() as home:
            self.fetch(home, server)
            self.holds(home, server.maildrop)
            path = next(home.path.glob("new/*"))
            path.write_bytes(path.read_bytes() + b" ")
            with self.assertRaisesRegex(AssertionError, "lost"):
                self.holds(home, server.maildrop)

    def test_crlf_as_it_came(self):
        self.brought("maildir", [*STRANGE.values(), *FAITHFUL.values()], "--raw-crlf")
        self.brought("dir", [*STRANGE.values(), *FAITHFUL.values()], "--raw-crlf")

    def test_a_server_whose_lines_end_in_lf(self):
        """Then, and then alone, LF.LF is the end of a message."""
        ordinary = {name: content for name, content in {**STRANGE, **FAITHFUL}.items()
                    if "bare" not in name and "octet" not in name}
        self.brought("maildir", list(ordinary.values()), lf_only=True)
        self.brought("maildir", list(ordinary.values()), lf_only=True, capa=("UIDL", "TOP", "SASL PLAIN"))

    def test_lines_around_each_power_of_two(self):
        powers = [1 << shift for shift in range(9, 17)]
        for kind in KINDS[:2]:
            with self.subTest(kind):
                self.brought(kind, [long_lines(power) for power in powers])

    def test_lines_without_end(self):
        for octets in (100_000, 3_000_000):
            line = HEADER + b"x" * octets + b".\r\n." + b"y" * octets + b"\r\n"
            for kind in KINDS[:2]:
                self.brought(kind, [line, b"X-Long: " + line, b"z" * octets + b"\r\n"])

    def test_messages_at_random_in_segments_at_random(self):
        pieces = (b"\r", b"\n", b"\r\n", b".", b"\r\n.", b"From ", b"\0", b"text", b"\xff", b">", b" ")
        for seed in range(4):
            dice = random.Random(seed)
            contents = [HEADER + b"%d" % number + b"".join(dice.choices(pieces, k=dice.randrange(200))) + b"\r\n"
                        for number in range(30)]

            def in_segments(octets):
                while octets:
                    size = dice.randrange(1, 40)
                    yield octets[:size]
                    octets = octets[size:]

            def segments(session, argument):
                return in_segments(session.usual)

            with self.subTest(seed):
                self.brought("maildir", contents, replies={"RETR": segments})


class Unstuffed(FetchTest):
    def test_a_server_that_does_not_double_dots(self):
        """No message is taken for another, and none is cut short and then deleted."""
        lines = Mail(HEADER + b"a\r\n.\r\nb\r\n.c\r\n", "uid-1")
        after = Mail(HEADER + b"Another.\r\n", "uid-2")

        def unstuffed(octets):
            return octets.replace(b"\r\n..", b"\r\n.")
        with Pop3Server([lines, after], {"RETR": {1: Usual(edit=unstuffed)}}) as server, FetchHome() as home:
            for _ in range(4):
                self.fetch(home, server, "--delete", status=(0, 69, 75, 76))
                self.assertNotIn(lines, server.deleted)
            self.holds(home, [after])
            # A control: where dots are doubled, it is one message as any other.
            server.replies = {}
            self.fetch(home, server, "--delete", "--all")
            self.holds(home, [lines, after])
            self.assertEqual(server.left(), [])


class NotDoubled(FetchTest):
    """A server that sends dots as they are: what follows the first one is the rest of the message."""

    CONTENT = HEADER + b"Text.\r\n" * 60 + b".\r\n" + b"The rest.\r\n" * 2

    def test_a_message_that_seems_whole_is_not_taken_for_it(self):
        begun = self.CONTENT.index(b"\r\n.\r\n") + 5
        at_once = {"RETR": b"+OK\r\n" + self.CONTENT + b".\r\n"}
        later = {"RETR": b"+OK\r\n" + self.CONTENT[:begun], "STAT": [Usual(), self.CONTENT[begun:] + b".\r\n"]}
        short = len(self.CONTENT.replace(b"\r\n", b"\n"))
        for replies, size, lf_only in ((at_once, short, False), (later, short, False), (later, 0, False),
                                       (at_once, short, True), (at_once, None, True), (later, None, False)):
            with self.subTest(size=size, lf_only=lf_only), FetchHome() as home, \
                    Pop3Server([Mail(self.CONTENT, "uid-1", size)], replies, lf_only=lf_only) as server:
                self.fetch(home, server, "--delete", status=76)
                self.assertEqual((home.messages(), server.deleted), ([], []))
                server.replies = {}
                self.fetch(home, server, "--delete")
                self.holds(home, server.maildrop)
                self.assertEqual(server.left(), [])


if __name__ == "__main__":
    unittest.main()
