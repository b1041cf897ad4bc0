"""Threads by Dovecot, and by mailtool for a Dovecot that announces no THREAD: the same."""

import json
import re
import unittest

from imap_scenario import unannounced
from imap_support import DovecotImapTest, separated
from imap_thread_cases import CONVERSATION, hard, letter

from certificates import Authority
from dovecot_imap import DovecotImap
from program import SECRET


class Threads(DovecotImapTest):
    def fill(self, letters):
        self.imap("append", "INBOX", input=separated(text.encode() for text in letters))

    def rows(self, *words, **more):
        rows = map(json.loads, self.imap("list", "--json", *words, **more).out.splitlines())
        return [(row["uid"], row["depth"], row["thread"], row["parent"]) for row in rows if row["type"] == "message"]

    def uids(self, *words, folder="INBOX"):
        rows = map(json.loads, self.imap("search", "--json", "-f", folder, "--", *words).out.splitlines())
        return [row["uid"] for row in rows if row["type"] == "message"]


class ByTheServer(Threads):
    offers = True

    def script(self, *words):
        path = self.folder / f"transcript-{self.user}"
        path.unlink(missing_ok=True)
        self.imap(*words, "--transcript", path)
        return path.read_text()

    def test_conversation(self):
        self.fill(CONVERSATION)
        breakfast = [(5, 0, 5, None), (6, 1, 5, None)]
        lunch = [(1, 0, 1, None), (3, 1, 1, 1), (4, 2, 1, 3), (7, 1, 1, 1)]
        self.assertEqual(self.rows("--thread"), [(2, 0, 2, None), *breakfast, *lunch, (8, 0, 8, None)])
        self.assertEqual(self.rows("--thread", "--by-subject"),
                         [*lunch, (2, 0, 2, None), (8, 1, 2, None), *breakfast])
        self.assertEqual(self.rows("--thread", "--limit", "3"), [(4, 2, 1, 3), (7, 1, 1, 1), (8, 0, 8, None)])
        self.assertEqual(self.rows("--thread", "uid:3:5"), [(3, 0, 3, None), (4, 1, 3, 3), (5, 0, 5, None)])
        self.assertEqual(self.rows("--thread", "uid:99"), [])
        text = self.imap("list", "--thread", "--fields", "uid,subject", "subject:lunch").out
        self.assertEqual(text, "1\tlunch\n3\t  Re: lunch\n4\t    Re: lunch\n7\t  Re: lunch\n")

    def test_what_is_left_out_here_is_in_no_thread(self):
        self.fill(CONVERSATION)
        self.imap("flag", "+kw:Work", "3,4,6")
        self.assertEqual(self.rows("--thread", "-f", "INBOX", "kw:Work -has:attachment"),
                         [(3, 0, 3, None), (4, 1, 3, 3), (6, 0, 6, None)])

    def test_whole_threads(self):
        self.fill(CONVERSATION)
        self.assertEqual(self.uids("thread:4"), [1, 3, 4, 7])
        self.assertEqual(self.uids("thread:4,6"), [1, 3, 4, 5, 6, 7])
        self.assertEqual(self.uids("thread:<3@x.example>"), [1, 3, 4, 7])
        self.assertEqual(self.uids("thread:4 uid:2:3"), [3])
        self.assertEqual(self.uids("-thread:4"), [2, 5, 6, 8])
        self.assertEqual(self.uids("thread:4 or thread:2 or has:attachment"), [1, 2, 3, 4, 7])
        for nothing in ("thread:99", "thread:9:*", "thread:none@x.example"):
            self.assertEqual(self.uids(nothing), [], nothing)
        self.assertEqual(self.uids("thread:*"), [8])
        self.assertEqual(self.uids("-thread:*"), [1, 2, 3, 4, 5, 6, 7])
        self.assertEqual(self.uids("thread:5,*"), [5, 6, 8])
        self.assertEqual(self.uids("thread:6,9:*"), [5, 6])
        self.imap("search", "thread:x", status=64)
        self.imap("search", "-f", "Missing", "thread:1", status=66)
        self.assertEqual(self.imap("get", "thread:8").out.count("X-Number: 8"), 1)

    def test_message_ids_are_whole(self):
        self.fill([letter(1, "a", "<a1@x>"), letter(2, "b", "<b1@x>"), letter(3, "c", "<A1@x>"),
                   letter(4, "Re: a", "<d@x>", "<a1@x>"), letter(5, "e", "<e@x> <a1@x>"), letter(6, "f", "(a1@x) <1@x>")])
        for word, uids in (("a1@x", [1, 4]), ("<a1@x>", [1, 4]), ("A1@x", [3]), ("1@x", [6]), ("b1@x", [2]), ("1@", None),
                           ("@x", None), ("@", None), ("<a1@x>,<b1@x>", None), ('"a1@x b1"', None)):
            if uids is None:
                self.imap("search", f"thread:{word}", status=64)
            else:
                self.assertEqual(self.uids(f"thread:{word}"), uids, word)
        self.assertEqual(self.uids("thread:a1@x or thread:A1@x or thread:none@x"), [1, 3, 4])

    def test_change(self):
        self.fill(CONVERSATION)
        self.imap("folder", "create", "Other")
        self.imap("append", "Other", input=separated([CONVERSATION[3].encode()]))
        self.assertEqual(self.imap("search", "--count", "-f", "INBOX", "-f", "Other", "thread:1").out,
                         "4\tINBOX\n1\tOther\n5\ttotal\n")
        self.imap("flag", "+flagged", "thread:5")
        self.assertEqual(self.uids("is:flagged"), [5, 6])
        self.imap("move", "thread:4", "--to", "Archive", "--expect", "5", status=65)
        self.imap("move", "thread:4", "--to", "Archive", "--expect", "4")
        self.assertEqual(self.uids("uid:1:*"), [2, 5, 6, 8])
        self.imap("undo")
        self.assertEqual(self.count(), 8)

    def test_only_what_is_announced_is_used(self):
        self.fill(CONVERSATION)
        for words in (["list", "--thread"], ["list", "--thread", "--by-subject", "has:attachment"], ["search", "thread:1"]):
            dialogue = self.script(*words)
            self.assertEqual(unannounced(dialogue), [])
        self.assertEqual("UID THREAD REFS UTF-8 ALL" in self.script("list", "--thread"), self.offers)

    def test_explain(self):
        said = self.imap("list", "--thread", "--explain", "thread:1 has:attachment").out
        self.assertEqual("UID THREAD REFS UTF-8 ALL" in said, self.offers)
        self.assertEqual("UID FETCH 1:* (UID INTERNALDATE BODY.PEEK[HEADER.FIELDS" in said, not self.offers)
        self.assertIn("UID UIDS", said)
        self.assertIn("threads would be made here", said)
        before = self.imap("move", "thread:1", "--to", "Archive", "--explain").out
        self.assertIn("UID UIDS", before)
        said = self.imap("list", "--thread", "--explain").out
        self.assertEqual("threads would be made here" in said, not self.offers)

    def test_options(self):
        self.imap("list", "--thread", "--sort", "date", status=64)
        self.imap("list", "--by-subject", status=64)
        self.assertEqual(self.rows("--thread"), [])


