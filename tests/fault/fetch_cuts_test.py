"""fetch over lines that are cut, torn down, silent or slow at each answer of a whole dialogue: it ends in time, says
75, loses nothing, and does nothing twice."""

import itertools
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import unittest

from fetch_home import KINDS, FetchHome, FetchTest, local
from scripted_pop3 import CAPA, DROP, RESET, STALL, Pop3Server, Usual, for_uid, mails

STEPS = ("GREETING", "CAPA", "AUTH-END", "STAT", "LIST", "UIDL", "TOP", "RETR", "DELE", "QUIT")
BREAKS = {
    "closed before": DROP,
    "closed in the middle": Usual(cut=0.5),
    "closed before the last octet": Usual(cut=-1),
    "closed after": (Usual(), DROP),
    "torn down before": RESET,
    "torn down in the middle": Usual(cut=0.5, then=RESET),
    "silent before": STALL,
    "silent in the middle": Usual(cut=0.5, then=STALL),
}
SLOW = {
    "slow": Usual(drip=800),
    "octet by octet": Usual(drip=50_000),
    "one octet first": (Usual(cut=1, then=b""), Usual(edit=lambda octets: octets[1:])),
}
WITHOUT_PIPELINING = [word for word in CAPA if word != "PIPELINING"]


class Lines(FetchTest):
    def prepare(self, server, home, step, answer):
        """The answer in its place, and of messages to the second one alone."""
        if step == "TOP":
            # Asked where sizes are not what they were.
            self.fetch(home, server)
            for mail in server.maildrop:
                mail.size = len(mail.content) + 7
        server.replies = {step: {2: answer} if step in ("RETR", "DELE", "TOP") else answer}

    def judge_after(self, server, home, mode):
        """Nothing was deleted that is not here; then a good run."""
        server.wait()
        there = home.messages()
        for mail in server.deleted:
            self.assertIn(local(mail.content), there)
        for octets in there:
            self.assertIn(octets, [local(mail.content) for mail in server.maildrop])
        server.replies = {}
        self.fetch(home, server, mode, timeout=30)
        self.holds(home, server.maildrop)
        self.assertEqual(server.left() == [], mode == "--delete")
        self.assertEqual(home.leftovers(), [])

    def broken(self, row):
        step, (_, answer), capa, mode, kind = row
        with Pop3Server(mails(4, 1000), capa=capa) as server, FetchHome(kind) as home:
            self.prepare(server, home, step, answer)
            run = self.fetch(home, server, mode, "--timeout", "1s", status=(0, 75), timeout=30)
            # A farewell to which nothing hangs may be lost.
            spared = step in ("DELE", "QUIT", "TOP") or answer == BREAKS["closed after"]
            self.assertTrue(run.status == 75 or spared, run)
            self.judge_after(server, home, mode)

    def rows(self, answers, kinds=("maildir",)):
        return list(itertools.product(STEPS, answers.items(), (CAPA, WITHOUT_PIPELINING), ("--keep", "--delete"),
                                      kinds))

    def test_broken_lines(self):
        self.each(self.broken, self.rows(BREAKS))

    def test_the_message_whose_answer_is_missing_is_to_blame(self):
        """And not the one before it, which is shorter than LIST says, and waits for that answer to be confirmed."""
        with Pop3Server(mails(2), {"RETR": for_uid("uid-2", DROP)}) as server, FetchHome() as home:
            for mail in server.maildrop:
                mail.size = len(mail.content) + 50
            for _ in range(3):
                run = self.fetch(home, server, status=(69, 75))
                self.assertNotIn("message 1", run.err)
                self.holds(home, server.maildrop[:1])
            server.maildrop += mails(1, prefix="new-")
            self.fetch(home, server, status=(0, 69, 75))
            self.holds(home, [server.maildrop[0], server.maildrop[2]])

    def test_slow_lines(self):
        def slow(row):
            step, (_, answer), capa, mode, kind = row
            with Pop3Server(mails(4, 1000), capa=capa) as server, FetchHome(kind) as home:
                self.prepare(server, home, step, answer)
                self.fetch(home, server, mode, timeout=30)
                self.assertEqual(len(home.messages()), 4)
                self.judge_after(server, home, mode)
        self.each(slow, self.rows(SLOW))

    def test_into_other_destinations(self):
        few = {name: BREAKS[name] for name in ("closed in the middle", "silent before")}
        self.each(self.broken, [row for row in self.rows(few, KINDS[1:])
                                if row[0] in ("RETR", "DELE", "QUIT")])

    def test_a_line_that_never_ends(self):
        """Each octet comes in time, and --deadline ends it."""
        for step in ("GREETING", "UIDL", "RETR"):
            with self.subTest(step), Pop3Server(mails(2, 2000), {step: Usual(drip=2)}) as server, FetchHome() as home:
                self.fetch(home, server, "--timeout", "2s", "--deadline", "2s", status=75, timeout=30)
                self.judge_after(server, home, "--delete")

    def test_a_message_larger_than_the_deadline_keeps_no_other_waiting(self):
        with Pop3Server(mails(4, 2000)) as server, FetchHome() as home:
            server.replies = {"RETR": for_uid("uid-2", Usual(drip=10))}
            self.fetch(home, server, "--deadline", "3s", status=75, timeout=30)
            # It comes last, and counts no failures.
            for _ in range(3):
                self.fetch(home, server, "--deadline", "3s", status=75, timeout=30)
                self.holds(home, [mail for mail in server.maildrop if mail.uid != "uid-2"])
                self.assertEqual(server.sessions[-1].commands.count("RETR 2"), 1)
                server.maildrop += mails(1, 2000, prefix=f"new-{len(server.maildrop)}-")
            server.replies = {}
            self.fetch(home, server)
            self.holds(home, server.maildrop)


if __name__ == "__main__":
    unittest.main()
