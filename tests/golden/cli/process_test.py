"""The process around a command: descriptors, signals, limits.

    MAILTOOL=path/to/mailtool python3 -m unittest process_test
"""

import os
import signal
import subprocess
import unittest

PROGRAM = os.environ["MAILTOOL"]
ENVIRONMENT = {"HOME": "/nonexistent", "PATH": "/usr/bin:/bin",
               "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "")}


def shell(line):
    """Runs a line in which $M is the program; returns status and stderr."""
    done = subprocess.run(["bash", "-c", line], capture_output=True, timeout=30,
                          env=dict(ENVIRONMENT, M=PROGRAM), text=True)
    return done.returncode, done.stderr


class Process(unittest.TestCase):
    def test_full_disk_is_an_error(self):
        status, said = shell('"$M" --help > /dev/full')
        self.assertEqual(status, 74)
        self.assertIn("No space left on device", said)

    def test_closed_stdout_is_an_error(self):
        status, _ = shell('"$M" --help >&-')
        self.assertEqual(status, 74)

    def test_closed_descriptors_are_survived(self):
        status, _ = shell('"$M" --help <&- 2>&- > /dev/null')
        self.assertEqual(status, 0)

    def test_reader_that_has_gone_ends_it_quietly(self):
        read_end, write_end = os.pipe()
        os.close(read_end)
        done = subprocess.run([PROGRAM, "--help"], stdout=write_end,
                              stderr=subprocess.PIPE, env=ENVIRONMENT,
                              timeout=30)
        os.close(write_end)
        self.assertEqual(done.returncode, -signal.SIGPIPE)
        self.assertEqual(done.stderr, b"")

    def test_help_goes_to_stdout_and_usage_to_stderr(self):
        done = subprocess.run([PROGRAM, "--help"], capture_output=True,
                              env=ENVIRONMENT, timeout=30)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        done = subprocess.run([PROGRAM], capture_output=True, env=ENVIRONMENT,
                              timeout=30)
        self.assertEqual((done.returncode, done.stdout), (64, b""))

    def test_completion_is_quick_and_quiet(self):
        done = subprocess.run([PROGRAM, "__complete", "--", "send", "--bod"],
                              capture_output=True, env=ENVIRONMENT, timeout=30,
                              text=True)
        self.assertEqual([line.split("\t")[0] for line in done.stdout.split("\n")],
                         ["--body", "--body-file", ":none", ""])
        self.assertEqual(done.stderr, "")


if __name__ == "__main__":
    unittest.main()
