"""mailtool imap append against Dovecot."""

import mailbox

from support import LabTest, message


class Append(LabTest):
    def count(self, folder="INBOX"):
        return int(self.imap("search", "--count", "-f", folder).out)

    def subjects(self, folder="INBOX"):
        return [o["subject"] for o in self.objects(self.imap("list", "-f", folder, "--json"))
                if o["type"] == "message"]

    def test_stdin_comes_back_as_it_went(self):
        text = message("Grüße", "Hallo Ü\n>From me\n")
        done = self.imap("append", "@drafts", "--flag", "draft", "--flag", "$Work", "--date",
                         "2026-11-20T08:30Z", "--json", input=text)
        row, summary = self.objects(done)
        self.assertEqual((row["type"], row["uid"], row["source"]), ("message", 1, "stdin"))
        self.assertEqual(row["size"], len(text.replace("\n", "\r\n").encode()))
        self.assertEqual(summary, {"type": "summary", "exit": 0, "appended": 1, "failed": 0,
                                   "folder": "@drafts"})
        self.assertEqual(self.imap("get", "-f", "@drafts", "1").out, text)
        for query in ("is:draft kw:$Work", "on:2026-11-20"):
            self.assertEqual(self.imap("search", "--count", "-f", "@drafts", query).out, "1\n")

    def test_mbox_and_maildir(self):
        box = mailbox.mbox(self.home / "mbox")
        for number in range(250):
            box.add(message(f"Box {number}", "From the start\n" * 2).encode())
        box.close()
        folder = mailbox.Maildir(self.home / "maildir")
        one = mailbox.MaildirMessage(message("Flagged"))
        one.set_subdir("cur")
        one.set_flags("FS")
        folder.add(one)
        folder.add(message("New"))
        self.imap("append", "INBOX", self.home / "mbox", self.home / "maildir")
        self.assertEqual(self.count(), 252)
        self.assertEqual(self.subjects()[:3], ["Box 0", "Box 1", "Box 2"])
        for number in (1, 250):
            self.assertEqual(self.imap("get", str(number)).out,
                             message(f"Box {number - 1}", "From the start\n" * 2))
        self.assertIn("\nFrom the start\n", self.imap("get", "250").out)
        found = self.imap("search", "--count", "is:flagged is:read subject:Flagged")
        self.assertEqual(found.out, "1\n")
        self.assertEqual(self.imap("search", "--count", "is:flagged").out, "1\n")

    def test_a_large_message_streams(self):
        text = message("Large", "x" * 70 + "\n") + "y" * 5_000_000 + "\n"
        self.imap("append", "INBOX", input=text)
        self.assertEqual(self.imap("get", "1").out, text)

    def test_a_missing_folder(self):
        done = self.imap("append", "Nowhere", input=message(), status=66)
        self.assertIn("TRYCREATE", done.err)
        self.assertIn("hint: --create", done.err)
        done = self.imap("append", "Nowhere", "--json", input=message(), status=66)
        self.assertEqual(self.objects(done), [{"type": "summary", "exit": 66, "appended": 0, "failed": 0,
                                               "folder": "Nowhere"}])
        self.imap("append", "Grüße/Später", "--create", input=message())
        self.assertEqual(self.count("Grüße/Später"), 1)

    def test_several_into_a_missing_folder(self):
        box = mailbox.mbox(self.home / "mbox")
        for number in range(3):
            box.add(message(f"Box {number}").encode())
        box.close()
        self.imap("append", "Nowhere", self.home / "mbox", status=66)
        self.imap("append", "Nowhere", self.home / "mbox", "--create")
        self.assertEqual(self.count("Nowhere"), 3)

    def test_a_file_that_is_missing_stops_all(self):
        (self.home / "a").write_text(message("A"))
        (self.home / "deep" / "below").mkdir(parents=True)
        names = [self.home / name for name in ("a", "gone", "deep")]
        done = self.imap("append", "INBOX", *names, "--json", status=66)
        self.assertEqual(self.objects(done), [{"type": "summary", "exit": 66, "appended": 0, "failed": 2,
                                               "folder": "INBOX"}])
        self.assertRegex(done.err, "mailtool: imap: .*/gone: No such file or directory\n")
        self.assertIn("/deep: holds no mail\n", done.err)
        self.assertNotIn("--recursive", done.err)
        self.assertIn("nothing was appended\n", done.err)
        self.assertEqual(self.count(), 0)

    def test_one_bad_file_does_not_stop_the_others(self):
        for name, content in (("a", message("A")), ("empty", ""), ("nul", "A: b\n\n\0\n"),
                              ("b", message("B"))):
            (self.home / name).write_text(content)
        names = [self.home / name for name in ("a", "empty", "nul", "b")]
        done = self.imap("append", "INBOX", *names, "--json", status=65)
        self.assertEqual(self.objects(done)[-1]["appended"], 2)
        self.assertEqual(self.objects(done)[-1]["failed"], 2)
        for name in ("empty", "nul"):
            self.assertRegex(done.err, f"mailtool: imap: .*/{name}: ")
        self.assertEqual(self.subjects(), ["A", "B"])

    def test_dry_run(self):
        done = self.imap("append", "INBOX", "-n", input=message())
        self.assertEqual(done.out, "would append 1 message to INBOX\n")
        self.assertEqual(self.count(), 0)
        self.imap("append", "Nowhere", "-n", input=message(), status=66)

    def test_what_is_wrong_is_said_before_anything_is_sent(self):
        for args in (["--flag", "a b"], ["--date", "08:30"], ["--date", "yesterday"]):
            with self.subTest(args):
                self.imap("append", "INBOX", *args, input=message(), status=64)
        self.imap("append", "INBOX", input="", status=65)
        self.assertEqual(self.count(), 0)
