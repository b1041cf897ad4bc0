"""script/demo: the story goes through, and nothing of it is left, at its end or where a signal ends it."""

import os
import signal
import subprocess
import tempfile
import unittest

MAILTOOL = os.environ["MAILTOOL"]
DEMO = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../script/demo")


class Demo(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mailtool-demo-test-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def start(self, *words):
        environment = {**os.environ, "TMPDIR": self.folder, "HOME": self.folder, "LC_ALL": "C.UTF-8",
                       # Of no account to it.
                       "MAILTOOL_CONFIG": "/nonexistent", "XDG_STATE_HOME": self.folder + "/person"}
        return subprocess.Popen([DEMO, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                stdin=subprocess.DEVNULL, env=environment)

    def assert_nothing_left(self):
        self.assertEqual(os.listdir(self.folder), [])
        # Every process of it has the folder in its environment.
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{name}/environ", "rb") as file:
                    found = file.read()
            except OSError:
                continue
            self.assertNotIn(self.folder.encode(), found, name)

    def test_from_alice_to_bob(self):
        demo = self.start("--with", MAILTOOL)
        out, errors = demo.communicate(timeout=120)
        self.assertEqual(demo.returncode, 0, (out, errors))
        # What is not wanted is refused, on purpose, and nothing else is wrong.
        self.assertEqual([line for line in errors.splitlines() if "nobody@hamburger.edu" not in line], [])
        # The server's queue, POP3 that keeps, IMAP's move and partial download, POP3 that deletes.
        for said in ("by hamburger.edu with ESMTPS", "by crepes.fr with ESMTPSA", "    C: AUTH SCRAM-SHA-256-PLUS ****",
                     "    -- closure --\n    C: QUIT",
                     "    -- authorization --\n    <TLS negotiation>\n    S: +OK", "    C: DELE 1\n    -- update --\n    C: QUIT",
                     " UID MOVE $ Lunch", "BINARY.PEEK[2]", "Crêpe Suzette", "Better than hamburgers.\n",
                     '"refused":1', "\nmailtool serve --domain hamburger.edu"):
            self.assertIn(said, out)
        for secret in ("crepe-suzette", "with-cheese", "\x1b"):
            self.assertNotIn(secret, out)
        self.assert_nothing_left()

    def test_a_signal_ends_it_all(self):
        for sent in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with self.subTest(sent):
                demo = self.start("--with", MAILTOOL)
                # Both servers run when the story begins.
                line = "-"
                while line and not line.startswith("hamburger.edu"):
                    line = demo.stdout.readline()
                self.assertTrue(line, demo.stderr)
                demo.send_signal(sent)
                demo.communicate(timeout=120)
                self.assertEqual(demo.returncode, 128 + sent)
                self.assert_nothing_left()

    def test_a_program_that_serves_nothing(self):
        demo = self.start("--with", "/bin/false")
        _, errors = demo.communicate(timeout=120)
        self.assertEqual((demo.returncode, errors), (1, "script/demo: no server for crepes.fr\n"))
        self.assert_nothing_left()

    def test_wrong_options(self):
        for words, status in ((("--real",), 64), (("--with", "/nonexistent/mailtool"), 66), (("--with",), 64)):
            demo = self.start(*words)
            _, errors = demo.communicate(timeout=120)
            self.assertEqual((demo.returncode, errors.count("\n")), (status, 1), errors)
            self.assert_nothing_left()


if __name__ == "__main__":
    unittest.main()
