"""Bad input and bad servers: one clear line, the right status, nothing lost."""

import signal
import subprocess
import threading
import time

from support import LAB, MAILTOOL, LabTest, message
from listener import Listener  # support knows where


class Scripted(Listener):
    """A server that says to each client what it is told to."""

    def __init__(self, talk):
        self.serve = talk
        self.accepted = threading.Event()
        self.listen()

    def begin(self, client):
        self.accepted.set()
        return super().begin(client)


def drip(client):
    while True:
        client.send(b"2")
        time.sleep(0.05)


def flood(client):
    while True:
        client.sendall(b"220-" + b"x" * 60_000)


def stall(client):
    while client.recv(65536):
        pass


def lie(client):
    client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


COMMANDS = {
    "smtp": lambda url: ["send", "--server", url, "bob@hamburger.edu"],
    "pop3": lambda url: ["fetch", url, "--to", "-", "--password-from", "env:PW"],
    "imap": lambda url: ["imap", url, "folders", "--password-from", "env:PW"],
}


class BadServers(LabTest):
    def one_line(self, done):
        self.assertEqual(done.out, "")
        lines = [line for line in done.err.splitlines() if not line.startswith("hint: ")]
        self.assertEqual(len(lines), 1, done.err)
        return lines[0]

    def test_each_protocol_against_each_bad_server(self):
        for name, talk, statuses in (("drips", drip, (75, 76)), ("floods", flood, (76,)),
                                     ("stalls", stall, (75,)), ("lies", lie, (76,))):
            server = Scripted(talk)
            self.addCleanup(server.close)
            for scheme, command in COMMANDS.items():
                with self.subTest(f"{scheme} {name}"):
                    started = time.monotonic()
                    url = f"{scheme}://bob@127.0.0.1:{server.port}"
                    env = {"PW": "geheim"}
                    done = self.run_any(*command(url), "--timeout", "1s", "--tls", "off", env=env)
                    self.assertIn(done.returncode, statuses, done.err)
                    self.one_line(done)
                    self.assertLess(time.monotonic() - started, 10)

    def test_the_tls_handshake_obeys_the_limits(self):
        for name, talk in (("drips", drip), ("floods", flood), ("stalls", stall)):
            server = Scripted(talk)
            self.addCleanup(server.close)
            for scheme, command in COMMANDS.items():
                for limit in ("--timeout", "--deadline"):
                    with self.subTest(f"{scheme}s {name} {limit}"):
                        started = time.monotonic()
                        url = f"{scheme}s://bob@127.0.0.1:{server.port}"
                        done = self.run_any(*command(url), limit, "1s", env={"PW": "geheim"})
                        self.assertIn(done.returncode, (75, 76), done.err)
                        self.one_line(done)
                        self.assertLess(time.monotonic() - started, 10)

    def test_the_deadline_ends_a_drip_that_the_timeout_would_bear(self):
        server = Scripted(drip)
        self.addCleanup(server.close)
        for scheme, command in COMMANDS.items():
            with self.subTest(scheme):
                started = time.monotonic()
                url = f"{scheme}://bob@127.0.0.1:{server.port}"
                done = self.run_any(*command(url), "--timeout", "60s", "--deadline", "1s",
                                    "--tls", "off", env={"PW": "geheim"})
                self.assertEqual(done.returncode, 75, done.err)
                self.one_line(done)
                self.assertLess(time.monotonic() - started, 10)

    def test_a_signal_ends_a_wait_at_once_and_is_what_the_shell_sees(self):
        server = Scripted(stall)
        self.addCleanup(server.close)
        for scheme, command in COMMANDS.items():
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                with self.subTest(f"{scheme} {number}"):
                    url = f"{scheme}://bob@127.0.0.1:{server.port}"
                    process = subprocess.Popen(
                        [MAILTOOL, *command(url), "--tls", "off"], stdin=subprocess.PIPE,
                        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                        env={"HOME": str(self.home), "PW": "geheim"})
                    process.stdin.write(message().encode())
                    process.stdin.close()
                    server.accepted.wait(10)
                    server.accepted.clear()
                    process.send_signal(number)
                    process.wait(timeout=10)
                    self.assertEqual(process.returncode, -number, process.stderr.read())
                    process.stdout.close()
                    process.stderr.close()

    def run_any(self, *args, env):
        done = subprocess.run([MAILTOOL, *args], input=message().encode(),
                              env={"HOME": str(self.home), **env}, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=60)
        done.out, done.err = done.stdout.decode(), done.stderr.decode()
        return done

    def test_the_wrong_port_is_recognised(self):
        for scheme, command, port, words in (
                ("smtps", COMMANDS["smtp"], "LAB_SUBMISSION_PORT", "clear text"),
                ("pop3s", COMMANDS["pop3"], "LAB_POP3_PORT", "clear text"),
                ("imaps", COMMANDS["imap"], "LAB_IMAP_PORT", "clear text"),
                ("smtp", COMMANDS["smtp"], "LAB_IMAP_PORT", "IMAP")):
            with self.subTest(scheme):
                url = f"{scheme}://bob@{LAB['LAB_ADDRESS']}:{LAB[port]}"
                done = self.run_any(*command(url), "--timeout", "5s", env={"PW": "x"})
                self.assertEqual(done.returncode, 76, done.err)
                self.assertIn(words, self.one_line(done))

    def test_clear_text_on_a_tls_port_is_no_answer(self):
        for scheme, command, port in (("smtp", COMMANDS["smtp"], "LAB_SMTPS_PORT"),
                                      ("pop3", COMMANDS["pop3"], "LAB_POP3S_PORT"),
                                      ("imap", COMMANDS["imap"], "LAB_IMAPS_PORT")):
            with self.subTest(scheme):
                url = f"{scheme}://bob@{LAB['LAB_ADDRESS']}:{LAB[port]}"
                done = self.run_any(*command(url), "--timeout", "1s", env={"PW": "x"})
                self.assertIn(done.returncode, (75, 76), done.err)
                self.one_line(done)
                self.assertIn("TLS", done.err)

    def test_hosts(self):
        for scheme, command in COMMANDS.items():
            for host, status in (("nowhere.test:1", 68), ("127.0.0.1:1", 75)):
                with self.subTest(f"{scheme} {host}"):
                    done = self.run_any(*command(f"{scheme}://bob@{host}"), "--dns-server",
                                        LAB["LAB_DNS"], env={"PW": "x"})
                    self.assertEqual(done.returncode, status, done.err)
                    self.assertIn(f"{scheme}://bob@{host}", self.one_line(done))

    def test_a_password_never_goes_in_clear_text(self):
        for scheme, port, command in (("smtp", "LAB_SUBMISSION_PORT", COMMANDS["smtp"]),
                                      ("pop3", "LAB_POP3_PORT", COMMANDS["pop3"]),
                                      ("imap", "LAB_IMAP_PORT", COMMANDS["imap"])):
            with self.subTest(scheme):
                url = f"{scheme}://bob%40hamburger.edu@{LAB['LAB_HOST']}:{LAB[port]}"
                transcript = self.home / f"{scheme}.log"
                done = self.run_any(*command(url), "--tls", "off", "--dns-server", LAB["LAB_DNS"],
                                    "--password-from", "env:PW", "--auth", "PLAIN,LOGIN,USER",
                                    "--transcript", str(transcript), env={"PW": "geheim"})
                self.assertIn(done.returncode, (77, 69), done.err)
                self.assertNotIn("geheim", transcript.read_text())


