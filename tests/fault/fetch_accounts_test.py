"""Several accounts in one run of fetch: side by side, each by itself, one status for all."""

import json
import pathlib
import resource
import signal
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import unittest

from accounts_home import AccountsHome
from fetch_home import FetchTest, local, mbox_messages
from program import MAILTOOL, SECRET
from scripted_pop3 import STALL, Pop3Server, Usual, mails

NAMES = ("home", "lists", "work")


class AccountsTest(FetchTest):
    def three(self, count=3):
        return [self.enterContext(Pop3Server(mails(count, prefix=f"{name}-"))) for name in NAMES]

    def home(self, servers, **more):
        home = self.enterContext(AccountsHome())
        for name, server in zip(NAMES, servers):
            home.account(name, server, **more)
        return home

    def got(self, home, name, server):
        self.assertEqual(sorted(home.messages(name)), sorted(local(mail.content) for mail in server.maildrop), name)


class Accounts(AccountsTest):
    def test_all_of_them_and_silently(self):
        servers = self.three()
        home = self.home(servers)
        self.judge(home.fetch("--all-accounts"), 0)
        for name, server in zip(NAMES, servers):
            self.got(home, name, server)
            self.assertEqual(len(server.sessions), 1)
        again = home.fetch("--all-accounts")
        self.judge(again, 0)
        self.assertEqual(again.out, "")

    def test_some_of_them(self):
        servers = self.three()
        home = self.home(servers)
        self.judge(home.fetch("-a", "home", "--account=work"), 0)
        self.assertEqual([len(server.sessions) for server in servers], [1, 0, 1])
        self.assertEqual(home.messages("lists"), [])

    def test_each_has_its_own_options(self):
        servers = self.three()
        home = self.enterContext(AccountsHome())
        home.account("home", servers[0], options={"delete": True})
        home.account("lists", servers[1], options={"limit": 1})
        home.account("work", servers[2])
        self.judge(home.fetch("--all-accounts"), 0)
        self.assertEqual([len(server.left()) for server in servers], [0, 3, 3])
        self.assertEqual([len(home.messages(name)) for name in NAMES], [3, 1, 3])

    def test_they_run_side_by_side(self):
        """Each server answers only when all three have been asked."""
        meet = threading.Barrier(3, timeout=30)

        def together(session, argument):
            meet.wait()
            return Usual()

        servers = self.three()
        for server in servers:
            server.replies = {"RETR": [together, Usual()]}
        home = self.home(servers)
        self.judge(home.fetch("--all-accounts"), 0)
        for name, server in zip(NAMES, servers):
            self.got(home, name, server)

    def test_more_accounts_than_sessions_at_a_time(self):
        home = self.enterContext(AccountsHome())
        server = self.enterContext(Pop3Server(mails(2)))
        for number in range(30):
            home.account(f"account{number}", server)
        self.judge(home.fetch("--all-accounts"), 0)
        for number in range(30):
            self.got(home, f"account{number}", server)

    def test_all_into_one_maildir_with_few_descriptors(self):
        few = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
        servers = [self.enterContext(Pop3Server(mails(100, prefix=f"{number}-"))) for number in range(8)]
        home = self.enterContext(AccountsHome())
        for number, server in enumerate(servers):
            home.account(f"account{number}", server, to="maildir:~/all")
        self.judge(home.fetch("--all-accounts", preexec_fn=few), 0)
        self.assertEqual(sorted(home.messages("all")),
                         sorted(local(mail.content) for server in servers for mail in server.maildrop))

    def test_all_into_one_mbox(self):
        servers = [self.enterContext(Pop3Server(mails(60, prefix=f"{number}-"))) for number in range(4)]
        home = self.enterContext(AccountsHome())
        for number, server in enumerate(servers):
            home.account(f"account{number}", server, to="mbox:~/all")
        self.judge(home.fetch("--all-accounts"), 0)
        self.assertEqual(sorted(mbox_messages(home.path("all").read_bytes())),
                         sorted(local(mail.content) for server in servers for mail in server.maildrop))

    def test_what_a_program_learns_of_the_account(self):
        """And a mailtool that it runs takes the account for its own, or none."""
        server = self.enterContext(Pop3Server(mails(1)))
        home = self.enterContext(AccountsHome())
        program = f"{MAILTOOL} parse --header Subject"
        home.account("work", server, to=f"pipe:{program}")
        said = home.fetch().err
        self.assertTrue(said.startswith("mailtool: fetch: pop3://alice@work.example: "), said)
        self.assertTrue(said.endswith(": Subject: Lunch 1\n"), said)
        said = home.fetch("--all", "--to", "pipe:env").err
        for line in ("MAILTOOL_ACCOUNT=work", "MAILTOOL_MAILDROP=alice@work.example", "MAILTOOL_UID=uid-1"):
            self.assertIn(f": {line}\n", said)
        home.config.unlink()
        url = ["pop3://alice@work.example", "--tls", "off", "--allow-cleartext-password", "--password-from", "env:PW",
               "--resolve", f"work.example:110:127.0.0.1:{server.port}"]
        self.assertIn("Subject: Lunch 1", home.fetch(*url, "--all", "--to", f"pipe:{program}").err)
        self.assertIn(": MAILTOOL_ACCOUNT=alice@work.example\n", home.fetch(*url, "--all", "--to", "pipe:env").err)

    def test_one_that_fails_stops_no_other(self):
        rows = [({"AUTH-END": "-ERR [AUTH] no"}, 77), ({"AUTH-END": "-ERR [IN-USE] later"}, 75),
                ({"AUTH-END": "-ERR [SYS/PERM] gone"}, 69), ({"GREETING": "nonsense"}, 76)]
        for replies, status in rows:
            with self.subTest(str(replies)):
                servers = self.three()
                servers[1].replies = replies
                home = self.home(servers)
                run = home.fetch("--all-accounts")
                self.judge(run, status)
                self.assertEqual(len(run.error_lines()), 1, run)
                self.assertIn("mailtool: fetch: lists: pop3://alice@lists.example: ", run.err)
                self.got(home, "home", servers[0])
                self.got(home, "work", servers[2])

    def test_the_status_is_75_if_any_is_temporary_else_the_first_of_the_others(self):
        auth, perm = "-ERR [AUTH] no", "-ERR [SYS/PERM] no"
        rows = [((auth, None, perm), 77), ((perm, None, auth), 69), ((auth, "-ERR [SYS/TEMP] no", perm), 75)]
        for ends, status in rows:
            with self.subTest(str(ends)):
                servers = self.three()
                for server, end in zip(servers, ends):
                    server.replies = {"AUTH-END": end} if end else {}
                run = self.home(servers).fetch("--all-accounts", "--json")
                self.assertEqual((run.status, run.objects()[-1]["exit"]), (status, status), run)

    def test_one_maildrop_in_two_accounts(self):
        server = self.enterContext(Pop3Server(mails(3)))
        home = self.enterContext(AccountsHome())
        for name in ("first", "second"):
            home.account(name, server, host="mail.example", options={"delete": True})
        run = home.fetch("--all-accounts", "--wait", "1h", timeout=30)
        self.judge(run, 78)
        self.assertIn("second: alice@mail.example is the maildrop of account 'first' too", run.err)
        self.assertEqual((len(server.sessions), server.left()), (1, []))
        self.got(home, "first", server)

    def test_a_stalled_account_ends_at_the_deadline(self):
        servers = self.three()
        servers[0].replies = {"RETR": {2: Usual(cut=0.5, then=STALL)}}
        home = self.home(servers)
        run = home.fetch("--all-accounts", "--deadline", "4s", timeout=30)
        self.judge(run, 75)
        self.assertEqual(len(run.error_lines()), 1, run)
        self.assertIn("the deadline of 4 s passed", run.err)
        self.assertEqual(home.messages("home"), [local(servers[0].maildrop[0].content)])
        self.got(home, "lists", servers[1])
        self.got(home, "work", servers[2])

    def test_a_signal_ends_all_of_them_orderly(self):
        servers = self.three()
        for server in servers:
            server.replies = {"RETR": {3: STALL}}
        home = self.home(servers)
        process = home.start("--all-accounts")
        give_up = time.monotonic() + 30
        while not all(server.times("RETR") == 3 for server in servers) and time.monotonic() < give_up:
            self.assertIsNone(process.poll())
        while time.monotonic() < give_up and not all(
                b"Lunch 1" in b"".join(path.read_bytes() for path in home.path(name).glob("tmp/*"))
                for name in NAMES):
            self.assertIsNone(process.poll())
        # Whether the second one is whole would show in what follows it.
        process.send_signal(signal.SIGTERM)
        run = home.finish(process)
        self.assertEqual((run.status, run.err), (-signal.SIGTERM, ""), run)
        for name, server in zip(NAMES, servers):
            self.assertEqual(sorted(home.messages(name)),
                             sorted(local(mail.content) for mail in server.maildrop[:1]), name)
            self.assertEqual(list(home.path(name).glob("tmp/*")), [])
            server.replies = {}
        self.judge(home.fetch("--all-accounts"), 0)
        for name, server in zip(NAMES, servers):
            self.got(home, name, server)

    def test_a_lock_that_is_held(self):
        servers = self.three()
        home = self.home(servers)
        holding = threading.Event()
        servers[1].replies = {"CAPA": lambda session, argument: (holding.wait(30), Usual())[1]}
        first = home.start("-a", "lists")
        while not servers[1].times("CAPA"):
            self.assertIsNone(first.poll())
        run = home.fetch("--all-accounts")
        self.judge(run, 75)
        self.assertIn(f"lists: pop3://alice@lists.example: another run, process {first.pid},", run.err)
        self.assertIn("\nhint: --wait DURATION waits for it to end\n", run.err)
        self.got(home, "home", servers[0])
        holding.set()
        self.judge(home.finish(first), 0)


