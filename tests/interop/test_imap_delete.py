"""mailtool imap delete against Dovecot."""

from support import LabTest


class Delete(LabTest):
    def count(self, folder="INBOX", query="1:*"):
        return int(self.imap("search", "--count", "-f", folder, "uid:" + query).out)

    def test_to_the_trash_and_then_for_good(self):
        self.deliver(count=3)
        done = self.imap("delete", "1:2", "--json")
        summary = self.objects(done)[-1]
        self.assertEqual((summary["matched"], summary["changed"], summary["uids"]), (2, 2, [1, 2]))
        self.assertEqual((self.count(), self.count("@trash")), (1, 2))
        # There they lie; deleted once more they are gone.
        done = self.imap("delete", "-f", "@trash", "1", "--json")
        self.assertNotIn("to", self.objects(done)[-1])
        self.assertEqual(self.count("@trash"), 1)

    def test_what_others_have_marked_stays(self):
        self.deliver(count=3)
        self.imap("flag", "+deleted", "1")
        self.imap("delete", "--permanent", "2")
        self.assertEqual(self.imap("search").out.splitlines()[1], "1,3")
        self.assertEqual(self.imap("search", "is:deleted").out.splitlines()[1], "1")
        self.assertEqual(self.count("@trash"), 0)

    def test_expect_and_dry_run(self):
        self.deliver(count=3)
        self.imap("delete", "1:*", "--expect", "2", status=65)
        self.imap("delete", "1:*", "--permanent", "--expect", "4..", status=65)
        done = self.imap("delete", "1:*", "-n")
        self.assertRegex(done.out, "^would move 3 messages of INBOX to .*\n$")
        done = self.imap("delete", "1:*", "--permanent", "-n")
        self.assertEqual(done.out, "would delete 3 messages of INBOX for good\n")
        self.assertEqual(self.count(), 3)

    def test_a_set_from_a_pipe(self):
        self.deliver(count=3)
        found = self.imap("search", "uid:2:3").out
        self.imap("delete", "-", "--permanent", input=found.replace("uidvalidity=", "uidvalidity=9"),
                  status=65)
        self.assertEqual(self.count(), 3)
        self.imap("delete", "-", "--permanent", input=found)
        self.assertEqual(self.count(), 1)
        self.imap("delete", "-", input=found, status=66)
        empty = self.imap("search", "subject:none").out
        self.imap("delete", "-", "--permanent", input=empty)
        self.assertEqual(self.count(), 1)

    def test_an_empty_what_is_not_all(self):
        self.deliver()
        self.imap("delete", "", status=64)
        self.assertEqual(self.count(), 1)
