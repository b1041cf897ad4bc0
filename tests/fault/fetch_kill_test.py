"""fetch, killed at each system call that touches a disk, a peer or a child, then run once more: nothing is lost,
nothing is twice in a Maildir, an mbox or a folder, and at most one message is twice behind a pipe or LMTP."""

import concurrent.futures
import os
import pathlib
import random
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import unittest

from fetch_home import KINDS, RECOGNISING, FetchHome, FetchTest, local
from program import MAILTOOL
from scripted_pop3 import Mail, Pop3Server, mails

KILLER = os.environ.get("KILL_AT_SYSCALL", "kill_at_syscall")
AT_ONCE = 4
POINTS = 120  # of a sweep; where there are more calls, every nth, and another start each time
MESSAGES = 4


def maildrop():
    """One of them is larger than a buffer, and one has lines that an mbox must quote."""
    made = mails(MESSAGES - 2, 600)
    header = b"Subject: Large\r\nMessage-ID: <large@mail.example>\r\n\r\n"
    made.append(Mail(header + b"All the same to me.\r\n" * 8000, "uid-large"))
    header = b"Subject: Quoted\r\nMessage-ID: <quoted@mail.example>\r\n\r\n"
    made.append(Mail(header + b"From here\r\n>From there\r\n\r\n.\r\n\r\n", "uid-quoted"))
    return made


class Killed(FetchTest):
    def killed_run(self, home, server, point, *arguments):
        """(status, calls, name of the last call); nothing when this point was not reached."""
        report = home.folder / "report"
        leaks = "detect_leaks=0:" + os.environ.get("ASAN_OPTIONS", "")  # it cannot look while it is traced
        run = home.finish(home.start(server, *arguments, program=(KILLER, report, point, MAILTOOL),
                                     env={"ASAN_OPTIONS": leaks}))
        calls, name = report.read_text().split()
        return run, int(calls), name

    def calls(self, kind, *arguments):
        with Pop3Server(maildrop()) as server, FetchHome(kind) as home:
            run, calls, _ = self.killed_run(home, server, 0, *arguments)
            self.assertEqual((run.status, run.err), (0, ""), run)
            self.holds(home, server.maildrop)
            return calls

    def whole(self, home, mails):
        """What a reader sees right after the kill: whole messages alone."""
        wanted = {local(mail.content) for mail in mails}
        for octets in home.messages():
            self.assertIn(octets, wanted, "half a message is visible")

    def one(self, kind, mode, point):
        twice = 0 if kind in RECOGNISING else 1
        with Pop3Server(maildrop()) as server, FetchHome(kind) as home:
            run, _, name = self.killed_run(home, server, point, mode)
            where = f"{kind} {mode}, killed at call {point}, {name}: "
            try:
                if kind != "mbox":
                    self.whole(home, server.maildrop)
                self.fetch(home, server, mode)
                self.holds(home, server.maildrop, twice)
                self.assertEqual(server.left() == [], mode == "--delete")
                self.assertEqual(home.leftovers(), [], "left over")
                # And nothing that the second run would do again.
                fetched = server.times("RETR")
                self.fetch(home, server, mode)
                self.holds(home, server.maildrop, twice)
                self.assertEqual(server.times("RETR"), fetched)
            except AssertionError as failure:
                raise AssertionError(f"{where}{failure}") from None
            return run.status == 137, name

    def sweep(self, kind):
        for mode in ("--keep", "--delete"):
            calls = self.calls(kind, mode)
            self.assertGreater(calls, 40)  # or nothing is swept
            step = -(-calls // POINTS)
            start = int(time.time()) // 10 % step + 1
            with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
                found = list(pool.map(lambda point: self.one(kind, mode, point), range(start, calls + 1, step)))
            killed = sum(each for each, _ in found)
            print(f"\n{kind} {mode}: {calls} calls, every {step} from {start}, {killed} kills", file=sys.stderr)
            # Threads may share the calls otherwise the next time.
            self.assertGreater(killed, len(found) * 3 // 4)
            self.assertTrue({"fsync", "fdatasync", "syncfs"} & {name for _, name in found} or step > 1)

    def test_what_the_sweep_would_see(self):
        """A run that is not made again has lost some, and one without a memory has some twice."""
        calls = self.calls("maildir", "--keep")
        with Pop3Server(maildrop()) as server, FetchHome() as home:
            self.killed_run(home, server, calls - 1)
            home.forget()
            self.fetch(home, server)
            with self.assertRaisesRegex(AssertionError, "again"):
                self.holds(home, server.maildrop, 1)
        with Pop3Server(maildrop()) as server, FetchHome() as home:
            self.killed_run(home, server, calls // 4)
            with self.assertRaisesRegex(AssertionError, "lost"):
                self.holds(home, server.maildrop)

    def test_killed_again_and_again(self):
        """At one point after another, over messages that come and go, into two destinations at once."""
        def one(seed):
            dice = random.Random(seed)
            twice = 0
            with Pop3Server(maildrop()) as server, FetchHome("maildir") as home, \
                    FetchHome(dice.choice(KINDS[1:])) as other:
                home.to += ["--to", *other.to]
                for round in range(5):
                    mode = dice.choice(("--keep", "--delete"))
                    run, _, _ = self.killed_run(home, server, dice.randrange(20, 120), mode)
                    twice += run.status == 137 and other.kind not in RECOGNISING
                    server.maildrop += mails(1, prefix=f"later-{round}-")
                self.fetch(home, server, "--delete")
                self.holds(home, server.maildrop)
                self.holds(other, server.maildrop, twice)
                self.assertEqual(server.left(), [])
                self.assertEqual(home.leftovers() + other.leftovers(), [])
        self.each(one, range(24))

    def test_killed_while_it_deletes_what_it_has(self):
        calls = 0
        with Pop3Server(maildrop()) as server, FetchHome() as home:
            self.fetch(home, server)
            _, calls, _ = self.killed_run(home, server, 0, "--delete")

        def one(point):
            with Pop3Server(maildrop()) as server, FetchHome() as home:
                self.fetch(home, server)
                self.killed_run(home, server, point, "--delete")
                self.fetch(home, server, "--delete")
                self.holds(home, server.maildrop)
                self.assertEqual(server.left(), [])
                self.assertEqual(server.times("RETR"), MESSAGES)
        self.each(one, range(1, calls + 1))

    def test_sweeps(self):
        for kind in KINDS:
            self.sweep(kind)


if __name__ == "__main__":
    unittest.main()
