"""fetch against servers that mean harm: no memory without bounds, no wait without end, nothing that acts on a
terminal, no file outside of the destination, and no octet taken for what it is not."""

import itertools
import os
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import unittest

from fetch_home import KINDS, FetchHome, FetchTest, local
from program import MAILTOOL, SECRET
from scripted_pop3 import CAPA, DROP, STALL, Mail, Pop3Server, Usual, mails

ESCAPES = "\x1b[2J\x1b]0;owned\x07\x08\x7f\r\x9b31m\u202e\u2028 \x00"
MEGABYTES = 96  # far more than a run needs, and far less than what is sent
CAPACITY = 1 if os.environ.get("MAILTOOL_SANITIZE", "OFF") in ("", "OFF") else 100  # they keep what was freed


def endless(piece, first=b"+OK\r\n"):
    def say(session, argument):
        def pieces():
            yield first
            while True:
                yield piece * (65536 // len(piece))
        return pieces()
    return say


def endless_numbers(word):
    def say(session, argument):
        def lines():
            yield b"+OK\r\n"
            number = 0
            while True:
                number += 1
                yield b"".join(b"%d %s\r\n" % (each, word) for each in range(number, number + 2000))
                number += 1999
        return lines()
    return say


class Sizes(FetchTest):
    def bounded(self, server, *arguments, status=(75, 76), mode="--delete"):
        """Ends by itself, in bounds."""
        with FetchHome() as home:
            process = home.start(server, mode, *arguments, program=("timeout", "-s", "KILL", "60", MAILTOOL))
            _, ended, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(ended)
            run = home.finish(process)
            self.judge(run, status)
            self.assertLess(usage.ru_maxrss, MEGABYTES * 1024 * CAPACITY)
            self.assertLess(len(run.err), 4000)
            self.assertEqual(server.deleted, [])
            return run

    def test_what_never_ends(self):
        rows = [("GREETING", endless(b"x", b"+OK ")), ("GREETING", endless(b"\0", b"")),
                ("CAPA", endless(b"X-NONSENSE\r\n")), ("CAPA", endless(b"x")), ("AUTH-END", endless(b"x", b"+OK ")),
                ("AUTH-END", endless(b"x", b"-ERR ")), ("STAT", endless(b"9", b"+OK ")), ("STAT", endless(b"x", b"-")),
                ("LIST", endless_numbers(b"100")), ("LIST", endless(b"1 100\r\n")), ("LIST", endless(b"1")),
                ("UIDL", endless_numbers(b"uid")), ("UIDL", endless(b"1 uid-1\r\n")), ("UIDL", endless(b"1 x")),
                ("RETR", endless(b"x", b"+OK ")), ("DELE", endless(b"x", b"+OK ")), ("QUIT", endless(b"x", b"+OK "))]
        for step, answer in rows:
            with self.subTest(step), Pop3Server(mails(2), {step: answer}) as server:
                server.deletes_at_quit = step != "QUIT"
                self.bounded(server)

    def test_a_login_that_never_ends(self):
        for challenge in ("+ ", "+ " + "QUFB" * 20, "+"):
            with self.subTest(challenge), Pop3Server(mails(1), {"AUTH-END": challenge}) as server:
                run = self.bounded(server, "--timeout", "2s", status=(69, 75, 76, 77))
                self.assertNotIn(SECRET, run.err)

    def test_numbers_that_promise_too_much(self):
        for stat in ("+OK 1000000000 1000000000000", "+OK 4294967295 1", "+OK 99999999999999999999 1",
                     "+OK 18446744073709551615 18446744073709551615", "+OK -1 -1", "+OK 2 -5", "+OK 0x2 1", "+OK"):
            with self.subTest(stat), Pop3Server(mails(2), {"STAT": stat}) as server:
                self.bounded(server, mode="--keep", status=(0, 75, 76))
        for line in ("4294967297 100", "0 100", "-1 100", "99999999999999999999 1", "1 99999999999999999999999",
                     "1 -5", "1", "1 1e9", "", " ", "\0 1"):
            with self.subTest(line), Pop3Server(mails(1), {"LIST": f"+OK\n{line}\n."}) as server:
                self.bounded(server, mode="--keep", status=(0, 75, 76))

    def test_sizes_that_promise_too_much(self):
        """No memory, no disk and no wait for a size that a server names; but one that no disk has may be believed."""
        for size in (1 << 40, (1 << 64) - 1):
            with self.subTest(size), Pop3Server([Mail(mails(1)[0].content, "uid-1", size)]) as server, \
                    FetchHome() as home:
                run = self.fetch(home, server, "--delete", status=(0, 73, 75))
                self.assertEqual(len(home.messages()), 1 if run.status == 0 else 0)

    def test_messages_larger_than_was_said(self):
        """Some more is a size that was not counted well; without end, it is an attack."""
        large = Mail(b"Subject: Large\r\n\r\n" + b"Larger than life.\r\n" * 100_000, "uid-1", 300)
        with Pop3Server([large]) as server, FetchHome() as home:
            self.fetch(home, server, "--max-size", "1M", status=(75, 76))
            self.assertEqual(home.messages(), [])
            self.assertEqual(home.leftovers(), [])
        with Pop3Server([Mail(large.content, "uid-1", len(large.content) * 2 // 3)]) as server, FetchHome() as home:
            self.fetch(home, server, "--delete")
            self.holds(home, server.maildrop)

    def test_sizes_in_another_unit(self):
        """A message far larger than its size fails, unless another one has shown that this server's sizes are none."""
        ordinary = mails(1, 4000)[0].content
        large = b"Subject: Large\r\n\r\n" + b"Larger than life.\r\n" * 100_000
        with Pop3Server([Mail(large, "uid-1", 2000)]) as server, FetchHome() as home:
            self.fetch(home, server, "--delete", status=75)
            self.assertEqual((home.messages(), home.leftovers()), ([], []))
        with Pop3Server([Mail(ordinary, "uid-1", 4), Mail(large, "uid-2", 2000)]) as server, FetchHome() as home:
            self.fetch(home, server, "--delete")
            self.holds(home, server.maildrop)

    def test_messages_that_are_hidden_once_sent(self):
        """Gmail, by its greeting: hardly more is under way than is safe, and a loss comes with what to do."""
        with FetchHome() as home:
            safe = []
            def asked(session, number):
                safe.append(len(home.messages()) - int(number) + 2)
                return Usual()
            greeting = {"GREETING": "+OK Gpop ready for requests from 192.0.2.1 x"}
            with Pop3Server(mails(30), {**greeting, "RETR": asked}) as server:
                self.fetch(home, server)
                self.assertGreaterEqual(min(safe), 0, safe)
                server.maildrop += mails(3, prefix="more-")
                server.replies = {**greeting, "RETR": Usual(cut=0.5, then=DROP)}
                run = self.fetch(home, server, status=75)
                self.assertIn("recent:", run.err)


class Terminal(FetchTest):
    def unarmed(self, text, allowed="\n"):
        """Nothing in it acts on a terminal, or turns its text around."""
        found = re.findall(f"[^{allowed}\x20-\x7e\xa0-\u2027\u202f-\u2065\u2070-\ud7ff\udc80-\uffff]", text)
        self.assertEqual(found, [], text)

    def test_texts_of_refusals(self):
        steps = ("GREETING", "CAPA", "STLS", "AUTH-END", "STAT", "LIST", "UIDL", "RETR", "DELE", "QUIT", "TOP")
        replies = ("-ERR " + ESCAPES, "-ERR [" + ESCAPES + "] no", "+OK " + ESCAPES, ESCAPES, "-ERR " + 400 * "\x1b")
        ways = (("--delete",), ("--verbose",), ("--json",), ("--list",))

        def one(row):
            step, reply, way = row
            with Pop3Server(mails(1), {step: reply}) as server, FetchHome() as home:
                run = home.fetch(server, *way, "--timeout", "1s", timeout=30)
                self.unarmed(run.err)
                self.unarmed(run.out, "\n\t")
        self.each(one, list(itertools.product(steps, replies, ways)))

    def test_texts_of_listings(self):
        for word in (ESCAPES, "a" + ESCAPES.replace(" ", "") + "b", "\x1b[2J", "a\tb", "\u202e"):
            with self.subTest(repr(word)), Pop3Server([Mail(mails(1)[0].content, word)]) as server:
                for way in ((), ("--verbose",), ("--json",), ("--list",), ("--delete",)):
                    with FetchHome() as home:
                        run = home.fetch(server, *way)
                        self.unarmed(run.err)
                        self.unarmed(run.out, "\n\t")

    def test_a_control(self):
        with self.assertRaises(AssertionError):
            self.unarmed("a\x1b[2J")
        with self.assertRaises(AssertionError):
            self.unarmed("\u202e")
        self.unarmed("Grüße\n")


class Names(FetchTest):
    def test_ids_that_would_be_paths_or_options(self):
        for kind in KINDS:
            names = ["../../../evil", "/tmp/evil", "-rf", ".", "..", "a/b", "a\\b", "%2e%2e%2f", "x" * 70, "new",
                     "a:2,S"]
            listed = [Mail(each.content, name) for each, name in zip(mails(len(names)), names)]
            with self.subTest(kind), Pop3Server(listed) as server, FetchHome(kind) as home:
                before = self.outside(home)
                for _ in range(2):
                    self.fetch(home, server)
                    self.holds(home, server.maildrop)
                self.assertEqual(server.times("RETR"), len(names))
                self.assertEqual(self.outside(home), before)

    def outside(self, home):
        """What lies beside the destination and the state."""
        return sorted(path.name for path in home.folder.iterdir() if path.name not in ("state", home.kind)) + \
            sorted(path.name for path in home.folder.parent.glob("evil*"))


class Unasked(FetchTest):
    def unequal(self):
        return [mails(3, octets)[number] for number, octets in enumerate((200, 400, 600))]

    def judge_after(self, server, home):
        """Nothing was deleted that is not here; then a good run."""
        server.wait()
        there = home.messages()
        for mail in server.deleted:
            self.assertIn(local(mail.content), there)
        server.replies = {}
        self.fetch(home, server, "--delete")
        self.holds(home, server.maildrop)

    def test_octets_that_nobody_asked_for(self):
        """They end the session, and nothing is deleted that was not fetched. What the sizes tell apart is not taken
        for another message."""
        def one(row):
            step, surplus, capa = row
            answer = Usual(edit=lambda octets: octets + surplus)
            replies = {step: {1: answer} if step in ("RETR", "DELE") else answer}
            with Pop3Server(self.unequal(), replies, capa) as server, FetchHome() as home:
                self.fetch(home, server, "--delete", "--timeout", "1s", status=(0, 69, 75, 76), timeout=30)
                self.judge_after(server, home)
        steps = ("GREETING", "CAPA", "AUTH-END", "STAT", "LIST", "UIDL", "RETR", "DELE")
        surplus = (b"-ERR surplus\r\n", b".", b"+OK surplus\r\n", b"+OK\r\n1 uid-1\r\n.\r\n")
        self.each(one, [row for row in itertools.product(steps, surplus, (CAPA, ("UIDL", "TOP", "SASL PLAIN")))
                        # A server may send what it likes as the next message.
                        if row[0] != "RETR" or not row[1].startswith(b"+OK")])

    def test_answers_that_are_none(self):
        def one(row):
            step, reply = row
            with Pop3Server(mails(2), {step: reply}) as server, FetchHome() as home:
                run = home.fetch(server, "--delete", "--timeout", "1s", timeout=30)
                self.assertIn(run.status, (0, 69, 75, 76, 77), run)
                self.judge_after(server, home)
        steps = ("GREETING", "AUTH-END", "STAT", "LIST", "UIDL", "RETR", "DELE", "QUIT")
        replies = ("", " ", "OK", "+", "-", "+ go on", "+OKAY", "* OK", "220 hello", b"\0\0\r\n", b"\r\r\n")
        self.each(one, list(itertools.product(steps, replies)))

    def test_a_server_of_another_protocol(self):
        for greeting in ("220 mail.example ESMTP", "* OK IMAP4rev1", "HTTP/1.1 400 Bad Request", "SSH-2.0-x",
                         b"\x15\3\1\0\2\2F"):
            with self.subTest(greeting), Pop3Server(mails(1), {"GREETING": (greeting, STALL)}) as server, \
                    FetchHome() as home:
                self.fetch(home, server, "--timeout", "2s", status=76)
                self.assertEqual(server.commands, [])


if __name__ == "__main__":
    unittest.main()
