"""`mailtool serve` in the place of a Dovecot of one's own (dovecot_pop3.py, dovecot_imap.py), with the same interface.

    server = ServeImap(folder, None, users={"bob": "..."})
    server.url_of("bob"), server.options, server.authority
"""

import json
import os
import pathlib
import select
import subprocess
import types

from announcing import Announcing
from imap_box import ImapBox

MAILTOOL = os.environ.get("MAILTOOL", "mailtool")
# How a Dovecot keeps mail and who may log in how.
NOT_OF_THE_PROTOCOL = ("mail_location", "mail_fsync", "auth_mechanisms")
# Of other settings of Dovecot's: the options that have serve do the same. A maildrop is one session's at a time anyway.
LIKE_DOVECOT = {"pop3_lock_session = yes": (), "mail_max_userip_connections = 1": (),
                "auth_failure_delay = 1 secs": ("--fail", "pop3 auth=delay 1s")}
CAPABILITIES = "imap_capability = "


def lines_of(settings):
    return [line for line in map(str.strip, settings.splitlines()) if line and not line.startswith(NOT_OF_THE_PROTOCOL)]


def needs_dovecot(settings):
    """True where a server without these settings is no server for the test."""
    return any(line not in LIKE_DOVECOT and not line.startswith(CAPABILITIES) for line in lines_of(settings))


class ServePop3:
    """Runs from the constructor to close()."""

    protocol = "pop3"
    lmtp = None

    def __init__(self, folder, _certificate=None, settings="", users=None, _lmtp=False):
        """`users`: {name: password}, with one password."""
        if needs_dovecot(settings):
            raise ValueError(f"serve knows nothing of: {settings}")
        self.settings = lines_of(settings)
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        self.root = self.folder / "root"
        self.users = users or {"bob": "bob-secret"}
        self.start()

    def start(self):
        words = [MAILTOOL, "serve", "--root", self.root, "--port", "0", "--domain", "hamburger.example"]
        words += [word for line in self.settings for word in LIKE_DOVECOT.get(line, ())]
        environment = {name: os.environ[name] for name in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ}
        for number, (name, password) in enumerate(self.users.items()):
            words += ["--user", f"{name}:env:PW{number}"]
            environment[f"PW{number}"] = password
        self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                                        env={**environment, "HOME": str(self.folder), "LC_ALL": "C.UTF-8"})
        said = self.process.stdout.readline() if select.select([self.process.stdout], [], [], 60)[0] else ""
        if not said:
            self.close()
            raise RuntimeError("mailtool serve did not come up")
        self.ready = json.loads(said)
        self.port, self.tls_port = self.ready[self.protocol], self.ready[self.protocol + "s"]
        self.authority = types.SimpleNamespace(path=self.ready["ca"])

    def close(self):
        """Unasked, as the end of a machine."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def maildrop(self, user="bob"):
        return self.root / "mail" / user / "Maildir"

    def fill(self, messages, user="bob", first=1):
        """Puts messages (of LF, octets) into a maildrop, in this order, as another program would."""
        maildrop = self.maildrop(user)
        for name in ("cur", "new", "tmp"):
            (maildrop / name).mkdir(parents=True, exist_ok=True)
        for number, message in enumerate(messages, first):
            path = maildrop / "tmp" / f"{number}"
            path.write_bytes(message)
            path.rename(maildrop / "new" / f"{1_700_000_000 + number}.M{number}P1.mail.example")

    def messages(self, user="bob"):
        """The files in the maildrop, in no order."""
        return [path for name in ("cur", "new") for path in (self.maildrop(user) / name).iterdir()]

    def filled(self, user="bob"):
        return bool(self.messages(user))


class ServeImap(ImapBox, ServePop3):
    line = None

    def start(self):
        super().start()
        for setting in self.settings:
            if setting.startswith(CAPABILITIES):
                self.line = Announcing(self.port, setting.removeprefix(CAPABILITIES))
                self.port = self.line.port

    def close(self):
        super().close()
        if self.line:
            self.line.close()
