"""fetch when a line is lost at the worst moment: what is known where, and what stands twice."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import fcntl
import os
import subprocess
import unittest

import scripted_smtp as smtp
from program import MAILTOOL
from scripted_smtp import SmtpServer

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


class Agent(FetchTest):
    def test_one_that_takes_messages_and_does_not_say_so_gets_one_twice(self):
        with FetchHome("lmtp") as home, Pop3Server(mails(5)) as server:
            home.lmtp.close()
            taken = []

            def dot(*_):
                taken.append(1)
                return smtp.DROP

            home.lmtp = SmtpServer({"DOT": dot}, lmtp=True, keep=True)
            home.to = [f"lmtp://127.0.0.1:{home.lmtp.port}", "--rcpt", "bob@example.org"]
            self.fetch(home, server, status=75)
            self.assertEqual(len(taken), 1)
            home.lmtp.replies = {}
            self.fetch(home, server)
            self.holds(home, server.maildrop)


class Waiting(FetchTest):
    def test_no_lock_is_waited_for_beyond_the_deadline(self):
        """Of the mbox; of another run, until then and not a second less."""
        with FetchHome("mbox") as home, Pop3Server(mails(3)) as server:
            home.path.write_bytes(b"")
            with open(home.path, "r+b") as held:
                fcntl.lockf(held, fcntl.LOCK_EX)
                self.assertLess(self.fetch(home, server, "--deadline", "2s", status=75).seconds, 9)
            lock = next(home.state.glob("*.lock"))
            with open(lock, "r+b") as held:
                fcntl.flock(held, fcntl.LOCK_EX)
                run = self.fetch(home, server, "--wait", "1h", "--deadline", "2s", status=75)
                self.assertGreater(run.seconds, 1.9)


class StateFolder(FetchTest):
    def test_a_fifo_is_no_state(self):
        for kind, pattern in (("mbox", "mbox.*.note"), ("maildir", "*.journal"), ("maildir", "*.lock"),
                              ("maildir", "server.*")):
            with self.subTest(pattern), FetchHome(kind) as home, Pop3Server(mails(2)) as server:
                self.fetch(home, server)
                path = next(home.state.glob(pattern))
                path.unlink()
                os.mkfifo(path)
                self.fetch(home, server, status=(0, 73, 74))

    def test_the_journal_of_a_host_that_begins_alike_is_another(self):
        with FetchHome() as home, Pop3Server(mails(2)) as server:
            self.fetch(home, server)
            journal = next(home.state.glob("*.journal"))
            text = journal.read_text().replace("alice@127.0.0.1 ", "alice@127.0.0.1.example ")
            journal.with_name(journal.name.replace("127.0.0.1.", "127.0.0.1.example.")).write_text(text)
            home.to = ["-"]
            arguments = [each for each in home.arguments(server, "--list") if each not in ("--to", "-")]
            done = subprocess.run([MAILTOOL, *arguments], env=home.environment(), capture_output=True)
            self.assertEqual((done.returncode, done.stderr), (0, b""))

    def test_damage_in_a_journal_is_told_once(self):
        with FetchHome("mbox") as home, Pop3Server(mails(20)) as server:
            self.fetch(home, server)
            journal = next(home.state.glob("*.journal"))
            lines = journal.read_bytes().splitlines(True)
            journal.write_bytes(b"".join([*lines[:5], b"x" * 10000, b"\n", *lines[5:]]))
            run = home.fetch(server)
            self.assertEqual((run.status, run.err.count("damaged")), (0, 1))
            self.fetch(home, server)
            self.holds(home, server.maildrop)


if __name__ == "__main__":
    unittest.main()
