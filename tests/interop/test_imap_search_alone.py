"""mailtool imap search against a Dovecot that announces IMAP4rev1 and nothing else: the same results."""

import json
import unittest

from imap_scenario import unannounced
from imap_search_cases import ORDERS, QUERIES, appended
from imap_support import DovecotImapTest


class SearchAlone(DovecotImapTest):
    settings = "imap_capability = IMAP4rev1\n"

    def setUp(self):
        super().setUp()
        for words, octets in appended():
            self.imap("append", "INBOX", *words, input=octets.encode())

    def found(self, *words, **more):
        rows = map(json.loads, self.imap("search", "--json", *words, **more).out.splitlines())
        return [row["uid"] for row in rows if row["type"] == "message"]

    def test_queries(self):
        for query, meant in QUERIES:
            with self.subTest(query):
                self.assertEqual(set(self.found("--", query, env={"TZ": "UTC0"})), meant)

    def test_orders(self):
        for key, order in ORDERS.items():
            with self.subTest(key):
                self.assertEqual(self.found("--sort", key), order)

    def test_only_what_is_announced_is_used(self):
        script = self.folder / "transcript"
        self.found("--transcript", script, "--sort", "-subject", "older:1d or subject:안녕")
        self.assertEqual(unannounced(script.read_text()), [])
        self.assertIn("EXAMINE INBOX", script.read_text())


if __name__ == "__main__":
    unittest.main()
