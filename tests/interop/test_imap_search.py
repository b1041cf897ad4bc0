"""mailtool imap search against Dovecot: queries, sorting, folders, --explain."""

import re

from imap_search_cases import ORDERS, QUERIES, appended
from support import LabTest

class ImapSearch(LabTest):
    def setUp(self):
        super().setUp()
        for words, octets in appended():
            self.imap("append", "INBOX", *words, input=octets)

    def uids(self, *query, **more):
        found = self.objects(self.imap("search", "--json", "--", *query, **more))
        return [row["uid"] for row in found if row["type"] == "message"]

    def test_queries(self):
        for query, meant in QUERIES:
            with self.subTest(query):
                self.assertEqual(set(self.uids(query, env={"TZ": "UTC0"})), meant)

    def test_days_are_those_here(self):
        for zone, meant in (("KST-9", {2, 3}), ("UTC0", {3, 4}), ("HST10", {4, 5})):
            with self.subTest(zone):
                self.assertEqual(set(self.uids("on:2026-11-20", env={"TZ": zone})), meant)

    def test_orders(self):
        for key, order in ORDERS.items():
            # With and without something to look at here.
            for query in ("", "has:attachment or -has:attachment"):
                with self.subTest(key=key, query=query):
                    done = self.imap("search", "--json", "--sort", key, *([query] if query else []))
                    self.assertEqual([row["uid"] for row in self.objects(done)[:-1]], order)
        done = self.imap("search", "--json", "--sort", "-date", "--limit", "2")
        self.assertEqual([row["uid"] for row in self.objects(done)[:-1]], [5, 4])
        self.imap("search", "--sort", "colour", status=64)

    def test_many_folders(self):
        self.imap("copy", "1,2", "--to", "Grüße", "--create")
        done = self.imap("search", "--all-folders", "--count", "has:attachment")
        counts = dict(reversed(line.split("\t")) for line in done.out.splitlines())
        self.assertEqual((counts["INBOX"], counts["Grüße"], counts["total"]), ("2", "1", "3"))
        done = self.imap("search", "-f", "Grüße", "-f", "INBOX", "-f", "@inbox", "on:2026-11-19",
                         env={"TZ": "UTC0"})
        self.assertRegex(done.out, r'^#mailtool-uids v1 folder="Grüße" uidvalidity=\d+ n=2\n1:2\n#end n=2\n'
                                   r'#mailtool-uids v1 folder="INBOX" uidvalidity=\d+ n=2\n1:2\n#end n=2\n$')
        done = self.imap("search", "-f", "Nowhere", "-f", "INBOX", "is:flagged", status=66)
        self.assertIn("\n2,5\n", done.out)
        self.assertIn("Nowhere", done.err)
        self.imap("search", "-f", "INBOX", "--all-folders", status=64)

    def test_nothing_found(self):
        self.imap("search", "--exit-code", "subject:none", status=1)
        self.imap("search", "--exit-code", "--all-folders", "has:attachment", status=0)
        self.assertRegex(self.imap("search", "subject:none").out, r"n=0\n#end n=0\n$")

    def test_raw(self):
        self.assertEqual(self.imap("search", "--raw", 'OR FROM "jü" SEEN', status=64).out, "")
        done = self.imap("search", "--raw", "OR FLAGGED KEYWORD $Junk", "has:attachment")
        self.assertIn("\n2\n", done.out)
        for keys in (")", "SEEN (", 'FROM "x', "FROM {3}", "SEEN\r\nA1 LOGOUT", ""):
            with self.subTest(keys):
                self.imap("search", "--raw", keys, status=64)

    def test_explain(self):
        done = self.imap("search", "--explain", "subject:Grüße (has:attachment or from:bob)")
        self.assertIn("EXAMINE INBOX\n", done.out)
        self.assertIn("UID SEARCH RETURN (ALL) CHARSET UTF-8 SUBJECT {7+} Grüße\n", done.out)
        self.assertIn("UID FETCH UIDS (UID BODYSTRUCTURE)", done.out)
        self.assertIn("the server would tell: subject:Grüße, from:bob\n", done.out)
        self.assertIn("this would be told here: has:attachment\n", done.out)
        self.assertTrue(done.out.endswith("this would take 2 round trips after the login\n"))
        *commands, summary = self.objects(self.imap("list", "--json", "--explain", "older:2d"))
        self.assertEqual([c["round_trip"] for c in commands], [1, 1, 2])
        self.assertEqual((summary["round_trips"], summary["server"], summary["here"]), (2, ["older:2d"], []))

    def test_what_explain_shows_is_what_is_sent(self):
        query = "since:2026-11-20 -(has:attachment) is:read"
        said = self.imap("search", "--explain", "--json", query, env={"TZ": "UTC0"})
        told = [c["command"] for c in self.objects(said)[:-1]]
        script = self.home / "transcript"
        self.imap("search", "--transcript", script, query, env={"TZ": "UTC0"})
        sent = [line.split(" ", 2)[2] for line in script.read_text().splitlines()
                if line.startswith("C: A") and not line.split(" ", 2)[2].startswith(("AUTH", "LOGOUT", "LOGIN"))]
        self.assertEqual(len(sent), len(told))
        for shown, real in zip(told, sent):
            self.assertRegex(real, re.escape(shown).replace("UIDS", "[0-9:,]+"))
