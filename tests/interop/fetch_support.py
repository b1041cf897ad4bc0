"""What the tests of fetch against servers of their own share."""

import itertools
import os
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from at_serve import AT_SERVE, leave_out, stands_out
from certificates import Authority
from dovecot_pop3 import DovecotPop3
from serve_boxes import ServePop3
from program import SECRET, ProgramTest


def letter(number, text="Noon?\n", header=""):
    """A message of LF lines."""
    return (f"From: alice@example.com\nTo: bob@example.org\nSubject: Lunch {number}\n"
            f"Date: Fri, 20 Nov 2026 12:00:00 +0100\nMessage-ID: <{number}@example.com>\n{header}\n{text}").encode()


class FetchTest(ProgramTest):
    """Each test has an empty state and empty destinations below self.home."""

    numbers = itertools.count()

    def setUp(self):
        self.home = self.folder / f"home-{next(self.numbers)}"
        self.home.mkdir()

    def fetch(self, url, *options, status=0, **more):
        run = self.mailtool("fetch", url, "--password-from", "env:PW", "--state", self.home / "state", *options, **more)
        self.assertEqual(run.status, status, run)
        return run

    def counts(self, url, *options, **more):
        """The summary of a run with --json."""
        return self.fetch(url, "--json", *options, **more).objects()[-1]

    def to(self, name="Mail"):
        return ["--to", f"maildir:{self.home}/{name}"]

    def delivered(self, name="Mail"):
        """Subjects in a Maildir, sorted by number."""
        folder = self.home / name / "new"
        subjects = [re.search(rb"^Subject: Lunch (\d+)$", path.read_bytes(), re.M)[1]
                    for path in (folder.iterdir() if folder.exists() else ())]
        return sorted(map(int, subjects))


class DovecotTest(FetchTest):
    """A Dovecot with `settings` for the class, and a maildrop of its own for each test; or a `mailtool serve`, see
    at_serve.py."""

    settings, lmtp, users = "", False, 24

    def __init_subclass__(cls, **more):
        super().__init_subclass__(**more)
        leave_out(cls)

    def __init__(self, method="runTest"):
        super().__init__(method)
        stands_out(self)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder.chmod(0o755)
        cls.authority = Authority(cls.folder / "authority")
        cls.unused = (f"user{number}" for number in range(cls.users))
        server = ServePop3 if AT_SERVE else DovecotPop3
        cls.server = server(cls.folder / "server", cls.authority.certificate(), cls.settings,
                            {f"user{number}": SECRET for number in range(cls.users)}, cls.lmtp)
        cls.authority = getattr(cls.server, "authority", cls.authority)
        cls.addClassCleanup(cls.server.close)

    def setUp(self):
        super().setUp()
        self.user = next(self.unused)
        self.url = f"pop3s://{self.user}@127.0.0.1:{self.server.tls_port}"
        self.stls_url = f"pop3://{self.user}@127.0.0.1:{self.server.port}"

    def fetch(self, *options, url=None, **more):
        return super().fetch(url or self.url, "--tls-ca", self.authority.path, *options, **more)

    def counts(self, *options, **more):
        return self.fetch("--json", *options, **more).objects()[-1]

    def fill(self, *messages, first=1):
        self.server.fill(messages, self.user, first)

    def fill_letters(self, count, first=1):
        self.fill(*(letter(number) for number in range(first, first + count)), first=first)

    def left(self):
        return len(self.server.messages(self.user))
