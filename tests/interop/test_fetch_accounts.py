"""Several accounts of a config file against Dovecot, over TLS, as cron runs them."""

import unittest

from support import LAB, LabTest, password

USERS = {"alice": "alice@crepes.fr", "bob": "bob@hamburger.edu", "dave": "dave@hamburger.edu"}


class Accounts(LabTest):
    def setUp(self):
        super().setUp()
        folder = self.home / ".config" / "mailtool"
        folder.mkdir(parents=True)
        text = f"dns-server = \"{LAB['LAB_DNS']}\"\ntls-ca = \"{LAB['LAB_CA']}\"\n"
        for name, user in USERS.items():
            text += (f"[account.{name}]\nfetch = \"pop3s://{user.replace('@', '%40')}@{LAB['LAB_HOST']}:"
                     f"{LAB['LAB_POP3S_PORT']}\"\npassword-from = \"{password(name)}\"\nto = \"maildir:~/{name}\"\n")
        (folder / "config.toml").write_text(text + "[account.dave.fetch-options]\nkeep-last = 1\n")

    def count(self, name):
        return len(list((self.home / name / "new").glob("*")))

    def test_all_accounts_as_cron_runs_them(self):
        for name, user in USERS.items():
            self.deliver(name, to=user, count=2)
        done = self.run_mailtool("fetch", "--all-accounts", "--list")
        self.assertEqual([row.split("\t")[0] for row in done.out.splitlines()],
                         ["alice", "alice", "bob", "bob", "dave", "dave"])
        for _ in range(2):
            done = self.run_mailtool("fetch", "--all-accounts", "--deadline", "1min")
            self.assertEqual(done.out + done.err, "")
            self.assertEqual([self.count(name) for name in USERS], [2, 2, 2])
        done = self.run_mailtool("fetch", "--all-accounts", "--list")
        self.assertEqual(len(done.out.splitlines()), 5)  # keep-last of dave

    def test_one_wrong_password_stops_no_other(self):
        for name, user in USERS.items():
            self.deliver(name, to=user)
        path = self.home / ".config" / "mailtool" / "config.toml"
        path.write_text(path.read_text().replace(password("bob"), password("alice")))
        done = self.run_mailtool("fetch", "--all-accounts", "--json", status=77)
        self.assertEqual([self.count(name) for name in USERS], [1, 0, 1])
        self.assertEqual(len(done.err.splitlines()), 1)
        self.assertIn("mailtool: fetch: bob: pop3s://bob@hamburger.edu@", done.err)
        last = self.objects(done)[-1]
        self.assertEqual((last["exit"], last["fetched"], last["accounts"]), (77, 2, 3))


if __name__ == "__main__":
    unittest.main()
