"""The end of `mailtool serve`, whatever brings it: what its clients are told, and what is left of it."""

import json
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from serving import MAILTOOL, SECRET, ServeTest, environment  # noqa: E402

TIMEOUT = 30
SMTP_LAST = b"shutting down\r\n"
LONG = "for each in $(seq 600); do sleep 0.1; done"  # and not for ever, whatever becomes of it
IMAP_LAST = b"* BYE [UNAVAILABLE] shutting down\r\n"


class Client:
    def __init__(self, port, context=None):
        self.socket = socket.create_connection(("127.0.0.1", port), TIMEOUT)
        if context:
            self.socket = context.wrap_socket(self.socket, server_hostname="localhost")
        self.file = self.socket.makefile("rb")
        self.greeting = self.file.readline()

    def ask(self, *lines, last):
        """Up to the line that begins so."""
        self.socket.sendall(b"".join(line + b"\r\n" for line in lines))
        line = b" "
        while line and not line.startswith(last):
            line = self.file.readline()
        return line

    def rest(self):
        return self.file.read()

    def close(self):
        self.file.close()
        self.socket.close()


class Farewell(ServeTest):
    def connect(self, *words):
        client = Client(*words)
        self.addCleanup(client.close)
        return client

    def clients(self, serving):
        """Of each server, in the midst of something; and what each is told last."""
        context = ssl.create_default_context(cafile=serving.ca)
        data = self.connect(serving.port("smtp"))
        data.ask(b"EHLO x", b"MAIL FROM:<a@b.test>", b"RCPT TO:<bob@crepes.test>", b"DATA", last=b"354")
        data.socket.sendall(b"Subject: half\r\n\r\n" + b"x\r\n" * 1000)
        secure = self.connect(serving.port("smtps"), context)
        login = b"a LOGIN alice " + SECRET.encode()
        idle = self.connect(serving.port("imap"))
        idle.ask(login, b"b SELECT INBOX", b"c IDLE", last=b"+")
        append = self.connect(serving.port("imaps"), context)
        append.ask(login, b"b APPEND INBOX {1000}", last=b"+")
        append.socket.sendall(b"Subject: half\r\n\r\n")
        pop3 = self.connect(serving.port("pop3"))
        pop3.ask(b"USER bob", b"PASS " + SECRET.encode(), b"STAT", last=b"+OK 0")
        return [(data, b"421 4.3.2 ", SMTP_LAST), (secure, b"421 4.3.2 ", SMTP_LAST), (idle, IMAP_LAST, IMAP_LAST),
                (append, IMAP_LAST, IMAP_LAST), (pop3, b"", b"")]

    def check(self, clients):
        for client, begin, end in clients:
            said = client.rest()
            self.assertTrue(said.startswith(begin) and said.endswith(end), (begin, said))
            self.assertLessEqual(said.count(b"\n"), 1)

    def test_signals(self):
        for number in signal.SIGTERM, signal.SIGINT, signal.SIGHUP:
            serving = self.serve()
            clients = self.clients(serving)
            self.assertEqual(serving.stop(number), 0)
            self.check(clients)
        mail = [path for path in (serving.root / "mail").rglob("*") if path.is_file() and path.parent.name in ("cur", "new")]
        self.assertEqual(mail, [])

    def test_those_that_read_nothing(self):
        serving = self.serve()
        deaf = self.connect(serving.port("smtp"))
        deaf.socket.settimeout(1)
        with self.assertRaises(TimeoutError):
            while True:
                deaf.socket.sendall(b"HELP\r\n" * 10_000)
        other = self.connect(serving.port("smtp"))
        self.assertEqual(serving.stop(), 0)
        self.assertIn(SMTP_LAST, other.rest())

    def test_the_end_of_its_program(self):
        process = subprocess.Popen([MAILTOOL, "serve", "--port", "0", "--json", "--", "cat"], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, env=environment(self.folder))
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        client = self.connect(json.loads(process.stdout.readline())["imap"])
        process.stdin.close()
        self.assertEqual(client.rest(), IMAP_LAST)
        self.assertEqual(process.wait(TIMEOUT), 0)


class SecondSignal(ServeTest):
    def start(self, script):
        """Its process, and that of its program, which has said that it is up."""
        process = subprocess.Popen([MAILTOOL, "serve", "--port", "0", "--", "sh", "-c", script], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, env={**environment(self.folder), "TMPDIR": str(self.folder)})
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        return process, int(process.stdout.readline())

    def roots(self):
        return list(self.folder.glob("mailtool-serve-*"))

    def test_a_program_that_will_not_end(self):
        # It was killed itself; its folder stayed, with the key of its authority, and so did the program.
        for number in signal.SIGTERM, signal.SIGINT:
            process, program = self.start(f"trap 'echo told' TERM INT; echo $$; {LONG}")
            self.assertEqual(len(self.roots()), 1)
            process.terminate()
            self.assertEqual(process.stdout.readline(), b"told\n")
            time.sleep(0.25)  # What comes sooner is the first one still.
            process.send_signal(number)
            self.assertEqual(process.wait(TIMEOUT), 128 + signal.SIGKILL)
            self.assertEqual(self.roots(), [])
            with self.assertRaises(ProcessLookupError):
                os.kill(program, 0)

    def test_one_that_is_sent_twice(self):
        # As timeout(1) does: the program ends as it likes, and nothing stays.
        process, _ = self.start(f"trap 'until [ -e {self.folder}/done ]; do sleep 0.05; done; exit 7' TERM; echo $$; {LONG}")
        for _ in range(20):
            process.terminate()
        self.assertIsNone(process.poll())
        (self.folder / "done").touch()
        self.assertEqual(process.wait(TIMEOUT), 7)
        self.assertEqual(self.roots(), [])


if __name__ == "__main__":
    unittest.main()
