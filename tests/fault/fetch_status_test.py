"""The exit statuses of fetch, as cron sees them: one line for what went wrong, and none where nothing did."""

import pathlib
import socket
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import unittest

from accounts_home import AccountsHome
from fetch_home import FetchTest, FetchHome
from scripted_dns import NameServer
from scripted_pop3 import DROP, RESET, STALL, Pop3Server, Usual, mails

# what, replies, status, what the line says
LOGIN = (
    ("password", {"AUTH-END": "-ERR [AUTH] no such password"}, 77, "[AUTH] no such password"),
    ("no code", {"AUTH-END": "-ERR who are you?"}, 77, "who are you?"),
    ("system, for now", {"AUTH-END": "-ERR [SYS/TEMP] disk is being moved"}, 75, "[SYS/TEMP] disk is being moved"),
    ("system, for good", {"AUTH-END": "-ERR [SYS/PERM] no maildrop"}, 69, "[SYS/PERM] no maildrop"),
    ("in use", {"AUTH-END": "-ERR [IN-USE] another session"}, 75, "[IN-USE] another session"),
    ("too often", {"AUTH-END": "-ERR [LOGIN-DELAY] wait"}, 75, "[LOGIN-DELAY] wait"),
    ("greeting", {"GREETING": "-ERR busy"}, 75, "busy"),
    ("greeting dropped", {"GREETING": DROP}, 75, "greeting: "),
    ("reset", {"AUTH-END": RESET}, 75, "AUTH PLAIN"),
    ("no POP3", {"GREETING": "* OK IMAP4rev1 ready"}, 76, "greeting: "),
    ("stalled", {"STAT": STALL}, 75, "no answer"),
    ("listing refused", {"STAT": "-ERR no"}, 69, "STAT"),
)


