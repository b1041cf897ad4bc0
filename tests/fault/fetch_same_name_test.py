"""fetch where names mislead: unique-ids used again, shared, or listed in another order, headers that are those of many
messages, and sizes that are not told. Nothing is deleted that was not fetched, and nothing is taken for delivered that
is another message."""

import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import unittest

from fetch_home import KINDS, FetchHome, FetchTest
from scripted_pop3 import Mail, Pop3Server

HEADER = b"From: sensor@device\r\nTo: me@example.org\r\nSubject: Report\r\n"


def report(body, uid="1", name=b""):
    """Of a device that writes the same header each time, with a Message-ID where one is named."""
    return Mail(HEADER + (b"Message-ID: <" + name + b"@device>\r\n" if name else b"") + b"\r\n" + body, uid)


class Content(FetchTest):
    def test_another_message_of_the_same_header_size_and_id_is_not_recognised(self):
        """After the journal has forgotten the first one, which is deleted; without and with a Message-ID."""
        for kind in KINDS:
            for name in (b"", b"always-the-same"):
                first, second = report(b"21.5\r\n", name=name), report(b"99.9\r\n", name=name)
                with self.subTest(f"{kind} {name}"), Pop3Server([first]) as server, FetchHome(kind) as home:
                    self.fetch(home, server, "--delete")
                    server.maildrop = [second]
                    self.fetch(home, server, "--delete")
                    self.holds(home, [first, second])
                    self.assertEqual(server.left(), [])

    def test_the_same_message_is_recognised(self):
        """A control: delivered, and not known to the journal, as a crash leaves it."""
        for kind in ("maildir", "dir"):
            for name in (b"", b"one"):
                mail = report(b"21.5\r\n", name=name)
                with self.subTest(f"{kind} {name}"), Pop3Server([mail]) as server, FetchHome(kind) as home:
                    self.fetch(home, server)
                    shutil.rmtree(home.state)
                    self.fetch(home, server)
                    self.assertEqual(server.times("RETR"), 2)
                    self.holds(home, [mail])

    def test_an_empty_answer_where_sizes_are_not_told_is_no_message(self):
        mail = report(b"21.5\r\n")
        with Pop3Server([mail], {"LIST": "-ERR broken", "RETR": "+OK\n."}) as server, FetchHome() as home:
            self.fetch(home, server, "--delete", status=75)
            self.assertEqual((home.messages(), server.times("DELE")), ([], 0))
            server.replies = {}
            self.fetch(home, server, "--delete")
            self.holds(home, [mail])


if __name__ == "__main__":
    unittest.main()