class BadConfig(LabTest):
    def config(self, text, mode=0o600):
        path = self.home / "config.toml"
        path.write_text(text)
        path.chmod(mode)
        return path

    def test_errors_name_file_line_and_column(self):
        for text, place in (("[account.x\n", ":1:"), ("nonsense = 1\n", ":1:1"),
                            ("[account.a]\nfrmo = \"a@b\"\n", ":2:1")):
            with self.subTest(text):
                path = self.config(text)
                done = self.run_mailtool("send", "--config", path, "bob@hamburger.edu",
                                         input=message(), status=78)
                self.assertIn(f"{path}{place}", done.err)

    def test_unreadable_and_absent(self):
        self.run_mailtool("send", "--config", self.home / "none.toml", "b@c.example",
                          input=message(), status=66)

    def test_account_end_to_end(self):
        path = self.config(f"""
dns-server = "{LAB['LAB_DNS']}"
tls-ca = "{LAB['LAB_CA']}"

[account.bob]
from = "Bob <bob@hamburger.edu>"
send = "smtps://bob%40hamburger.edu@{LAB['LAB_HOST']}:{LAB['LAB_SMTPS_PORT']}"
fetch = "pop3s://bob%40hamburger.edu@{LAB['LAB_HOST']}:{LAB['LAB_POP3S_PORT']}"
imap = "imaps://bob%40hamburger.edu@{LAB['LAB_HOST']}:{LAB['LAB_IMAPS_PORT']}"
password-from = "file:{LAB['LAB_PASSWORDS']}/bob"
to = "maildir:~/Mail"
""")
        config = ["--config", path, "-a", "bob"]
        self.run_mailtool("send", *config, "--to", "bob@hamburger.edu", "-s", "Note", "--body", "x")
        self.wait_for(1)
        self.run_mailtool("fetch", *config, "--state", self.home / "state")
        self.assertEqual(len(list((self.home / "Mail/new").iterdir())), 1)
        done = self.run_mailtool("imap", *config, "search", "--count")
        self.assertEqual(done.out.strip(), "1")
