"""What mailtool imap says where a name, a number or a word is wrong, and what to do then."""

import os
import sys

from support import ROOT, LabTest

sys.path.insert(0, str(ROOT / "tests/support"))
from scripted_imap import Folder, ImapServer  # noqa: E402

MENU = """From: alice@crepes.fr
Subject: Menus
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: application/pdf
Content-Disposition: attachment; filename=menu.pdf

one
--b
Content-Type: application/pdf
Content-Disposition: attachment; filename=menu.pdf

two
--b--
"""


class Friendly(LabTest):
    def says(self, status, *args, **more):
        return self.imap(*args, status=status, **more).err

    def test_a_verb_that_is_nearly_one(self):
        # It named neither.
        self.assertIn("did you mean folder or folders?", self.says(64, "foldr"))
        self.assertIn("did you mean folders or folder?", self.says(64, "folderx"))
        self.assertIn("did you mean folder create?", self.says(64, "folder", "crate", "x"))

    def test_a_folder_that_is_missing(self):
        # move and copy did not say what could be done; subscribe was refused for good.
        self.deliver()
        for verb in "move", "copy":
            with self.subTest(verb):
                self.assertIn("hint: --create creates the folder", self.says(66, verb, "1", "--to", "Nowhere"))
                self.assertNotIn("hint", self.says(69, verb, "1", "--to", "x" * 400, "--create"))
        for verb in "subscribe", "status", "delete":
            with self.subTest(verb):
                self.assertIn("Nowhere", self.says(66, "folder", verb, "Nowhere"))

    def test_a_refusal_that_does_not_say_why(self):
        for reply, hint in ((b"NO cannot", True), (b"NO [OVERQUOTA] full", False)):
            with self.subTest(reply), ImapServer(
                    {"INBOX": Folder([b"Subject: one\r\n\r\n"])}, "MOVE UIDPLUS LITERAL+",
                    replies={b"UID MOVE": lambda *_, reply=reply: b"TAG " + reply + b"\r\n",
                             b"SELECT": lambda *_: b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\nTAG OK [READ-WRITE] x\r\n",
                             b"UID SEARCH": lambda *_: b"* SEARCH 1\r\nTAG OK found\r\n"}) as server:
                done = self.run_mailtool("imap", server.url, "--tls", "off", "move", "1", "--to", "Nowhere", status=69)
                self.assertEqual("if the folder is missing: --create" in done.err, hint, done.err)

    def test_a_query_that_is_no_text(self):
        # The server was asked, and did not understand it.
        for verb in "list", "search", "get":
            done = self.run_mailtool("imap", "imap://bob@127.0.0.1:1", verb, os.fsdecode(b"subject:\xff"), status=64)
            self.assertIn("not UTF-8", done.err)

    def test_a_special_folder_that_is_misspelt(self):
        # With --create a folder "@trahs" was made.
        self.deliver()
        for args in (("move", "1", "--to", "@trahs", "--create"), ("list", "-f", "@trahs"), ("append", "@trahs")):
            self.assertIn("@trahs: no such folder; did you mean @trash?", self.says(66, *args, input="Subject: a\n\n"))
        self.imap("folder", "create", "@home")
        self.assertEqual(self.imap("folders", "@*").out, "@home\n")

    def test_the_order_of_flags_and_messages(self):
        for words in ("1", "+seen"), ("+seen", "is:unread", "newer:2d"):
            done = self.run_mailtool("imap", "imap://bob@127.0.0.1:1", "flag", *words, status=64)
            self.assertIn("hint: the flags stand before the one WHAT", done.err)

    def test_a_folder_that_is_called_as_a_role_is_typed(self):
        # --all-folders took the trash in its place.
        self.deliver()
        self.imap("folder", "create", "@@trash", "@@@x")
        self.assertEqual(self.imap("folders", "@@*").out, "@@@x\n@@trash\n")
        self.imap("copy", "1", "--to", "@@trash")
        self.assertEqual(self.imap("search", "-f", "@@trash", "-f", "@trash", "--count").out,
                         "1\t@@trash\n0\tTrash\n1\ttotal\n")
        counts = self.imap("search", "--all-folders", "--count").out.splitlines()
        for line in ("1\t@@trash", "0\tTrash", "0\t@@@x", "2\ttotal"):
            self.assertEqual(counts.count(line), 1, (line, counts))
        found = self.imap("search", "-f", "@@trash").out
        self.imap("delete", "-", "--permanent", "--yes", input=found)
        self.imap("folder", "rename", "@@trash", "Old")
        self.assertIn("@@trahs is a folder of that very name", self.says(66, "list", "-f", "@trahs"))

    def test_what_is_wrong_with_a_folder_and_its_name(self):
        self.imap("folder", "create", "One", "Two")
        for words, status, said in (
                (("create", "One"), 69, "One: there already"), (("create", "One", "Six"), 69, "One: there already"),
                (("rename", "Nix", "Nax"), 66, "Nix: no such folder"), (("rename", "One", "Two"), 69, "Two: there already"),
                (("rename", "One", "a//b"), 69, "rename One to a//b: refused"),
                (("delete", "INBOX"), 69, "delete INBOX: refused"), (("delete", "-n", "Nix"), 66, "Nix: no such folder"),
                (("subscribe", "Nix"), 66, "Nix: no such folder"), (("create", "@inbox"), 69, "@inbox (INBOX)")):
            with self.subTest(words):
                self.assertIn(said, self.says(status, "folder", *words))

    def test_a_name_that_no_folder_can_have(self):
        # It was refused after the login.
        for args in (("folder", "create", os.fsdecode(b"\xff")), ("folder", "status", ""), ("list", "-f", os.fsdecode(b"\xff")),
                     ("move", "1", "--to", os.fsdecode(b"\xff")), ("append", "")):
            done = self.run_mailtool("imap", "imap://bob@127.0.0.1:1", *args, input="Subject: a\n\n", status=64)
            self.assertNotIn("127.0.0.1", done.err)

    def test_a_place_here_that_cannot_be_made(self):
        # The server was named, too.
        self.deliver()
        for args in (("get", "1", "-o", "/dev/null/x"), ("attachments", "1", "--save", "/dev/null/x"),
                     ("export", "INBOX", "--to", "maildir:/dev/null/x")):
            self.assertNotIn("imaps://", self.says(73, *args))

    def test_a_message_that_is_not_there(self):
        # "the server sent nothing for UID 9"
        self.assertIn("there is no message with UID 9\n", self.says(66, "get", "9"))
        self.assertIn("none of these messages is there", self.says(66, "flag", "+seen", "9"))

    def test_a_field_that_is_none(self):
        # It did not say which there are.
        err = self.says(64, "list", "--fields", "uid,when")
        self.assertIn("--fields when: not a field", err)
        self.assertIn("hint: fields are uid, date, arrival,", err)

    def test_a_special_folder_as_a_pattern(self):
        # Nothing was printed, with status 0.
        self.assertEqual(self.imap("folders", "@sent").out, "Sent\n")
        self.assertEqual(self.imap("folders", "@sent", "Arch*").out, "Archive\nSent\n")
        with ImapServer() as server:
            done = self.run_mailtool("imap", server.url, "--tls", "off", "folders", "@junk", status=66)
            self.assertIn("no folder for @junk", done.err)

    def test_a_change_that_is_not_recorded(self):
        # A path below the state folder was shown.
        err = self.says(66, "undo", "5")
        self.assertIn("undo 5: there is no such change", err)
        self.assertIn("undo --list", err)
        self.assertNotIn("/", err.replace("imaps://", ""))
        self.assertEqual(self.says(66, "undo", "5", "-n"), err)

    def test_one_message_of_several_folders(self):
        # The first was printed before the error.
        self.deliver()
        self.imap("copy", "1", "--to", "Archive")
        self.assertEqual(self.imap("get", "-f", "INBOX", "-f", "Archive", "1", status=64).out, "")
        done = self.imap("get", "-f", "INBOX", "-f", "Archive", "subject:Lunch", status=64)
        self.assertEqual(done.out, "")
        self.assertIn("2 messages match", done.err)
        self.imap("flag", "+flagged", "1")
        self.assertIn("Noon?", self.imap("get", "-f", "Archive", "-f", "INBOX", "is:flagged").out)

    def test_attachments_of_one_name(self):
        # With -n both had one name.
        self.imap("append", "INBOX", input=MENU)
        save = self.home / "save"
        would = self.imap("attachments", "1", "--save", save, "-n").out
        self.assertEqual(would, f"would save {save}/menu.pdf\nwould save {save}/menu-2.pdf\n")
        self.assertFalse(save.exists())
        for _ in range(2):
            self.assertEqual(self.imap("attachments", "1", "--save", save).out, would.replace("would save ", ""))
            self.assertEqual(sorted(os.listdir(save)), ["menu-2.pdf", "menu.pdf"])

    def test_the_order_in_an_explanation(self):
        # list --explain did not show it.
        for key, sort in (("date", "UID SORT (DATE)"), ("-size", "UID SORT (REVERSE SIZE)")):
            for verb in "list", "search":
                out = self.imap(verb, "--explain", f"--sort={key}", "is:unread").out
                self.assertIn(sort, out)
        with ImapServer(capabilities="ESEARCH") as server:
            out = self.run_mailtool("imap", server.url, "--tls", "off", "list", "--explain", "--sort", "from").out
            self.assertIn("they would be sorted here", out)

    def test_each_line_of_a_batch_that_fails_is_named(self):
        # Changes and append said the error without it.
        batch = self.home / "batch"
        batch.write_text("move 1 --to Nowhere\nappend Nowhere\nflag +seen 9\nfolder delete Nowhere\n"
                         "folder status Here Nowhere\nflag +sen 1\n")
        self.deliver()
        err = self.says(66, "batch", "--keep-going", "-", input=batch.read_text())
        said = [line for line in err.splitlines() if not line.startswith("hint: ")]
        self.assertEqual([line.split(":")[:4] for line in said],
                         [["mailtool", " imap", " stdin", str(number)] for number in (1, 1, 2, 3, 4, 5, 5, 6)])
        self.assertIn(f"imap: {batch}:1: ", self.says(66, "batch", batch))
