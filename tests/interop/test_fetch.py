"""mailtool fetch against Dovecot's POP3."""

import time

from support import MECHANISMS, LabTest, message


class Fetch(LabTest):
    def maildir(self):
        folder = self.home / "Mail"
        return sorted((folder / "new").iterdir()) if folder.exists() else []

    def to(self):
        return ["--to", f"maildir:{self.home}/Mail"]

    def test_keep_brings_only_what_is_new(self):
        self.deliver(count=3)
        done = self.fetch("--keep", "--json", *self.to())
        self.assertEqual(self.objects(done)[-1]["fetched"], 3)
        self.assertEqual(len(self.maildir()), 3)
        self.deliver("Later")
        done = self.fetch("--keep", "--json", *self.to())
        self.assertEqual(self.objects(done)[-1]["fetched"], 1)
        self.assertEqual(len(self.maildir()), 4)
        self.assertEqual(self.imap("search", "--count").out.strip(), "4")

    def test_delete_leaves_nothing_behind(self):
        self.deliver(count=3)
        self.fetch("--delete", *self.to())
        self.assertEqual(len(self.maildir()), 3)
        self.assertEqual(self.imap("search", "--count").out.strip(), "0")

    def test_nothing_new_is_silent(self):
        done = self.fetch(*self.to())
        self.assertEqual(done.out + done.err, "")

    def test_octets_are_those_that_were_sent(self):
        text = "Grüße\n.\n..dot\n" + "w" * 900 + "\n"
        self.deliver(text=text)
        self.fetch(*self.to())
        (file,) = self.maildir()
        self.assertTrue(file.read_bytes().endswith(b"\n\n" + text.encode()))

    def test_stls_and_every_mechanism(self):
        self.deliver()
        for mechanism in (*MECHANISMS, "USER"):
            with self.subTest(mechanism):
                done = self.fetch("--list", "--auth", mechanism, *self.to(), scheme="pop3")
                self.assertIn("new", done.out)

    def test_stdout_is_an_mbox(self):
        self.deliver(count=2, text="From here\n")
        done = self.fetch("--to", "-")
        self.assertEqual(done.out.count("\nFrom "), 1)
        self.assertEqual(done.out.count("\n>From here"), 2)

    def test_list_changes_nothing(self):
        self.deliver(count=2)
        done = self.fetch("--list", *self.to())
        self.assertEqual(len(done.out.splitlines()), 2)
        self.assertEqual(self.maildir(), [])

    def test_a_wrong_password_is_77(self):
        self.fetch("--password-from", "env:WRONG", *self.to(), env={"WRONG": "x"}, status=77)

    def test_without_a_destination_it_is_64(self):
        self.fetch(status=64)


class EndToEnd(LabTest):
    def test_from_alices_shell_to_bobs(self):
        self.send_by_mx("--from", "alice@crepes.fr", "--to", "bob@hamburger.edu", "-s", "Crêpes",
                        "--body", "At noon")
        self.wait_for(1)
        self.fetch("--to", f"maildir:{self.home}/Mail")
        (file,) = (self.home / "Mail/new").iterdir()
        done = self.run_mailtool("parse", "--header", "Subject", file)
        self.assertEqual(done.out.strip(), "Subject: Crêpes")
