"""fetch when a line is lost at the worst moment: what is known where, and what stands twice."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import unittest

from fetch_home import RECOGNISING, FetchHome, FetchTest
from scripted_pop3 import DROP, Pop3Server, mails


class WithoutUniqueIds(FetchTest):
    def test_a_lost_quit_makes_no_second_copy(self):
        for kind in RECOGNISING:
            with self.subTest(kind), FetchHome(kind) as home, \
                    Pop3Server(mails(3), {"QUIT": DROP}, without=("UIDL",), deletes_at_quit=False) as server:
                for _ in range(3):
                    self.fetch(home, server, "--delete", status=75)
                    self.holds(home, server.maildrop)
                server.replies, server.deletes_at_quit = {}, True
                self.fetch(home, server, "--delete")
                self.holds(home, server.maildrop)
                self.assertEqual(server.left(), [])

    def test_an_mbox_takes_an_equal_message_that_comes_after_a_good_run(self):
        with FetchHome("mbox") as home, Pop3Server(mails(1), without=("UIDL",)) as server:
            self.fetch(home, server, "--all")
            self.fetch(home, server, "--all")
            self.assertEqual(len(home.messages()), 2)


if __name__ == "__main__":
    unittest.main()
