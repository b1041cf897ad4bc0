"""What IMAP says of messages, at serve and at Dovecot: APPEND, STORE, COPY, MOVE, EXPUNGE, CLOSE, and pipelines."""

import unittest

from imap_pair import PairTest, letter


class Append(PairTest):
    def test_flags_and_date(self):
        for words in ("", "() ", "(\\Seen) ", "(\\Flagged \\Draft $Label work) ",
                      '"17-Jul-1996 02:44:25 -0700" ', '(\\Answered) " 1-Jan-2020 00:00:00 +0000" '):
            with self.subTest(words):
                self.append(letter(1), words=words)
        self.same("SELECT INBOX")
        self.same("FETCH 1:4 (FLAGS RFC822.SIZE)")
        self.same("FETCH 5:6 (FLAGS INTERNALDATE)")

    def test_what_is_refused(self):
        self.same(["APPEND Nowhere {3}", "a\r\n"])
        self.each(["APPEND", "APPEND INBOX", ['APPEND INBOX "no date" {3}', "abc"]], codes=False)

    def test_to_the_folder_that_is_open(self):
        self.open_with([letter(1)])
        self.append(letter(2))
        self.same("NOOP")
        self.same("FETCH 1:* (UID FLAGS)")

    def test_the_uid_is_told(self):
        for answer in self.append(letter(1)) + self.append(letter(2)):
            self.assertEqual(answer.code[0], "APPENDUID")
        for answer, uid in zip(self.append(letter(3)), (3, 3)):
            self.assertEqual(int(answer.code[1].split()[1]), uid)

    def test_a_line_without_an_end_and_empty_headers(self):
        for text in ("Subject: x\r\n\r\nno end", "\r\nno header\r\n", "Subject: x\r\n", "\r\n"):
            self.append(text)
        self.same("SELECT INBOX")
        self.same("FETCH 1:* (RFC822.SIZE BODY.PEEK[] BODY.PEEK[HEADER] BODY.PEEK[TEXT])")


class Store(PairTest):
    def test_each_form(self):
        self.open_with(letter(number) for number in range(4))
        self.each(["STORE 1 FLAGS (\\Seen \\Flagged)", "STORE 1 +FLAGS \\Answered", "STORE 1 -FLAGS (\\Seen)",
                   "STORE 2:3 +FLAGS (work $Phishing)", "STORE 2 FLAGS ()", "STORE 1:4 +FLAGS.SILENT (\\Deleted)",
                   "FETCH 1:* (FLAGS)", "UID STORE 2,4 -FLAGS (\\Deleted)", "UID STORE 3:* FLAGS.SILENT (\\Draft)",
                   "UID FETCH 1:* FLAGS", "STORE * +FLAGS (\\Seen)", "UID STORE 90:99 +FLAGS (\\Seen)"])

    def test_what_is_refused(self):
        self.open_with([letter(1)])
        self.each(["STORE", "STORE 1", "STORE 2 +FLAGS (\\Seen)", "STORE 0 +FLAGS (\\Seen)",
                   "STORE 1 FLAGGS (\\Seen)", "STORE 1 +FLAGS (\\Sean)", "STORE x +FLAGS (\\Seen)",
                   "UID STORE 0 +FLAGS (\\Seen)"], codes=False)
        self.same("FETCH 1 FLAGS")

    def test_what_another_session_changes_is_told(self):
        self.open_with([letter(1), letter(2)])
        others = self.sessions()
        self.same("SELECT INBOX", others)
        self.same("STORE 1 +FLAGS (\\Flagged)", others)
        self.same("NOOP")
        self.same("STORE 2 +FLAGS.SILENT (\\Seen)", others)
        self.same("NOOP", others)
        self.same("NOOP")

    def test_nothing_is_changed_where_nothing_may_be(self):
        self.open_with([letter(1)])
        self.same("EXAMINE INBOX")
        self.same("FETCH 1 BODY[TEXT]")
        self.same("FETCH 1 FLAGS")


