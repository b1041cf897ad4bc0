"""What the tests of imap against Dovecots of their own share."""

import itertools
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from at_serve import AT_SERVE, leave_out, stands_out
from certificates import Authority
from dovecot_imap import DovecotImap
from fast_place import fast_place
from serve_boxes import ServeImap
from program import MAILTOOL, SECRET, ProgramTest

# Which server a test starts for itself.
OwnImap = ServeImap if AT_SERVE else DovecotImap


def letter(number, text="Noon?\n", sender="alice@crepes.example"):
    return (f"From: {sender}\nTo: bob@hamburger.example\nSubject: Lunch {number}\n"
            f"Date: Fri, 20 Nov 2026 12:00:00 +0100\nMessage-ID: <{number}@crepes.example>\n\n{text}").encode()


def separated(messages):
    """An mbox."""
    return b"".join(b"From alice@crepes.example Fri Nov 20 12:00:00 2026\n" + message + b"\n" for message in messages)


class DovecotImapTest(ProgramTest):
    """A Dovecot with `settings` for the class, in memory if there is room, and a user of its own for each test; or a
    `mailtool serve`, see at_serve.py."""

    settings, users = "", 8

    def __init_subclass__(cls, **more):
        super().__init_subclass__(**more)
        leave_out(cls)

    def __init__(self, method="runTest"):
        super().__init__(method)
        stands_out(self)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        work = tempfile.TemporaryDirectory(prefix="mailtool-imap-", dir=fast_place())
        cls.addClassCleanup(work.cleanup)
        pathlib.Path(work.name).chmod(0o755)
        cls.unused = (f"user{number}" for number in itertools.count())
        cls.server = OwnImap(pathlib.Path(work.name) / "server", Authority(cls.folder / "authority").certificate(),
                             "auth_mechanisms = plain login\nmail_fsync = never\n" + cls.settings,
                             {f"user{number}": SECRET for number in range(cls.users)})
        cls.addClassCleanup(cls.server.close)

    def setUp(self):
        self.user = next(self.unused)

    def arguments(self, *words):
        return ["imap", self.server.url_of(self.user), *self.server.options, "--password-from", "env:PW", *words]

    def imap(self, *words, status=0, **more):
        run = self.mailtool(*self.arguments(*words), **more)
        self.assertEqual(run.status, status, run)
        return run

    def count(self, *query, folder="INBOX"):
        return int(self.imap("search", "--count", "-f", folder, "--", *query).out)

    def measured(self, *words, timeout=120):
        """stdout, and the peak of the resident memory in MB."""
        with tempfile.TemporaryFile() as report:
            done = subprocess.run(
                [os.environ["MEASURE"], "--to", str(report.fileno()), MAILTOOL, *map(str, self.arguments(*words))],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, pass_fds=[report.fileno()], timeout=timeout,
                env={**os.environ, "PW": SECRET, "HOME": str(self.folder), "LC_ALL": "C.UTF-8"})
            report.seek(0)
            *_, peak, status = map(int, report.read().split())
        self.assertEqual(status, 0, done.stderr)
        return done.stdout, peak / 1024
