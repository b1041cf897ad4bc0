"""mailtool fetch against popa3d and mpopd."""

import time
import unittest

from fetch_support import SECRET, FetchTest, letter
from other_pop3 import Mpopd, Popa3d

IN_CLEAR = ("--tls", "off", "--allow-cleartext-password")


class OldServer(FetchTest):
    """popa3d: no CAPA, so nothing is known to be there; equal headers have equal unique-ids."""

    def setUp(self):
        super().setUp()
        server = Popa3d(self.folder / f"root-{self.home.name}", {"bob": SECRET})
        self.addCleanup(server.close)
        self.server, self.url = server, f"pop3://bob@127.0.0.1:{server.port}"

    def run_counts(self, *options):
        return self.counts(self.url, *IN_CLEAR, *options, *self.to())

    def test_keep_then_delete(self):
        self.server.fill("bob", map(letter, range(1, 4)))
        self.assertEqual(self.run_counts()["fetched"], 3)
        self.server.fill("bob", [letter(4)])
        self.assertEqual(self.run_counts()["fetched"], 1)
        counts = self.run_counts("--delete")
        self.assertEqual((counts["fetched"], counts["deleted"]), (0, 4))
        self.assertEqual(self.delivered(), [1, 2, 3, 4])
        self.assertEqual((self.server.spool / "bob").stat().st_size, 0)

    def test_messages_with_one_id(self):
        same = b"Subject: Lunch 7\n\n"
        self.server.fill("bob", [same + b"Noon?\n", same + b"Later?\n", same + b"Or not?\n"])
        self.assertEqual(self.run_counts()["fetched"], 3)
        self.assertEqual(self.run_counts()["fetched"], 0)
        self.assertEqual(self.run_counts("--delete")["deleted"], 3)
        self.assertEqual(self.delivered(), [7, 7, 7])

    def test_many(self):
        self.server.fill("bob", (letter(number, "x" * number + "\n") for number in range(300)))
        self.assertEqual(self.run_counts("--delete")["deleted"], 300)
        self.assertEqual(self.delivered(), list(range(300)))

    def test_octets_are_those_that_were_sent(self):
        text = "Grüße\n.\n..dot\n" + "w" * 900 + "\n\n"
        self.server.fill("bob", [letter(1, text)])
        self.run_counts()
        (file,) = (self.home / "Mail/new").iterdir()
        self.assertEqual(file.read_bytes(), letter(1, text))

    def test_refusals(self):
        self.fetch(self.url, *IN_CLEAR, *self.to(), env={"PW": "wrong"}, status=77)
        self.assertIn("TLS", self.fetch(self.url, *self.to(), status=69).err)


class SmallServer(FetchTest):
    """mpopd: no TOP, no pipelining, and LIST counts LF where RETR brings CRLF."""

    def setUp(self):
        super().setUp()
        self.server = Mpopd(self.folder / f"mpopd-{self.home.name}", "bob", SECRET)
        self.addCleanup(self.server.close)
        self.url = f"pop3://bob@127.0.0.1:{self.server.port}"

    def run_counts(self, *options):
        return self.counts(self.url, *IN_CLEAR, *options, *self.to())

    def left(self):
        """What the server has kept; it says that all is gone before it begins to remove."""
        deadline = time.monotonic() + 20
        while True:
            count = sum(len(list((self.server.maildrop / name).iterdir())) for name in ("cur", "new"))
            if count == 0 or time.monotonic() > deadline:
                return count
            time.sleep(0.01)

    def test_keep_then_delete(self):
        self.server.fill(map(letter, range(1, 4)))
        self.assertEqual(self.run_counts()["fetched"], 3)
        self.server.fill([letter(4)], first=4)
        self.assertEqual(self.run_counts()["fetched"], 1)
        counts = self.run_counts("--delete")
        self.assertEqual((counts["fetched"], counts["deleted"]), (0, 4))
        self.assertEqual((self.delivered(), self.left()), ([1, 2, 3, 4], 0))

    def test_many(self):
        self.server.fill(letter(number, "x" * number + "\n") for number in range(300))
        self.assertEqual(self.run_counts("--delete")["deleted"], 300)
        self.assertEqual((self.delivered(), self.left()), (list(range(300)), 0))

    def test_a_wrong_password(self):
        self.fetch(self.url, *IN_CLEAR, *self.to(), env={"PW": "wrong"}, status=77)


if __name__ == "__main__":
    unittest.main()
