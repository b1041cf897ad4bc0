"""`mailtool serve` beside a test: its ports, its users' mail, and clients of the program itself."""

import json
import os
import poplib
import select
import smtplib
import subprocess
import tempfile
import time
import unittest

MAILTOOL = os.environ["MAILTOOL"]


def address(server, name):
    """Host and port of one of its servers: not all need be at the same address."""
    host, _, port = server["urls"][name].split("//")[1].rpartition(":")
    return host, int(port)


class Serving(unittest.TestCase):
    """Each test has a folder; servers end with it."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mailtool-serve-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.servers = 0

    def environment(self, **more):
        known = {name: os.environ[name] for name in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ}
        return {**known, "HOME": self.folder, "LC_ALL": "C.UTF-8", "PW": "secret", **more}

    def serve(self, *words, ports=("--port", "0"), **more):
        """Ready: what it says of itself."""
        self.servers += 1
        root = os.path.join(self.folder, f"server{self.servers}")
        process = subprocess.Popen([MAILTOOL, "serve", "--root", root, *ports, *words], stdout=subprocess.PIPE, text=True,
                                   env=self.environment(**more))
        self.addCleanup(self.end, process)
        self.assertTrue(select.select([process.stdout], [], [], 60)[0], "not ready")
        ready = json.loads(process.stdout.readline())
        ready["process"] = process
        return ready

    def end(self, process):
        if process.returncode is None:
            process.terminate()
            self.assertIn(process.wait(60), (0, 130, 143))
        process.stdout.close()

    def mailtool(self, *words, status=0, text=None, **more):
        done = subprocess.run([MAILTOOL, *words], capture_output=True, text=True, timeout=120, input=text,
                              env=self.environment(**more))
        self.assertEqual(done.returncode, status, (words, done.stdout, done.stderr))
        return done.stdout

    def send(self, server, *words, to="bob@example.test", subject="lunch", status=0):
        return self.mailtool("send", "--server", server["urls"]["smtp"], "--tls", "off", "-f", "alice@example.test",
                             "--from", "alice@example.test", "--to", to, "-s", subject, "--body", "Noon?", *words, status=status)

    def submit(self, server, sender, to, subject="lunch", user="alice"):
        with smtplib.SMTP(*address(server, "submission"), timeout=60) as client:
            client.login(user, "any")
            client.sendmail(sender, to, f"From: {sender}\r\nSubject: {subject}\r\n\r\nNoon?\r\n")

    def wait_for(self, what, wanted):
        deadline = time.monotonic() + 60
        while (found := what()) != wanted:
            self.assertLess(time.monotonic(), deadline, found)
            time.sleep(0.05)

    def queue(self, server, *words):
        return self.mailtool("queue", *words, XDG_STATE_HOME=server["root"] + "/state")

    def messages(self, server, user="bob"):
        """The inbox of a user, as POP3 has it."""
        client = poplib.POP3(*address(server, "pop3"), timeout=60)
        client.user(user)
        client.pass_("secret")
        found = [b"\r\n".join(client.retr(i + 1)[1]).decode() for i in range(client.stat()[0])]
        client.quit()
        return found

    def subjects(self, server, user="bob"):
        return [line.removeprefix("Subject: ") for text in self.messages(server, user) for line in text.split("\r\n")
                if line.startswith("Subject: ")]
