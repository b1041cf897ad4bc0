"""What a `mailtool serve` tells senders of their messages."""

import email
import pathlib
import smtplib
import socket
import unittest

from serve_case import Serving, address

HAMBURGER = ("--domain", "hamburger.test", "--user", "bob", "--dns", "127.0.0.1:0")


class Reports(Serving):
    """A server of hamburger.test, by whose name server another one sends, whose domains that does not know."""

    def two(self, *words):
        there = self.serve(*HAMBURGER)
        return there, self.serve("--dns-server", f"127.0.0.1:{there['dns']}", "--mx-port", str(there["smtp"]), *words)

    def hand_in(self, server, sender, to, text="Subject: lunch\r\n\r\nNoon?\r\n", options=()):
        with smtplib.SMTP(*address(server, "submission"), timeout=60) as client:
            client.login("alice", "any")
            self.assertEqual(client.mail(sender, options)[0], 250, sender)
            self.assertEqual(client.rcpt(to)[0], 250, to)
            self.assertEqual(client.data(text)[0], 250)

    def told(self, server, sender, user="alice"):
        """The report on a message for nobody, as that user has it."""
        before = len(self.messages(server, user))
        self.hand_in(server, sender, "nobody@hamburger.test")
        self.wait_for(lambda: len(self.messages(server, user)), before + 1)
        text = self.messages(server, user)[-1]
        self.assertIn("550 5.1.1 no such user", text)
        self.wait_for(lambda: self.queue(server, "list", "--json").count('"queued"'), 0)
        return text


class OwnDomains(Reports):
    """Reports were lost where no name server knew the domain of the sender, though it was ours."""

    def test_the_name_server_need_not_know_them(self):
        _, here = self.two("--domain", "crepes.test", "--domain", "b\u00fccher.test")
        for sender in ("alice@crepes.test", "Alice@CREPES.test", "alice@xn--bcher-kva.test", '"alice"@crepes.test', "alice@localhost"):
            self.told(here, sender)

    def test_a_sender_without_a_domain(self):
        _, here = self.two("--domain", "crepes.test", "--user", "carol", "--user", "alice")
        self.told(here, "postmaster", "carol")

    def test_by_ipv6(self):
        _, here = self.two("--domain", "crepes.test", "--smtp", "[::1]:0")
        self.told(here, "alice@localhost")

    def test_no_relay_without_a_place_for_them(self):
        for words in (("--dns", "127.0.0.1:0"), ("--dns-server", "127.0.0.1:53"), ("--dns", "127.0.0.1:0", "--submission", "off")):
            self.mailtool("serve", "-n", "--smtp", "off", *words, status=64)
        self.mailtool("serve", "-n", "--smtp", "off", "--submission", "off", "--smtps", "off", "--dns", "127.0.0.1:0")


class Names(Reports):
    """Reports had the name of the machine, where all else has that of the server."""

    def test_the_server_goes_by_one_name(self):
        _, here = self.two("--domain", "crepes.test", "--domain", "b.test")
        text = self.told(here, "alice@b.test")
        report = email.message_from_string(text)
        self.assertEqual(report["From"], "Mail Delivery System <MAILER-DAEMON@crepes.test>")
        self.assertRegex(report["Message-ID"], "@crepes.test>$")
        self.assertIn("\r\nReporting-MTA: dns;crepes.test\r\n", text)
        self.assertIn("This is mailtool at crepes.test,", text)
        self.assertNotIn(socket.gethostname() + "\r\n", text)


class Success(Reports):
    """NOTIFY=SUCCESS was taken, and nobody told by anybody that the message is in the mailbox."""

    def delivered(self, server, wanted):
        self.wait_for(lambda: len(self.messages(server, "alice")), wanted)
        text = self.messages(server, "alice")[-1]
        report = email.message_from_string(text)
        self.assertEqual(report.get_content_type(), "multipart/report", text)
        self.assertEqual(report["Return-Path"], "<>")
        _, status, original = report.get_payload()
        message, about = status.get_payload()
        self.assertEqual(about["Action"], "delivered", text)
        self.assertNotIn("Noon?", original.as_string())
        return {**dict(message), **dict(about)}

    def hand_in_for_success(self, server, sender, to):
        with smtplib.SMTP(*address(server, "submission"), timeout=60) as client:
            client.login("alice", "any")
            client.ehlo()
            self.assertEqual(client.mail(sender, ["RET=FULL", "ENVID=lu+2Bnch"])[0], 250)
            self.assertEqual(client.rcpt(to, ["NOTIFY=SUCCESS", "ORCPT=rfc822;" + to])[0], 250)
            self.assertEqual(client.data("Subject: lunch\r\n\r\nNoon?\r\n")[0], 250)

    def test_from_one_to_the_other_on_one_server(self):
        server = self.serve("--domain", "crepes.test", "--user", "alice", "--user", "bob")
        self.hand_in_for_success(server, "alice@crepes.test", "bob@crepes.test")
        # It is there with the acknowledgement.
        self.assertEqual(len(self.messages(server, "alice")), 1)
        told = self.delivered(server, 1)
        self.assertEqual((told["Original-Envelope-Id"], told["Reporting-MTA"], told["Final-Recipient"], told["Original-Recipient"]),
                         ("lu+nch", "dns;crepes.test", "rfc822;bob@crepes.test", "rfc822;bob@crepes.test"))
        self.hand_in_for_success(server, "joe@elsewhere.test", "bob@crepes.test")
        self.hand_in_for_success(server, "", "bob@crepes.test")
        self.assertEqual((len(self.messages(server, "alice")), self.subjects(server)), (1, ["lunch"] * 3))
        self.assertFalse(pathlib.Path(server["root"], "state").exists(), "nothing leaves this machine")

    def test_from_server_to_server(self):
        here = self.serve("--domain", "crepes.test", "--user", "alice", "--dns", "127.0.0.1:0", "--dns-domain", "hamburger.test=127.0.0.1:4")
        there = self.serve("--domain", "hamburger.test", "--user", "bob", "--dns-server", f"127.0.0.1:{here['dns']}", "--mx-port", str(here["smtp"]))
        self.end(here["process"])
        self.servers = 0
        here = self.serve("--domain", "crepes.test", "--user", "alice", "--dns", f"127.0.0.1:{here['dns']}",
                          "--smtp", f"127.0.0.1:{here['smtp']}", "--dns-domain", f"hamburger.test=127.0.0.1:{there['smtp']}")
        self.hand_in_for_success(here, "alice@crepes.test", "bob@hamburger.test")
        told = self.delivered(here, 1)
        self.assertEqual((told["Reporting-MTA"], told["Original-Envelope-Id"]), ("dns;hamburger.test", "lu+nch"))
        self.assertEqual(self.subjects(there), ["lunch"])
        for server in (here, there):
            self.wait_for(lambda server=server: self.queue(server, "list", "--json").count('"queued"'), 0)
        self.assertEqual(len(self.messages(here, "alice")), 1)


if __name__ == "__main__":
    unittest.main()
