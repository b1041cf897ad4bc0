"""Extensions of IMAP at serve and at Dovecot: CONDSTORE, MULTIAPPEND, BINARY, SEARCHRES, LIST-EXTENDED, LIST-STATUS, and
what else RFC 9051 has taken in."""

import unittest

from imap_pair import PairTest, letter, pairs

ENCODED = (b"Subject: coded\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
           b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nCr=C3=AApes\r\n--b\r\n"
           b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\nAAECAwQ=\r\n--b\r\n"
           b"Content-Type: text/plain\r\n\r\nplain\r\n--b--\r\n")


class Condstore(PairTest):
    def highest(self, answers):
        return [next(int(row[1]) for row in answer.of("OK") if row and row[0] == "HIGHESTMODSEQ") for answer in answers]

    def ask(self, commands):
        return [client.ask(command) for client, command in zip(self.both, commands)]

    def changed(self, command, since):
        """The UIDs that each has in its FETCH; both the same."""
        answers = self.ask([command.format(number) for number in since])
        found = [sorted(int(pairs(row[1])["UID"]) for row in answer.of("FETCH")) for answer in answers]
        self.assertEqual(found[0], found[1], [answer.text for answer in answers])
        return found[0]

    def setUp(self):
        super().setUp()
        for number in range(5):
            self.append(letter(number))
        self.before = self.highest([client.ask("SELECT INBOX (CONDSTORE)") for client in self.both])

    def test_what_has_changed_since(self):
        self.assertEqual(self.changed("UID FETCH 1:* (FLAGS) (CHANGEDSINCE {})", self.before), [])
        self.each(["STORE 2 +FLAGS (\\Seen)", "UID STORE 4 +FLAGS.SILENT (work)"])
        self.assertEqual(self.changed("UID FETCH 1:* (FLAGS) (CHANGEDSINCE {})", self.before), [2, 4])
        self.assertEqual(self.changed("UID FETCH 3:* (FLAGS) (CHANGEDSINCE {})", self.before), [4])
        found = [sorted(answer.of("SEARCH")[0][:2]) for answer in self.ask(
            [f"UID SEARCH MODSEQ {number + 1}" for number in self.before])]
        self.assertEqual(found, [["2", "4"], ["2", "4"]])

    def test_a_store_that_must_not_overwrite(self):
        others = self.sessions()
        self.same("SELECT INBOX", others)
        self.same("STORE 3 +FLAGS (\\Flagged)", others)
        answers = self.ask([f"UID STORE 2:4 (UNCHANGEDSINCE {number}) +FLAGS.SILENT (\\Deleted)" for number in self.before])
        for answer in answers:
            self.assertEqual((answer.status, answer.code), ("OK", ("MODIFIED", "3")))
        self.same("UID FETCH 1:* (FLAGS)")

    def test_numbers_rise(self):
        last = self.before
        for command in ("STORE 1 +FLAGS (\\Seen)", "STORE 1 -FLAGS (\\Seen)", "STORE 2 +FLAGS (x)"):
            answers = [client.ask(command) for client in self.both]
            now = [int(pairs(row[1])["MODSEQ"][0]) for answer in answers for row in answer.of("FETCH")]
            for before, after in zip(last, now):
                self.assertGreater(after, before)
            last = now
        status = [client.ask("STATUS INBOX (HIGHESTMODSEQ)") for client in self.both]
        for answer, number in zip(status, last):
            self.assertGreaterEqual(int(pairs(answer.of("STATUS")[0][1])["HIGHESTMODSEQ"]), number)


class Silent(PairTest):
    def test_what_others_change_is_told_all_the_same(self):
        self.open_with(letter(number) for number in range(2))
        others = self.sessions()
        self.same("SELECT INBOX", others)
        self.same("STORE 1:2 +FLAGS (\\Answered)", others)
        for client in self.both:  # by the answer, or by the next
            answers = [client.ask(command) for command in ("STORE 1 +FLAGS.SILENT (\\Flagged)", "STORE 2 -FLAGS.SILENT ()", "NOOP")]
            told = {row[0]: set(pairs(row[1])["FLAGS"]) - {"\\Recent"} for answer in answers for row in answer.of("FETCH")}
            self.assertEqual(told, {1: {"\\Answered", "\\Flagged"}, 2: {"\\Answered"}})


