"""send that is stopped: by --deadline whatever it waits for, by a signal without forgetting who has the message."""

import os
import pathlib
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from program import MAILTOOL, ProgramTest
from scripted_dns import NameServer
from scripted_smtp import STALL, SmtpServer

BOB = "bob@example.org"
COMPOSE = ("--from", "alice@example.com", "-s", "x", "--body", "x")


class Deadline(ProgramTest):
    def stopped(self, *arguments, **more):
        with SmtpServer() as server:
            run = self.mailtool("send", "--server", f"smtp://127.0.0.1:{server.port}", "--tls", "off",
                                "--deadline", "1s", *arguments, **more)
        self.assertEqual((run.status, server.messages), (75, []), run)
        self.assertEqual(len(run.error_lines()), 1, run)
        self.assertIn("--deadline", run.err)

    def test_stdin_that_never_ends(self):
        reader, writer = os.pipe()
        try:
            self.stopped(BOB, input=reader)
        finally:
            os.close(reader)
            os.close(writer)

    def test_a_pipe_that_nobody_writes_to(self):
        os.mkfifo(self.folder / "pipe")
        self.stopped(*COMPOSE, "--to", BOB, "--attach", self.folder / "pipe")

    def test_a_file_that_never_ends(self):
        self.stopped(*COMPOSE, "--to", BOB, "--attach", "/dev/zero")


class Signal(ProgramTest):
    def test_once_remembers_who_has_it(self):
        """Two domains side by side: one takes the message, the other holds it until the signal comes."""
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LC_ALL": "C.UTF-8"}
        with NameServer("NOERROR") as dns, SmtpServer() as quick, SmtpServer({"MAIL": STALL}) as slow:
            def arguments(*recipients):
                hosts = (("one.test", quick), ("two.test", slow))
                resolve = [word for host, server in hosts
                           for word in ("--resolve", f"{host}:25:127.0.0.1:{server.port}")]
                return [MAILTOOL, "send", "--mx", "--tls", "off", "--once", "key", *COMPOSE,
                        "--dns-server", dns.address, *resolve, "--to", ",".join(recipients)]

            process = subprocess.Popen(arguments("bob@one.test", "carol@two.test"), env=environment,
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            deadline = time.monotonic() + 30
            while not (quick.messages and slow.commands) and time.monotonic() < deadline:
                time.sleep(0.01)
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=30)
            self.assertEqual(process.returncode, -signal.SIGTERM)
            again = subprocess.run(arguments("bob@one.test"), env=environment, stdin=subprocess.DEVNULL,
                                   capture_output=True, timeout=30)
            self.assertEqual(again.returncode, 0, again.stderr)
            self.assertEqual(quick.delivered_to, ["bob@one.test"])
