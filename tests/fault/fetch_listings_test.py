"""fetch where the listings of a server are not to be trusted, and where it says no: what is known stays known, what
is new is fetched, and nothing is deleted that was not fetched."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import unittest

from fetch_home import KINDS, RECOGNISING, FetchHome, FetchTest
from scripted_pop3 import DROP, Mail, Pop3Server, mails


class Empty(FetchTest):
    def test_one_empty_listing_is_no_reason_to_forget(self):
        for nothing in ({"STAT": "+OK 0 0", "LIST": "+OK\n.", "UIDL": "+OK\n."},
                        {"STAT": "+OK 0 0", "LIST": "-ERR empty", "UIDL": "-ERR empty"}):
            with self.subTest(nothing["LIST"]), Pop3Server(mails(5)) as server, FetchHome() as home:
                self.fetch(home, server)
                for _ in range(3):
                    server.replies = nothing
                    self.fetch(home, server)
                    server.replies = {}
                    self.fetch(home, server)
                self.holds(home, server.maildrop)
                self.assertEqual(server.times("RETR"), 5)
                # A control: what is new after it is fetched.
                server.maildrop += mails(1, prefix="later-")
                self.fetch(home, server)
                self.holds(home, server.maildrop)

    def test_what_is_absent_for_a_while_is_known_when_it_is_back(self):
        with Pop3Server(mails(5)) as server, FetchHome() as home:
            self.fetch(home, server)
            away = server.maildrop[1:4]
            for mail in away:
                mail.deleted = True
            for _ in range(3):
                self.fetch(home, server)
            for mail in away:
                mail.deleted = False
            self.fetch(home, server)
            self.assertEqual(server.times("RETR"), 5)
            self.holds(home, server.maildrop)


class WithoutIds(FetchTest):
    def test_keep_is_refused_with_a_hint_and_delete_works(self):
        with Pop3Server(mails(5), without={"UIDL"}, capa=["USER", "SASL PLAIN"]) as server, FetchHome() as home:
            run = self.fetch(home, server, status=69)
            self.assertIn("hint: ", run.err)
            self.assertIn("--delete", run.err)
            self.assertEqual(home.messages(), [])
            self.fetch(home, server, "--delete")
            self.holds(home, server.maildrop)
            self.assertEqual(server.left(), [])
            self.fetch(home, server, "--delete")
            self.holds(home, server.maildrop)

    def test_ids_that_are_away_for_once(self):
        with Pop3Server(mails(5)) as server, FetchHome() as home:
            self.fetch(home, server)
            server.replies = {"UIDL": "-ERR not now"}
            self.fetch(home, server, status=69)
            server.replies = {}
            self.fetch(home, server)
            self.assertEqual(server.times("RETR"), 5)

    def test_equal_messages_without_ids_are_two(self):
        twins = [Mail(mails(1)[0].content) for _ in range(3)]
        with Pop3Server(twins, without={"UIDL"}) as server, FetchHome() as home:
            self.fetch(home, server, "--delete")
            self.holds(home, server.maildrop)
            self.assertEqual(server.left(), [])


class UsedAgain(FetchTest):
    def test_an_id_used_again_is_a_new_message(self):
        """After a QUIT that was not heard, so that the old one was still to be deleted."""
        for kind in RECOGNISING:
            with self.subTest(kind), Pop3Server(mails(3), {"QUIT": DROP}, deletes_at_quit=False) as server, \
                    FetchHome(kind) as home:
                old = list(server.maildrop)
                self.fetch(home, server, "--delete", status=75)
                server.replies, server.deletes_at_quit = {}, True
                server.maildrop = [Mail(mails(1, prefix="another-")[0].content + b"Another.\r\n", "uid-1"), *old[1:]]
                self.fetch(home, server, "--delete")
                self.holds(home, [*old, server.maildrop[0]])
                self.assertEqual(server.left(), [])
                self.assertEqual(server.times("RETR"), 4)

    def test_sizes_that_change_from_run_to_run_make_no_new_message(self):
        with Pop3Server(mails(3)) as server, FetchHome() as home:
            for lie in (0, 7, 13):
                for mail in server.maildrop:
                    mail.size = len(mail.content) + lie
                self.fetch(home, server)
            self.assertEqual(server.times("RETR"), 3)
            self.holds(home, server.maildrop)
            # A control: another header under the same id, and the size that it had.
            content = server.maildrop[0].content
            server.maildrop[0] = Mail(content.replace(b"Lunch 1", b"Dinner 1"), "uid-1")
            self.fetch(home, server, "--delete")
            self.assertEqual(server.times("RETR"), 4)
            self.holds(home, [*server.maildrop, Mail(content)])


class Twice(FetchTest):
    def test_ids_that_are_listed_twice(self):
        """Of other messages, of equal ones, and one thrice."""
        listed = mails(3)
        listed += [Mail(mails(1, prefix="other-")[0].content, "uid-1"), Mail(listed[1].content, "uid-2"),
                   Mail(listed[1].content, "uid-2")]
        for kind in KINDS:
            for mode in ("--keep", "--delete"):
                fresh = [Mail(mail.content, mail.uid) for mail in listed]
                with self.subTest(f"{kind} {mode}"), Pop3Server(fresh) as server, FetchHome(kind) as home:
                    for _ in range(2):
                        self.fetch(home, server, mode)
                        self.holds(home, server.maildrop)
                    self.assertEqual(server.times("RETR"), 6)
                    self.assertEqual(len(server.left()), 0 if mode == "--delete" else 6)


class Disagree(FetchTest):
    def test_listings_that_disagree(self):
        """Nothing is lost, nothing is fetched twice, and a good run follows."""
        size = len(mails(1)[0].content)
        sizes = "".join(f"\n{number} {size}" for number in range(1, 6))
        ids = "".join(f"\n{number} uid-{number}" for number in range(1, 6))
        rows = [("STAT less", {"STAT": "+OK 3 100"}), ("STAT more", {"STAT": "+OK 9 100"}),
                ("STAT nothing", {"STAT": "+OK 0 0"}), ("STAT nonsense", {"STAT": "+OK many"}),
                ("LIST less", {"LIST": "+OK\n1 190\n2 190\n."}), ("LIST more", {"LIST": f"+OK{sizes}\n6 10\n7 12\n."}),
                ("LIST with a hole", {"LIST": "+OK" + sizes.replace(f"\n3 {size}", "") + "\n."}),
                ("LIST twice", {"LIST": f"+OK{sizes}{sizes}\n."}), ("LIST refused", {"LIST": "-ERR no"}),
                ("LIST nonsense", {"LIST": "+OK\nhere you are\n."}),
                ("UIDL less", {"UIDL": "+OK\n1 uid-1\n2 uid-2\n."}), ("UIDL more", {"UIDL": f"+OK{ids}\n6 uid-6\n."}),
                ("UIDL in another order", {"UIDL": "+OK\n3 uid-3\n1 uid-1\n5 uid-5\n4 uid-4\n2 uid-2\n."}),
                ("UIDL twice", {"UIDL": f"+OK{ids}{ids}\n."}), ("UIDL empty", {"UIDL": "+OK\n."}),
                ("UIDL nonsense", {"UIDL": "+OK\nhere you are\n."}),
                ("UIDL too long", {"UIDL": "+OK\n1 " + 200 * "x" + "\n."})]
        for name, replies in rows:
            for mode in ("--keep", "--delete"):
                with self.subTest(f"{name} {mode}"), Pop3Server(mails(5), replies) as server, FetchHome() as home:
                    run = self.fetch(home, server, mode, status=(0, 69, 75, 76))
                    self.assertEqual(server.times("DELE") <= len(home.messages()), True)
                    server.wait()
                    self.assertLessEqual({mail.content.replace(b"\r\n", b"\n") for mail in server.deleted},
                                         set(home.messages()), run)
                    server.replies = {}
                    self.fetch(home, server, mode)
                    self.holds(home, server.maildrop)
                    self.assertEqual(server.left() == [], mode == "--delete")


class Answers(FetchTest):
    def test_codes_and_statuses(self):
        rows = [("AUTH-END", "-ERR [AUTH] no such user", 77), ("AUTH-END", "-ERR [SYS/TEMP] full", 75),
                ("AUTH-END", "-ERR [SYS/PERM] closed for good", 69), ("AUTH-END", "-ERR [IN-USE] another", 75),
                ("AUTH-END", "-ERR [LOGIN-DELAY] wait", 75), ("AUTH-END", "-ERR no", 77),
                ("GREETING", "-ERR [SYS/TEMP] full", 75), ("GREETING", "-ERR go away", 75),
                ("STAT", "-ERR [SYS/TEMP] full", 75), ("STAT", "-ERR [SYS/PERM] gone", 69),
                ("UIDL", "-ERR [SYS/TEMP] busy", 75), ("LIST", "-ERR [SYS/TEMP] busy", 75),
                ("RETR", "-ERR [SYS/TEMP] busy", 75), ("RETR", "-ERR [IN-USE] busy", 75),
                ("CAPA", "-ERR what?", 0), ("DELE", "-ERR no", 75), ("QUIT", "-ERR not all deleted", 75),
                ("QUIT", "-ERR [SYS/TEMP] later", 75)]
        for step, reply, status in rows:
            with self.subTest(f"{step} {reply}"), Pop3Server(mails(2), {step: reply}) as server, FetchHome() as home:
                run = self.fetch(home, server, "--delete", status=status)
                if status:
                    self.assertIn("server said: " + reply.removeprefix("-ERR "), run.err)
                if step in ("AUTH-END", "STAT", "UIDL", "LIST"):
                    self.assertEqual(server.times("QUIT") + (step in ("UIDL", "LIST", "STAT")), 1)

    def test_a_message_that_is_only_busy_is_not_counted(self):
        with Pop3Server(mails(2), {"RETR": {1: "-ERR [SYS/TEMP] busy"}}) as server, FetchHome() as home:
            for _ in range(5):
                self.fetch(home, server, status=75)
            server.replies = {}
            self.fetch(home, server)
            self.holds(home, server.maildrop)

    def test_nobody_there_and_nothing_there(self):
        with Pop3Server() as server, FetchHome() as home:
            self.assertEqual(self.fetch(home, server).out, "")
            port = server.port
        with FetchHome() as home:
            self.assertEqual(len(self.fetch(home, port, status=75).error_lines()), 1)

    def test_a_server_that_offers_nothing(self):
        """No CAPA, no PIPELINING: one command at a time, and USER."""
        with Pop3Server(mails(5), without={"CAPA", "AUTH", "TOP"}) as server, FetchHome() as home:
            self.fetch(home, server, "--delete")
            self.holds(home, server.maildrop)
            self.assertIn("USER alice", server.commands)

    def test_pipelining_that_does_not_work(self):
        """A server that loses what came with a first command: nobody offered PIPELINING, so it is tried safely or
        not at all."""
        with Pop3Server(mails(5), discards=True, capa=["UIDL", "TOP", "SASL PLAIN"]) as server, \
                FetchHome() as home:
            for _ in range(2):
                self.fetch(home, server, "--delete", "--timeout", "3s")
            self.holds(home, server.maildrop)
            self.assertEqual(server.left(), [])


class NoSizes(FetchTest):
    def test_what_proves_too_large(self):
        """It is passed over as if LIST had said so: told once, and no failure."""
        large = mails(1, 50_000, prefix="large-")
        with FetchHome() as home, Pop3Server([*large, *mails(1)], {"LIST": "+OK\n1 x\n2 x\n."}) as server:
            limited = ("--max-size", "20k", "--delete")
            run = home.fetch(server, *limited)
            self.assertEqual(run.status, 0, run)
            self.assertIn("message 1 skipped: larger than --max-size", run.err)
            server.replies = {"LIST": "+OK\n1 x\n."}
            for _ in range(3):
                self.fetch(home, server, *limited)
            self.assertEqual(server.left(), ["large-1"])
            self.fetch(home, server, "--delete")
            self.assertEqual((len(home.messages()), server.left()), (2, []))

    def test_an_answer_of_nothing_is_no_message(self):
        """Unless LIST says that there is nothing in it."""
        for listing in ("-ERR LIST is broken", "+OK\n1\n.", "+OK\n1 x\n."):
            with self.subTest(listing), FetchHome() as home, \
                    Pop3Server(mails(1), {"LIST": listing, "RETR": "+OK\n."}) as server:
                run = self.fetch(home, server, "--delete", status=75)
                self.assertIn("message 1: the server sent nothing", run.err)
                self.assertEqual((home.messages(), server.deleted), ([], []))
                server.replies = {"LIST": listing}
                self.fetch(home, server, "--delete")
                self.holds(home, server.maildrop)


if __name__ == "__main__":
    unittest.main()
