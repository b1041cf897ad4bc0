"""mailtool imap undo where the server refuses it for now: the record stays."""

import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from moving_imap import MovingServer  # noqa: E402
from program import ProgramTest  # noqa: E402


class Keeping(MovingServer):
    """`kept`: what PERMANENTFLAGS says, None for nothing."""

    kept = None

    def answer(self, command):
        done = super().answer(command)
        if self.kept is not None and command.startswith(("SELECT", "EXAMINE")):
            self.say("* FLAGS (\\Seen \\Deleted)")
            self.say(f"* OK [PERMANENTFLAGS ({self.kept})] x")
        return done


class Refused(ProgramTest):
    def imap(self, server, *words, status=0):
        done = self.mailtool("imap", server.url, "--tls", "off", *words)
        self.assertEqual(done.status, status, done)
        return done

    def records(self, server):
        rows = map(json.loads, self.imap(server, "undo", "--list", "--json").out.splitlines())
        return [row["verb"] for row in rows if row["type"] == "undo"]

    def refused_and_taken_back(self, capabilities, *words):
        with Keeping(capabilities, 3) as server:
            before = json.dumps(server.places())
            self.imap(server, *words)
            server.kept = ""
            self.assertIn("does not keep", self.imap(server, "undo", status=69).err)
            self.assertEqual(self.records(server), [words[0]])
            server.kept = "\\Seen \\Deleted"
            self.imap(server, "undo")
            self.assertEqual(self.records(server), [])
            self.assertEqual(json.dumps(server.places()), before)
            self.assertFalse([flags for folder in server.folders.values() for _, flags in folder.values() if flags])

    def test_a_flag(self):
        self.refused_and_taken_back("UIDPLUS MOVE ESEARCH", "flag", "+seen", "1")

    def test_a_copy(self):
        self.refused_and_taken_back("UIDPLUS ESEARCH", "copy", "1", "--to", "Archive")

    def test_a_copy_whose_original_has_gone_is_final(self):
        with Keeping("UIDPLUS MOVE ESEARCH", 3) as server:
            self.imap(server, "copy", "1", "--to", "Archive")
            del server.folders["INBOX"][1]
            self.imap(server, "undo", status=69)
            self.assertEqual(self.records(server), [])


if __name__ == "__main__":
    unittest.main()
