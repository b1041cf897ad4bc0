"""Runs the built program, $MAILTOOL, in a home of its own, and says what came of it."""

import base64
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

MAILTOOL = os.environ.get("MAILTOOL", "mailtool")
SECRET = "Geheim-9731"  # the password of every test: its base64 and itself may be in no output
AT_ONCE = 8


def encoded(text):
    return base64.b64encode(text.encode()).decode()


class Run:
    """One run and its output, as text."""

    def __init__(self, arguments, done, seconds):
        self.arguments, self.seconds = arguments, seconds
        self.status = done.returncode
        self.stdout = done.stdout
        self.out = done.stdout.decode("utf-8", "surrogateescape")
        self.err = done.stderr.decode("utf-8", "surrogateescape")

    def objects(self):
        return [json.loads(line) for line in self.out.splitlines()]

    def outcomes(self):
        """{recipient: outcome}, of --json."""
        return {each["recipient"]: each["outcome"] for each in self.objects() if each["type"] == "recipient"}

    def error_lines(self):
        return [line for line in self.err.splitlines() if not line.startswith("hint: ")]

    def __str__(self):
        return f"{self.arguments}: status {self.status}\nstdout: {self.out}\nstderr: {self.err}"


class ProgramTest(unittest.TestCase):
    longMessage = True

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="mailtool-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)

    def mailtool(self, *arguments, input=b"", env=None, timeout=60, stdout=subprocess.PIPE):
        """Never longer than `timeout`: what hangs fails the test."""
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LC_ALL": "C.UTF-8",
                       "PW": SECRET, **(env or {})}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                environment[name] = os.environ[name]
        started = time.monotonic()
        feed = {"input": input} if isinstance(input, bytes) else {"stdin": input}
        done = subprocess.run([MAILTOOL, *map(str, arguments)], env=environment, stdout=stdout,
                              stderr=subprocess.PIPE, timeout=timeout, **feed)
        if done.stdout is None:
            done.stdout = b""
        run = Run(arguments, done, time.monotonic() - started)
        for shown in (SECRET, encoded(SECRET), encoded("\0alice\0" + SECRET)):
            self.assertNotIn(shown, run.out + run.err)
        return run

    def each(self, function, rows):
        """function(row) for all, some at a time, each reported as a subtest of its own by the start of
        str(row)."""
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            futures = [(row, pool.submit(function, row)) for row in rows]
            for row, future in futures:
                with self.subTest(str(row)[:70]):
                    future.result()

    def all(self, function, rows):
        """The results of function(row), in order."""
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(function, rows))
