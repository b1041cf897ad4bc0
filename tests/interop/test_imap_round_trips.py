"""How many round trips the verbs of mailtool imap that change messages take, from Dovecot, after two for the greeting
and the login."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from delay_proxy import DelayProxy
from support import LAB, LabTest, password

LOGIN = 2


class RoundTrips(LabTest):
    def take(self, line, *words):
        line.reset()
        self.run_mailtool("imap", f"imap://bob%40hamburger.edu@127.0.0.1:{line.port}", "--tls", "off", "--auth", "PLAIN",
                          "--password-from", password("bob"), *words)
        for thread in line.threads:
            thread.join(timeout=5)
        return line.round_trips - LOGIN

    def test_changes(self):
        self.deliver(count=4)
        self.imap("folder", "create", "Elsewhere")
        with DelayProxy(int(LAB["LAB_IMAP_PORT"]), delay=0.02) as line:
            for words, most in (
                    (("move", "subject:Lunch", "--to", "Elsewhere"), 1),  # select, search and move together
                    (("undo",), 2),  # the UIDVALIDITY is looked at in between
                    (("move", "subject:Lunch", "--to", "Elsewhere", "--expect", "4"), 2),  # and here the count
                    (("undo",), 2),
                    (("copy", "1:*", "--to", "Elsewhere"), 1),
                    (("undo",), 4),  # looks for the originals, marks, then expunges
                    (("flag", "+seen", "-flagged", "subject:Lunch"), 2),  # which had them is noted before
                    (("undo",), 3),  # two flags
                    (("delete", "--permanent", "subject:Lunch"), 3)):
                with self.subTest(words):
                    self.assertLessEqual(self.take(line, *words), most)
