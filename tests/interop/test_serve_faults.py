"""`mailtool serve` that fails on purpose, seen by mailtool's own clients and those of Python's standard library."""

import imaplib
import json
import os
import poplib
import shlex
import smtplib
import socket
import subprocess
import time
import unittest

from serve_case import Serving


class Faults(Serving):
    def test_greylisted_once_waits_in_the_queue_and_goes(self):
        server = self.serve("--fail", "rcpt:bob@*=451 4.7.1 greylisted; once")
        told = self.send(server, "--queue-on-tempfail", "--json", status=0)
        self.assertIn("greylisted", told)
        self.assertEqual(self.messages(server), [])
        ids = [name[:-5] for name in os.listdir(os.path.join(self.folder, ".local/state/mailtool/queue"))
               if name.endswith(".toml")]
        self.mailtool("queue", "run", *ids)
        self.assertEqual(self.subjects(server), ["lunch"])

    def test_what_is_refused_is_told(self):
        server = self.serve("--fail", "dot=552 5.2.2 full; once", "--fail", "mail=421 4.3.2 later; once")
        self.send(server, status=75)
        self.send(server, status=69)
        self.send(server)
        self.assertEqual(self.subjects(server), ["lunch"])

    def test_a_drop_within_a_message_leaves_nothing(self):
        server = self.serve("--fail", "data=drop after 60; once")
        self.send(server, status=75)
        self.send(server, subject="second")
        self.assertEqual(self.subjects(server), ["second"])

    def test_fetch_goes_on_behind_a_drop(self):
        server = self.serve("--fail", "retr:2=drop after 100; once")
        for subject in ("one", "two", "three"):
            self.send(server, subject=subject)
        mail = os.path.join(self.folder, "Mail")
        fetch = ("fetch", "--server", server["urls"]["pop3"].replace("//", "//bob@"), "--tls", "off", "--password-from", "env:PW",
                 "--to", "maildir:" + mail)
        self.mailtool(*fetch, status=75)
        self.mailtool(*fetch)
        subjects = []
        for name in os.listdir(mail + "/new"):
            with open(f"{mail}/new/{name}", encoding="utf-8") as file:
                subjects += [line.strip() for line in file if line.startswith("Subject: ")]
        self.assertEqual(sorted(subjects), ["Subject: one", "Subject: three", "Subject: two"])

    def test_imap_by_mailbox(self):
        server = self.serve("--fail", "imap select:Trash=NO [CANNOT] not this", "--fail", "imap fetch=NO [UNAVAILABLE] later; once",
                            "--fail", "imap noop=BYE going down")
        self.send(server)
        client = imaplib.IMAP4(server["host"], server["imap"], timeout=60)
        client.login("bob", "secret")
        self.assertEqual(client.select("Trash")[0], "NO")
        client.select()
        self.assertEqual(client.fetch("1:*", "FLAGS"), ("NO", [b"[UNAVAILABLE] later"]))
        self.assertEqual(client.fetch("1:*", "FLAGS")[0], "OK")
        with self.assertRaises(imaplib.IMAP4.abort):
            client.noop()

    def test_greetings(self):
        server = self.serve("--fail", "connect=421 4.3.2 busy; once", "--fail", "pop3 connect=drop; once",
                            "--fail", "connect=BYE busy; once")
        with self.assertRaises(smtplib.SMTPConnectError):
            smtplib.SMTP(server["host"], server["smtp"], timeout=60)
        with self.assertRaises(poplib.error_proto):
            poplib.POP3(server["host"], server["pop3"], timeout=60)
        with self.assertRaises(imaplib.IMAP4.error):
            imaplib.IMAP4(server["host"], server["imap"], timeout=60)
        smtplib.SMTP(server["host"], server["smtp"], timeout=60).quit()

    def test_delays(self):
        server = self.serve("--delay", "20ms", "--fail", "smtp noop=delay 300ms; once")
        begun = time.monotonic()
        client = smtplib.SMTP(server["host"], server["smtp"], timeout=60)
        for _ in range(3):
            self.assertEqual(client.noop()[0], 250)
        client.quit()
        # Never sooner; how much later is the machine's affair.
        self.assertGreaterEqual(time.monotonic() - begun, 0.300 + 5 * 0.020)

    def test_one_waits_and_others_do_not(self):
        server = self.serve("--fail", "smtp noop=delay 1min")
        slow = smtplib.SMTP(server["host"], server["smtp"], timeout=60)
        slow.sock.sendall(b"NOOP\r\n")
        self.send(server)
        self.assertEqual(self.subjects(server), ["lunch"])
        slow.close()

    def test_rate_both_ways(self):
        server = self.serve("--rate", "20K")
        begun = time.monotonic()
        with smtplib.SMTP(server["host"], server["smtp"], timeout=60) as client:
            client.sendmail("alice@example.test", ["bob@example.test"], "Subject: big\r\n\r\n" + ("x" * 70 + "\r\n") * 300)
        sent = time.monotonic()
        self.assertIn("Subject: big", self.messages(server)[0])
        # 21 KB, of which 2 KB may pass at once.
        self.assertGreaterEqual(sent - begun, 0.8)
        self.assertGreaterEqual(time.monotonic() - sent, 0.8)

    def test_a_wrong_rule_is_told_of(self):
        self.mailtool("serve", "--fail", "rcpt=354 go on", status=64)
        self.mailtool("serve", "--keep", "0", status=64)
        self.mailtool("serve", "--delay", "2h", status=64)


