"""mailtool send against Exim, OpenSMTPD and smtp-sink, the last with every switch that makes it fail."""

import os
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from certificates import Authority
from other_servers import exim, opensmtpd
from ports import free_port
from program import SECRET, ProgramTest
from scripted_smtp import SmtpServer

BOB, CAROL = "bob@example.org", "carol@example.org"


def letter(subject="Lunch", text=b"Noon?\n"):
    return f"From: alice@example.com\nTo: {BOB}\nSubject: {subject}\n" \
           f"Date: Fri, 20 Nov 2026 12:00:00 +0100\nMessage-ID: <1@example.com>\n\n".encode() + text


class Onward(ProgramTest):
    """A server that passes on what it accepts to `end`, where the octets are looked at."""

    def setUp(self):
        self.end = SmtpServer(ehlo=("PIPELINING", "8BITMIME", "SMTPUTF8", "DSN", "ENHANCEDSTATUSCODES"), keep=True)
        self.addCleanup(self.end.close)

    def passed_on(self, count=1):
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if len(self.end.messages) >= count:
                return self.end.messages
            time.sleep(0.01)
        self.fail(f"{len(self.end.messages)} messages came through, not {count}")

    def body_arrives(self, send):
        text = "Grüße\n.\n..dots\n.\n".encode() + b"x" * 990 + b"\n\n.\n"
        send(input=letter(text=text))
        octets = self.passed_on()[0].octets
        expected = letter(text=text).replace(b"\n", b"\r\n")
        self.assertTrue(octets.endswith(expected), octets)

    def send(self, url, *arguments, recipients=(BOB,), status=0, input=None, **more):
        run = self.mailtool("send", "--server", url, "--json", *arguments, *recipients,
                            input=letter() if input is None else input, **more)
        self.assertEqual(run.status, status, run)
        self.assertEqual(len(run.error_lines()) == 0, status == 0, run)
        return run


class Exim(Onward):
    def setUp(self):
        super().setUp()
        authority = Authority(self.folder / f"authority-{self.id()}")
        server = exim(self.folder / f"exim-{self.id()}", authority.certificate(), self.end.port, SECRET)
        self.addCleanup(server.close)
        self.options = ["--tls-ca", authority.path, "--password-from", "env:PW"]
        self.url = f"smtp://alice@127.0.0.1:{server.port}"
        self.tls_url = f"smtps://alice@127.0.0.1:{server.tls_port}"

    def exim(self, *arguments, url=None, **more):
        return self.send(url or self.url, *self.options, *arguments, **more)

    def test_dialogues(self):
        for url in (self.url, self.tls_url):
            for mechanism in ("CRAM-MD5", "PLAIN", "LOGIN"):
                with self.subTest(f"{url} {mechanism}"):
                    run = self.exim("--auth", mechanism, url=url)
                    self.assertIsNotNone(run.objects()[0]["remote_id"])
        with self.subTest("each recipient has its own outcome"):
            run = self.exim(recipients=(BOB, "nobody@example.org", "later@example.org", CAROL), status=75)
            self.assertEqual(list(run.outcomes().values()), ["accepted", "refused", "deferred", "accepted"])
        with self.subTest("the sender is refused"):
            self.exim("-f", "mallory@example.com", status=69)
        with self.subTest("the content is refused, for good and for now"):
            self.assertEqual(self.exim(input=letter("Spam"), status=69).outcomes(), {BOB: "refused"})
            self.assertEqual(self.exim(input=letter("Busy"), status=75).outcomes(), {BOB: "deferred"})
        with self.subTest("a wrong password"):
            self.assertIn("535", self.exim(status=77, env={"PW": "wrong"}).err)
        with self.subTest("too large"):
            self.assertIn("1048576", self.exim(input=letter(text=b"x\n" * 600_000), status=65).err)
        with self.subTest("the null sender"):
            self.exim("-f", "")

    def test_octets_arrive(self):
        self.body_arrives(self.exim)

    def test_more_recipients_than_it_takes_at_once(self):
        everybody = [f"user{number}@example.org" for number in range(230)]
        run = self.exim(recipients=everybody)
        self.assertEqual(set(run.outcomes().values()), {"accepted"})

    def test_a_name_beyond_ascii(self):
        self.exim(recipients=("jürgen@example.org",))
        [message] = self.passed_on()
        self.assertEqual(message.recipients, ["jürgen@example.org"])
        self.assertIn("SMTPUTF8", message.parameters)


