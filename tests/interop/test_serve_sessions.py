"""The servers' sessions over real sockets, with the clients of Python's standard library and mailtool's own."""

import imaplib
import os
import poplib
import smtplib
import subprocess
import tempfile
import threading
import unittest

MAILTOOL, SERVE = os.environ["MAILTOOL"], os.environ["SERVE"]
LUNCH = ("From: alice@crepes.example\r\nTo: bob@crepes.example\r\nSubject: lunch\r\n"
         "Date: Fri, 20 Nov 2026 12:00:00 +0100\r\nMessage-ID: <1@crepes.example>\r\n\r\nNoon?\r\n.dot\r\n")


class Serve(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mailtool-serve-")
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        self.start()

    def start(self):
        self.server = subprocess.Popen([SERVE, self.root], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.server.stdout.close)
        self.addCleanup(self.stop)
        word, *ports = self.server.stdout.readline().split()
        self.assertEqual(word, "ready")
        self.smtp_port, self.pop3_port, self.imap_port = map(int, ports)

    def stop(self):
        self.server.stdin.close()
        self.server.wait(20)

    def deliver(self, *to, text=LUNCH):
        with smtplib.SMTP("127.0.0.1", self.smtp_port) as client:
            client.sendmail("alice@crepes.example", to or ["bob@crepes.example"], text)

    def imap(self, user="bob"):
        client = imaplib.IMAP4("127.0.0.1", self.imap_port)
        client.login(user, "secret")
        return client

    def mailtool(self, *words, status=0, **more):
        done = subprocess.run([MAILTOOL, *words], capture_output=True, text=True, timeout=60, **more,
                              env={**os.environ, "PW": "secret", "HOME": self.root, "LC_ALL": "C.UTF-8"})
        self.assertEqual(done.returncode, status, (words, done.stdout, done.stderr))
        return done.stdout

    def test_from_smtp_to_pop3_and_imap(self):
        self.deliver("bob@crepes.example", "alice@crepes.example")
        with self.assertRaises(smtplib.SMTPRecipientsRefused):
            self.deliver("nobody@crepes.example")
        client = poplib.POP3("127.0.0.1", self.pop3_port)
        client.user("bob")
        client.pass_("secret")
        self.assertEqual(client.stat()[0], 1)
        lines = b"\r\n".join(client.retr(1)[1]) + b"\r\n"
        self.assertTrue(lines.endswith(LUNCH.encode()), lines)
        self.assertIn(b"Return-Path: <alice@crepes.example>", lines)
        uid = client.uidl(1)
        client.quit()
        with self.imap() as client:
            self.assertEqual(client.select()[1], [b"1"])
            kind, found = client.search(None, "SUBJECT", "lunch")
            self.assertEqual(found, [b"1"])
            kind, fetched = client.fetch("1", "(RFC822.SIZE BODY.PEEK[TEXT])")
            self.assertEqual(fetched[0][1], b"Noon?\r\n.dot\r\n")
        # Killed or not, what was acknowledged is there, under its UID.
        self.server.kill()
        self.server.wait(20)
        self.server.stdin.close()
        self.start()
        client = poplib.POP3("127.0.0.1", self.pop3_port)
        client.user("bob")
        client.pass_("secret")
        self.assertEqual(client.uidl(1), uid)
        client.dele(1)
        client.quit()
        client = poplib.POP3("127.0.0.1", self.pop3_port)
        client.user("bob")
        client.pass_("secret")
        self.assertEqual(client.stat(), (0, 0))
        client.quit()

    def test_imaplib(self):
        with self.imap() as client:
            self.assertEqual(client.create("Work")[0], "OK")
            self.assertEqual(client.append("Work", r"(\Flagged)", None, LUNCH.encode())[0], "OK")
            self.assertEqual(client.select("Work")[1], [b"1"])
            self.assertEqual(client.copy("1", "Trash")[0], "OK")
            self.assertEqual(client.store("1", "+FLAGS", r"(\Deleted $Work)")[0], "OK")
            self.assertEqual(client.expunge()[1], [b"1"])
            self.assertEqual(client.status("Trash", "(MESSAGES UNSEEN)")[1], [b'"Trash" (MESSAGES 1 UNSEEN 1)'])
            self.assertIn(b"\\Trash", b" ".join(client.list()[1]))

    def test_two_at_once(self):
        with self.imap() as one, self.imap() as other:
            one.select()
            other.select()
            self.deliver()
            for client in one, other:
                self.assertEqual(client.noop()[0], "OK")
                self.assertEqual(client.response("EXISTS")[1][-1], b"1")
            one.uid("STORE", "1", "+FLAGS", r"(\Deleted)")
            one.expunge()
            self.assertEqual(other.noop()[0], "OK")
            self.assertEqual(other.response("EXPUNGE")[1], [b"1"])

    def test_many_at_once(self):
        errors = []

        def send(number):
            try:
                for _ in range(10):
                    self.deliver(text=f"Subject: {number}\r\n\r\n" + "x" * 5000 + "\r\n")
            except Exception as error:
                errors.append(error)
        threads = [threading.Thread(target=send, args=(number,)) for number in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(errors, [])
        with self.imap() as client:
            self.assertEqual(client.select()[1], [b"100"])

    def test_mailtool(self):
        options = ["--tls", "off", "--allow-cleartext-password", "--password-from", "env:PW"]
        url = f"imap://bob@127.0.0.1:{self.imap_port}"
        self.mailtool("send", "--server", f"smtp://127.0.0.1:{self.smtp_port}", "--tls", "off", "--from", "alice@crepes.example", "--to",
                      "bob@crepes.example", "--subject", "점심", "--body", "Noon?")
        rows = self.mailtool("imap", url, *options, "list", "--fields", "uid,from,subject")
        self.assertIn("점심", rows)
        self.mailtool("imap", url, *options, "append", "INBOX", input=LUNCH)
        self.assertEqual(self.mailtool("imap", url, *options, "search", "--count", "subject:lunch"), "1\n")
        self.mailtool("imap", url, *options, "move", "subject:lunch", "--to", "@archive")
        self.mailtool("imap", url, *options, "undo")
        self.mailtool("imap", url, *options, "flag", "+seen", "+$Work", "1:*")
        self.assertEqual(self.mailtool("imap", url, *options, "search", "--count", "is:read kw:$Work"), "2\n")
        text = self.mailtool("imap", url, *options, "get", "1", "--text")
        self.assertIn("Noon?", text)
        self.mailtool("imap", url, *options, "export", "INBOX", "--to", f"maildir:{self.root}/copy")
        self.assertIn("Trash", self.mailtool("imap", url, *options, "folders", "--status"))


if __name__ == "__main__":
    unittest.main()
