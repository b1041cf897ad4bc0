"""Arriving from another program or at another server: what was fetched once is not fetched again, by the built
program. The state files are what the programs wrote after they had fetched a maildrop with the unique-ids UIDS."""

import json
import pathlib
import sys

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "support"))

import unittest

from fetch_home import FetchHome, FetchTest
from scripted_pop3 import Mail, Pop3Server, mails

FILES = TESTS / "unit/fetch_migrate/state"
UIDS = ["0001a", "50%off", "%41b", "a@b", "<c>", "#hash", "*star", "k", "-dash", 'quote"d', "back\\slash", "~tilde",
        "x" * 70, "a/b", "s'q", ":colon", "1"]
SOURCES = {f"mpop:{FILES}/mpop-1.4.18": 17, f"mpop:{FILES}/mpop-with-times": 17,
           f"fetchmail:{FILES}/fetchids": 17, f"getmail:{FILES}/oldmail-localhost-110-bob": 17,
           f"thunderbird:{FILES}/popstate.dat": 15}


def maildrop():
    made = mails(len(UIDS) + 2)
    for mail, uid in zip(made, UIDS):
        mail.uid = uid
    return made


class Import(FetchTest):
    def imported(self, home, server, source, *arguments):
        run = home.fetch(server, "--import-state", source, "--import-account", "bob@localhost", *arguments)
        self.assertEqual(run.status, 0, run)
        self.assertEqual(len(run.error_lines()), 1, run)
        return run

    def test_what_it_knows_is_not_fetched(self):
        for source, known in SOURCES.items():
            with self.subTest(source), Pop3Server(maildrop()) as server, FetchHome() as home:
                dry = self.imported(home, server, source, "--dry-run")
                self.assertIn(f"{known} messages would be imported as known", dry.err)
                self.assertFalse(home.state.exists())
                run = self.imported(home, server, source, "--json")
                self.assertEqual(json.loads(run.out)["imported"], known)
                self.imported(home, server, source)
                self.assertEqual(server.sessions, [])

                listing = self.fetch(home, server, "--list")
                self.assertEqual(listing.out.count("\tnew\t"), 19 - known, listing)
                self.fetch(home, server)
                self.assertEqual(server.times("RETR"), 19 - known)
                self.fetch(home, server, "--delete")
                self.assertEqual(server.times("RETR"), 19 - known)
                self.assertEqual(server.times("DELE"), 19 - known)

    def test_an_account_that_is_not_there(self):
        with Pop3Server(maildrop()) as server, FetchHome() as home:
            run = self.fetch(home, server, "--import-state", f"fetchmail:{FILES}/fetchids", status=66)
            self.assertIn("knows nothing of alice@127.0.0.1, but of bob@localhost, carol@example.org@127.0.0.1",
                          run.err)
            self.assertIn("hint: --import-account", run.err)
            self.fetch(home, server, "--import-state", f"mpop:{FILES}/fetchids", status=65)
            self.fetch(home, server, "--import-state", f"mpop:{FILES}/no-such-file", status=66)
            self.assertEqual(server.sessions, [])


class Reset(FetchTest):
    def test_a_server_that_gave_all_new_unique_ids(self):
        with Pop3Server(mails(40)) as server, FetchHome() as home:
            self.fetch(home, server)
            for mail in server.maildrop:
                mail.uid = "moved-" + mail.uid
            server.maildrop.append(Mail(b"Subject: since then\r\n\r\nx\r\n", "moved-new"))
            refused = self.fetch(home, server, status=75)
            self.assertIn("none of 40 known messages is listed, and 40 new ones have their sizes", refused.err)
            self.assertIn("hint: --rebase", refused.err)
            self.assertLessEqual(server.times("TOP"), 32)
            self.assertEqual(server.times("RETR"), 40)

            run = home.fetch(server, "--rebase", "--json")
            self.assertEqual(run.status, 0, run)
            self.assertIn("40 known messages found under new unique ids; 1 is new", run.err)
            self.assertEqual(json.loads(run.out.splitlines()[-1])["rebased"], 40)
            self.holds(home, server.maildrop)
            self.assertEqual(server.times("RETR"), 41)
            self.fetch(home, server, "--delete")
            self.assertEqual(server.left(), [])
            self.assertEqual(server.times("RETR"), 41)

    def test_all_fetches_anew_and_recognises(self):
        with Pop3Server(mails(5)) as server, FetchHome() as home:
            self.fetch(home, server)
            for mail in server.maildrop:
                mail.uid = "moved-" + mail.uid
            self.fetch(home, server, status=75)
            self.fetch(home, server, "--all")
            self.fetch(home, server)
            self.assertEqual(server.times("RETR"), 10)
            self.holds(home, server.maildrop, twice=5)

    def test_a_server_that_sends_no_headers(self):
        with Pop3Server(mails(12), without=("TOP",)) as server, FetchHome() as home:
            for number, mail in enumerate(server.maildrop):
                mail.content += b"." * (number + 1) + b" x\r\n"
            self.fetch(home, server)
            for mail in server.maildrop:
                mail.uid = "moved-" + mail.uid
            self.fetch(home, server, status=75)
            run = home.fetch(server, "--rebase")
            self.assertEqual(run.status, 0, run)
            self.assertEqual(server.times("RETR"), 12)
            # Only their sizes speak for them.
            self.fetch(home, server, "--delete")
            self.assertEqual(len(server.left()), 12)


if __name__ == "__main__":
    unittest.main()