class Statuses(FetchTest):
    def test_login_and_listing(self):
        def one(row):
            _, replies, status, text = row
            with Pop3Server(mails(2), replies) as server, FetchHome() as home:
                for _ in range(2):  # while it stays broken, each run says so
                    run = self.fetch(home, server, "--timeout", "5s", status=status)
                    self.assertEqual(len(run.error_lines()), 1, run)
                    self.assertIn(text, run.err)
                    self.assertIn("mailtool: fetch: pop3://alice@127.0.0.1:", run.err)
                server.replies = {}
                self.fetch(home, server)
                self.holds(home, server.maildrop)

        self.each(one, LOGIN)

    def test_no_mail_is_silent(self):
        with Pop3Server() as server, FetchHome() as home:
            run = self.fetch(home, server)
            self.assertEqual((run.out, run.err), ("", ""))

    def test_nobody_listens(self):
        listener = socket.create_server(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        listener.close()
        with FetchHome() as home:
            run = self.fetch(home, port, status=75)
            self.assertEqual(len(run.error_lines()), 1, run)
            self.assertIn("refused", run.err)

    def test_no_such_host(self):
        with NameServer("NXDOMAIN") as dns, AccountsHome() as home:
            run = home.fetch("pop3s://alice@mail.example", "--dns-server", dns.address, "--password-from", "env:PW",
                             "--to", "maildir:Mail")
            self.judge(run, 68)
            self.assertEqual(len(run.error_lines()), 1, run)
            self.assertIn("mail.example", run.err)

    def test_the_line_and_the_files(self):
        rows = (
            (["pop3://alice@mail.example"], 64, "no destination"),
            (["pop3://alice@mail.example", "--to", "-", "--delete"], 64, "--delete"),
            (["pop3://alice@mail.example", "--to", "imap:x"], 64, "not a destination: imap:x"),
            (["pop3://mail.example", "--to", "maildir:Mail"], 64, "no user"),
            (["--to", "maildir:Mail"], 64, "no server"),
            (["imap://alice@mail.example", "--to", "maildir:Mail"], 64, "imap"),
            (["pop3://alice@mail.example", "--to", "maildir:Mail", "--limit", "many"], 64, "--limit"),
            (["pop3://alice@mail.example", "--to", "maildir:Mail", "--keep", "--delete"], 64, "exclude each other"),
            (["pop3://alice@mail.example", "--to", "maildir:Mail", "--config", "none.toml"], 66, "none.toml"),
            (["pop3://alice@mail.example", "--to", "maildir:Mail", "--state", "/proc/none"], 73, "/proc/none"),
        )
        with AccountsHome() as home:
            for words, status, text in rows:
                with self.subTest(" ".join(words)):
                    run = home.fetch(*words)
                    self.judge(run, status)
                    self.assertEqual(len(run.error_lines()), 1, run)
                    self.assertIn(text, run.err)

    def test_a_config_that_is_wrong(self):
        rows = (("[account.a]\nfetch = 'imap://x'\n", "config.toml:2:9: "),
                ("[account.a]\nto = 5\n", "config.toml:2:6: "),
                ("keep = true\ndelete = true\n", "config.toml:"),
                ("[account.a\n", "config.toml:1:11: "))
        for text, place in rows:
            with self.subTest(text), AccountsHome() as home:
                home.text(text)
                run = home.fetch("pop3://alice@127.0.0.1", "--to", "maildir:Mail")
                self.judge(run, 78)
                self.assertIn(place, run.err)

    def test_a_lock_that_is_held(self):
        with Pop3Server(mails(1), {"CAPA": STALL}) as server, FetchHome() as home:
            first = home.start(server)
            while not server.times("CAPA"):
                self.assertIsNone(first.poll())
            for wait in ((), ("--wait", "1s"), ("--wait", "1h", "--deadline", "1s")):
                run = self.fetch(home, server, *wait, status=75, timeout=30)
                self.assertEqual(len(run.error_lines()), 1, run)
                self.assertIn(f"another run, process {first.pid}, holds the lock ", run.err)
                self.assertEqual("hint: --wait DURATION" in run.err, not wait, run)
            self.assertEqual(len(server.sessions), 1)
            first.kill()
            home.finish(first)
            server.replies = {}
            self.fetch(home, server)  # the lock of a dead process is none

    def test_json_ends_with_the_summary_whatever_happens(self):
        for replies, status in (({}, 0), ({"AUTH-END": "-ERR [AUTH] no"}, 77), ({"RETR": {2: "-ERR no"}}, 75),
                                ({"RETR": {2: Usual(cut=0.5)}}, 75)):
            with self.subTest(str(replies)), Pop3Server(mails(2), replies) as server, FetchHome() as home:
                run = self.fetch(home, server, "--json", status=status)
                last = run.objects()[-1]
                self.assertEqual((last["type"], last["exit"]), ("summary", status))
                if status == 77:
                    self.assertIn("[AUTH] no", last["error"])


    def test_json_names_every_file_that_a_message_was_put_into(self):
        with Pop3Server(mails(2)) as server, FetchHome() as home:
            run = self.fetch(home, server, "--to", f"dir:{home.folder}/eml", "--json")
            for message in run.objects()[:-1]:
                self.assertEqual(len(message["paths"]), 2, run)
                self.assertIn(message["path"], message["paths"])
                for path in message["paths"]:
                    self.assertTrue(pathlib.Path(path).is_file(), path)
            with Pop3Server(mails(3)) as server:
                run = self.fetch(home, server, "--json", "--retry")
                self.assertNotIn("paths", run.objects()[0], "one file is no array")

    def test_the_transcript_may_go_to_stdout(self):
        with Pop3Server(mails(1)) as server, FetchHome() as home:
            run = self.fetch(home, server, "--transcript", "-")
            self.assertIn("C: QUIT", run.out)
            self.assertFalse(pathlib.Path("-").exists())


class Deadline(FetchTest):
    """It bounds the whole run, and what arrived whole by then is safe."""

    def test_whatever_is_waited_for(self):
        rows = [("greeting", {"GREETING": STALL}, 0), ("half a greeting", {"GREETING": (b"+O", STALL)}, 0),
                ("login", {"AUTH-END": STALL}, 0), ("listing", {"UIDL": Usual(cut=0.5, then=STALL)}, 0),
                ("message", {"RETR": {3: Usual(cut=0.5, then=STALL)}}, 2),
                ("dripping message", {"RETR": {3: Usual(drip=20)}}, 2), ("quit", {"QUIT": STALL}, 3)]

        def one(row):
            _, replies, count = row
            with Pop3Server(mails(3, 3000), replies) as server, FetchHome() as home:
                run = self.fetch(home, server, "--delete", "--deadline", "4s", status=75, timeout=30)
                self.assertEqual(len(run.error_lines()), 1, run)
                self.assertIn("the deadline of 4 s passed", run.err)
                self.assertEqual(len(home.messages()), count)
                self.assertEqual(home.leftovers(), [])
                server.replies = {}
                self.fetch(home, server, "--delete")
                self.holds(home, server.maildrop)
                self.assertEqual(server.left(), [])

        self.each(one, rows)

    def test_a_program_that_hangs(self):
        with Pop3Server(mails(2)) as server, FetchHome("pipe") as home:
            home.to = ["pipe:sleep 1000"]
            run = self.fetch(home, server, "--delete", "--deadline", "2s", status=75, timeout=30)
            self.assertTrue(all("deadline" in line for line in run.error_lines()), run)
            self.assertEqual(server.left(), ["uid-1", "uid-2"])

    def test_a_password_program(self):
        with Pop3Server(mails(1)) as server, AccountsHome() as home:
            home.account("work", server, password="cmd:sleep 1000")
            run = home.fetch("--deadline", "1s", timeout=30)
            self.judge(run, 75)
            self.assertEqual(server.sessions, [])


if __name__ == "__main__":
    unittest.main()