class CopyAndMove(PairTest):
    def boxes(self, count=5):
        self.open_with(letter(number) for number in range(count))
        self.same("CREATE Box")

    def test_copy(self):
        self.boxes()
        self.each(["STORE 2 +FLAGS (\\Seen work)", "COPY 2:3 Box", "UID COPY 5,1 Box", "STATUS Box (MESSAGES UIDNEXT)",
                   "SELECT Box", "FETCH 1:* (UID FLAGS RFC822.SIZE)", "UID COPY 77 Box"])
        self.each(["COPY 9 Box", "COPY 1", "COPY x Box"], codes=False)

    def test_copyuid_pairs_them(self):
        self.boxes()
        for answer in self.same("UID COPY 1,3:4 Box"):
            self.assertEqual((answer.code[0], answer.code[1].split()[1:]), ("COPYUID", ["1,3:4", "1:3"]))

    def test_a_folder_that_is_missing(self):
        self.boxes()
        for command in ("COPY 1 Nowhere", "UID COPY 1 Nowhere", "MOVE 1 Nowhere", "UID MOVE 1 Nowhere"):
            for answer in self.same(command):
                self.assertEqual((answer.status, answer.code[0]), ("NO", "TRYCREATE"))

    def test_into_the_same_folder(self):
        self.boxes(2)
        self.same("COPY 1:2 INBOX")
        self.same("NOOP")
        self.same("FETCH 1:* UID")

    def test_move(self):
        self.boxes()
        for command in ("MOVE 2:3 Box", "UID MOVE 5 Box"):
            for answer in self.same(command, codes=False):
                self.assertIn("COPYUID", [row[0] for row in answer.of("OK")])
        self.each(["FETCH 1:* UID", "SELECT Box", "FETCH 1:* (UID FLAGS)", "UID MOVE 77 INBOX"])

    def test_a_copy_keeps_the_date(self):
        self.append(letter(1), words='"17-Jul-1996 02:44:25 -0700" ')
        self.each(["SELECT INBOX", "CREATE Box", "COPY 1 Box", "SELECT Box", "FETCH 1 INTERNALDATE"])


class Expunge(PairTest):
    def test_numbers_close_up(self):
        self.open_with(letter(number) for number in range(6))
        self.same("STORE 2,4,5 +FLAGS.SILENT (\\Deleted)")
        for answer in self.same("EXPUNGE"):
            numbers = [row[0] for row in answer.of("EXPUNGE")]
            left = [1, 2, 3, 4, 5, 6]
            for number in numbers:
                del left[number - 1]
            self.assertEqual(left, [1, 3, 6])
        self.same("UID FETCH 1:* UID")

    def test_uid_expunge(self):
        self.open_with(letter(number) for number in range(4))
        self.each(["STORE 1:3 +FLAGS.SILENT (\\Deleted)", "UID EXPUNGE 2:4", "FETCH 1:* (UID FLAGS)", "UID EXPUNGE 9"])
        self.each(["UID EXPUNGE", "UID EXPUNGE x"], codes=False)

    def test_close_is_silent_and_unselect_keeps(self):
        self.open_with(letter(number) for number in range(3))
        self.each(["STORE 1 +FLAGS.SILENT (\\Deleted)", "UNSELECT", "SELECT INBOX", "CLOSE"])
        self.each(["FETCH 1 FLAGS", "CLOSE", "UNSELECT", "EXPUNGE"], codes=False)
        self.each(["EXAMINE INBOX", "FETCH 1:* UID"])

    def test_examined(self):
        self.open_with([letter(1)])
        self.same("STORE 1 +FLAGS.SILENT (\\Deleted)")
        self.same("EXAMINE INBOX")
        self.same("CLOSE")
        self.same("STATUS INBOX (MESSAGES)")

    def test_another_session_is_told(self):
        self.open_with(letter(number) for number in range(4))
        others = self.sessions()
        self.same("SELECT INBOX", others)
        self.same("STORE 2:3 +FLAGS.SILENT (\\Deleted)", others)
        self.same("EXPUNGE", others)
        # No command with message numbers tells it (RFC 9051 section 7.5.1).
        for answer in [client.ask("FETCH 1 UID") for client in self.both]:
            self.assertEqual(answer.of("EXPUNGE"), [])
        self.same("NOOP", ordered=False)
        self.same("FETCH 1:* UID")


class Pipeline(PairTest):
    def test_all_are_answered(self):
        self.open_with([letter(1), letter(2)])
        for client in self.both:
            client.socket.sendall(b"p1 FETCH 2 UID\r\np2 FETCH 1 UID\r\np3 UID FETCH 2 FLAGS\r\np4 STORE 2 FLAGS (\\Seen)\r\np5 FETCH 1:2 FLAGS\r\n")
        answers = [client.finish_all([f"p{number}" for number in range(1, 6)]) for client in self.both]
        for tag in answers[0]:
            self.assertEqual(*(self.normal(answer[tag])[:2] for answer in answers))
        self.same("FETCH 1:2 (UID FLAGS)")

    def test_literals_without_waiting(self):
        for client in self.both:
            client.socket.sendall(b"q1 CREATE {3+}\r\nBox\r\nq2 STATUS {3+}\r\nBox (MESSAGES)\r\nq3 NOOP\r\n")
        answers = [client.finish_all([f"q{number}" for number in range(1, 4)]) for client in self.both]
        for tag in answers[0]:
            self.assertEqual(*(self.normal(answer[tag]) for answer in answers))

    def test_what_is_no_command(self):
        self.each(["", "XYZZY", "NOOP x", "UID", "UID XYZZY 1", "FETCH 1 FLAGS", "SELECT", 'SELECT "INBOX',
                   "CHECK", 'CREATE "', "LIST \"\" ("], codes=False)


if __name__ == "__main__":
    unittest.main()