class MoreOfAppend(PairTest):
    def test_several_at_once(self):
        one, two = letter(1).encode(), letter(2).encode()
        self.same([f"APPEND INBOX (\\Seen) {{{len(one)}}}", one + f' (work) "17-Jul-1996 02:44:25 -0700" {{{len(two)}}}'.encode(),
                   two])
        self.each(["SELECT INBOX", "FETCH 1:* (UID FLAGS RFC822.SIZE)", "FETCH 2 INTERNALDATE"])

    def test_none_where_one_is_refused(self):
        one = letter(1).encode()
        self.same([f"APPEND INBOX {{{len(one)}}}", one + b' "no date" {3}', b"a\r\n"], codes=False)
        self.same("STATUS INBOX (MESSAGES)")


class Binary(PairTest):
    def test_parts_come_decoded(self):
        self.open_with([ENCODED])
        self.each(f"FETCH 1 BINARY.{kind}[{part}]" for kind in ("PEEK", "SIZE") for part in (1, 2, 3))
        self.each(["FETCH 1 BINARY.PEEK[1]<2.3>", "FETCH 1 BINARY.PEEK[2]<1.2>", "FETCH 1 FLAGS", "FETCH 1 BINARY[2]",
                   "FETCH 1 FLAGS"])


class SearchResult(PairTest):
    def test_a_result_is_kept(self):
        self.open_with(letter(number) for number in range(6))
        self.each(["UID SEARCH RETURN (SAVE) SUBJECT \"Lunch 2\"", "FETCH $ UID", "SEARCH RETURN (SAVE) 2:4", "UID FETCH $ FLAGS",
                   "STORE $ +FLAGS (\\Seen)", "SEARCH RETURN (SAVE COUNT) SEEN", "SEARCH $", "UID SEARCH NOT $",
                   "SEARCH OR $ 1", "SEARCH RETURN (SAVE) FROM nobody", "FETCH $ UID", "UID SEARCH RETURN (MIN SAVE) 3:5",
                   "SEARCH $", "COPY $ Trash", "STATUS Trash (MESSAGES)"])

    def test_what_has_gone_is_not_in_it(self):
        self.open_with(letter(number) for number in range(4))
        self.each(["SEARCH RETURN (SAVE) ALL", "STORE 2 +FLAGS.SILENT (\\Deleted)", "EXPUNGE", "UID FETCH $ FLAGS", "SELECT INBOX",
                   "FETCH $ UID"], codes=False)


class MoreOfList(PairTest):
    def setUp(self):
        super().setUp()
        for command in ("CREATE Work", "CREATE Work/2026", "CREATE Other", "SUBSCRIBE Work/2026", "SUBSCRIBE Other",
                        "SUBSCRIBE Trash"):
            self.same(command)

    def test_extended(self):
        self.each(['LIST (SUBSCRIBED) "" "*"', 'LIST "" "W*" RETURN (SUBSCRIBED)', 'LIST (SUBSCRIBED RECURSIVEMATCH) "" "%"',
                   'LIST "" ("Work" "Other" "T%")', 'LIST (SPECIAL-USE) "" "*"', 'LIST "" "%" RETURN (CHILDREN SPECIAL-USE)',
                   'LIST () "" "Other" RETURN ()'])
        self.each(['LIST (XYZZY) "" "*"', 'LIST (RECURSIVEMATCH) "" "*"', 'LIST "" "*" RETURN'], codes=False)

    def test_with_status(self):
        self.append(letter(1), "Other")
        self.each(['LIST "" "Other" RETURN (STATUS (MESSAGES UNSEEN UIDNEXT))', 'LIST "" "W*" RETURN (STATUS (MESSAGES))',
                   'LIST (SUBSCRIBED) "" "*" RETURN (STATUS (MESSAGES) CHILDREN)', "STATUS Other (SIZE)"])


if __name__ == "__main__":
    unittest.main()
