"""mailtool fetch from Dovecot into each destination, and into several at once."""

import mailbox
import unittest

from fetch_support import DovecotTest, letter


class Destinations(DovecotTest):
    lmtp = True

    def test_all_at_once(self):
        """Deleted only once each has it."""
        self.fill(letter(1, "From here\n.\n..\nlast line\n"), letter(2))
        program = self.home / "take"
        program.write_text(f"#!/bin/sh\ncat > {self.home}/piped-$MAILTOOL_UID\n")
        program.chmod(0o755)
        other = next(self.unused)
        self.fetch("--delete", *self.to(), "--to", f"mbox:{self.home}/mbox", "--to", f"dir:{self.home}/files", "--to",
                   f"pipe:{program}", "--to", f"lmtp:{self.server.lmtp}", "--rcpt", f"{other}@example.org")
        self.assertEqual(self.left(), 0)
        wanted = sorted([letter(1, "From here\n.\n..\nlast line\n"), letter(2)])
        self.assertEqual(sorted(path.read_bytes() for path in (self.home / "Mail/new").iterdir()), wanted)
        self.assertEqual(sorted(path.read_bytes() for path in (self.home / "files").iterdir()), wanted)
        self.assertEqual(sorted(path.read_bytes() for path in self.home.glob("piped-*")), wanted)
        mbox = mailbox.mbox(self.home / "mbox")
        self.assertEqual([message["Subject"] for message in mbox], ["Lunch 1", "Lunch 2"])
        delivered = self.server.messages(other)
        self.assertEqual(len(delivered), 2)
        for path in delivered:
            self.assertTrue(path.read_bytes().endswith(tuple(wanted)))

    def test_an_lmtp_server_that_does_not_know_the_recipient(self):
        self.fill_letters(1)
        self.fetch("--delete", "--to", f"lmtp:{self.server.lmtp}", "--rcpt", "nobody@example.org", status=74)
        self.assertEqual(self.left(), 1)

    def test_two_thousand_into_three_destinations(self):
        self.fill_letters(2000)
        to = [*self.to(), "--to", f"mbox:{self.home}/mbox", "--to", f"dir:{self.home}/files"]
        self.assertEqual(self.counts(*to)["fetched"], 2000)
        self.assertEqual(self.counts(*to)["fetched"], 0)
        self.assertEqual(self.counts("--delete", *to)["deleted"], 2000)
        self.assertEqual((self.delivered(), self.left()), (list(range(1, 2001)), 0))
        self.assertEqual(len(list((self.home / "files").iterdir())), 2000)
        self.assertEqual((self.home / "mbox").read_bytes().count(b"\nSubject: Lunch "), 2000)


if __name__ == "__main__":
    unittest.main()
