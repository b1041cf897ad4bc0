"""`mailtool serve --until-eof` ends with who started it, as the example in its man page has it."""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

from serve_case import MAILTOOL

PAGE = pathlib.Path(__file__).resolve().parents[2] / "man" / "mailtool-serve.1"
LIMIT = 60


def example():
    lines = PAGE.read_text().split("\n")
    begin = lines.index("import json, subprocess, tempfile")
    return lines[begin:lines.index(".Ed", begin)]


class UntilEof(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mailtool-serve-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "bin").mkdir()
        (self.folder / "bin" / "mailtool").symlink_to(pathlib.Path(MAILTOOL).resolve())
        known = {name: os.environ[name] for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ}
        self.environment = {**known, "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}", "HOME": folder.name,
                            "TMPDIR": folder.name}

    def start(self, *more):
        program = subprocess.Popen([sys.executable, "-c", "\n".join([*example(), "sys = __import__('sys')", "sys.stdout.flush()", *more])],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env=self.environment)
        self.addCleanup(program.kill)
        return program

    def ended(self, program):
        """The server has our pipe for its errors, too: that is at its end when both are."""
        said = program.communicate(timeout=LIMIT)
        return program.returncode, *said

    def test_a_test_that_ends_well(self):
        status, out, errors = self.ended(self.start("server.stdin.close()", "print(server.wait())"))
        self.assertEqual((status, errors), (0, ""))
        ports, said = out.splitlines()
        self.assertEqual([port.isdigit() for port in ports.split()], [True, True])
        self.assertEqual(said, "0")

    def test_a_test_that_fails(self):
        status, _, errors = self.ended(self.start("raise SystemExit(3)"))
        self.assertEqual((status, errors), (3, ""))

    def test_a_test_that_is_killed(self):
        program = self.start("sys.stdin.read()")
        self.assertRegex(program.stdout.readline(), r"^\d+ \d+$")
        program.send_signal(signal.SIGKILL)
        # What it held of ours is closed with it.
        self.assertEqual(self.ended(program)[0], -signal.SIGKILL)

    def serve(self, *words, **more):
        return subprocess.run([MAILTOOL, "serve", "--until-eof", "--port", "0", "--root", str(self.folder / "root"), *words],
                              capture_output=True, text=True, timeout=LIMIT, env=self.environment, **more)

    def test_what_comes_before_the_end_is_nothing(self):
        for text in "", "\n", "QUIT\r\n" * 10_000:
            done = self.serve(input=text)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn('"type":"ready"', done.stdout)

    def test_not_with_a_program(self):
        done = self.serve("--", "true", stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 64, done.stderr)
        self.assertIn("--until-eof", done.stderr)


if __name__ == "__main__":
    unittest.main()
