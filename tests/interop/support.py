"""What the interop tests share: the lab's settings and a way to run mailtool."""

import atexit
import email.header
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest


def read_env(path):
    settings = {}
    for line in pathlib.Path(path).read_text().splitlines():
        name, _, value = line.partition("=")
        settings[name] = value.strip("'\"")
    return settings


MAILTOOL = os.environ["MAILTOOL"]
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))

from at_serve import AT_SERVE, NO_MECHANISMS, stands_out  # noqa: E402
from serve_lab import ServeLab  # noqa: E402

# The lab's servers, or one `mailtool serve` in their place.
SERVE = ServeLab() if AT_SERVE else None
if SERVE:
    atexit.register(SERVE.close)
LAB = SERVE.settings if SERVE else read_env(os.environ["LAB_ENV"])


MECHANISMS = [name for name in ("SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "LOGIN") if name not in NO_MECHANISMS]
# Where mail goes in and is there when it is acknowledged: LMTP, or the server that delivers by itself.
DOOR = (["--server", f"smtp://127.0.0.1:{LAB['LAB_SMTP_PORT']}", "--tls", "off"] if SERVE else
        ["--server", f"lmtp:{LAB['LAB_LMTP_SOCKET']}"])


def password(user):
    return f"file:{LAB['LAB_PASSWORDS']}/{user}"


class LabTest(unittest.TestCase):
    """Each test starts with empty mailboxes and an empty home of its own."""

    def __init__(self, method="runTest"):
        super().__init__(method)
        stands_out(self)

    def setUp(self):
        if SERVE:
            SERVE.reset()
        else:
            subprocess.run([ROOT / "script/lab", "reset", "--dir", LAB["LAB_DIR"]],
                           check=True, stdout=subprocess.DEVNULL)
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="mailtool-interop-"))
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)

    def run_mailtool(self, *args, input=b"", status=0, env=None, timeout=60):
        """Runs mailtool and holds it to `status`; no secret may be in its output."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "XDG_CONFIG_DIRS": str(self.home),
            "LC_ALL": "C.UTF-8",
            **(env or {}),
        }
        if isinstance(input, str):
            input = input.encode()
        done = subprocess.run([MAILTOOL, *map(str, args)], input=input, env=environment,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout)
        done.out = done.stdout.decode("utf-8", "surrogateescape")
        done.err = done.stderr.decode("utf-8", "surrogateescape")
        self.assertEqual(done.returncode, status,
                         f"{args}\nstdout:\n{done.out}\nstderr:\n{done.err}")
        for secret in pathlib.Path(LAB["LAB_PASSWORDS"]).iterdir():
            word = secret.read_text().strip()
            self.assertNotIn(word, done.out + done.err)
        return done

    def objects(self, done):
        return [json.loads(line) for line in done.out.splitlines()]

    # The four ways in that the tests use.

    def send_by_mx(self, *args, **more):
        return self.run_mailtool("send", "--mx", "--dns-server", LAB["LAB_DNS"], "--mx-port",
                                 LAB["LAB_SMTP_PORT"], *args, **more)

    def server(self, scheme, user):
        port = LAB[f"LAB_{scheme.upper()}_PORT"]
        name = {"submission": "smtp"}.get(scheme, scheme)
        return [f"{name}://{user.replace('@', '%40')}@{LAB['LAB_HOST']}:{port}", "--tls-ca",
                LAB["LAB_CA"], "--dns-server", LAB["LAB_DNS"], "--password-from",
                password(user.split("@")[0])]

    def submit(self, *args, scheme="submission", user="alice@crepes.fr", **more):
        return self.run_mailtool("send", "--server", *self.server(scheme, user), *args, **more)

    def fetch(self, *args, scheme="pop3s", user="bob@hamburger.edu", **more):
        return self.run_mailtool("fetch", *self.server(scheme, user), "--state",
                                 self.home / "state", *args, **more)

    def imap(self, *args, scheme="imaps", user="bob@hamburger.edu", **more):
        return self.run_mailtool("imap", *self.server(scheme, user), *args, **more)

    def deliver(self, subject="Lunch", text="Noon?\n", to="bob@hamburger.edu", count=1):
        """Puts messages into a mailbox, in order and at once."""
        for number in range(count):
            name = subject if count == 1 else f"{subject} {number + 1}"
            self.run_mailtool("send", *DOOR, to, input=message(name, text, to))

    def wait_for(self, count, user="bob@hamburger.edu"):
        """Waits until a mailbox holds `count` messages: an MTA delivers in its own time."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            done = self.imap("search", "--count", user=user)
            if int(done.out) >= count:
                return
            time.sleep(0.05)
        self.fail(f"{user} has fewer than {count} messages after 20 s")


def message(subject="Lunch", text="Noon?\n", to="bob@hamburger.edu"):
    encoded = email.header.Header(subject, "utf-8" if not subject.isascii() else None).encode()
    return (f"From: Alice <alice@crepes.fr>\nTo: {to}\nSubject: {encoded}\n"
            f"Date: Fri, 20 Nov 2026 12:00:00 +0100\nMessage-ID: <{abs(hash(subject))}@crepes.fr>\n"
            f"Content-Type: text/plain; charset=utf-8\n\n{text}")
