"""A `mailtool serve` that runs while a test does something."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import unittest

from fast_place import fast_place

MAILTOOL = os.environ.get("MAILTOOL", "mailtool")
SECRET = "Geheim-2750"


def fast_folder():
    """A new one: a killed process needs no disk to be put to the proof."""
    return pathlib.Path(tempfile.mkdtemp(prefix="mailtool-serve-", dir=fast_place()))


class Serving:
    """Started on free ports; `ready` is the line that it printed."""

    def __init__(self, root, *options, users=("alice", "bob")):
        self.root = pathlib.Path(root)
        words = [MAILTOOL, "serve", "--root", str(root), "--domain", "crepes.test"]
        if "--port" not in options:
            words += ["--port", "0"]
        for user in users:
            words += ["--user", f"{user}:env:PW"]
        self.process = subprocess.Popen([*words, *options], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        env=environment(root))
        self.line = self.process.stdout.readline()
        self.ready = json.loads(self.line) if self.line else None
        self.ca = str(self.root / "ca.pem")

    def port(self, name):
        return self.ready[name]

    def url(self, name, user=""):
        scheme, _, host = self.ready["urls"][name].partition("://")
        return f"{scheme}://{user + '@' if user else ''}{host}"

    def stop(self, number=signal.SIGTERM):
        """Its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        status = self.process.wait(30)
        self.process.stdout.close()
        return status


def environment(home):
    settings = {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8", "PW": SECRET}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
        if name in os.environ:
            settings[name] = os.environ[name]
    return settings


class ServeTest(unittest.TestCase):
    longMessage = True

    def setUp(self):
        self.folder = fast_folder()
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def serve(self, *options, root=None, **more):
        serving = Serving(root or self.folder / "root", *options, **more)
        self.addCleanup(serving.stop)
        self.assertIsNotNone(serving.ready, options)
        return serving

    def run_program(self, *words, status=0, input=b"", env=None, timeout=60):
        """Of any kind, with the tests' environment; its output as text."""
        words = list(map(str, words))
        done = subprocess.run(words, input=input, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout,
                              env={**environment(self.folder), **(env or {})})
        done.out, done.err = (text.decode("utf-8", "surrogateescape") for text in (done.stdout, done.stderr))
        self.assertEqual(done.returncode, status, f"{words}\nstdout:\n{done.out}\nstderr:\n{done.err}")
        self.assertNotIn(SECRET, done.out + done.err)
        return done

    def mailtool(self, *words, **more):
        return self.run_program(MAILTOOL, *words, **more)
