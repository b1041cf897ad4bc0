"""What a `mailtool serve` tells senders of their messages."""

import smtplib
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


if __name__ == "__main__":
    unittest.main()
