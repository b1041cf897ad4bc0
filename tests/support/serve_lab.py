"""The lab's world by one `mailtool serve`: both domains, all users, a name server, under the names of lab.env.

    lab = ServeLab()
    lab.settings["LAB_IMAPS_PORT"]
    lab.reset()                     # empty mailboxes, each with a new UIDVALIDITY
    lab.close()
"""

import json
import os
import pathlib
import select
import shutil
import subprocess
import tempfile

from ports import free_port

MAILTOOL = os.environ.get("MAILTOOL", "mailtool")
DOMAINS = ("crepes.fr", "hamburger.edu", "a-only.test")
PASSWORDS = {"alice": "alice-secret", "bob": "bob-secret", "carol": 'carol "likes" spaces & $signs',
             "dave": "pässwörd-€"}
# What the lab's recipients are answered, whoever asks.
RECIPIENTS = {"later": "450 4.7.1 Greylisted, try again later", "busy": "452 4.2.2 Mailbox is over its quota for now",
              "full": "552 5.2.2 Mailbox is full", "gone": "551 5.1.6 User has moved to bob@crepes.fr",
              "banned": "554 5.7.1 Refused by policy"}
PORTS = ("smtp", "submission", "smtps", "pop3", "pop3s", "imap", "imaps")


class ServeLab:
    """Runs from the constructor to close(); which tests put which names into commands, see interop/support.py."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mailtool-serve-lab-"))
        self.root = self.folder / "root"
        passwords = self.folder / "passwords"
        passwords.mkdir(mode=0o700)
        self.users = []
        for user, password in PASSWORDS.items():
            (passwords / user).write_text(password + "\n")
            (passwords / user).chmod(0o600)
            self.users += ["--user", f"{user}:file:{passwords}/{user}"]
        self.ports = {name: free_port() for name in (*PORTS, "dns")}
        self.start()
        # For whoever a test becomes.
        self.folder.chmod(0o755)
        shutil.copy(self.ready["ca"], self.folder / "ca.pem")
        (self.folder / "ca.pem").chmod(0o644)
        self.settings = {
            "LAB_DIR": str(self.folder), "LAB_HOST": DOMAINS[0], "LAB_ADDRESS": "127.0.0.1",
            "LAB_DNS": f"127.0.0.1:{self.ports['dns']}", "LAB_CA": str(self.folder / "ca.pem"), "LAB_PASSWORDS": str(passwords),
            **{f"LAB_{name.upper()}_PORT": str(self.ports[name]) for name in PORTS}}

    def start(self):
        words = [MAILTOOL, "serve", "--root", self.root, *self.users]
        for domain in DOMAINS:
            words += ["--domain", domain]
        for user, answer in RECIPIENTS.items():
            words += ["--fail", f"smtp rcpt:{user}@*={answer}"]
        for name, port in self.ports.items():
            words += [f"--{name}", f"127.0.0.1:{port}"]
        environment = {name: os.environ[name] for name in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS")
                       if name in os.environ}
        self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                                        env={**environment, "HOME": str(self.folder), "LC_ALL": "C.UTF-8"})
        said = self.process.stdout.readline() if select.select([self.process.stdout], [], [], 60)[0] else ""
        if not said:
            self.stop()
            raise RuntimeError("mailtool serve did not come up")
        self.ready = json.loads(said)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def reset(self):
        """The files that hold the highest UIDVALIDITY stay, so that no mailbox is taken for the one before it."""
        self.stop()
        for maildir in self.root.glob("mail/*/Maildir"):
            shutil.rmtree(maildir)
        shutil.rmtree(self.root / "state", ignore_errors=True)
        self.start()

    def close(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