class Output(AccountsTest):
    def test_json_lines_are_whole_and_the_last_is_the_summary(self):
        servers = self.three(200)
        home = self.home(servers)
        run = home.fetch("--all-accounts", "--json")
        objects = [json.loads(line) for line in run.out.splitlines()]
        self.assertEqual([each["type"] for each in objects].count("message"), 600)
        accounts = {each["account"]: each for each in objects if each["type"] == "account"}
        self.assertEqual(sorted(accounts), sorted(NAMES))
        self.assertTrue(all(each["fetched"] == 200 and each["exit"] == 0 for each in accounts.values()))
        last = objects[-1]
        self.assertEqual((last["type"], last["exit"], last["fetched"], last["accounts"]), ("summary", 0, 600, 3))
        self.assertEqual(last["octets"], sum(len(mail.content) for server in servers for mail in server.maildrop))
        for each in objects:
            if each["type"] == "message":
                self.assertTrue(each["uid"].startswith(each["account"]))

    def test_listings_stand_one_after_the_other(self):
        servers = self.three(100)
        run = self.home(servers).fetch("--all-accounts", "--list")
        rows = [line.split("\t") for line in run.out.splitlines()]
        self.assertEqual([row[0] for row in rows], [name for name in NAMES for _ in range(100)])
        self.assertEqual(rows[0], ["home", "1", "home-1", str(len(servers[0].maildrop[0].content)), "new", "fetch"])

    def test_an_mbox_on_stdout_has_one_writer_at_a_time(self):
        servers = self.three(50)
        home = self.home(servers)
        run = home.fetch("--all-accounts", "--to", "-")
        self.judge(run, 0)
        subjects = [line for line in run.out.splitlines() if line.startswith("Message-ID: ")]
        self.assertEqual(subjects, [f"Message-ID: <{name}-{number}@mail.example>" for name in NAMES
                                    for number in range(1, 51)])

    def test_the_dialogues_can_be_told_apart(self):
        """In -v and in --transcript a line belongs to the session named above it."""
        servers = self.three(30)
        home = self.home(servers)
        log = home.folder / "log"
        run = home.fetch("--all-accounts", "-v", "--transcript", log)
        self.assertEqual(run.status, 0, run)
        for text in (run.err, log.read_text()):
            seen, current = {name: [] for name in NAMES}, None
            for line in text.splitlines():
                if line.startswith("# pop3://"):
                    current = line.split("@")[1].split(".")[0]
                for name in NAMES:
                    if f" {name}-" in line or f"<{name}-" in line:
                        self.assertEqual(name, current, line)
                        seen[name].append(line)
            self.assertTrue(all(len(lines) > 5 for lines in seen.values()), seen)