class Keeping(Serving):
    def test_catch_all(self):
        server = self.serve("--catch-all", "--user", "carol", "--user", "bob")
        self.send(server, to="bob@example.test", subject="for bob")
        self.send(server, to="nobody@example.test", subject="for anybody")
        self.send(server, to="bob@elsewhere.test", status=69)
        self.assertEqual(self.subjects(server, "bob"), ["for bob"])
        self.assertEqual(self.subjects(server, "carol"), ["for anybody"])

    def test_the_oldest_go_and_sessions_are_told(self):
        server = self.serve("--keep", "2")
        for subject in ("one", "two"):
            self.send(server, subject=subject)
        with socket.create_connection((server["host"], server["imap"]), timeout=60) as connection:
            lines = connection.makefile("rb")

            def until(word):
                said = []
                while not said or word not in said[-1]:
                    said.append(lines.readline())
                    self.assertTrue(said[-1], said)
                return said

            connection.sendall(b"a LOGIN bob secret\r\nb SELECT INBOX\r\nc IDLE\r\n")
            until(b"+ idling")
            self.send(server, subject="three")
            self.assertEqual(until(b"* 1 EXPUNGE")[-1], b"* 1 EXPUNGE\r\n")
        self.assertEqual(self.subjects(server), ["two", "three"])
        names = os.listdir(os.path.join(server["root"], "mail/bob/Maildir/cur"))
        self.assertEqual(len(names), 2)

    def test_old_messages_go(self):
        server = self.serve("--max-age", "1h")
        client = imaplib.IMAP4(server["host"], server["imap"], timeout=60)
        client.login("bob", "secret")
        client.append("INBOX", None, '"01-Jan-2020 00:00:00 +0000"', b"Subject: old\r\n\r\nx\r\n")
        client.append("Archive", None, '"01-Jan-2020 00:00:00 +0000"', b"Subject: kept\r\n\r\nx\r\n")
        self.send(server, subject="new")
        # By IMAP: a maildrop may be opened before the old one goes, and read after.
        deadline = time.monotonic() + 60
        while client.select()[1] != [b"1"]:
            self.assertLess(time.monotonic(), deadline)
        self.assertEqual(self.subjects(server), ["new"])
        self.assertEqual(client.select("Archive"), ("OK", [b"1"]))


class Dialogues(Serving):
    def test_each_session_has_a_file_without_secrets(self):
        folder = os.path.join(self.folder, "dialogues")
        server = self.serve("--dialogues", folder, "--user", "bob:env:PW")
        with smtplib.SMTP(server["host"], server["submission"], timeout=60) as client:
            client.login("bob", "secret")
            client.sendmail("bob@example.test", ["bob@example.test"], "Subject: lunch\r\n\r\nNoon?\r\n")
        self.assertEqual(self.subjects(server), ["lunch"])
        client = imaplib.IMAP4(server["host"], server["imap"], timeout=60)
        client.login("bob", "secret")
        client.logout()
        names = sorted(os.listdir(folder))
        self.assertEqual(names, ["000001-submission.dialogue", "000002-pop3.dialogue", "000003-imap.dialogue"])
        texts = []
        for name in names:
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                texts.append(file.read())
        self.assertIn("C: AUTH PLAIN ****\nS: 235 2.7.0 logged in\n", texts[0])
        self.assertIn("C: Subject: lunch\nC: \nC: Noon?\nC: .\nS: 250 2.0.0 taken\n", texts[0])
        self.assertTrue(texts[0].endswith("<server closes>\n"), texts[0])
        self.assertIn("C: USER bob\nS: +OK\nC: PASS ****\nS: +OK 1 messages\n", texts[1])
        self.assertIn(" LOGIN ****\n", texts[2])
        for text in texts:
            self.assertNotIn("secret", text)
            self.assertNotIn("AGJvYgBzZWNyZXQ=", text)
        # A next server writes over nothing.
        again = self.serve("--dialogues", folder)
        smtplib.SMTP(again["host"], again["smtp"], timeout=60).quit()
        self.assertEqual(len(os.listdir(folder)), 4)


class DialoguesOfAFullDisk(Serving):
    def test_it_is_said_once_and_mail_goes_on(self):
        """No file can be longer than 4 KiB here, which is what a full disk is to a dialogue."""
        errors = os.path.join(self.folder, "stderr")
        limit = f"trap '' XFSZ; ulimit -f 4; exec \"$@\" 2>{shlex.quote(errors)}"
        words = ["bash", "-c", limit, "bash", os.environ["MAILTOOL"], "serve", "--port", "0", "--root", self.folder + "/root",
                 "--dialogues", self.folder + "/dialogues"]
        process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=self.environment())
        self.addCleanup(self.end, process)
        server = json.loads(process.stdout.readline())
        for _ in range(2):
            with smtplib.SMTP(server["host"], server["smtp"], timeout=60) as client:
                for _ in range(8):
                    client.sendmail("", ["bob@example.test"], "Subject: lunch\r\n\r\n" + "Noon?\r\n" * 100)
        self.assertEqual(self.subjects(server), ["lunch"] * 16)
        with open(errors, encoding="utf-8") as file:
            text = file.read()
        self.assertEqual(text.count("dialogues are not written"), 1, text)


if __name__ == "__main__":
    unittest.main()
