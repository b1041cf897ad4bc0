"""SEARCH at serve and at Dovecot: each key, the results of ESEARCH, and what is no search."""

import unittest

from imap_pair import PairTest, letter

DATES = ("17-Jul-1996 02:44:25 -0700", " 1-Jan-2020 00:00:00 +0000", "31-Dec-2021 23:59:59 +0000", "20-Nov-2026 12:00:00 +0100")
FLAGS = ("\\Seen", "\\Answered \\Flagged", "\\Deleted \\Draft work", "")


class Search(PairTest):
    def setUp(self):
        super().setUp()
        for number, (date, flags) in enumerate(zip(DATES, FLAGS), 1):
            text = "Noon?\r\n" * number + ("crêpes" if number == 2 else "burger") + "\r\n"
            header = "Cc: Carol <carol@hamburger.example>\r\nX-Kind: menu\r\n" if number % 2 else "X-Kind:\r\n"
            header += "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"
            self.append(letter(number, text, header).encode(), words=f'({flags}) "{date}" ')
        self.append(b"From: eve@elsewhere.example\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= from\r\n =?utf-8?q?_afar?=\r\n"
                    b"Date: Sat, 1 Jan 2000 23:30:00 -0500\r\n\r\nGruesse\r\n", words='"5-Feb-2019 10:00:00 +0000" ')
        self.same("SELECT INBOX")

    def found(self, *keys):
        self.each(f"{verb}SEARCH {key}" for key in keys for verb in ("", "UID "))

    def test_flags(self):
        self.found("ALL", "SEEN", "UNSEEN", "ANSWERED", "UNANSWERED", "FLAGGED", "UNFLAGGED", "DELETED", "UNDELETED", "DRAFT",
                   "UNDRAFT", "KEYWORD work", "UNKEYWORD work", "KEYWORD WORK", "KEYWORD none", "SEEN FLAGGED",
                   "UNSEEN UNDELETED")

    def test_sets_and_joining(self):
        self.found("1", "2:3", "*", "*:1", "1,3:5", "UID 2:3", "UID 4:*", "UID 77", "UID 77:*", "NOT 2", "NOT UID 2:*",
                   "OR 1 3", "OR (1 SEEN) (2 FLAGGED)", "NOT (1:2)", "(1:3) (2:5)", "OR NOT SEEN NOT 1", "NOT NOT 1", "((1))")

    def test_addresses_and_headers(self):
        self.found("FROM alice", "FROM ALICE@CREPES", "TO bob", "TO hamburger.example", "CC carol", "CC Carol", "BCC x",
                   'FROM "Alice <"', "SUBJECT lunch", "SUBJECT 3", 'SUBJECT "Lunch 3"', "HEADER X-Kind menu",
                   'HEADER X-Kind ""', 'HEADER X-None ""', 'HEADER Message-ID "<2@"', "HEADER Subject afar", "FROM nobody")

    def test_texts(self):
        self.found("BODY noon", "BODY burger", "TEXT burger", "TEXT alice", "BODY alice", "TEXT X-Kind", "NOT BODY burger")

    def test_charsets(self):
        for verb in ("SEARCH", "UID SEARCH"):
            for key, text in (("BODY", "crêpes"), ("SUBJECT", "Grüße"), ("TEXT", "CRÊPES"), ("SUBJECT", "GRÜ")):
                text = text.encode()
                with self.subTest(f"{key} {text}"):
                    self.same([f"{verb} CHARSET UTF-8 {key} {{{len(text)}}}", text])
        self.each(["SEARCH CHARSET US-ASCII ALL", "SEARCH CHARSET utf-8 SUBJECT lunch"])
        for answer in self.same("SEARCH CHARSET X-NONE SUBJECT lunch"):
            self.assertEqual((answer.status, answer.code[0]), ("NO", "BADCHARSET"))

    def test_dates_and_sizes(self):
        self.found("SINCE 1-Jan-2020", "BEFORE 1-Jan-2020", "ON 1-Jan-2020", "ON 31-Dec-2021", "SINCE 1-Jan-1990",
                   'BEFORE "18-Jul-1996"', "SENTSINCE 3-Nov-2026", "SENTBEFORE 3-Nov-2026", "SENTON 3-Nov-2026",
                   "SENTON 1-Jan-2000", "SENTON 2-Jan-2000", "LARGER 250", "SMALLER 250", "LARGER 0", "SMALLER 0",
                   "LARGER 4294967295")

    def test_results_that_are_asked_for(self):
        for words in ("()", "(MIN)", "(MAX)", "(COUNT)", "(ALL)", "(MIN MAX)", "(MIN MAX COUNT ALL)", "(COUNT ALL)"):
            self.found(*(f"RETURN {words} {key}" for key in ("ALL", "UNSEEN", "FROM nobody", "2:3", "FLAGGED")))

    def test_what_is_no_search(self):
        self.each(["SEARCH", "SEARCH XYZZY", "SEARCH FROM", "SEARCH OR 1", "SEARCH (1", "SEARCH NOT", "SEARCH SINCE yesterday",
                   "SEARCH LARGER x", "SEARCH RETURN (XYZZY) ALL", "SEARCH RETURN", "SEARCH UID x"], codes=False)


class Rest(PairTest):
    def test_nothing_to_find(self):
        self.same("SELECT INBOX")
        self.each(["SEARCH ALL", "UID SEARCH ALL", "SEARCH RETURN (MIN MAX COUNT ALL) ALL", "UID SEARCH RETURN () 1:*",
                   "UID SEARCH UID 1:*"])

    def test_what_has_gone_is_not_found(self):
        self.open_with(letter(number) for number in range(5))
        others = self.sessions()
        self.same("SELECT INBOX", others)
        self.each(["STORE 2:3 +FLAGS.SILENT (\\Deleted)", "EXPUNGE"], both=others)
        for client in self.both:  # the numbers of this session still stand
            answer = client.ask("SEARCH ALL")
            self.assertEqual(answer.of("EXPUNGE"), [])
        self.same("NOOP")
        self.same("SEARCH ALL")
        self.same("UID SEARCH ALL")


if __name__ == "__main__":
    unittest.main()
