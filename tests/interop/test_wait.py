"""`mailtool wait` with `mailtool serve`: the next message to somebody, before and after it comes."""

import imaplib
import json
import os
import pathlib
import re
import signal
import smtplib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from imap_support import DovecotImapTest, letter  # noqa: E402
from imap_support import SECRET as DOVECOT_SECRET  # noqa: E402
from serving import MAILTOOL, SECRET, ServeTest, environment  # noqa: E402

TIMEOUT = 60


class Wait(ServeTest):
    def setUp(self):
        super().setUp()
        self.serving = self.serve("--tls", "off")
        self.server = [self.serving.url("imap", "bob"), "--tls", "off", "--password-from", "env:PW"]

    def deliver(self, subject, *to, header_to="somebody@else.test"):
        with smtplib.SMTP("127.0.0.1", self.serving.port("smtp"), timeout=TIMEOUT) as client:
            client.sendmail("alice@crepes.test", to or ["bob@crepes.test"],
                            f"From: alice@crepes.test\r\nTo: {header_to}\r\nSubject: {subject}\r\n\r\nText of {subject}.\r\n")

    def wait(self, *options, status=0):
        return self.mailtool("wait", *self.server, *(options or ["--to", "bob"]), "--timeout", "50s", status=status)

    def start(self, *options):
        process = subprocess.Popen(
            [MAILTOOL, "wait", *self.server, *(options or ["--to", "bob"]), "-v", "--timeout", "50s"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(self.folder))
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def begin(self, *options):
        """One that has nothing to print yet, and has said IDLE."""
        process = self.start(*options)
        for line in process.stderr:
            if line.rstrip().endswith(" IDLE"):
                break
        return process

    def test_it_is_there_already(self):
        self.deliver("one")
        done = self.wait()
        self.assertIn("Subject: one\n", done.out)
        self.assertTrue(done.out.endswith("\nText of one.\n"), done.out)
        self.assertNotIn("\r", done.out)

    def test_it_comes(self):
        process = self.begin()
        self.deliver("one")
        self.assertIn("Subject: one\n", process.stdout.read())
        self.assertEqual(process.wait(TIMEOUT), 0)

    def test_each_wait_has_the_next(self):
        for subject in ("one", "two", "three"):
            self.deliver(subject)
        for subject in ("one", "two", "three"):
            self.assertIn(f"Subject: {subject}\n", self.wait().out)
        process = self.begin()
        self.deliver("four")
        self.assertIn("Subject: four\n", process.stdout.read())

    def test_of_several_addresses_the_right_one(self):
        process = self.begin("--to", "bob+two@crepes.test")
        self.deliver("one", header_to="bob+one@crepes.test")
        self.deliver("two", header_to="a@b.test, Bob <Bob+Two@Crepes.Test>")
        self.assertIn("Subject: two\n", process.stdout.read())
        # The other one is left for who wants it.
        self.assertIn("Subject: one\n", self.wait("--to", "bob+one").out)

    def test_blind_copies_are_found(self):
        self.deliver("secret", "bob@crepes.test", "alice@crepes.test")
        done = self.wait("--to", "bob@crepes.test")
        self.assertIn("Delivered-To: bob@crepes.test\n", done.out)
        self.assertNotIn("alice", done.out.partition("\nFrom:")[0].replace("<alice@crepes.test>", ""))

    def test_json(self):
        self.deliver("Gr=?utf-8?q?=C3=BC?=n")
        rows = self.wait("--to", "bob@crepes.test", "--json").out.splitlines()
        self.assertEqual(len(rows), 1)
        row = json.loads(rows[0])
        self.assertEqual((row["type"], row["folder"], row["uid"], row["text"]),
                         ("message", "INBOX", 1, "Text of Gr=?utf-8?q?=C3=BC?=n.\n"))
        self.assertEqual(row["from"], [{"name": None, "address": "alice@crepes.test"}])

    def test_dry_run_leaves_it_unread(self):
        self.deliver("one")
        for _ in range(2):
            self.assertIn("Subject: one\n", self.wait("--to", "bob", "-n").out)
        self.assertIn("Subject: one\n", self.wait().out)
        self.assertNotIn("Subject", self.mailtool("wait", *self.server, "--to", "bob", "--timeout", "1s", status=75).out)

    def begin_all(self, count):
        return [self.begin() for _ in range(count)]

    def test_of_several_that_wait_each_has_one(self):
        for when in ("before", "after"):
            subjects = [f"{when}-{i}" for i in range(8)]
            if when == "before":
                waits = self.begin_all(8)
            for subject in subjects:
                self.deliver(subject)
            if when == "after":
                waits = [self.start() for _ in range(8)]
            outputs = [one.stdout.read() for one in waits]
            self.assertEqual([one.wait(TIMEOUT) for one in waits], [0] * 8)
            found = [re.findall("^Subject: (.*)$", output, re.MULTILINE) for output in outputs]
            self.assertEqual(sorted(found), [[subject] for subject in subjects])
        self.mailtool("wait", *self.server, "--to", "bob", "--timeout", "1s", status=75)

    def test_what_could_not_be_printed_is_there_for_the_next(self):
        self.deliver("one")
        with open("/dev/full", "w") as full:
            said = subprocess.run([MAILTOOL, "wait", *self.server, "--to", "bob", "--timeout", "50s"], stdout=full,
                                  stderr=subprocess.PIPE, text=True, env=environment(self.folder), timeout=TIMEOUT)
        self.assertEqual(said.returncode, 74, said.stderr)
        self.assertIn("Subject: one\n", self.wait().out)

    def test_what_nobody_reads_is_there_for_the_next(self):
        self.deliver("one")
        for options in ((), ("--json",)):
            reader, writer = os.pipe()
            os.close(reader)
            with open(writer, "wb") as gone:
                said = subprocess.run([MAILTOOL, "wait", *self.server, "--to", "bob", "--timeout", "50s", *options],
                                      stdout=gone, stderr=subprocess.PIPE, text=True, env=environment(self.folder),
                                      timeout=TIMEOUT)
            self.assertEqual((said.returncode, said.stderr), (-signal.SIGPIPE, ""))
        self.assertIn("Subject: one\n", self.wait().out)

    def mark_unread(self, number):
        with imaplib.IMAP4("127.0.0.1", self.serving.port("imap"), timeout=TIMEOUT) as client:
            client.login("bob", SECRET)
            client.select()
            client.store(number, "-FLAGS", "(\\Seen)")

    def test_what_is_marked_as_unread_again_is_news(self):
        for subject in ("one", "two"):
            self.deliver(subject)
            self.assertIn(f"Subject: {subject}\n", self.wait().out)
        process = self.begin()
        self.mark_unread("1")
        self.assertIn("Subject: one\n", process.stdout.read())
        self.assertEqual(process.wait(TIMEOUT), 0)

    def test_what_one_wait_puts_back_another_prints(self):
        with smtplib.SMTP("127.0.0.1", self.serving.port("smtp"), timeout=TIMEOUT) as client:
            client.sendmail("alice@crepes.test", ["bob@crepes.test"], "Subject: long\r\n\r\n" + "text\r\n" * 100_000)
        # More than a pipe holds: it has the message, and cannot be done.
        first = self.start()
        self.assertNotEqual(first.stdout.read(1), "")
        second = self.begin()
        first.stdout.close()
        self.assertEqual(first.wait(TIMEOUT), -signal.SIGPIPE)
        self.assertIn("Subject: long\n", second.stdout.read())
        self.assertEqual(second.wait(TIMEOUT), 0)

    def test_a_message_that_others_change_again_and_again_is_claimed(self):
        self.serving.stop()
        self.serving = self.serve("--tls", "off", "--fail", "store=NO [MODIFIED 1] changed meanwhile; 105 times")
        self.server[0] = self.serving.url("imap", "bob")
        self.deliver("one")
        done = self.wait("--to", "bob", "-v")
        self.assertIn("Subject: one\n", done.out)
        self.assertEqual(done.err.count("UNCHANGEDSINCE"), 106)

    def test_a_dry_run_claims_nothing(self):
        self.deliver("one")
        self.assertIn("Subject: one\n", self.wait("--to", "bob", "-n").out)
        self.assertIn("Subject: one\n", self.wait().out)

    def test_folder(self):
        self.mailtool("imap", *self.server, "append", "@junk", input=b"To: bob@crepes.test\nSubject: junk\n\nx\n")
        self.assertIn("Subject: junk\n", self.wait("--to", "bob", "-f", "@junk").out)

    def test_too_late(self):
        self.deliver("other", header_to="eve@crepes.test")
        said = self.mailtool("wait", *self.server, "--to", "eve@nowhere.test", "--timeout", "1s", status=75)
        self.assertIn("no message to eve@nowhere.test within 1 s", said.err)
        self.assertEqual(said.out, "")

    def test_usage(self):
        self.assertIn("--to", self.mailtool("wait", *self.server, status=64).err)
        self.assertIn("--to", self.mailtool("wait", *self.server, "--to", "a b", status=64).err)
        self.assertIn("--timeout", self.mailtool("wait", *self.server, "--to", "a", "--timeout", "0", status=64).err)
        self.mailtool("wait", *self.server, "--to", "a", "x", status=64)

    def test_the_account_has_a_server(self):
        config = self.folder / "config.toml"
        config.write_text(f'timeout = "1s"\n[account.bob]\nimap = "{self.serving.url("imap", "bob")}"\n'
                          'tls = "off"\npassword-from = "env:PW"\n')
        process = subprocess.Popen([MAILTOOL, "wait", "--config", config, "-a", "bob", "--to", "bob"],
                                   stdout=subprocess.PIPE, text=True, env=environment(self.folder))
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.deliver("one")
        self.assertIn("Subject: one\n", process.stdout.read())


class WaitAtDovecot(DovecotImapTest):
    """The same at another's server: one that is there, one that comes, and those of others."""

    def letter(self, number, to):
        return letter(number).replace(b"To: bob@hamburger.example", b"To: " + to)

    def test_wait(self):
        words = ["wait", self.server.url_of(self.user), *self.server.options, "--password-from", "env:PW", "--to",
                 "bob@hamburger.example", "--timeout", "50s"]
        self.imap("append", "INBOX", input=self.letter(1, b"jim-bob@hamburger.example"))
        self.imap("append", "INBOX", input=letter(2))
        run = self.mailtool(*words, "-v")
        self.assertIn("Subject: Lunch 2\n", run.out, run)
        self.assertEqual("UNCHANGEDSINCE" in run.err, self.claims)
        process = subprocess.Popen([MAILTOOL, *words, "-v"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env={**environment(self.folder), "PW": DOVECOT_SECRET})
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        for line in process.stderr:
            if line.rstrip().endswith(self.waits_by):
                break
        self.imap("append", "INBOX", input=self.letter(3, b"eve@hamburger.example"))
        self.imap("append", "INBOX", input=self.letter(4, b"Bob <Bob@hamburger.example>, eve@hamburger.example"))
        self.assertIn("Subject: Lunch 4\n", process.stdout.read())
        self.assertEqual(process.wait(TIMEOUT), 0)
        self.assertEqual(self.count("is:unread"), 2)

    waits_by, claims = " IDLE", True


class WaitWithoutIdle(WaitAtDovecot):
    settings, waits_by = "imap_capability = IMAP4rev1\n", " NOOP"
    claims = False


if __name__ == "__main__":
    unittest.main()
