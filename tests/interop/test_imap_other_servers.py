"""Every verb of mailtool imap against Courier and Cyrus."""

import itertools
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from certificates import Authority
from dovecot_imap import DovecotImap
from imap_scenario import Scenario, differences, unannounced
from other_cyrus import Cyrus
from other_imap import CAPABILITY, Courier
from program import SECRET, ProgramTest


class OtherServers(ProgramTest):
    numbers = itertools.count()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder.chmod(0o755)

    def courier(self, **more):
        server = Courier(self.folder / f"courier-{next(self.numbers)}", SECRET, **more)
        self.addCleanup(server.close)
        return server

    def cyrus(self):
        server = Cyrus(self.folder / f"cyrus-{next(self.numbers)}", SECRET)
        self.addCleanup(server.close)
        return server

    def dovecot(self):
        server = DovecotImap(self.folder / f"dovecot-{next(self.numbers)}",
                             Authority(self.folder / "authority").certificate(), "auth_mechanisms = plain login\n",
                             {"bob": SECRET})
        server.password = SECRET
        self.addCleanup(server.close)
        return server

    def play(self, server):
        scenario = Scenario(self, server)
        results = scenario.play()
        self.assertEqual([line for dialogue in scenario.dialogues for line in unannounced(dialogue)], [])
        return results

    def test_same_results_as_dovecot(self):
        servers = [self.dovecot(), self.cyrus(), self.courier(), self.courier(capability=CAPABILITY.replace(" UIDPLUS", ""))]
        expected, *others = self.all(self.play, servers)
        for name, results in zip(("Cyrus", "Courier", "Courier without UIDPLUS"), others):
            with self.subTest(name):
                self.assertEqual(differences(results, expected), [])


if __name__ == "__main__":
    unittest.main()
