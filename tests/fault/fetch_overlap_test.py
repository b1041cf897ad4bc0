"""Two runs of fetch at once on one maildrop: one works, the other says so and does not even connect."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import signal
import threading
import unittest

from fetch_home import FetchHome, FetchTest
from scripted_pop3 import Pop3Server, Usual, mails


class Overlap(FetchTest):
    def setUp(self):
        self.go_on = threading.Event()

    def held(self, session, argument):
        """The usual, once the test says so."""
        self.go_on.wait(30)
        return Usual()

    def begin(self, home, server, step):
        """A run that hangs at this step."""
        server.replies = {step: self.held}
        process = home.start(server, "--delete")
        while server.times(step.removesuffix("-END")) == 0:
            self.assertIsNone(process.poll())
        return process

    def with_and_without_a_past(self):
        for past in (False, True):
            for step in ("AUTH-END", "STAT", "RETR", "QUIT"):
                self.go_on.clear()
                with self.subTest(f"past: {past}, {step}"), Pop3Server(mails(3), exclusive=True) as server, \
                        FetchHome() as home:
                    if past:
                        self.fetch(home, server, "--delete")
                        server.maildrop += mails(3, prefix="later-")
                    server.sessions.clear()
                    yield server, home, self.begin(home, server, step)
                    self.go_on.set()
                    server.replies = {}
                    self.fetch(home, server, "--delete")
                    self.holds(home, server.maildrop)

    def test_the_second_run_is_75_at_once_and_does_not_connect(self):
        for server, home, first in self.with_and_without_a_past():
            run = self.fetch(home, server, "--delete", status=75, timeout=20)
            self.assertEqual(len(run.error_lines()), 1, run)
            self.assertEqual(len(server.sessions), 1)
            self.go_on.set()
            self.judge(home.finish(first), 0)
            self.holds(home, server.maildrop)

    def test_one_that_waits_goes_on_when_the_first_has_ended(self):
        for server, home, first in self.with_and_without_a_past():
            second = home.start(server, "--delete", "--wait", "30s")
            self.go_on.set()
            self.judge(home.finish(first), 0)
            self.judge(home.finish(second), 0)
            self.holds(home, server.maildrop)

    def test_one_that_waits_in_vain_and_one_that_follows_a_dead_one(self):
        for server, home, first in self.with_and_without_a_past():
            self.fetch(home, server, "--delete", "--wait", "1s", status=75, timeout=20)
            self.assertEqual(len(server.sessions), 1)
            first.send_signal(signal.SIGKILL)
            home.finish(first)
            self.go_on.set()
            server.wait()

    def test_another_maildrop_is_another_matter(self):
        """And listing takes no lock."""
        with Pop3Server(mails(3)) as server, Pop3Server(mails(3)) as other, FetchHome() as home:
            first = self.begin(home, server, "RETR")
            self.go_on.set()
            self.judge(home.finish(first), 0)
            self.go_on.clear()
            other.users = {"bob": list(other.users.values())[0]}
            server.maildrop += mails(1, prefix="later-")
            server.sessions.clear()
            first = self.begin(home, server, "RETR")
            self.fetch(home, server, "--list")
            self.fetch(home, other, "--user", "bob", "--delete")
            self.go_on.set()
            self.judge(home.finish(first), 0)
            self.assertEqual(len(home.messages()), 7)


if __name__ == "__main__":
    unittest.main()
