"""mailtool imap export against a server of its own: with all that it can do, and with extensions switched off."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from certificates import Authority
from delay_proxy import DelayProxy
from fast_place import fast_place
from imap_answers import RawImap
from imap_support import OwnImap
from program import MAILTOOL

MODES = {
    "all": "",
    "condstore": "imap_capability = IMAP4rev1 LITERAL+ SASL-IR ENABLE CONDSTORE ESEARCH LIST-STATUS LIST-EXTENDED UIDPLUS",
    "plain": "imap_capability = IMAP4rev1",
}


def texts(count):
    """With LF, as they lie on both disks."""
    return [b"Subject: %d\nMessage-ID: <%d@mail.example>\n\n" % (each, each) + b"Text of a line\n" * (each % 7)
            for each in range(count)]


class Mirror(unittest.TestCase):
    def setUp(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="mailtool-m-", dir=fast_place()))
        self.home.chmod(0o755)
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)

    def server(self, settings=""):
        server = OwnImap(self.home / "d", Authority(self.home / "ca").certificate(), settings=settings)
        self.addCleanup(server.close)
        return server

    def imap(self, server, *words, status=0, input=None, url=None):
        done = subprocess.run(
            [MAILTOOL, "imap", url or server.url, *server.options, "--auth", "PLAIN", "--password-from", "env:PW",
             *map(str, words)], capture_output=True, text=True, input=input, timeout=120,
            env={"PATH": os.environ["PATH"], "HOME": str(self.home), "LC_ALL": "C.UTF-8", "PW": "bob-secret"})
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def export(self, server, *words, status=0, url=None):
        done = self.imap(server, "export", "--to", f"maildir:{self.home / 'mirror'}", "--json", *words, status=status,
                         url=url)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        return {row["name"]: row for row in rows if row["type"] == "folder"}, rows[-1]

    def equal(self, server, folder, count):
        """The mirror of `folder` and the folder itself have the same octets, flags and dates."""
        there = {}
        for line in self.imap(server, "list", "-f", folder, "--json", "--fields", "uid,flags,date").stdout.splitlines():
            row = json.loads(line)
            if row["type"] == "message":
                there[row["uid"]] = row
        self.assertEqual(len(there), count)
        letters = {"\\Draft": "D", "\\Flagged": "F", "\\Answered": "R", "\\Seen": "S", "\\Deleted": "T"}
        paths = list((self.home / "mirror" / folder.replace("%", "%25").replace("/", "%2F") / "cur").iterdir())
        self.assertEqual(len(paths), count)
        for path in paths:
            uid = int(path.name.split(".")[1].split("U")[1])
            flags = "".join(sorted(letters[flag] for flag in there[uid]["flags"] if flag in letters))
            self.assertEqual(path.name.rpartition(":2,")[2], flags)
        return {int(path.name.split(".")[1].split("U")[1]): path for path in paths}

    def test_every_mode(self):
        for mode, settings in MODES.items():
            with self.subTest(mode):
                self.empty_home()
                server = self.server(settings)
                server.fill(texts(60))
                folders, _ = self.export(server, "INBOX")
                self.assertEqual(folders["INBOX"]["fetched"], 60)
                paths = self.equal(server, "INBOX", 60)
                self.assertEqual({path.read_bytes() for path in paths.values()},
                                 set(texts(60)))
                folders, _ = self.export(server, "INBOX")
                self.assertEqual((folders["INBOX"]["fetched"], folders["INBOX"]["changed"]), (0, 0))
                self.imap(server, "flag", "+flagged", "+seen", "+$Work", "2:40")
                self.imap(server, "flag", "-seen", "3:5")
                self.imap(server, "append", "INBOX", input="Subject: new\n\nText\n")
                self.expunge(server, "10:19")
                folders, _ = self.export(server, "INBOX")
                row = folders["INBOX"]
                self.assertEqual((row["messages"], row["fetched"], row["changed"], row["gone"]), (51, 1, 29, 10))
                folders, _ = self.export(server, "INBOX", "--delete")
                self.assertEqual((folders["INBOX"]["removed"], folders["INBOX"]["gone"]), (10, 0))
                paths = self.equal(server, "INBOX", 51)
                self.assertEqual(paths[61].read_bytes(), b"Subject: new\n\nText\n")
                self.expunge(server, "1")
                folders, _ = self.export(server, "INBOX", "--delete")
                self.assertEqual(folders["INBOX"]["removed"], 1)
                self.assertNotIn("\\Seen", self.imap(server, "list", "uid:60", "--fields", "flags").stdout)
                server.close()

    def empty_home(self):
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir(mode=0o755)
        self.home.chmod(0o755)

    def expunge(self, server, uids):
        """By somebody else."""
        client = RawImap(server.port, "bob", "bob-secret")
        self.addCleanup(client.close)
        for command in ("SELECT INBOX", f"UID STORE {uids} +FLAGS.SILENT (\\Deleted)", f"UID EXPUNGE {uids}", "LOGOUT"):
            self.assertEqual(client.ask(command).status, "OK", command)

    def test_awkward_names(self):
        server = self.server()
        names = ["Grüße/한글", "50% off", 'say "hi"', "with  blanks", "a&b", "INBOX"]
        for name in names[:-1]:
            self.imap(server, "append", name, "--create", input="Subject: x\n\nText\n")
        folders, total = self.export(server, "*")
        self.assertTrue(set(names) <= set(folders))
        self.assertEqual((total["fetched"], total["failed"]), (5, 0))
        made = {path.name for path in (self.home / "mirror").iterdir()}
        self.assertTrue({"Grüße%2F한글", "50%25 off", 'say "hi"', "with  blanks", "a&b", "INBOX"} <= made, made)
        for name in names[:-1]:
            self.equal(server, name, 1)
        folders, _ = self.export(server, "50% off", "@trash")
        self.assertEqual(set(folders), {"50% off", "Trash"})

    def test_another_uidvalidity(self):
        server = self.server()
        self.imap(server, "append", "Work", "--create", input="Subject: x\n\nText\n")
        self.export(server, "Work")
        self.imap(server, "folder", "delete", "Work")
        self.imap(server, "append", "Work", "--create", input="Subject: y\n\nText\n")
        folders, _ = self.export(server, "Work", "--delete", status=65)
        self.assertIn("UIDVALIDITY", folders["Work"]["error"])
        path, = (self.home / "mirror/Work/cur").iterdir()
        self.assertIn(b"Subject: x", path.read_bytes())

    def test_round_trips(self):
        """Greeting, login, one flight for the list, one for all that is new in a folder, and the farewell."""
        server = self.server()
        server.fill(texts(300))
        with DelayProxy(server.port, delay=0.02) as line:
            for trips in (5, 4):
                self.export(server, "INBOX", url=f"imap://bob@127.0.0.1:{line.port}")
                for thread in line.threads:
                    thread.join(timeout=10)
                self.assertLessEqual(line.round_trips, trips)
                line.reset()

    def test_there_and_back(self):
        """What was mirrored, imported into another folder and mirrored again is the same; and nothing goes twice."""
        for mode in ("all", "plain"):
            with self.subTest(mode):
                self.empty_home()
                server = self.server(MODES[mode])
                server.fill(texts(120))
                self.imap(server, "flag", "+seen", "+flagged", "2:40")
                self.export(server, "INBOX")
                for imported in (120, 0):
                    done = self.imap(server, "import", f"maildir:{self.home}/mirror/INBOX", "--to", "Copy", "--create",
                                     "--json")
                    self.assertEqual(json.loads(done.stdout.splitlines()[-1])["imported"], imported)
                self.export(server, "Copy")
                both = [{(path.read_bytes(), path.name.rpartition(":2,")[2], int(path.stat().st_mtime))
                         for path in (self.home / "mirror" / name / "cur").iterdir()} for name in ("INBOX", "Copy")]
                self.assertEqual(both[0], both[1])
                self.assertEqual(len(both[0]), 120)
                server.close()

    def test_import_stopped_again_and_again(self):
        """Nothing twice, and of a command that was sent before a signal nothing has to be looked for."""
        count = 500
        for mode in ("all", "plain"):
            with self.subTest(mode):
                self.empty_home()
                box = self.home / "box"
                for place in ("cur", "new", "tmp"):
                    (box / place).mkdir(parents=True)
                for number, text in enumerate(texts(count)):
                    (box / "new" / f"{number:05}.M1.host").write_bytes(text)
                server = self.server(MODES[mode])
                self.imap(server, "folder", "create", "Copy")
                there = server.maildrop() / ".Copy"
                for stop in (1, 150, 320):
                    process = subprocess.Popen(
                        [MAILTOOL, "imap", server.url, *server.options, "--auth", "PLAIN", "--password-from", "env:PW",
                         "import", f"maildir:{box}", "--to", "Copy", "--transcript", str(self.home / "transcript")],
                        env={"PATH": os.environ["PATH"], "HOME": str(self.home), "PW": "bob-secret"})
                    while process.poll() is None and len(self.names(there)) < stop:
                        time.sleep(0.002)
                    process.send_signal(signal.SIGINT)
                    self.assertIn(process.wait(60), (0, -signal.SIGINT))
                    if mode == "all":
                        sent = (self.home / "transcript").read_text().count(" UID SEARCH ")
                        self.assertEqual(sent, 0)
                self.imap(server, "import", f"maildir:{box}", "--to", "Copy")
                # The one keeps lines with LF, the other with CRLF.
                self.assertEqual(sorted(path.read_bytes().replace(b"\r\n", b"\n") for path in self.names(there)),
                                 sorted(texts(count)))
                server.close()

    @staticmethod
    def names(maildir):
        return [path for place in ("cur", "new") if (maildir / place).exists() for path in (maildir / place).iterdir()]

    def test_in_a_batch(self):
        server = self.server()
        server.fill(texts(3))
        lines = (f"export INBOX --to maildir:{self.home}/mirror\nflag +flagged 2\nsearch is:flagged\n"
                 f"export INBOX --to maildir:{self.home}/mirror\n")
        self.imap(server, "batch", "-", input=lines)
        self.assertEqual(self.equal(server, "INBOX", 3)[2].name.rpartition(":2,")[2], "F")


if __name__ == "__main__":
    unittest.main()
