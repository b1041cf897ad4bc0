"""What a person at a terminal sees of fetch: progress, the summary, a listing in columns."""

import os
import pathlib
import pty
import re
import select
import signal
import sys
import termios
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import unittest

from accounts_home import AccountsHome
from on_terminal import Terminal
from program import MAILTOOL, SECRET, ProgramTest
from scripted_pop3 import Mail, Pop3Server, mails


class OnATerminal(ProgramTest):
    def one(self, server, **more):
        home = self.enterContext(AccountsHome())
        home.account("work", server, **more)
        return home

    def test_progress_comes_after_a_while_and_leaves_no_trace(self):
        seen = threading.Event()

        def slowly(session, argument):
            yield b"+OK here it comes\r\nSubject: x\r\n\r\n"
            for _ in range(3000):
                yield b"slow " * 10 + b"\r\n"
                if seen.wait(0.01):
                    break
            yield b"end\r\n.\r\n"

        def watch(text):
            if re.search(r"of 2 messages, ", text):
                seen.set()

        with Pop3Server([Mail(b"", "uid-1", 200_000), *mails(1)], {"RETR": {1: slowly}}) as server:
            run = Terminal(self.one(server), "fetch", watch=watch)
        self.assertEqual(run.status, 0, run.text())
        progress = [line for line in re.split("[\r\n]", run.text()) if " of 2 messages" in line]
        self.assertTrue(progress, run.text())
        for line in progress:
            self.assertRegex(line, r"^\x1b\[K\[#*-*\] +\d+%  [01] of 2 messages, [\d.]+ [KM]?B of [\d.]+ KB"
                                   r"(, [\d.]+ [KM]?B/s(, .+ left)?)?$")
        self.assertRegex(run.shown(), r"^mailtool: fetch: pop3://alice@work.example: 2 fetched \([\d.]+ KB\), "
                                      r"0 deleted, 0 skipped, 0 failed in [\d.]+ s\n$")

    def test_nothing_of_it_where_it_is_not_wanted(self):
        for words in (("--progress", "never"), ("-q",), ("--json",), ("-v",)):
            with self.subTest(words), Pop3Server(mails(3)) as server:
                run = Terminal(self.one(server), "fetch", *words)
                self.assertEqual(run.status, 0)
                self.assertNotIn("\x1b", run.text())
                self.assertEqual("3 fetched (" in run.shown(), words not in (("-q",), ("--json",)), run.text())

    def test_a_listing_stands_in_columns(self):
        with Pop3Server(mails(9)) as server:
            home = self.one(server)
            self.assertEqual(home.fetch("--limit", "2").status, 0)
            server.maildrop += [Mail(b"Subject: x\r\n\r\n", "a-rather-longer-uid"), Mail(b"\r\n")]
            run = Terminal(home, "fetch", "--list")
            lines = run.shown().splitlines()
            self.assertEqual(lines[0], " #  UID                  OCTETS  KNOWN  ACTION")
            self.assertEqual(lines[1], " 1  uid-1                   190  known  keep")
            self.assertEqual(lines[3], " 3  uid-3                   190  new    fetch")
            self.assertEqual(lines[10], "10  a-rather-longer-uid      14  new    fetch")
            self.assertEqual(lines[11], "11  -                         2  new    skip (without a unique id it can be "
                                        "fetched only to be deleted)")
            self.assertEqual(lines[12], "mailtool: fetch: pop3://alice@work.example: would fetch 8 (1.3 KB), "
                                        "delete 0, skip 1, keep 2")
            piped = home.fetch("--list")
            self.assertEqual(piped.out.splitlines()[2], "3\tuid-3\t190\tnew\tfetch")
            self.assertEqual(piped.err, "")

    def test_a_listing_without_a_first_message(self):
        with Pop3Server(mails(3), {"LIST": "+OK\n2 190\n3 190\n.", "UIDL": "+OK\n2 b\n3 c\n."}) as server:
            run = Terminal(self.one(server), "fetch", "--list")
            self.assertEqual(run.shown().splitlines()[:2], ["#  UID  OCTETS  KNOWN  ACTION",
                                                            "2  b       190  new    fetch"])

    def test_what_would_be_deleted(self):
        with Pop3Server(mails(2)) as server:
            home = self.one(server)
            self.assertEqual(home.fetch("--limit", "1").status, 0)
            run = Terminal(home, "fetch", "--dry-run", "--delete")
            self.assertEqual(run.shown().splitlines()[1:], [
                "1  uid-1     190  known  delete", "2  uid-2     190  new    fetch (new, then delete)",
                "mailtool: fetch: pop3://alice@work.example: would fetch 1 (190 B), delete 2, skip 0, keep 0"])
            said = home.fetch("--dry-run", "--delete", "--json").objects()
            self.assertEqual([each.get("then") for each in said], [None, "delete", None])
            self.assertEqual((said[-1]["to_fetch"], said[-1]["to_delete"]), (1, 2))
            self.assertEqual(len(server.left()), 2)

    def test_what_would_be_adopted(self):
        with Pop3Server(mails(1)) as server:
            home = self.one(server)
            self.assertEqual(home.fetch("--adopt", "--dry-run").out, "1\tuid-1\t190\tnew\tkeep (would be adopted)\n")
            self.assertEqual(home.fetch("--adopt").status, 0)
            self.assertEqual(home.fetch("--list").out, "1\tuid-1\t190\tknown\tkeep (adopted, never deleted here)\n")

    def test_several_accounts(self):
        with Pop3Server(mails(2)) as server:
            home = self.enterContext(AccountsHome())
            for name in ("a", "b"):
                home.account(name, server)
            run = Terminal(home, "fetch", "--all-accounts", "--list")
            self.assertEqual(re.findall(r"^(?:[ab]: pop3.*| #.*|#.*)$", run.shown(), re.M),
                             ["a: pop3://alice@a.example", "#  UID    OCTETS  KNOWN  ACTION",
                              "b: pop3://alice@b.example", "#  UID    OCTETS  KNOWN  ACTION"], run.shown())
            run = Terminal(home, "fetch", "--all-accounts")
            self.assertRegex(run.shown().splitlines()[-1],
                             r"^mailtool: fetch: 2 accounts: 4 fetched \(.*\), 0 deleted, 0 skipped, 0 failed in ")
            self.assertEqual(run.shown().count("2 fetched"), 2)

    def test_passwords_are_asked_one_after_the_other_before_anything_is_dialled(self):
        with Pop3Server(mails(2)) as server:
            home = self.enterContext(AccountsHome())
            for name in ("a", "b"):
                home.account(name, server, password="prompt")
            sessions = []
            child, primary = pty.fork()  # with a controlling terminal
            if child == 0:
                os.chdir(home.folder)
                os.execve(MAILTOOL, [MAILTOOL, "fetch", "--all-accounts"], home.environment())
            shown = b""
            for name in ("a", "b"):
                while f"Password for alice at {name}.example: ".encode() not in shown:
                    self.assertTrue(select.select([primary], [], [], 60)[0], shown)
                    shown += os.read(primary, 65536)
                sessions.append(len(server.sessions))
                os.write(primary, SECRET.encode() + b"\n")
            try:
                while octets := os.read(primary, 65536):
                    shown += octets
            except OSError:
                pass
            os.close(primary)
            self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0, shown)
            self.assertEqual((sessions, len(server.sessions)), ([0, 0], 2))
            self.assertNotIn(SECRET.encode(), shown)

    def test_a_prompt_that_is_left(self):
        """Ctrl-C ends the run as the signal does, Ctrl-D is no password; the terminal echoes again."""
        for key, arguments, status in ((b"\x03", (), -signal.SIGINT), (b"\x04", (), 77), (b"\n", (), 77),
                                       (b"", ("--deadline", "1s"), 75)):
            with self.subTest(key), Pop3Server(mails(2)) as server:
                home = self.one(server, password="prompt")
                child, primary = pty.fork()
                if child == 0:
                    os.chdir(home.folder)
                    os.execve(MAILTOOL, [MAILTOOL, "fetch", *arguments], home.environment())
                shown = b""
                while b"Password for alice at work.example: " not in shown:
                    self.assertTrue(select.select([primary], [], [], 60)[0], shown)
                    shown += os.read(primary, 65536)
                os.write(primary, key)
                self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), status)
                self.assertTrue(termios.tcgetattr(primary)[3] & termios.ECHO)
                os.close(primary)
                self.assertEqual(server.sessions, [])

    def test_without_a_terminal_to_ask_on(self):
        with Pop3Server(mails(2)) as server:
            home = self.enterContext(AccountsHome())
            for name in ("a", "b"):
                home.account(name, server, password="prompt")
            run = home.fetch("--all-accounts", start_new_session=True)
            self.assertEqual(run.status, 77, run)
            self.assertEqual(len(run.error_lines()), 2, run)
            self.assertEqual(server.sessions, [])


if __name__ == "__main__":
    unittest.main()
