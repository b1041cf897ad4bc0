"""Every example with mailtool imap in the help, the man page and the README, typed into a shell."""

import datetime
import os
import re
import subprocess
import time
import unittest

from support import LAB, MAILTOOL, ROOT, LabTest, password

# The status of an example, where it is not 0: this server has no quotas.
STATUS = {"mailtool imap quota": 69}
# The examples' message; here any.
UID = "4711"


def from_man():
    """The .Dl lines and the .Bd blocks."""
    text = (ROOT / "man/mailtool-imap.1").read_text()
    found = [line[4:] for line in text.splitlines() if line.startswith(".Dl ")]
    found += re.findall(r"^\.Bd -literal[^\n]*\n(.*?)^\.Ed$", text, re.S | re.M)
    return [example.replace("\\e", "\\").replace("\\&", "").strip() for example in found if "mailtool imap" in example]


def from_readme():
    """The commands of the blocks for a shell; one that ends in | or \\ or opens quotes has several lines."""
    found = []
    for block in re.findall(r"^```sh\n(.*?)^```$", (ROOT / "README.md").read_text(), re.S | re.M):
        command = ""
        for line in block.splitlines():
            command += line + "\n"
            if not line.rstrip().endswith(("|", "\\")):
                found.append(command.strip())
                command = ""
    return [command for command in found if "mailtool imap" in command]


def from_help():
    found = []
    help_of_all = subprocess.run([MAILTOOL, "imap", "--help"], stdout=subprocess.PIPE, text=True, check=True).stdout
    verbs = re.findall(r"^  ([a-z]+(?: (?:create|rename|delete|subscribe|unsubscribe|status)\b)?)",
                       help_of_all.split("\nVerbs:\n")[1].split("\n\n")[0], re.M)
    for verb in [""] + verbs:
        text = subprocess.run([MAILTOOL, "imap", *verb.split(), "--help"], stdout=subprocess.PIPE, text=True,
                              check=True).stdout
        found += re.findall(r"^  (mailtool imap (?!\[).*)$", text, re.M)
    return found


class Examples(LabTest):
    def setUp(self):
        super().setUp()
        self.desk = self.home / "desk"
        (self.desk / "bin").mkdir(parents=True)
        (self.desk / "bin/mailtool").symlink_to(MAILTOOL)
        program = self.desk / "bin/on-mail.sh"
        program.write_text("#!/bin/sh\necho \"$@\" >> told\n")
        program.chmod(0o755)
        (self.desk / "on-mail.sh").symlink_to(program)
        (self.desk / "draft.eml").write_text("Subject: Draft\n\nNot yet.\n")
        (self.desk / "tidy.txt").write_text("flag +seen subject:lunch\nsearch --count\n")
        self.config = self.home / "config.toml"
        self.config.write_text("[account.bob]\n"
                               f'imap = "imaps://bob%40hamburger.edu@{LAB["LAB_HOST"]}:{LAB["LAB_IMAPS_PORT"]}"\n'
                               f'dns-server = "{LAB["LAB_DNS"]}"\ntls-ca = "{LAB["LAB_CA"]}"\n'
                               f'password-from = "{password("bob")}"\n')
        self.imap("folder", "create", "Big", "Support")

    def fill(self):
        """Mail of all kinds, and the UID of one message."""
        for days, flag in (1, "draft"), (400, "seen"):
            date = (datetime.date.today() - datetime.timedelta(days=days)).isoformat()
            mbox = "".join(f"From x Fri Nov 20 12:00:00 2026\nFrom: {sender}@crepes.fr\nSubject: lunch\n\nNoon?\n\n"
                           for sender in ("carol", "alice", "cron"))
            for folder in "INBOX", "@junk":
                self.imap("append", folder, "--date", date, "--flag", flag, input=mbox)
        return str(self.objects(self.imap("search", "--json", "from:carol"))[0]["uid"])

    def environment(self, deadline):
        return {"HOME": str(self.home), "MAILTOOL_CONFIG": str(self.config), "LC_ALL": "C.UTF-8",
                "PATH": f"{self.desk / 'bin'}:{os.environ['PATH']}", "MAILTOOL_DEADLINE": deadline,
                "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "")}

    def type(self, example):
        command = example.replace(UID, self.fill())
        run = subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=self.desk, env=self.environment("60s"),
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                             timeout=120)
        self.assertEqual(run.returncode, STATUS.get(example, 0), (example, run.stdout, run.stderr))
        if not STATUS.get(example) and " undo" not in example:
            self.assertEqual(run.stderr, "", example)

    def watch(self, example):
        """Mail comes until it has been told of."""
        run = subprocess.Popen(["bash", "-o", "pipefail", "-c", example], cwd=self.desk, env=self.environment("4s"),
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        end = time.monotonic() + 60
        while run.poll() is None and time.monotonic() < end:
            self.imap("append", "INBOX", input="Subject: lunch\n\nNoon?\n")
        out, err = run.communicate(timeout=60)
        told = (self.desk / "told").exists() if "--exec" in example else bool(out)
        self.assertTrue(told, (example, run.returncode, out, err))
        self.assertIn(run.returncode, (0, 75), (example, out, err))

    def all_of(self, examples, least):
        self.assertGreaterEqual(len(examples), least)
        for example in examples:
            with self.subTest(example):
                if " watch " in example:
                    self.watch(example)
                else:
                    self.type(example)

    def test_help(self):
        self.all_of(list(dict.fromkeys(from_help())), 27)

    def test_man(self):
        self.all_of(from_man(), 12)

    def test_readme(self):
        self.all_of(from_readme(), 14)


if __name__ == "__main__":
    unittest.main()
