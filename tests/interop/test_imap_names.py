"""Every verb of mailtool imap on folders whose names are awkward in IMAP, in a shell or on a pipe."""

import re
import unittest

from imap_support import DovecotImapTest, letter

NAMES = [
    "한국어 편지함", "받은 것/오늘 것", "a \"quoted\" one", "100% sure", "5 * 5", " blanks  within ", "back\\slash", "R&D",
    "Grüße & Küsse", "-dash", "--to", "@home", "til~de", "{3}", "{3+}", "(list)", "NIL", "a]b[c", "日本語/📬 box",
    "#end n=0", "x=\"y\" n=1", "Mail/INBOX", "+flag", "'single'", "semi;colon", "a.b", "Ünïcödé-&-", "very " * 30 + "long"]


class Names(DovecotImapTest):
    settings, users = "mail_location = mdbox:~/mdbox", len(NAMES)

    def names(self, *options):
        rows = self.imap("folders", "--json", *options).objects()
        return {row["name"]: row for row in rows if row["type"] == "folder"}

    def in_every_verb(self, name):
        before = set(self.names())
        self.imap("folder", "create", "--", name)
        self.imap("folder", "subscribe", "--", name)
        self.assertTrue(self.names()[name]["subscribed"])
        self.imap("append", "--", name, input=letter(1))
        self.imap("append", "--", "INBOX", input=letter(2))
        self.imap("move", "1", f"--to={name}")
        status, _ = self.imap("folder", "status", "--json", "--", name).objects()
        self.assertEqual((status["name"], status["messages"], status["unseen"]), (name, 2, 2))
        self.assertEqual(self.names("--status")[name]["messages"], 2)
        here = f"--folder={name}"
        rows = self.imap("list", "--json", here).objects()[:-1]
        self.assertEqual([(row["folder"], row["subject"]) for row in rows], [(name, "Lunch 1"), (name, "Lunch 2")])
        self.assertIn("Subject: Lunch 2\n", self.imap("get", "2", here).out)
        # On a pipe the name has to come through.
        found = self.imap("search", "subject:Lunch", here).out
        self.imap("flag", "+flagged", "-", input=found.encode())
        self.assertEqual(self.imap("search", "--count", "is:flagged", here).out, "2\n")
        summary = self.imap("copy", "-", "--to=INBOX", "--json", input=found.encode()).objects()[-1]
        self.assertEqual((summary["folder"], summary["changed"]), (name, 2))
        self.imap("delete", "--permanent", "2", here)
        self.assertIn("would move 1 message", self.imap("move", "1:*", "--to=INBOX", "-n", here).out)
        self.imap("move", "1", here, f"--to={name}/더 깊이", "--create")
        rows = self.imap("search", "--all-folders", "--json", "subject:Lunch").objects()[:-1]
        self.assertEqual(sorted(row["folder"] for row in rows), sorted(["INBOX", "INBOX", f"{name}/더 깊이"]))
        self.imap("folder", "rename", "--", name, f"{name}, 2")
        self.assertIn(f"{name}, 2/더 깊이", self.names())
        self.imap("folder", "unsubscribe", "--", name)
        self.imap("folder", "delete", "--", f"{name}, 2/더 깊이", f"{name}, 2")
        above = {name.rpartition("/")[0]} - {""}
        self.assertEqual(set(self.names()) - above, before)  # what was made above it may stay

    def test_every_verb(self):
        for name in NAMES:
            with self.subTest(name):
                self.in_every_verb(name)
            self.user = next(self.unused, self.user)

    def test_names_that_no_server_takes(self):
        for name in ("two\r\nlines", "two\nlines"):
            self.imap("folder", "create", name, status=64)
            self.imap("search", "-f", name, status=64)
            self.imap("move", "1", "--to", name, status=64)
        self.imap("search", "-f", "", status=64)


class NoPrefix(DovecotImapTest):
    """Where there is none (test_imap_prefix.py), names cost nothing."""

    def commands(self, *words, status=0):
        log = self.folder / "log"
        self.imap(*words, "--transcript", log, status=status)
        return re.findall(r"^C: A\d+ (\S+(?: \S+)?)", log.read_text(), re.M)

    def test_no_question(self):
        self.imap("folder", "create", "Work")
        for words in (["search", "-f", "Work"], ["folder", "status", "Work"], ["list", "-f", "Archive"],
                      ["move", "from:nobody", "-f", "Work", "--to", "Archive"]):
            self.assertNotIn("NAMESPACE", self.commands(*words))

    def test_asked_once_where_a_folder_is_missing(self):
        commands = self.commands("search", "-f", "None", "-f", "Nothing", status=66)
        self.assertEqual(commands.count("NAMESPACE"), 1)
        self.assertFalse([one for one in commands if one.startswith("LIST")])


if __name__ == "__main__":
    unittest.main()