class ByMailtool(ByTheServer):
    settings = "imap_capability = IMAP4rev1 UIDPLUS\n"
    offers = False


class Same(Threads):
    """One mailbox with every hard case, on a server with THREAD and on one without."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = DovecotImap(cls.server.folder.parent / "alone", Authority(cls.folder / "alone").certificate(),
                                "auth_mechanisms = plain login\nmail_fsync = never\nimap_capability = IMAP4rev1\n",
                                {f"user{number}": SECRET for number in range(cls.users)})
        cls.addClassCleanup(cls.other.close)

    def both(self, *words):
        mine, self.server = self.server, self.other
        try:
            alone = self.rows(*words)
        finally:
            self.server = mine
        return self.rows(*words), alone

    def test_hard_cases(self):
        letters = list(hard())
        self.fill(letters)
        mine, self.server = self.server, self.other
        self.fill(letters)
        self.server = mine
        for words in (["--thread"], ["--thread", "--by-subject"], ["--thread", "uid:40:200"],
                      ["--thread", "--by-subject", "uid:1:100"]):
            server, here = self.both(*words)
            self.assertGreater(max(row[1] for row in here), 2)
            self.assertEqual(server, here, words)


class Long(Threads):
    """More rows than one command asks for."""

    def test_few_round_trips(self):
        many = 2100
        self.fill([letter(number, f"dinner {number}", f"<{number}@x>", day=many - number) for number in range(1, many + 1)])
        path = self.folder / "long"
        backwards = [str(uid) for uid in range(many, 0, -1)]
        for words, rows in ((["list", "--thread", "--fields", "uid"], backwards),
                            (["list", "--sort", "date", "--fields", "uid"], backwards),
                            (["attachments", "1:*"], [])):
            path.unlink(missing_ok=True)
            run = self.imap(*words, "--transcript", path)
            self.assertEqual(run.out.split(), rows)
            flights = re.findall(r"(?:^C: .* UID FETCH .*\n)+", path.read_text(), re.MULTILINE)
            self.assertEqual([flight.count("\n") for flight in flights], [11], words)
        said = self.imap("list", "--thread", "--explain").out
        self.assertIn("200 at a time, without waiting", said)


if __name__ == "__main__":
    unittest.main()
