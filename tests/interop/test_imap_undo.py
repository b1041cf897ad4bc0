"""mailtool imap undo against Dovecot: what was moved, copied or flagged is as it was."""

import pathlib

from support import LAB, LabTest


class Undo(LabTest):
    def uids(self, folder="INBOX", query="uid:1:*"):
        lines = self.imap("search", "-f", folder, query).out.splitlines()
        return lines[1] if len(lines) > 2 else ""

    def records(self):
        return [row for row in self.objects(self.imap("undo", "--list", "--json")) if row["type"] == "undo"]

    def test_a_move_is_moved_back(self):
        self.deliver(count=5)
        self.imap("move", "2,4", "--to", "Työ ja % muu", "--create")
        [record] = self.records()
        self.assertEqual((record["verb"], record["messages"], record["folder"], record["to"], record["possible"]),
                         ("move", 2, "INBOX", "Työ ja % muu", True))
        done = self.imap("undo", "-n")
        self.assertEqual(done.out, "would move 2 messages of Työ ja % muu back to INBOX\n")
        self.assertEqual(self.uids(), "1,3,5")
        self.assertRegex(self.imap("undo").err, ": moved 2 messages back to INBOX\n$")
        self.assertEqual(self.uids(), "1,3,5:7")
        self.assertEqual(self.uids("Työ ja % muu"), "")
        self.imap("undo", status=66)

    def test_a_move_from_several_folders_names_none_as_all(self):
        self.deliver(count=2)
        self.imap("copy", "1", "--to", "Other", "--create")
        self.imap("move", "-f", "INBOX", "-f", "Other", "subject:Lunch", "--to", "Big", "--create")
        self.assertRegex(self.imap("undo").err, ": moved 3 messages\n$")
        self.assertEqual((len(self.uids("Other")), self.uids("Big")), (1, ""))

    def test_of_a_copy_exactly_the_copies_go(self):
        self.deliver(count=3)
        self.imap("folder", "create", "Keep")
        self.imap("move", "1", "--to", "Keep")
        self.imap("copy", "2:3", "--to", "Keep")
        # Somebody else's mark: only the copies are expunged.
        self.imap("flag", "-f", "Keep", "+deleted", "1")
        self.imap("undo")  # the flag
        self.imap("flag", "-f", "Keep", "+deleted", "1", env={"XDG_STATE_HOME": str(self.home / "other")})
        self.imap("undo")  # the copy
        self.assertEqual(self.uids("Keep"), "1")
        self.assertEqual(self.uids(), "2:3")

    def test_of_flags_what_was_set_before_stays(self):
        self.deliver(count=4)
        self.imap("flag", "+seen", "+$Work", "1")
        self.imap("flag", "+seen", "-$Work", "+flagged", "1:3")
        self.assertEqual((self.uids(query="is:read"), self.uids(query="kw:$Work")), ("1:3", ""))
        self.imap("undo")
        self.assertEqual((self.uids(query="is:read"), self.uids(query="kw:$Work"), self.uids(query="is:flagged")),
                         ("1", "1", ""))
        self.imap("undo")
        self.assertEqual((self.uids(query="is:read"), self.uids(query="kw:$Work")), ("", ""))

    def test_what_goes_to_the_trash_comes_back(self):
        self.deliver(count=3)
        self.imap("delete", "1:2")
        self.imap("undo")
        self.assertEqual((self.uids(), self.uids("@trash")), ("3:5", ""))

    def test_what_is_deleted_for_good_is_not_passed_over(self):
        self.deliver(count=3)
        self.imap("flag", "+seen", "3")
        done = self.imap("delete", "--permanent", "1:2", "--json")
        self.assertIsNone(self.objects(done)[-1]["undo"])
        self.assertEqual([(row["verb"], row["messages"], row["possible"]) for row in self.records()],
                         [("delete", 2, False), ("flag", 1, True)])
        done = self.imap("undo", status=69)
        self.assertRegex(done.err, "undo of delete, .*the last change cannot be taken back: it deleted for good\n"
                                   "hint: it was INBOX, UIDs 1:2\n$")
        self.assertEqual(self.uids(query="is:read"), "3")
        self.imap("undo")
        self.assertEqual(self.uids(query="is:read"), "")

    def test_a_folder_that_was_deleted_is_not_passed_over(self):
        self.deliver()
        self.imap("flag", "+seen", "1")
        self.imap("folder", "create", "Old")
        self.imap("folder", "delete", "Old")
        done = self.imap("undo", status=69)
        self.assertRegex(done.err, "undo of folder delete.*cannot be taken back.*\nhint: it was Old\n$")
        self.assertEqual(self.uids(query="is:read"), "1")

    def test_a_change_that_changed_nothing_is_not_passed_over(self):
        self.deliver()
        none = self.imap("search", "subject:none").out
        for nothing in (["flag", "+flagged", "subject:none"], ["move", "subject:none", "--to", "@trash"],
                        ["move", "-", "--to", "@trash"], ["delete", "1", "--expect", "2"]):
            with self.subTest(nothing):
                self.imap("flag", "+seen", "1")
                for _ in range(2):
                    self.imap(*nothing, status=65 if "--expect" in nothing else 0, input=none)
                self.assertEqual([row["verb"] for row in self.records()], ["flag"])
                done = self.imap("undo", status=66)
                self.assertIn("the last change changed nothing", done.err)
                self.assertEqual(self.uids(query="is:read"), "1")
                done = self.imap("undo")
                self.assertRegex(done.err, "^mailtool: imap: took back [^\n]*flag  1 message of INBOX: "
                                           "changed back 1 message\n$")

    def test_the_last_copy_is_never_deleted(self):
        self.deliver(count=3)
        self.imap("copy", "1:2", "--to", "Keep", "--create")
        self.imap("delete", "--permanent", "2", env={"XDG_STATE_HOME": str(self.home / "other")})
        self.imap("undo", "-n", status=69)
        done = self.imap("undo", status=69)
        self.assertRegex(done.err, "1 message of INBOX there no more: the copies stay\n"
                                   "hint: they are in Keep, UIDs 1:2\n")
        self.assertEqual((self.uids("Keep"), self.uids()), ("1:2", "1,3"))
        self.imap("undo", status=66)

    def test_a_set_of_several_folders_is_one_change(self):
        self.deliver(count=2)
        self.imap("move", "1", "--to", "Other", "--create")
        found = self.imap("search", "-f", "INBOX", "-f", "Other", "uid:1:*").out
        self.imap("move", "-", "--to", "@archive", input=found)
        self.assertEqual(self.uids("@archive"), "1:2")
        done = self.imap("undo", "--json")
        self.assertEqual(self.objects(done)[-1]["changed"], 2)
        self.assertEqual((self.uids(), self.uids("Other")), ("3", "2"))

    def test_a_folder_made_anew_is_left_alone(self):
        self.deliver(count=2)
        self.imap("move", "1", "--to", "Short", "--create")
        self.imap("folder", "delete", "Short", env={"XDG_STATE_HOME": str(self.home / "other")})
        self.deliver()
        self.imap("copy", "2", "--to", "Short", "--create", env={"XDG_STATE_HOME": str(self.home / "other")})
        done = self.imap("undo", status=65)
        self.assertIn("UIDVALIDITY", done.err)
        self.assertEqual(self.uids("Short"), "1")

    def test_what_has_gone_meanwhile_is_said(self):
        self.deliver(count=3)
        other = {"XDG_STATE_HOME": str(self.home / "other")}
        self.imap("move", "1:3", "--to", "@archive")
        self.imap("delete", "-f", "@archive", "--permanent", "2", env=other)
        done = self.imap("undo")
        self.assertIn("1 message of the change: there no more", done.err)
        self.assertEqual(self.uids(), "4:5")
        self.imap("move", "4", "--to", "@archive")
        self.imap("delete", "-f", "@archive", "--permanent", "1:*", env=other)
        self.imap("undo", status=66)
        self.imap("undo", status=66)

    def test_twenty_are_kept_and_a_number_picks_one(self):
        self.deliver()
        for number in range(23):
            self.imap("flag", "+seen" if number % 2 == 0 else "-seen", "1")
        records = self.records()
        self.assertEqual([record["undo"] for record in records], list(range(23, 3, -1)))
        self.imap("undo", "22")  # which cleared it
        self.assertEqual(self.uids(query="is:read"), "1")
        self.assertEqual(len(self.records()), 19)
        self.imap("undo", "22", status=66)
        self.imap("undo", "23")
        done = self.imap("flag", "+flagged", "1", "--json")
        self.assertEqual(self.objects(done)[-1]["undo"], 24)
        self.imap("undo", "x", status=64)

    def test_accounts_and_servers_are_apart(self):
        self.deliver()
        self.deliver(to="alice@crepes.fr")
        self.imap("flag", "+seen", "1")
        self.imap("undo", user="alice@crepes.fr", status=66)
        # The same server behind another port might as well be another.
        self.imap("undo", scheme="imap", status=66)
        self.imap("undo")

    def test_without_a_place_for_the_record_the_change_goes_on(self):
        self.deliver()
        blocked = self.home / "blocked"
        blocked.write_text("no folder")
        done = self.imap("flag", "+seen", "1", "--json", env={"XDG_STATE_HOME": str(blocked)})
        self.assertRegex(done.err, "^mailtool: imap: this cannot be undone: .*blocked.*\n$")
        self.assertIsNone(self.objects(done)[-1]["undo"])
        self.assertEqual(self.uids(query="is:read"), "1")

    def test_what_a_crash_has_left(self):
        self.deliver(count=2)
        self.imap("flag", "+flagged", "2")
        self.imap("move", "1", "--to", "@archive")
        [record] = list(pathlib.Path(self.home).rglob("*.undo/2"))
        record.write_text(record.read_text().replace("end\n", ""))
        self.assertEqual([row["possible"] for row in self.records()], [False, True])
        done = self.imap("undo", status=69)
        self.assertRegex(done.err, "cannot be taken back: the run came to an end in the midst\n"
                                   "hint: look at INBOX, UIDs 1; to Archive, UIDs 1\n$")
        self.imap("undo")
        self.assertEqual(self.uids(query="is:flagged"), "")
        self.assertTrue(LAB)
