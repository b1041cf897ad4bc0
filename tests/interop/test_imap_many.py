"""mailtool imap on a folder of 100,000 messages."""

import json
import os
import unittest

from imap_support import DovecotImapTest, letter, separated

MANY = 100_000
# Sanitizers keep what was freed.
MEGABYTES = 64 if os.environ.get("MAILTOOL_SANITIZE", "OFF") in ("", "OFF") else 6400


class Many(DovecotImapTest):
    settings = "mail_location = mdbox:~/mdbox"

    def lean(self, *words):
        """Runs within the memory that a small machine has to spare, whatever the number of messages."""
        out, peak = self.measured(*words)
        self.assertLess(peak, MEGABYTES, words)
        return out

    def summary(self, *arguments):
        return json.loads(self.lean(*arguments, "--json").splitlines()[-1])

    def test_100_000_messages(self):
        box = self.folder / "mbox"
        numbers = range(1, MANY + 1)
        box.write_bytes(separated(letter(number, sender=f"a{number % 50}@crepes.example") for number in numbers))
        self.lean("append", "INBOX", box)
        box.unlink()
        self.assertEqual(int(self.lean("search", "--count")), MANY)

        found = self.lean("search", "from:a7@").decode().splitlines()
        self.assertRegex(found[0], "n=2000$")
        self.assertEqual(",".join(found[1:-1]), ",".join(map(str, range(7, MANY, 50))))
        self.assertEqual(found[-1], "#end n=2000")

        *rows, summary = map(json.loads, self.lean("list", "--json").splitlines())
        self.assertEqual([row["uid"] for row in rows], list(numbers))
        self.assertEqual([row["subject"] for row in rows], [f"Lunch {number}" for number in numbers])
        self.assertEqual([row for row in rows if row["warnings"]], [])
        self.assertEqual(summary["exit"], 0)

        # By the server, and here, where attachments leave a doubt.
        for query in ("", "-has:attachment"):
            *rows, _ = map(json.loads, self.lean("list", "--thread", "--json", "--limit", "2", "--", query).splitlines())
            self.assertEqual([(row["uid"], row["depth"]) for row in rows], [(MANY - 1, 0), (MANY, 0)], query)

        self.lean("flag", "+flagged", "+$Seen-it", "1:*")
        self.assertEqual(self.count("is:flagged kw:$Seen-it"), MANY)
        summary = self.summary("flag", "-flagged", "is:flagged")
        self.assertEqual((summary["matched"], self.count("is:flagged")), (MANY, 0))

        # Far apart, so that the set is too long for a line.
        sparse = "(from:a1@ or from:a11@ or from:a21@ or from:a31@ or from:a41@)"
        summary = self.summary("move", sparse, "--to", "Far", "--create", "--expect", "10000")
        self.assertEqual((summary["changed"], len(summary["uids"])), (10_000, 10_000))
        self.assertEqual((self.count(), self.count(sparse), self.count(folder="Far")), (MANY - 10_000, 0, 10_000))
        summary = self.summary("delete", "--permanent", "1:*", "-f", "Far")
        self.assertEqual((summary["changed"], self.count(folder="Far"), self.count()), (10_000, 0, MANY - 10_000))


if __name__ == "__main__":
    unittest.main()
