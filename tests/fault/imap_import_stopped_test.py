"""imap import ended by a signal: the answer to what was sent is awaited, so that the next run has nothing to look for."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import unittest

from export_home import MirrorTest
from program import MAILTOOL
from scripted_imap import ALL, ImapServer

CONTENTS = [b"Subject: %d\n\nText\n" % each for each in range(3)]


class Stopped(MirrorTest):
    def setUp(self):
        super().setUp()
        self.arrived, self.go = threading.Event(), threading.Event()
        self.addCleanup(self.go.set)
        box = self.home / "box"
        for place in ("cur", "new", "tmp"):
            (box / place).mkdir(parents=True)
        for number, content in enumerate(CONTENTS):
            path = box / "new" / f"{number}.M1.host"
            path.write_bytes(content)
            os.utime(path, (1_700_000_000 + number, 1_700_000_000 + number))

    def words(self, server):
        return [server.url, "--tls", "off", "import", f"maildir:{self.home / 'box'}", "--to", "INBOX", "--json"]

    def hold(self):
        self.arrived.set()
        self.go.wait(60)

    def interrupted(self, server, signals=1):
        """An import that has had so many signals while the server kept its answer back."""
        server.held = self.hold
        env = {key: value for key, value in os.environ.items() if key in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS")}
        process = subprocess.Popen([MAILTOOL, "imap", *self.words(server)], stdout=subprocess.DEVNULL,
                                   env={**env, "HOME": str(self.home), "LC_ALL": "C.UTF-8"})
        self.addCleanup(process.kill)
        self.assertTrue(self.arrived.wait(60))
        process.send_signal(signal.SIGINT)
        # The first one is dealt with: it is caught no more.
        status = pathlib.Path(f"/proc/{process.pid}/status")
        while process.poll() is None and self.catches(status.read_text(), signal.SIGINT):
            time.sleep(0.01)
        for _ in range(1, signals):
            process.send_signal(signal.SIGINT)
        return process

    @staticmethod
    def catches(status, number):
        mask = next(line for line in status.splitlines() if line.startswith("SigCgt"))
        return int(mask.split()[1], 16) >> (number - 1) & 1

    def again(self, server):
        server.held = lambda: None
        server.said = []
        done = self.command(server, "import", *self.words(server)[4:])
        row = json.loads(done.stdout.splitlines()[-1])
        contents = [each.content.replace(b"\r\n", b"\n") for each in server.folders["INBOX"].messages]
        self.assertEqual(contents, CONTENTS)
        return row["imported"], row["known"], server.times("UID SEARCH")

    def test_all_in_one_command(self):
        with ImapServer(capabilities=ALL) as server:
            process = self.interrupted(server)
            self.go.set()
            self.assertEqual(process.wait(60), -signal.SIGINT)
            self.assertEqual(self.again(server), (0, 3, 0))

    def test_one_after_the_other(self):
        """Of what was not begun nothing is sent any more."""
        with ImapServer(capabilities="UIDPLUS") as server:
            process = self.interrupted(server)
            self.go.set()
            self.assertEqual(process.wait(60), -signal.SIGINT)
            taken = len(server.folders["INBOX"].messages)
            self.assertIn(taken, (1, 2))
            self.assertEqual(self.again(server)[:2], (3 - taken, taken))

    def test_a_server_that_does_not_answer(self):
        with ImapServer() as server:
            process = self.interrupted(server)
            self.assertEqual(process.wait(60), -signal.SIGINT)
            self.go.set()
            self.assertEqual(self.again(server)[:2], (0, 3))

    def test_a_second_signal_ends_it_at_once(self):
        with ImapServer() as server:
            process = self.interrupted(server, signals=2)
            self.assertEqual(process.wait(60), -signal.SIGINT)
            self.go.set()
            self.assertEqual(self.again(server)[:2], (0, 3))


if __name__ == "__main__":
    unittest.main()