class Line(AccountsTest):
    """What the command line and the config file may say."""

    def test_contradictions(self):
        home = self.home(self.three())
        rows = [(["fetch", "--all-accounts", "-a", "home"], 64, "--all-accounts and --account exclude each other"),
                (["fetch", "-a", "home", "-a", "work", "pop3://bob@mail.example"], 64,
                 "several accounts, but one server"),
                (["fetch", "--all-accounts", "--server", "pop3://bob@mail.example"], 64,
                 "several accounts, but one server"),
                (["fetch", "-a", "home", "-a", "home"], 64, "account 'home' is given twice"),
                (["fetch", "-a", "home", "-a", "wrok"], 78, "no account 'wrok'; did you mean work?"),
                (["imap", "-a", "home", "-a", "work", "folders"], 64, "--account is given twice, and imap takes one"),
                (["-a", "home", "send", "-a", "work", "x@example.org"], 64,
                 "--account is given twice, and send takes one"),
                (["fetch"], 64, "no server, and several accounts\nhint: --account NAME (home, lists, work), "
                                "--all-accounts, or a URL"),
                (["fetch", "--all-accounts", "--list", "--adopt"], 64, "--list and --adopt exclude each other"),
                (["fetch", "-a", "home", "--adopt", "--keep-last", "3"], 64,
                 "--adopt and --keep-last exclude each other"),
                (["fetch", "-a", "home", "--rcpt", "bob@mail.example"], 64, "--rcpt goes with --to lmtp:"),
                (["fetch", "-a", "home", "--limit", "0"], 64, "--limit: 0 messages are none")]
        for words, status, text in rows:
            with self.subTest(" ".join(words)):
                run = home.run(*words)
                self.assertEqual((run.status, run.out), (status, ""), run)
                self.assertIn(text, run.err)
                self.assertEqual(len(run.error_lines()), 1, run)

    def test_an_account_without_a_destination(self):
        servers = self.three()
        home = self.enterContext(AccountsHome())
        for name, server in zip(NAMES, servers):
            home.account(name, server, to=None if name == "lists" else "")
        run = home.fetch("--all-accounts")
        self.judge(run, 64)
        self.assertIn("mailtool: fetch: lists: no destination", run.err)
        self.got(home, "home", servers[0])
        self.got(home, "work", servers[2])

    def test_accounts_without_a_fetch_server_are_left_out(self):
        servers = self.three()
        home = self.home(servers)
        home.text('[account.only-sends]\nsend = "smtp://alice@mail.example"\n')
        self.judge(home.fetch("--all-accounts"), 0)

    def test_a_url_of_another_maildrop_takes_nothing_of_the_account(self):
        """Not where it delivers, and not what it deletes."""
        bob, carol = (self.enterContext(Pop3Server(mails(2, prefix=name), users={name: SECRET}))
                      for name in ("alice", "carol"))
        home = self.enterContext(AccountsHome())
        home.account("work", bob, options={"delete": True})
        url = [f"pop3://carol@127.0.0.1:{carol.port}", "--tls", "off", "--password-from", "env:PW"]
        run = home.fetch(*url)
        self.judge(run, 64)
        self.assertIn("mailtool: fetch: no destination\nhint: give --to DEST; account 'work' was not used, it is for "
                      "another server; -a work takes it\n", run.err)
        self.assertEqual(carol.sessions, [])
        run = home.fetch(*url, "--to", "maildir:~/carols", "--json")
        self.judge(run, 0)
        self.assertEqual({each["account"] for each in run.objects()[:-1]}, {"carol@127.0.0.1"})
        self.assertEqual((len(carol.left()), len(home.messages("carols")), home.messages("work")), (2, 2, []))
        self.judge(home.fetch(*url, "-a", "work"), 0)
        self.assertEqual((carol.left(), len(home.messages("work"))), ([], 2))

    def test_a_url_of_the_maildrop_of_the_account_takes_its_options(self):
        server = self.enterContext(Pop3Server(mails(2)))
        home = self.enterContext(AccountsHome())
        home.account("work", server, host="127.0.0.1", options={"delete": True})
        run = home.fetch(f"pop3://alice@127.0.0.1:{server.port}", "--tls", "off", "--password-from", "env:PW", "--json")
        self.judge(run, 0)
        self.assertEqual({each["account"] for each in run.objects()[:-1]}, {"work"})
        self.assertEqual((server.left(), len(home.messages("work"))), ([], 2))

    def test_days_are_said_to_be_days(self):
        server = self.enterContext(Pop3Server(mails(1)))
        home = self.enterContext(AccountsHome())
        home.account("work", server)
        text = "--delete-after 7 is 7 seconds; write 7d for days\n"
        run = home.fetch("--delete-after", "7")
        self.assertEqual((run.status, run.err), (0, f"mailtool: fetch: pop3://alice@work.example: {text}"), run)
        for words in (["--delete-after", "7", "--quiet"], ["--delete-after", "0"], ["--delete-after", "7d"]):
            self.judge(home.fetch(*words), 0)

    def test_no_account_at_all(self):
        home = self.enterContext(AccountsHome())
        home.text('[account.only-sends]\nsend = "smtp://alice@mail.example"\n')
        run = home.fetch("--all-accounts")
        self.judge(run, 78)
        self.assertIn("no account has a fetch server", run.err)

    def test_a_wrong_option_names_its_line(self):
        home = self.enterContext(AccountsHome())
        home.text('[account.work]\nfetch = "pop3://alice@mail.example"\n[account.work.fetch-options]\nmax-sise = 5\n')
        run = home.fetch("-a", "work")
        self.judge(run, 78)
        self.assertIn("config.toml:4:1: unknown key 'max-sise'; did you mean max-size?", run.err)


if __name__ == "__main__":
    unittest.main()
