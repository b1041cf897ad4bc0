"""Names as users write them, at servers that keep all folders below INBOX and have another delimiter than "/"."""

import json
import pathlib
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

    def filled(self, *folders):
        """Two letters in each."""
        source = self.folder / "letter.eml"
        source.write_bytes(letter(7))
        for folder in folders:
            if folder != "INBOX":
                self.imap("folder", "create", folder)
            self.imap("append", folder, source, source)

    def test_reading_several(self):
        self.filled("Done", "T5", "Work/Lunch")
        some = ["-f", "Done", "-f", "T5", "-f", "Work/Lunch"]
        rows = [f"INBOX.{name}\t{uid}" for name in ("Done", "T5", "Work.Lunch") for uid in (1, 2)]
        for more in ([], ["--thread"], ["--sort", "date"]):
            listed = self.imap("list", *some, "--fields", "folder,uid", *more).out
            self.assertEqual([line.strip() for line in listed.splitlines()], rows, more)
        files = self.folder / "files"
        self.imap("get", "1:*", *some, "-o", files)
        self.assertEqual(len(list(files.iterdir())), 6)
        self.imap("attachments", "1:*", *some)
        self.assertEqual(self.imap("search", "--count", *some, "thread:1").out.split()[-2:], ["3", "total"])

    def test_changing_several(self):
        self.filled("INBOX", "Done", "T5", "V1")
        some = ["-f", "INBOX", "-f", "Done", "-f", "T5"]
        for flags in (["--expect", "6"], []):
            would = self.imap("flag", "+seen", "subject:Lunch", *some, "-n", *flags).out
            self.assertEqual(would, "".join(f"would flag 2 messages of {name}\n" for name in ("INBOX", "INBOX.Done", "INBOX.T5")))
        would = self.imap("copy", "subject:Lunch", "-f", "Done", "-f", "INBOX.Done", "--to", "V1", "-n").out
        self.assertEqual(would, "would copy 2 messages of INBOX.Done to V1\n")
        for to in ("INBOX.V1", "V1"):
            self.imap("copy", "subject:Lunch", *some, "--to", to)
        self.assertEqual(self.imap("search", "--count", "-f", "V1").out, "14\n")
        self.imap("flag", "+flagged", "subject:Lunch", *some)
        self.assertEqual(self.imap("search", "--count", *some, "is:flagged").out.split()[-2:], ["6", "total"])
        explained = self.imap("move", "subject:Lunch", *some, "--to", "V1", "--explain").out
        self.assertIn("NAMESPACE", explained.splitlines()[0])
        self.imap("delete", "subject:Lunch", *some, "-f", "Trash")
        self.assertEqual(self.imap("search", "--count", *some, "-f", "Trash").out.split()[-4::2], ["6", "6"])

    def test_one_folder_by_two_names(self):
        self.filled("Done", "X")
        for names in (["Done", "INBOX.Done"], ["INBOX.Done", "Done"], ["Done", "INBOX/Done", "Done"]):
            some = [word for name in names for word in ("-f", name)]
            found = self.imap("search", *some)
            self.assertEqual(found.out.count("INBOX.Done"), 1, found)
            self.assertEqual(self.imap("search", "--count", *some).out.split()[-2:], ["2", "total"])
            self.assertEqual(self.imap("list", *some, "--fields", "uid").out.split(), ["1", "2"])
        self.imap("copy", "-", "--to", "X", input=found.stdout)
        self.assertEqual(self.imap("search", "--count", "-f", "X").out, "4\n")

    def test_listing_by_name(self):
        self.filled("Work/Lunch", "Work/Supper", "Done")
        meals = ["INBOX.Work.Lunch", "INBOX.Work.Supper"]
        self.assertEqual(self.imap("folders", "Work/Lunch").out, meals[0] + "\n")
        self.assertEqual(self.imap("folders", "Work/*").out.split(), meals)
        self.assertEqual(self.imap("folders", "INBOX.Work.*", "Work/L*", "inbox").out.split(), ["INBOX", *meals])
        lines = self.imap("folders", "Work/*", "INBOX.Work.*", "--status", "--json").out.splitlines()
        self.assertEqual(sorted(json.loads(line)["name"] for line in lines if "folder" in line), meals)
        missed = self.imap("folders", "None", "Done", status=66)
        self.assertEqual(missed.out, "INBOX.Done\n")
        self.assertIn("None: no such folder", missed.err)
        self.assertEqual(self.imap("folders", "None*").out, "")
        self.assertEqual(self.imap("folders", "--subscribed", "Done").out, "")

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


if __name__ == "__main__":
    unittest.main()
