"""fetch when a session ends before its time, or a message cannot be had: nothing lost, nothing twice, and the
other messages go on."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import signal
import unittest

from fetch_home import RECOGNISING, FetchHome, FetchTest
from scripted_pop3 import DROP, RESET, STALL, Pop3Server, Usual, for_uid, mails


class Cut(FetchTest):
    def test_a_message_cut_off_is_discarded_and_comes_whole_in_the_next_run(self):
        """Wherever in it; the bytes that came are a message to nobody."""
        for cut in (3, 60, 200, 0.5, -3, -1):
            for mode in ("--keep", "--delete"):
                with self.subTest(f"{cut} {mode}"), Pop3Server(mails(5, 3000)) as server, FetchHome() as home:
                    server.replies = {"RETR": {3: Usual(cut=cut)}}
                    self.fetch(home, server, mode, status=75)
                    for octets in home.messages():
                        self.assertTrue(octets.endswith(b"place?\n"))
                    self.assertNotIn("DELE 3", server.commands)
                    self.assertEqual(home.leftovers(), [])
                    self.assertLess(len(home.messages()), 5)
                    server.replies = {}
                    self.fetch(home, server, mode)
                    self.holds(home, server.maildrop)
                    self.assertEqual(server.left() == [], mode == "--delete")

    def test_what_came_before_the_cut_is_not_fetched_again(self):
        with Pop3Server(mails(5, 3000)) as server, FetchHome() as home:
            server.replies = {"RETR": {4: Usual(cut=1000)}}
            self.fetch(home, server, status=75)
            server.replies = {}
            self.fetch(home, server)
            self.holds(home, server.maildrop)
            server.wait()
            for number in (1, 2, 3):
                self.assertEqual(server.commands.count(f"RETR {number}"), 1)

    def test_the_line_is_lost_at_quit(self):
        """Whether the server heard QUIT or not, and answered or not."""
        for heard in (True, False):
            for act in (DROP, RESET, STALL):
                with self.subTest(f"heard: {heard}, then {act}"), \
                        Pop3Server(mails(5), {"QUIT": act}, deletes_at_quit=heard) as server, FetchHome() as home:
                    self.fetch(home, server, "--delete", "--timeout", "1s", status=75)
                    self.holds(home, server.maildrop)
                    self.assertEqual(len(server.left()), 0 if heard else 5)
                    server.replies, server.deletes_at_quit = {}, True
                    self.fetch(home, server, "--delete")
                    self.holds(home, server.maildrop)
                    self.assertEqual(server.left(), [])
                    self.assertEqual(server.times("RETR"), 5)

    def test_a_control_that_loses_its_memory_fetches_again(self):
        """What the tests above count would show it."""
        with Pop3Server(mails(5), {"QUIT": DROP}, deletes_at_quit=False) as server, FetchHome() as home:
            self.fetch(home, server, "--delete", status=75)
            home.forget()
            server.replies = {}
            self.fetch(home, server, "--delete")
            with self.assertRaisesRegex(AssertionError, "again"):
                self.holds(home, server.maildrop)


class Refused(FetchTest):
    def test_dele_that_is_always_refused(self):
        with Pop3Server(mails(5), {"DELE": for_uid("uid-3", "-ERR no")}) as server, FetchHome() as home:
            for _ in range(3):
                run = self.fetch(home, server, "--delete", status=75)
                self.assertEqual(len(run.error_lines()), 1, run)
                self.holds(home, server.maildrop)
                self.assertEqual(server.left(), ["uid-3"])
            self.assertEqual(server.times("RETR"), 5)
            server.replies = {}
            self.fetch(home, server, "--delete")
            self.assertEqual(server.left(), [])
            self.holds(home, server.maildrop)

    def test_retr_that_is_always_refused_is_counted_then_set_aside_and_the_others_go_on(self):
        for reply in ("-ERR cannot open it", "+OK\n."):
            with self.subTest(reply), Pop3Server(mails(5), {"RETR": {3: reply}}) as server, FetchHome() as home:
                others = [mail for mail in server.maildrop if mail.uid != "uid-3"]
                for status in (75, 75, 69):
                    run = self.fetch(home, server, status=status)
                    self.assertEqual(len(run.error_lines()), 1, run)
                    self.assertIn("message 3", run.err)
                    self.holds(home, others)
                server.maildrop += mails(1, prefix="later-")
                self.fetch(home, server)
                self.holds(home, [*others, server.maildrop[-1]])
                self.assertEqual(server.commands.count("RETR 3"), 3)
                self.assertEqual(server.times("DELE"), 0)
                server.replies = {}
                self.fetch(home, server, "--all")
                self.holds(home, server.maildrop)

    def test_with_delete_the_one_that_is_refused_stays(self):
        with Pop3Server(mails(5), {"RETR": for_uid("uid-3", "-ERR no")}) as server, FetchHome() as home:
            for status in (75, 75, 69, 0):
                self.fetch(home, server, "--delete", status=status)
                self.assertEqual(server.left(), ["uid-3"])

    def test_one_that_always_ends_the_connection_does_not_hold_up_the_others(self):
        cut = {"RETR": for_uid("uid-2", Usual(cut=100))}
        with Pop3Server(mails(5), cut) as server, FetchHome() as home:
            # Alone, it may be the line that is to blame.
            for number, status in enumerate((75, 75, (69, 75), 0)):
                self.fetch(home, server, "--delete", status=status)
                self.assertIn("uid-2", server.left())
                if number < 2:
                    self.fetch(home, server, "--delete", status=75)
                server.maildrop += mails(1, prefix=f"new-{number}-")
            self.fetch(home, server, "--delete")
            self.holds(home, [mail for mail in server.maildrop if mail.uid != "uid-2"])


class Signalled(FetchTest):
    def test_killed_or_ended_while_a_message_stalls(self):
        for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            for kind in RECOGNISING:
                with self.subTest(f"{number.name} {kind}"), \
                        Pop3Server(mails(4, 3000)) as server, FetchHome(kind) as home:
                    server.replies = {"RETR": {3: Usual(cut=1500, then=STALL)}}
                    process = home.start(server, "--delete")
                    while server.times("RETR") < 3:
                        self.assertIsNone(process.poll())
                    process.send_signal(number)
                    run = home.finish(process, 20)
                    self.assertEqual(run.status, -number, run)
                    self.assertEqual(len(server.left()), 4)
                    for octets in home.messages():
                        self.assertTrue(octets.endswith(b"place?\n"))
                    server.replies = {}
                    self.fetch(home, server, "--delete")
                    self.holds(home, server.maildrop)
                    self.assertEqual(server.left(), [])
                    self.assertEqual(home.leftovers(), [])


if __name__ == "__main__":
    unittest.main()