class OpenSmtpd(Onward):
    def setUp(self):
        super().setUp()
        server = opensmtpd(self.folder / f"opensmtpd-{self.id()}", self.end.port)
        self.addCleanup(server.close)
        self.url = f"smtp://127.0.0.1:{server.port}"

    def opensmtpd(self, *arguments, **more):
        return self.send(self.url, "--tls", "off", *arguments, **more)

    def test_dialogues(self):
        self.body_arrives(self.opensmtpd)
        with self.subTest("each recipient has its own outcome"):
            run = self.opensmtpd(recipients=(BOB, "dave@elsewhere.example", CAROL), status=67)
            self.assertEqual(list(run.outcomes().values()), ["accepted", "refused", "accepted"])
        with self.subTest("too large"):
            self.opensmtpd(input=letter(text=b"x\n" * 600_000), status=65)
        with self.subTest("TLS that is not there"):
            self.assertIn("STARTTLS", self.send(self.url, status=69).err)
        with self.subTest("the null sender"):
            self.opensmtpd("-f", "")


def holds(process, name):
    """Has the process this open? Not if it has just ended."""
    try:
        return any(os.readlink(entry) == name for entry in pathlib.Path(f"/proc/{process.pid}/fd").iterdir())
    except OSError:
        return False


class Sink(ProgramTest):
    """smtp-sink(1): one process a row."""

    def sink(self, *switches):
        """Its port, once it listens. That is read from the kernel: a connection would count as a session."""
        for _ in range(20):
            port = free_port()
            process = subprocess.Popen(["/usr/sbin/smtp-sink", "-4", "-u", "nobody", *switches,
                                        f"127.0.0.1:{port}", "64"], stderr=subprocess.DEVNULL)
            if self.listens(port, process):
                return port, process
        raise RuntimeError("smtp-sink does not start")

    @staticmethod
    def listens(port, process):
        wanted = f"0100007F:{port:04X}"
        while process.poll() is None:
            for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
                words = line.split()
                # By itself, not by who else tries whether the port is free.
                if words[1] == wanted and words[3] == "0A" and holds(process, f"socket:[{words[9]}]"):
                    return True
            time.sleep(0.01)
        return False

    def check(self, row):
        switches, status, outcome, *scheme = row
        port, process = self.sink(*switches)
        try:
            run = self.mailtool("send", "--server", f"{(scheme or ['smtp'])[0]}://127.0.0.1:{port}", "--tls", "off",
                                "--json", "--timeout", "5s", "--deadline", "20s", BOB, CAROL, input=letter())
        finally:
            process.kill()
            process.wait()
        self.assertEqual(run.status, status, run)
        self.assertEqual(set(run.outcomes().values()), {outcome}, run)
        if status:
            self.assertIn(f"127.0.0.1:{port}", run.err)
            self.assertIn(len(run.error_lines()), (1, 2), run)  # 2: each recipient has heard its own
        else:
            self.assertEqual(run.err, "", run)

    def test_switches(self):
        A, R, D, U = "accepted", "refused", "deferred", "unknown"
        rows = [
            ([], 0, A), (["-8"], 0, A), (["-N"], 0, A), (["-p"], 0, A), (["-e"], 0, A), (["-E"], 0, A),
            (["-P"], 0, A), (["-8", "-N", "-p", "-E"], 0, A), (["-h", "sink.example"], 0, A), (["-w", "1"], 0, A),
            (["-L"], 0, A, "lmtp"), (["-L", "-p"], 0, A, "lmtp"),
            (["-q", "connect"], 75, D), (["-q", "ehlo"], 75, D), (["-q", "mail"], 75, D), (["-q", "rcpt"], 75, D),
            (["-q", "data"], 75, D), (["-q", "."], 75, U), (["-q", "quit"], 0, A),
            (["-Q", "connect"], 75, D), (["-Q", "ehlo"], 75, D), (["-Q", "mail"], 75, D), (["-Q", "rcpt"], 75, D),
            (["-Q", "data"], 75, D), (["-Q", "."], 75, D), (["-Q", "quit"], 0, A),
            (["-r", "connect"], 75, D), (["-r", "ehlo"], 75, D), (["-r", "mail"], 75, D), (["-r", "rcpt"], 75, D),
            (["-r", "data"], 75, D), (["-r", "."], 75, D), (["-r", "quit"], 0, A),
            (["-f", "connect"], 69, R), (["-f", "ehlo"], 0, A), (["-f", "ehlo,helo"], 69, R),
            (["-f", "mail"], 69, R), (["-f", "rcpt"], 69, R), (["-f", "data"], 69, R), (["-f", "."], 69, R),
            (["-f", "quit"], 0, A),
            (["-L", "-f", "."], 69, R, "lmtp"), (["-L", "-r", "."], 75, D, "lmtp"), (["-L", "-q", "."], 75, U, "lmtp"),
        ]
        self.each(self.check, rows)
