"""mailtool imap against Dovecot."""

import pathlib

from support import MECHANISMS, LabTest, message


class Imap(LabTest):
    def test_folders(self):
        done = self.imap("folders")
        self.assertIn("INBOX", done.out.split())
        self.imap("folder", "create", "Grüße/Später")
        names = [o["name"] for o in self.objects(self.imap("folders", "--json")) if o["type"] == "folder"]
        self.assertIn("Grüße/Später", names)
        roles = {o["role"] for o in self.objects(self.imap("folders", "--json")) if o["type"] == "folder"}
        self.assertTrue({"trash", "sent", "drafts", "junk", "archive"} <= roles, roles)

    def test_compressed(self):
        self.deliver(count=20, text="Noon?\n" * 5000)
        log = f"{self.home}/log"
        wanted = [self.imap(*words) for words in (["list"], ["get", "7"], ["folders", "--status"])]
        for words, plain in zip((["list"], ["get", "7"], ["folders", "--status"]), wanted):
            done = self.imap(*words, "--compress", "always", "--transcript", log)
            self.assertEqual(done.out, plain.out)
            said = pathlib.Path(log).read_text()
            self.assertRegex(said, r"(?s)C: A\d+ COMPRESS DEFLATE\nS: A\d+ OK .*\nC: A\d+ LOGOUT\n")
        self.imap("get", "1:*", "-o", f"{self.home}/got", "--compress", "always")
        self.imap("append", "Copied", f"{self.home}/got/INBOX-7.eml", "--create", "--compress", "always")
        self.assertEqual(self.imap("get", "1", "-f", "Copied").stdout, wanted[1].stdout)

    def test_search_pipes_into_move(self):
        self.deliver("Keep")
        self.deliver("Move", count=3)
        found = self.imap("search", "subject:Move")
        self.assertRegex(found.out, r'^#mailtool-uids v1 folder="INBOX" uidvalidity=\d+ n=3\n'
                                    r"2:4\n#end n=3\n$")
        self.imap("move", "-", "--to", "Lunch", "--create", input=found.out)
        self.assertEqual(self.imap("search", "--count").out.strip(), "1")
        self.assertEqual(self.imap("search", "--count", "-f", "Lunch").out.strip(), "3")

    def test_a_truncated_set_changes_nothing(self):
        self.deliver(count=3)
        found = self.imap("search").out
        for cut in (found.rsplit("#end", 1)[0], found.replace("n=3", "n=4"),
                    found.replace("uidvalidity=", "uidvalidity=9")):
            with self.subTest(cut):
                self.imap("move", "-", "--to", "@trash", input=cut, status=65)
        self.assertEqual(self.imap("search", "--count").out.strip(), "3")

    def test_expect(self):
        self.deliver(count=3)
        done = self.imap("move", "1:*", "--to", "@archive", "--expect", "2", "--json", status=65)
        self.assertIn("3 messages found", done.err)
        summary = self.objects(done)[-1]
        self.assertEqual((summary["matched"], summary["changed"], summary["folder"]), (3, 0, "INBOX"))
        none = self.imap("search", "subject:none").out
        done = self.imap("move", "-", "--to", "@archive", "--expect", "2", "--json", input=none, status=65)
        self.assertEqual(self.objects(done)[-1]["matched"], 0)
        self.assertEqual(self.imap("search", "--count").out.strip(), "3")
        self.imap("move", "1:*", "--to", "@archive", "--expect", "1..3")
        self.assertEqual(self.imap("search", "--count", "-f", "@archive").out.strip(), "3")

    def test_no_message_that_nobody_named_is_changed(self):
        self.deliver(text="on 10-12, 1 2, and 0 more\n")
        for what in ("0", "10-12", "1 2", "1, 2", ":", ",", '""', "() or from:x", 'header:From=""'):
            with self.subTest(what):
                self.imap("delete", "--", what, status=64)
                self.assertEqual(self.imap("search", "--count").out, "1\n")
        self.assertIn("uid:1 ", self.imap("search", "1", status=64).err)
        self.assertIn("uid:2,4:9 ", self.imap("list", "10-12", status=64).err)
        self.assertEqual(self.imap("search", "--count", "text:10-12").out, "1\n")
        self.assertEqual(self.imap("search", "--count", '"10-12"').out, "1\n")

    def test_no_keyword_by_a_typo(self):
        self.deliver()
        for word in ("+sen", "+read", "-unread", "+\\Recent", "+\\Junk", "++seen"):
            with self.subTest(word):
                self.imap("flag", word, "1", status=64)
        for word in ("+seen", "Recent", "flaged"):
            with self.subTest(word):
                self.imap("append", "INBOX", "--flag", word, input="Subject: a\n\n", status=64)
        self.imap("flag", "+kw:sen", "1")
        self.assertEqual(self.imap("search", "--count", "kw:sen").out, "1\n")

    def test_flags(self):
        self.deliver(count=2)
        self.imap("flag", "+seen", "+$Junk", "1")
        self.assertEqual(self.imap("search", "is:unread").out.splitlines()[1], "2")
        self.assertEqual(self.imap("search", "kw:$Junk").out.splitlines()[1], "1")
        self.imap("flag", "-seen", "1:*")
        self.assertEqual(self.imap("search", "--count", "is:unread").out.strip(), "2")

    def test_get_does_not_mark_as_read(self):
        self.deliver("Grüße", text="Hallo Ü\n")
        done = self.imap("get", "1")
        self.assertTrue(done.out.endswith("\nHallo Ü\n"))
        self.assertNotIn("\r", done.out)
        self.assertEqual(self.imap("search", "--count", "is:unread").out.strip(), "1")
        self.assertEqual(self.imap("get", "1", "--bytes", "0:4").out, done.out[:4])

    def test_list(self):
        self.deliver("Crêpes at noon")
        row = self.objects(self.imap("list", "--json"))[0]
        self.assertEqual(row["subject"], "Crêpes at noon")
        self.assertEqual(row["from"][0]["address"], "alice@crepes.fr")

    def test_queries(self):
        self.deliver("Crêpes")
        self.deliver("Hamburgers")
        for query, uids in (("subject:Crêpes", "1"), ("not subject:Crêpes", "2"),
                            ("-subject:Hamburgers", "1"),
                            ("(subject:Crêpes or subject:Hamburgers)", "1:2"),
                            ("from:alice subject:Ham", "2"), ("larger:1M", None)):
            with self.subTest(query):
                lines = self.imap("search", "--", query).out.splitlines()
                self.assertEqual(lines[1] if len(lines) > 2 else None, uids)

    def test_starttls_and_every_mechanism(self):
        for mechanism in MECHANISMS:
            with self.subTest(mechanism):
                self.imap("folders", "--auth", mechanism, scheme="imap")

    def test_no_such_folder_is_66(self):
        done = self.imap("search", "-f", "Nowhere", status=66)
        self.assertIn("Nowhere", done.err)

    def test_dry_run_moves_nothing(self):
        self.deliver()
        done = self.imap("-n", "move", "1", "--to", "@trash")
        self.assertIn("would", done.out)
        self.assertEqual(self.imap("search", "--count").out.strip(), "1")

    def test_exit_code_of_a_search(self):
        self.imap("search", "--exit-code", "subject:none", status=1)
