"""Names as users write them, at servers that keep all folders below INBOX and have another delimiter than "/"."""

import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from imap_support import DovecotImapTest, letter
from other_imap import Courier
from program import SECRET, ProgramTest

PREFIXED = """
namespace inbox {
  inbox = yes
  prefix = INBOX.
  separator = .
}
"""


class Names:
    def play(self):
        source = self.folder / "letter.eml"
        source.write_bytes(letter(7))
        self.imap("folder", "create", "Work/Lunch", "Grüße")
        self.assertEqual(self.names() - {"INBOX.Trash", "INBOX.Archive", "INBOX.Work"},
                         {"INBOX", "INBOX.Work.Lunch", "INBOX.Grüße"})
        self.imap("append", "Work/Lunch", source)
        self.imap("append", "INBOX", source, source)
        self.assertEqual(self.imap("folder", "status", "Work/Lunch").out.split()[-1], "INBOX.Work.Lunch")
        for folder in ("Work/Lunch", "Work.Lunch", "INBOX.Work.Lunch", "INBOX/Work/Lunch"):
            self.assertEqual(self.imap("search", "--count", "-f", folder).out, "1\n", folder)
        self.assertIn("Lunch 7", self.imap("list", "-f", "Work/Lunch").out)
        self.assertIn(b"Subject: Lunch 7", self.imap("get", "1", "-f", "Work/Lunch").stdout)
        self.imap("flag", "+seen", "1", "-f", "Work/Lunch")
        self.imap("copy", "1", "-f", "Work/Lunch", "--to", "Grüße")
        self.imap("move", "1", "--to", "Done/2026", "--create")
        found = self.imap("search", "subject:Lunch")
        self.imap("move", "-", "--to", "Done/2026", input=found.stdout)
        self.assertEqual(self.imap("search", "--count", "-f", "INBOX", "-f", "Done/2026", "-f", "Grüße").out,
                         "0\tINBOX\n2\tINBOX.Done.2026\n1\tINBOX.Grüße\n3\ttotal\n")
        self.imap("undo")
        self.assertEqual(self.imap("search", "--count").out, "1\n")
        self.imap("export", "Done/2026", "--to", f"maildir:{self.folder / 'mirror'}")
        self.assertEqual([path.name for path in (self.folder / "mirror").iterdir() if path.is_dir()], ["INBOX.Done.2026"])
        # Into the folder that is open, too; of the two messages, which are equal, one.
        mirror = self.folder / "mirror" / "INBOX.Done.2026"
        for _ in range(2):
            self.imap("import", f"maildir:{mirror}", "--to", "Imported", "--create")
        batch = self.folder / "batch"
        batch.write_text(f"search --count -f Imported\nappend Imported {source} {source}\n"
                         f"list -f Imported\nappend Imported {source}\nsearch --count -f Imported\n")
        said = self.imap("batch", batch).out.splitlines()
        self.assertEqual((said[0], said[-1]), ("1", "4"))
        # What nobody has: the same status as ever, and what changes whole folders takes the exact name alone.
        self.assertIn("None", self.imap("search", "-f", "None", status=None).err)
        self.assertNotEqual(self.imap("folder", "delete", "Grüße", status=None).status, 0)
        self.assertIn("INBOX.Grüße", self.names())

    def test_names_as_users_write_them(self):
        self.play()

    def names(self):
        return set(self.imap("folders").out.splitlines())


class Dovecot(Names, DovecotImapTest):
    settings = PREFIXED

    def imap(self, *words, status=0, **more):
        run = self.mailtool(*self.arguments(*words), **more)
        if status is not None:
            self.assertEqual(run.status, status, run)
        return run


class AtCourier(Names, ProgramTest):
    def setUp(self):
        self.folder.chmod(0o755)
        self.server = Courier(self.folder / "courier", SECRET)
        self.addCleanup(self.server.close)

    def imap(self, *words, status=0, **more):
        run = self.mailtool("imap", self.server.url, *self.server.options, "--password-from", "env:PW", *words, **more)
        if status is not None:
            self.assertEqual(run.status, status, run)
        return run


class NoPrefix(DovecotImapTest):
    """Where there is no prefix, names cost nothing."""

    def commands(self, *words, status=0):
        log = self.folder / "log"
        self.imap(*words, "--transcript", log, status=status)
        return re.findall(r"^C: A\d+ (\S+(?: \S+)?)", log.read_text(), re.M)

    def test_no_question(self):
        self.imap("folder", "create", "Work")
        for words in (["search", "-f", "Work"], ["folder", "status", "Work"], ["list", "-f", "Archive"],
                      ["move", "from:nobody", "-f", "Work", "--to", "Archive"]):
            self.assertNotIn("NAMESPACE", self.commands(*words))

    def test_asked_once_where_a_folder_is_missing(self):
        commands = self.commands("search", "-f", "None", "-f", "Nothing", status=66)
        self.assertEqual(commands.count("NAMESPACE"), 1)
        self.assertFalse([one for one in commands if one.startswith("LIST")])


if __name__ == "__main__":
    unittest.main()
