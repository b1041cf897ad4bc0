"""A home in which `imap export` and `import` run, and what lies in its mirror."""

import os
import pathlib
import shutil
import subprocess
import tempfile

from program import MAILTOOL, ProgramTest

STATE = ".mailtool-mirror"


class MirrorTest(ProgramTest):
    def setUp(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="mailtool-mirror-"))
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)
        self.mirror = self.home / "mirror"

    def command(self, server, verb, *arguments, program=(MAILTOOL,), environment=None, home=None, status=0):
        home = home or self.home
        env = {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8", **(environment or {})}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                env.setdefault(name, os.environ[name])
        done = subprocess.run([*map(str, program), "imap", server.url, "--tls", "off", verb, *map(str, arguments)],
                              env=env, capture_output=True, text=True, timeout=120)
        if status is not None:
            self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def export(self, server, *arguments, folder="INBOX", to=None, **more):
        return self.command(server, "export", folder, "--to", f"maildir:{to or self.mirror}", *arguments, **more)

    def files(self, folder="INBOX", mirror=None):
        """{uid: (octets, letters)}, and nothing twice."""
        found = {}
        for place in ("cur", "new"):
            for path in ((mirror or self.mirror) / folder / place).iterdir():
                uid = int(path.name.split(".")[1].split("U")[1])
                self.assertNotIn(uid, found, "twice")
                found[uid] = (path.read_bytes(), path.name.rpartition(":2,")[2])
        return found

    def equal(self, server, folder="INBOX", kept=(), mirror=None):
        """The mirror holds what the server has, with its flags, and of `kept` UIDs what it had."""
        letters = {"\\Draft": "D", "\\Flagged": "F", "\\Answered": "R", "\\Seen": "S", "\\Deleted": "T"}
        wanted = {each.uid: (each.content.replace(b"\r\n", b"\n"),
                             "".join(sorted(letters[flag] for flag in each.flags if flag in letters)))
                  for each in server.folders[folder].messages}
        found = self.files(folder, mirror)
        for uid in kept:
            self.assertIn(uid, found)
            found.pop(uid)
        self.assertEqual(found, wanted)

    def leftovers(self, folder="INBOX", mirror=None):
        return [path.name for path in ((mirror or self.mirror) / folder / "tmp").iterdir()]
