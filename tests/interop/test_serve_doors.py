"""What `mailtool serve` asks of who comes in: proofs, patience, room."""

import contextlib
import glob
import os
import poplib
import resource
import smtplib
import socket
import ssl
import unittest

from serve_case import Serving, address

PASSWORDS = ("--user", "alice:env:PW", "--user", "bob:env:PW")


class Doors(Serving):
    def said(self, folder):
        """All that was said to the servers of one folder of dialogues."""
        texts = []
        for name in sorted(glob.glob(os.path.join(folder, "*.dialogue"))):
            with open(name, encoding="utf-8", errors="replace") as file:
                texts.append(file.read())
        return "".join(texts)

    def test_scram(self):
        """Our own clients choose the strongest, and the dialogues show nothing of it."""
        dialogues = os.path.join(self.folder, "dialogues")
        server = self.serve(*PASSWORDS, "--dialogues", dialogues)
        for name, command in ("imap", ["list"]), ("pop3", None), ("submission", None):
            url = server["urls"][name].replace("://", "://alice@").replace("127.0.0.1", "localhost")
            options = ["--tls-ca", server["ca"], "--password-from", "env:PW"]
            if name == "imap":
                self.mailtool("imap", url, *options, *command)
            elif name == "pop3":
                self.mailtool("fetch", url, *options, "--list")
            else:
                self.mailtool("send", "--server", url, *options, "--from", "alice@example.test", "--to", "bob@example.test",
                              "-s", "lunch", "--body", "Noon?")
        said = self.said(dialogues)
        self.assertEqual(said.count("SCRAM-SHA-256-PLUS ****"), 3, said)
        self.assertNotIn("S: + dj", said)
        for mechanism in "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-1", "PLAIN", "LOGIN":
            url = server["urls"]["imap"].replace("://", "://bob@").replace("127.0.0.1", "localhost")
            words = ["imap", url, "--auth", mechanism, "--tls-ca", server["ca"], "--password-from", "env:PW", "list"]
            self.mailtool(*words)
            self.mailtool(*words, PW="wrong", status=77)

    def test_received(self):
        server = self.serve()
        context = ssl.create_default_context(cafile=server["ca"])
        with smtplib.SMTP("localhost", server["submission"], local_hostname="laptop.test") as client:
            client.starttls(context=context)
            client.login("alice", "any")
            client.sendmail("alice@example.test", ["<@a.test,@b.test:bob@example.test>"], "Subject: lunch\r\n\r\nNoon?\r\n")
        [text] = self.messages(server)
        header = text.split("\r\n\r\n")[0].replace("\r\n", "")
        self.assertIn("Return-Path: <alice@example.test>", header)
        self.assertIn("Delivered-To: bob@example.test", header)
        self.assertIn("from laptop.test ([127.0.0.1])", header)
        self.assertIn("with ESMTPSA id", header)
        self.assertIn("tls TLS_", header)

    def test_original_recipients_go_along(self):
        dialogues = os.path.join(self.folder, "dialogues")
        there = self.serve("--domain", "hamburger.test", "--dialogues", dialogues)
        here = self.serve("--domain", "crepes.test", "--dns", "127.0.0.1:0", "--dns-domain", "hamburger.test=127.0.0.1",
                          "--mx-port", str(there["smtp"]))
        with smtplib.SMTP("127.0.0.1", here["submission"]) as client:
            client.login("alice", "any")
            client.ehlo()
            client.mail("alice@crepes.test", ["ENVID=lunch"])
            client.rcpt("bob@hamburger.test", ["ORCPT=rfc822;first+2Bone@crepes.test", "NOTIFY=FAILURE"])
            self.assertEqual(client.data("Subject: lunch\r\n\r\nNoon?\r\n")[0], 250)
        url = there["urls"]["imap"].replace("://", "://bob@")
        self.mailtool("wait", url, "--tls", "off", "--password-from", "env:PW", "--to", "bob@hamburger.test", "--timeout", "60s")
        self.assertIn("ORCPT=rfc822;first+2Bone@crepes.test", self.said(dialogues))

    def test_too_many(self):
        """Half of the files that may be open: the next one is told so, and those that are there are served."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard))
        try:
            server = self.serve()
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        with contextlib.ExitStack() as open_ones:
            def connect(name):
                client = socket.create_connection(address(server, name), timeout=60)
                open_ones.callback(client.close)
                return client
            first = poplib.POP3(*address(server, "pop3"), timeout=60)
            open_ones.callback(first.close)
            for _ in range(31):
                self.assertTrue(connect("imap").recv(100).startswith(b"* OK"))
            for name, said in (("smtp", b"421 4.7.0 "), ("submission", b"421 4.7.0 "), ("pop3", b"-ERR [SYS/TEMP] "),
                               ("imap", b"* BYE [UNAVAILABLE] "), ("imaps", b"")):
                client = connect(name)
                text = client.recv(1000)
                self.assertTrue(text.startswith(said), (name, text))
                self.assertEqual(client.recv(1000), b"")
            self.assertTrue(first.user("bob").startswith(b"+OK"))
        # They have gone, and there is room.
        self.send(server)
        self.assertEqual(self.subjects(server), ["lunch"])

    def test_public(self):
        done = self.mailtool("serve", "--listen-public", *PASSWORDS, "--imap", "0.0.0.0:0", "--tls", "off", "-n", status=64)
        self.assertEqual(done, "")
        server = self.serve("--listen-public", *PASSWORDS, "--imap", "0.0.0.0:0", "--smtp", "0.0.0.0:0")
        host, port = address(server, "imap")
        self.assertNotEqual(host, "0.0.0.0")
        self.assertEqual(server["host"], host)
        # Its certificate proves the address that was told.
        self.mailtool("imap", f"imap://bob@{host}:{port}", "--tls-ca", server["ca"], "--password-from", "env:PW", "list")


if __name__ == "__main__":
    unittest.main()
