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


class Names(FetchTest):
    def test_an_id_used_again_for_a_message_of_the_same_header(self):
        first, second = report(b"21.5\r\n"), report(b"The contract, of another length.\r\n")
        for kind in KINDS:
            with self.subTest(kind), Pop3Server([first]) as server, FetchHome(kind) as home:
                self.fetch(home, server, "--keep")
                server.maildrop = [second]
                self.fetch(home, server, "--delete")
                self.holds(home, [first, second])
                second.deleted = False

    def test_a_shared_id_in_another_order(self):
        """Some headers tell the two apart, some do not: then both are fetched."""
        for kind in KINDS:
            for names in ((b"a", b"b"), (b"", b"")):
                old, new = report(b"AAAA\r\n", name=names[0]), report(b"BBBB\r\n", name=names[1])
                with self.subTest(f"{kind} {names}"), Pop3Server([old]) as server, FetchHome(kind) as home:
                    self.fetch(home, server)
                    server.maildrop = [new, old]
                    self.fetch(home, server, "--delete")
                    recognised = names[0] or kind in ("maildir", "dir")
                    self.holds(home, [old, new], twice=0 if recognised else 1)
                    self.assertEqual(server.left(), [])

    def test_which_of_two_was_adopted_is_not_known(self):
        old, new = report(b"AAAA\r\n", name=b"a"), report(b"BBBB\r\n", name=b"b")
        with Pop3Server([old]) as server, FetchHome() as home:
            self.fetch(home, server)
            server.maildrop = [old, new]
            self.fetch(home, server, "--adopt")
            server.maildrop = [new, old]
            for _ in range(2):
                self.fetch(home, server, "--delete")
            self.assertEqual(server.times("DELE"), 0)
            self.holds(home, [old])

    def test_sizes_that_are_never_told(self):
        """LIST is refused: what is known by its header goes, and what only may be known stays."""
        for name, dele in ((b"a", 1), (b"", 0)):
            old = report(b"21.5\r\n", name=name)
            with self.subTest(name), Pop3Server([old], {"LIST": "-ERR broken"}) as server, FetchHome() as home:
                self.fetch(home, server, "--keep")
                self.fetch(home, server, "--delete")
                self.assertEqual((server.times("RETR"), server.times("DELE")), (1, dele))
                new = report(b"The contract.\r\n", name=b"new")
                server.maildrop = [new]
                self.fetch(home, server, "--delete")
                self.holds(home, [old, new])

    def test_a_device_is_no_reset(self):
        """New messages of the same header and sizes: --rebase takes them for known at most, and deletes none."""
        with Pop3Server([report(b"old %d\r\n" % n, f"old-{n}") for n in range(4)]) as server, FetchHome() as home:
            old = server.maildrop
            self.fetch(home, server)
            server.maildrop = [report(b"new %d\r\n" % n, f"new-{n}") for n in range(4)]
            self.assertEqual(home.fetch(server, "--rebase").status, 0)
            self.fetch(home, server, "--delete")
            self.assertEqual(server.times("DELE"), 0)
            self.holds(home, old)
        with Pop3Server(old) as server, FetchHome() as home:
            self.fetch(home, server)
            server.maildrop = [report(b"new %d\r\n" % n, f"new-{n}") for n in range(4)]
            self.fetch(home, server)
            self.holds(home, old + server.maildrop)


if __name__ == "__main__":
    unittest.main()
