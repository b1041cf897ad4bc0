"""mailtool fetch against Dovecot: what --keep, --delete and their kin leave behind, and a maildrop that changes while
it is read."""

import threading
import unittest

from fetch_support import DovecotTest, letter


class Retention(DovecotTest):
    def test_all_brings_what_is_known(self):
        self.fill_letters(2)
        self.fetch(*self.to())
        self.assertEqual(self.counts("--all", *self.to("Again"))["fetched"], 2)
        self.assertEqual(self.delivered("Again"), [1, 2])

    def test_adopted_messages_are_neither_fetched_nor_deleted(self):
        self.fill_letters(3)
        self.assertEqual(self.counts("--adopt", *self.to())["adopted"], 3)
        self.fill_letters(1, first=4)
        counts = self.counts("--delete", *self.to())
        self.assertEqual((counts["fetched"], counts["deleted"]), (1, 1))
        self.assertEqual((self.delivered(), self.left()), ([4], 3))

    def test_list_and_dry_run_change_nothing(self):
        self.fill_letters(3)
        for option in ("--list", "--dry-run"):
            run = self.fetch(option, "--delete", *self.to())
            self.assertEqual(len(run.out.splitlines()), 3, run)
            self.assertFalse((self.home / "Mail").exists())
        self.assertEqual(self.left(), 3)
        self.assertEqual(self.counts("--delete", *self.to())["fetched"], 3)

    def test_limit_and_max_size(self):
        self.fill(letter(1), letter(2, "x" * 70 + "\n" * 5000), letter(3), letter(4))
        counts = self.counts("--delete", "--limit", 2, "--max-size", "3k", *self.to())
        self.assertEqual((counts["fetched"], counts["deleted"]), (2, 2))
        self.assertEqual((self.delivered(), self.left()), ([1, 3], 2))

    def test_the_last_are_kept(self):
        self.fill_letters(5)
        counts = self.counts("--keep-last", 2, *self.to())
        self.assertEqual((counts["fetched"], counts["deleted"]), (5, 3))
        self.assertEqual((self.delivered(), self.left()), ([1, 2, 3, 4, 5], 2))

    def test_what_was_seen_long_ago_is_deleted(self):
        self.fill_letters(2)
        self.fetch("--delete-after", "30d", *self.to())
        self.assertEqual(self.left(), 2)
        self.assertEqual(self.counts("--delete-after", "0s", *self.to())["deleted"], 2)
        self.assertEqual((self.delivered(), self.left()), ([1, 2], 0))

    def test_headers_only(self):
        self.fill_letters(2)
        self.assertEqual(self.counts("--headers-only", *self.to("Headers"))["fetched"], 2)
        for path in (self.home / "Headers/new").iterdir():
            self.assertTrue(path.read_bytes().endswith(b"@example.com>\n\n"), path.read_bytes())
        self.assertEqual(self.counts("--headers-only", *self.to("Headers"))["fetched"], 0)
        self.assertEqual(self.counts("--delete", *self.to("Headers"))["fetched"], 2)


class Changing(DovecotTest):
    def test_another_program_deletes_meanwhile(self):
        """What is still there is brought, each once; what vanished is a failure for later, and then nothing."""
        count, gone = 400, set(range(300, 400, 2))
        self.fill(*(letter(number, "x" * 70 + "\n" * 3000) for number in range(count)))
        started, ended = threading.Event(), threading.Event()

        def remove():
            while not any((self.home / "Mail" / name).exists() and any((self.home / "Mail" / name).iterdir())
                          for name in ("tmp", "new")):
                if ended.wait(0.001):
                    return
            # Now, since a server may have given them other names.
            for path in self.server.messages(self.user):
                if int(path.name.split(".")[0]) - 1_700_000_001 in gone:
                    path.unlink(missing_ok=True)
            started.set()

        thread = threading.Thread(target=remove)
        thread.start()
        run = self.mailtool("fetch", self.url, "--tls-ca", self.authority.path, "--password-from", "env:PW", "--state",
                            self.home / "state", *self.to(), "--delete")
        ended.set()
        thread.join()
        self.assertTrue(started.is_set())
        self.assertIn(run.status, (0, 75), run)
        for _ in range(3):
            run = self.mailtool("fetch", self.url, "--tls-ca", self.authority.path, "--password-from", "env:PW",
                                "--state", self.home / "state", *self.to(), "--delete")
            self.assertIn(run.status, (0, 75), run)
        self.fetch("--delete", *self.to())
        self.assertEqual(self.left(), 0)
        delivered = self.delivered()
        self.assertEqual(len(delivered), len(set(delivered)))
        self.assertLessEqual(set(range(count)) - gone, set(delivered))


if __name__ == "__main__":
    unittest.main()
