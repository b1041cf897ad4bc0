"""Mailboxes at serve and at Dovecot: LIST and its kin, CREATE, RENAME, DELETE, SUBSCRIBE, STATUS, SELECT, UIDVALIDITY."""

import unittest

from imap_pair import PairTest, letter


class Listed(PairTest):
    def setUp(self):
        super().setUp()
        for name in ("Work", "Work/2025", "Work/2026", "Work/2026/May", "Other", "a-b"):
            self.same(f'CREATE "{name}"')

    def test_patterns(self):
        self.each(f'LIST "{reference}" "{pattern}"' for reference, pattern in (
            ("", "*"), ("", "%"), ("", "Work"), ("", "Work/%"), ("", "Work/*"), ("", "%/%"), ("", "%/%/%"), ("", "W*6"),
            ("", "*May"), ("", "%ork"), ("", "work"), ("", "inbox"), ("", "INBOX"), ("", "None"), ("", ""),
            ("", "a-b"), ("", "a%"), ("Work/", "%"), ("Work/", "*"), ("Work/2026/", "May"), ("None/", "%"), ("", "**"),
            ("", "%%"), ("", "*%"), ("", "W%k"), ("", "Work*")))

    def test_children(self):
        for client in self.both:
            rows = {str(row[2].decode() if isinstance(row[2], bytes) else row[2]): {word.lower() for word in row[0]}
                    for row in client.ask('LIST "" "*"').of("LIST")}
            self.assertIn("\\haschildren", rows["Work"])
            self.assertIn("\\haschildren", rows["Work/2026"])
            self.assertIn("\\hasnochildren", rows["Other"])

    def test_subscriptions(self):
        self.each(["SUBSCRIBE Work/2026", "SUBSCRIBE Other", 'LSUB "" "*"', 'LSUB "" "%"', 'LSUB "Work/" "%"', 'LSUB "" "W*"',
                   "UNSUBSCRIBE Other", 'LSUB "" "*"', "DELETE Work/2026/May", "SUBSCRIBE INBOX", 'LSUB "" "*"'])

    def test_a_subscription_outlives_its_mailbox(self):
        self.each(["SUBSCRIBE Other", "DELETE Other", 'LSUB "" "Other"', "UNSUBSCRIBE Other", 'LSUB "" "*"'])

    def test_namespace(self):
        self.same("NAMESPACE")


class Changed(PairTest):
    def names(self, pattern="*"):
        self.same(f'LIST "" "{pattern}"')

    def test_create(self):
        self.each(["CREATE One", "CREATE One/Two/Three", "CREATE Four/"])
        self.each(["CREATE One", "CREATE INBOX", "CREATE inbox", "CREATE"], codes=False)
        self.names("One*")
        self.names("Four*")

    def test_delete(self):
        self.each(["CREATE One", "CREATE One/Two", "DELETE One/Two", "DELETE One"])
        self.names("One*")
        self.each(["DELETE One", "DELETE INBOX", "DELETE"], codes=False)

    def test_rename(self):
        self.each(["CREATE One", "CREATE One/Two", "CREATE Old", "RENAME One New", "RENAME New/Two Deep/er/Two"])
        self.append(letter(1), "New")
        self.each(["RENAME New Newer", "STATUS Newer (MESSAGES UIDNEXT)", "SELECT Newer", "FETCH 1 (UID FLAGS)"])
        self.names()
        self.each(["RENAME None Some", "RENAME Newer Old", "RENAME Newer INBOX", "RENAME Newer", "RENAME Old Old"], codes=False)

    def test_a_mailbox_made_again_is_another(self):
        validities = []
        for _ in range(2):
            self.same("CREATE Box")
            self.append(letter(1), "Box")
            answers = self.same("STATUS Box (UIDVALIDITY UIDNEXT)")
            validities.append([row[1][row[1].index("UIDVALIDITY") + 1] for answer in answers for row in answer.of("STATUS")])
            self.same("DELETE Box")
        for before, after in zip(*validities):
            self.assertGreater(int(after), int(before))

    def test_names_with_blanks_and_quotes(self):
        self.each(['CREATE "two words"', 'CREATE "say \\"aah\\""', 'CREATE "Gr&APw-n"', 'LIST "" "*"', 'SELECT "two words"',
                   'STATUS "say \\"aah\\"" (MESSAGES)', 'DELETE "Gr&APw-n"', 'LIST "" "*"'])


class Opened(PairTest):
    def test_status(self):
        self.same("STATUS INBOX (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)")
        self.append(letter(1), words="(\\Seen) ")
        self.append(letter(2))
        self.each(["STATUS INBOX (MESSAGES UNSEEN UIDNEXT)", "STATUS inbox (UIDNEXT)", "STATUS Trash (MESSAGES)"])
        self.each(["STATUS Nowhere (MESSAGES)", "STATUS INBOX", "STATUS INBOX ()", "STATUS INBOX (XYZZY)", "STATUS INBOX MESSAGES"], codes=False)

    def test_select_and_examine(self):
        for number in range(3):
            self.append(letter(number), words="(\\Seen) " if number == 0 else "")
        for verb in ("SELECT", "EXAMINE"):
            for answer in self.same(f"{verb} INBOX"):
                self.assertEqual(answer.code[0], "READ-WRITE" if verb == "SELECT" else "READ-ONLY")
        self.each(["SELECT Nowhere", "FETCH 1 UID"], codes=False)  # nothing is open then

    def test_uids_are_never_given_again(self):
        self.open_with(letter(number) for number in range(3))
        self.each(["STORE 2:3 +FLAGS.SILENT (\\Deleted)", "EXPUNGE", "STATUS INBOX (UIDNEXT)"])
        self.append(letter(4))
        self.each(["NOOP", "FETCH 1:* UID", "STATUS INBOX (UIDNEXT)"])

    def test_what_is_not_now(self):
        self.each(["FETCH 1 UID", "STORE 1 FLAGS ()", "SEARCH ALL", "COPY 1 INBOX", "MOVE 1 INBOX", "EXPUNGE", "CLOSE",
                   "UNSELECT", "UID FETCH 1 UID", "UID EXPUNGE 1", "LOGIN a b", "AUTHENTICATE PLAIN"], codes=False)


if __name__ == "__main__":
    unittest.main()
