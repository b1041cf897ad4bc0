"""How often fetch waits for a far server: as often for five thousand messages as for a hundred."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import unittest

from certificates import Authority
from delay_proxy import DelayProxy
from fetch_home import FetchHome, FetchTest
from scripted_pop3 import CAPA, Pop3Server, mails

DELAY = 0.03  # seconds, one way: far more than a run needs for its own work between two flights
COUNTS = (100, 1000, 5000)


class RoundTrips(FetchTest):
    def trips(self, line, home, *arguments, **more):
        """Those of one run."""
        line.reset()
        self.fetch(home, line, *arguments, **more)
        for thread in line.threads:
            thread.join()
        return line.round_trips

    def two_runs(self, count, *arguments, **more):
        server_side = {name: more.pop(name) for name in ("certificate", "tls_mode") if name in more}
        with Pop3Server(mails(count), tls=server_side.get("tls_mode"), certificate=server_side.get("certificate")) \
                as server, FetchHome() as home, DelayProxy(server.port, DELAY) as line:
            first = self.trips(line, home, *arguments, **more)
            self.assertEqual(len(home.messages()), count)
            self.assertEqual(server.left() == [], "--delete" in arguments)
            return first, self.trips(line, home, *arguments, **more)

    def test_a_first_run_and_a_second(self):
        """Greeting, CAPA, login, listings, messages, deletions and farewell. Later CAPA is known, and where nothing is
        new nothing is asked for. Five thousand commands are more than one flight may hold, lest it blocks: the second
        goes out while the answers to the first come in."""
        for mode, counts in (("--delete", COUNTS), ("--keep", COUNTS[:2])):
            found = {count: self.two_runs(count, mode) for count in counts}
            with self.subTest(mode):
                for count, (first, second) in found.items():
                    self.assertLessEqual(first, 7 if count > 4096 else 6, found)
                    self.assertLessEqual(second, 4, found)
                self.assertEqual(found[100], found[1000])

    def test_over_tls(self):
        authority = Authority(self.folder / "authority")
        first, second = self.two_runs(100, "--delete", "--tls-ca", authority.path, scheme="pop3s", tls=True,
                                      tls_mode="implicit", certificate=authority.certificate())
        self.assertLessEqual(first, 7)
        self.assertLessEqual(second, 5)

    def test_what_is_counted(self):
        """A server that must be asked for one thing at a time, and with it a client that waits."""
        capa = [word for word in CAPA if word != "PIPELINING"]
        with Pop3Server(mails(20), discards=True, capa=capa) as server, FetchHome() as home:
            with DelayProxy(server.port, DELAY) as line:
                self.assertGreater(self.trips(line, home, "--delete", "--timeout", "3s"), 40)


if __name__ == "__main__":
    unittest.main()
