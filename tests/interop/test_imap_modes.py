"""Every verb of mailtool imap against a server with extensions switched off: the same results, by other commands.

The server still obeys what it does not announce, so that the dialogues have to prove that mailtool did not ask for it.
All has to be as at a Dovecot with all that it can do.
"""

import itertools
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from at_serve import AT_SERVE
from certificates import Authority
from dovecot_imap import DovecotImap
from imap_scenario import Scenario, differences, unannounced
from imap_support import OwnImap
from program import SECRET, ProgramTest

ALL = ("IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS "
       "THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED "
       "I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE "
       "SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW STATUS=SIZE SAVEDATE LITERAL+ NOTIFY SPECIAL-USE").split()


def without(*names):
    return "imap_capability = " + " ".join(name for name in ALL if name not in names)


MODES = {
    "no MOVE": without("MOVE"),
    "no UIDPLUS": without("UIDPLUS"),
    "no MOVE, no UIDPLUS": without("MOVE", "UIDPLUS"),
    "no extension of LIST and SEARCH": without(
        "ESEARCH", "SEARCHRES", "LIST-EXTENDED", "LIST-STATUS", "SPECIAL-USE", "STATUS=SIZE", "LITERAL+", "SASL-IR",
        "WITHIN", "MULTIAPPEND", "CONTEXT=SEARCH", "ESORT", "CONDSTORE", "QRESYNC"),
    "IMAP4rev1 alone": "imap_capability = IMAP4rev1",
    **({"all that serve has": ""} if AT_SERVE else {}),
}


class Modes(ProgramTest):
    numbers = itertools.count()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder.chmod(0o755)
        cls.certificate = Authority(cls.folder / "authority").certificate()

    def play(self, kind, settings):
        server = kind(self.folder / f"server-{next(self.numbers)}", self.certificate,
                      "auth_mechanisms = plain login\n" + settings, {"bob": SECRET})
        self.addCleanup(server.close)
        server.expunges = not settings or "UIDPLUS" in settings
        server.moves = server.expunges or "MOVE" in settings
        server.password = SECRET
        scenario = Scenario(self, server)
        results = scenario.play()
        self.assertEqual([line for dialogue in scenario.dialogues for line in unannounced(dialogue)], [])
        return results

    def test_same_results_by_what_is_announced(self):
        expected, *others = self.all(lambda row: self.play(*row), [
            (DovecotImap, ""), *((OwnImap, settings) for settings in MODES.values())])
        for name, results in zip(MODES, others):
            with self.subTest(name):
                self.assertEqual(differences(results, expected), [])

    def test_the_proof_itself(self):
        greeting = "S: * OK [CAPABILITY IMAP4rev1 MOVE] ready\n"
        for command in ("UID EXPUNGE 1:2", "UID SEARCH RETURN (COUNT) ALL", "UID MOVE $ Trash", "APPEND INBOX {3+}",
                        "AUTHENTICATE PLAIN ****", 'LIST "" "*" RETURN (STATUS (MESSAGES))', "EXPUNGE", "CLOSE",
                        "UID SEARCH YOUNGER 60", "UID FETCH 1 (FLAGS) (CHANGEDSINCE 1 VANISHED)"):
            with self.subTest(command):
                self.assertTrue(unannounced(f"{greeting}C: A1 {command}"))
        for command in ("UID MOVE 1 Trash", "UID SEARCH ALL", "APPEND INBOX {3}", "AUTHENTICATE PLAIN"):
            with self.subTest(command):
                self.assertEqual(unannounced(f"{greeting}C: A1 {command}"), [])


if __name__ == "__main__":
    unittest.main()
