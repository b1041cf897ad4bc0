"""The lab's world by one `mailtool serve`: both domains, all users, under the names of lab.env; and a name server with those
of the lab's names that serve's own has not.

    lab = ServeLab()
    lab.settings["LAB_IMAPS_PORT"]
    lab.reset()                     # empty mailboxes, each with a new UIDVALIDITY
    lab.close()
"""

import base64
import json
import os
import pathlib
import select
import shutil
import subprocess
import tempfile

from fast_place import fast_place
from lab_zone import LabZone
from ports import free_port

ZONES = pathlib.Path(__file__).resolve().parents[1] / "interop/lab/zones"
MAILTOOL = os.environ.get("MAILTOOL", "mailtool")
DOMAINS = ("crepes.fr", "hamburger.edu", "a-only.test", "mx-order.test")
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
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mailtool-serve-lab-", dir=fast_place()))
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
        self.names = LabZone(self.ports["dns"])
        self.names.broken["servfail.test"] = "SERVFAIL"
        self.names.read(ZONES / "test.zone", "test")
        self.names.read(ZONES / "crepes.fr.zone", "crepes.fr", self.make_dkim_keys(), only="_domainkey")
        # For whoever a test becomes.
        self.folder.chmod(0o755)
        shutil.copy(self.ready["ca"], self.folder / "ca.pem")
        (self.folder / "ca.pem").chmod(0o644)
        self.settings = {
            "LAB_DIR": str(self.folder), "LAB_HOST": DOMAINS[0], "LAB_ADDRESS": "127.0.0.1",
            "LAB_DNS": self.names.address, "LAB_DKIM": str(self.folder / "dkim"), "LAB_CA": str(self.folder / "ca.pem"), "LAB_PASSWORDS": str(passwords),
            **{f"LAB_{name.upper()}_PORT": str(self.ports[name]) for name in PORTS}}

    def make_dkim_keys(self):
        """The private ones in files; the public ones as the zone has them. A string of TXT has 255 octets at most."""
        folder = self.folder / "dkim"
        folder.mkdir(mode=0o700)
        public = {}
        for name, *options in (("rsa", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"), ("ed25519", "ED25519")):
            path = folder / f"{name}.pem"
            subprocess.run(["openssl", "genpkey", "-algorithm", *options, "-out", path], check=True, stderr=subprocess.DEVNULL)
            path.chmod(0o600)
            public[name] = subprocess.run(["openssl", "pkey", "-in", path, "-pubout", "-outform", "DER"], check=True,
                                          stdout=subprocess.PIPE).stdout
        rsa = base64.b64encode(public["rsa"]).decode()
        return {"DKIM_RSA": " ".join(f'"{rsa[at:at + 250]}"' for at in range(0, len(rsa), 250)),
                "DKIM_ED25519": base64.b64encode(public["ed25519"][-32:]).decode()}

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
        self.names.close()
        shutil.rmtree(self.folder, ignore_errors=True)
