"""A move, copy or flag killed at each system call that touches a disk or the server, and then undo: what it takes back is
the change that was killed, or it says that this cannot be done; never is it the change before."""

import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from moving_imap import MovingServer  # noqa: E402
from program import MAILTOOL  # noqa: E402

KILLER = os.environ.get("KILL_AT_SYSCALL", "kill_at_syscall")
CAPABILITIES = "UIDPLUS MOVE ESEARCH SEARCHRES"
COUNT = 6


class Home:
    def __init__(self, server):
        self.server, self.folder = server, tempfile.TemporaryDirectory()
        self.report = pathlib.Path(self.folder.name) / "report"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def run(self, *words, killed_at=None):
        program = [MAILTOOL] if killed_at is None else [KILLER, self.report, str(killed_at), MAILTOOL]
        leaks = "detect_leaks=0:" + os.environ.get("ASAN_OPTIONS", "")  # it cannot look while it is traced
        return subprocess.run(
            [*program, "imap", self.server.url, "--tls", "off", "--json", *words],
            env={"HOME": self.folder.name, "LC_ALL": "C.UTF-8", **({"ASAN_OPTIONS": leaks} if killed_at is not None else {})},
            capture_output=True, text=True, timeout=120)


class Killed(unittest.TestCase):
    def state(self, server):
        return {name: sorted((message, tuple(sorted(flags))) for message, flags in messages.values())
                for name, messages in server.folders.items()}

    def calls(self, words):
        with MovingServer(CAPABILITIES, COUNT) as server, Home(server) as home:
            self.assertEqual(home.run(*words, killed_at=0).returncode, 0)
            return int(home.report.read_text().split()[0])

    def one(self, words, point):
        with MovingServer(CAPABILITIES, COUNT) as server, Home(server) as home:
            self.assertEqual(home.run("flag", "+answered", "2").returncode, 0)
            before = self.state(server)
            killed = home.run(*words, killed_at=point)
            where = f"{words[0]} killed at call {point}, {home.report.read_text()}: "
            listed = home.run("undo", "--list")
            self.assertEqual(listed.returncode, 0, where + listed.stderr)
            records = [row for row in map(json.loads, listed.stdout.splitlines()) if row["type"] == "undo"]
            changed = self.state(server)
            undone = home.run("undo")
            after = self.state(server)
            if records[0]["verb"] == words[0] and records[0]["undo"] > 1:
                if undone.returncode == 69:
                    self.assertEqual(after, changed, where + "half taken back")
                    self.assertIn("cannot be taken back", undone.stderr)
                else:
                    self.assertIn(undone.returncode, (0, 66), where + undone.stderr)
                    self.assertEqual(after, before, where + "not as it was")
            else:
                # Nothing was begun: then nothing was changed, and the flag before is what is taken back.
                self.assertEqual(changed, before, where + "changed without a record")
                self.assertEqual(undone.returncode, 0, where + undone.stderr)
            self.assertEqual(sorted(message for messages in after.values() for message, _ in messages)
                             if words[0] != "copy" or after == before else list(range(1, COUNT + 1)),
                             list(range(1, COUNT + 1)), where + "lost or twice")
            return killed.returncode == 137, undone.returncode

    def sweep(self, *words):
        calls = self.calls(words)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda point: self.one(words, point), range(1, calls + 1)))
        # How many calls read what the server says depends on how it arrives.
        self.assertGreater(sum(killed for killed, _ in found), 15)
        return {status for _, status in found}

    def test_move(self):
        self.assertEqual(self.sweep("move", "subject:x", "--to", "Archive"), {0, 69})

    def test_copy(self):
        self.assertEqual(self.sweep("copy", "subject:x", "--to", "Archive"), {0, 69})

    def test_flag(self):
        # What is noted before it is changed can be taken back in any case, once it is noted.
        self.assertEqual(self.sweep("flag", "+flagged", "subject:x"), {0, 69})


if __name__ == "__main__":
    unittest.main()
