"""How often fetch waits for the server, from the first packet to the last answer, counted on a line that delays."""

import unittest

from fetch_support import DovecotTest

from delay_proxy import DelayProxy

DELAY = 0.02


class RoundTrips(DovecotTest):
    # PLAIN takes one round trip; SCRAM takes two more.
    settings = "auth_mechanisms = plain login"

    def counted(self, line, tls, *options):
        """The summary of a run over `line`, and its round trips: one to connect, and those that the line counts."""
        url = f"pop3{'s' * tls}://{self.user}@127.0.0.1:{line.port}"
        way = ["--auth", "PLAIN"] + ([] if tls else ["--tls", "off", "--allow-cleartext-password"])
        summary = self.counts(*way, *options, *self.to(), url=url)
        for thread in list(line.threads):
            thread.join(timeout=30)
        trips = line.round_trips + line.connections
        line.reset()
        return summary, trips

    def lines(self):
        for tls in (False, True):
            with self.subTest(tls=tls), DelayProxy(self.server.tls_port if tls else self.server.port, DELAY) as line:
                yield tls, line

    def test_any_number_of_messages(self):
        # TCP, TLS, greeting, CAPA, AUTH, STAT+UIDL+LIST, RETR…, DELE…+QUIT
        for tls, line in self.lines():
            for count in (1, 20, 400):
                self.setUp()
                self.fill_letters(count)
                summary, trips = self.counted(line, tls, "--delete")
                self.assertEqual(summary["deleted"], count)
                self.assertLessEqual(trips, 7 + tls)

    def test_a_later_run_does_not_ask_what_the_server_can_do(self):
        for tls, line in self.lines():
            self.setUp()
            for first, count, most in ((1, 1, 7), (2, 50, 6)):
                self.fill_letters(count, first)
                summary, trips = self.counted(line, tls, "--delete")
                self.assertEqual(summary["deleted"], count)
                self.assertLessEqual(trips, most + tls)

    def test_nothing_new(self):
        # As many less as there is nothing to fetch or to delete.
        for tls, line in self.lines():
            self.setUp()
            self.fill_letters(200)
            self.counted(line, tls)
            summary, trips = self.counted(line, tls)
            self.assertEqual(summary["fetched"], 0)
            self.assertLessEqual(trips, 5 + tls)


if __name__ == "__main__":
    unittest.main()
