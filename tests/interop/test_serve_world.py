"""Two `mailtool serve`, two domains and a name server: mail goes from one to the other, through the queue."""

import os
import random
import signal
import smtplib
import socket
import subprocess
import unittest

from serve_case import MAILTOOL, Serving, address


def common_port():
    """Free on 127.0.0.1 and 127.0.0.2."""
    while True:
        port = random.randrange(10_000, 20_000)
        try:
            with socket.create_server(("127.0.0.1", port)), socket.create_server(("127.0.0.2", port)):
                return port
        except OSError:
            continue


class World(Serving):
    def two(self):
        self.port = common_port()
        crepes = self.serve("--domain", "crepes.test", "--user", "alice", "--smtp", f"127.0.0.1:{self.port}",
                            "--dns", "127.0.0.1:0", "--dns-domain", "hamburger.test=127.0.0.2")
        self.dns = f"127.0.0.1:{crepes['dns']}"
        return crepes, self.serve_hamburger()

    def serve_hamburger(self, *words):
        return self.serve("--domain", "hamburger.test", "--user", "bob", "--smtp", f"127.0.0.2:{self.port}",
                          "--dns-server", self.dns, *words)

    def test_from_alice_to_bob_and_back(self):
        crepes, hamburger = self.two()
        self.submit(crepes, "alice@crepes.test", ["bob@hamburger.test", "alice@crepes.test"])
        self.wait_for(lambda: self.subjects(hamburger, "bob"), ["lunch"])
        self.assertEqual(self.subjects(crepes, "alice"), ["lunch"])
        text = self.messages(hamburger, "bob")[0]
        self.assertIn("Return-Path: <alice@crepes.test>", text)
        self.assertEqual(text.count("Return-Path:"), 1)
        # By submission with a login; then from server to server, over TLS.
        self.assertIn("by crepes.test with ESMTPA", text)
        self.assertIn("by hamburger.test with ESMTPS", text)
        self.wait_for(lambda: self.queue(crepes, "list", "--json").count('"queued"'), 0)
        self.submit(hamburger, "bob@hamburger.test", ["alice@crepes.test"], "yes", user="bob")
        self.wait_for(lambda: self.subjects(crepes, "alice"), ["lunch", "yes"])

    def test_no_relay_for_strangers(self):
        crepes, _ = self.two()
        client = smtplib.SMTP(crepes["host"], crepes["smtp"], timeout=60)
        client.ehlo()
        client.mail("x@elsewhere.test")
        self.assertEqual(client.rcpt("bob@hamburger.test"), (550, b"5.7.1 relaying denied"))
        client.quit()

    def test_without_a_name_server_nothing_goes_out(self):
        server = self.serve("--domain", "crepes.test", "--user", "alice")
        with self.assertRaises(smtplib.SMTPRecipientsRefused) as refused:
            self.submit(server, "alice@crepes.test", ["bob@hamburger.test"])
        self.assertIn("no mail for other domains goes out", str(refused.exception))

    def test_what_cannot_be_delivered_comes_back(self):
        crepes, hamburger = self.two()
        self.submit(crepes, "alice@crepes.test", ["nobody@hamburger.test"])
        self.submit(crepes, "alice@crepes.test", ["bob@nosuch.test"])
        self.wait_for(lambda: len(self.messages(crepes, "alice")), 2)
        text = "".join(self.messages(crepes, "alice"))
        self.assertIn("550 5.1.1 no such user", text)
        self.assertIn("nosuch.test", text)
        self.assertEqual(self.messages(hamburger, "bob"), [])

    def test_each_server_at_a_port_of_its_own(self):
        hamburger = self.serve("--domain", "hamburger.test", "--user", "bob", "--smtp", "127.0.0.2:0")
        port = hamburger["smtp"]
        for words in (("hamburger.test=127.0.0.2", "--mx-port", str(port)), (f"hamburger.test=127.0.0.2:{port}",)):
            crepes = self.serve("--domain", "crepes.test", "--user", "alice", "--dns", "127.0.0.1:0", "--dns-domain", *words)
            self.assertNotEqual(crepes["smtp"], port)
            self.submit(crepes, "alice@crepes.test", ["bob@hamburger.test", "nobody@hamburger.test"])
            # The report comes back by the server's own port.
            self.wait_for(lambda: len(self.messages(crepes, "alice")), 1)
            self.assertIn("550 5.1.1 no such user", self.messages(crepes, "alice")[0])
        self.wait_for(lambda: self.subjects(hamburger, "bob"), ["lunch", "lunch"])

    def test_what_was_acknowledged_outlives_a_kill(self):
        port = self.port = common_port()
        words = ("--domain", "crepes.test", "--user", "alice", "--smtp", f"127.0.0.1:{port}", "--dns", "127.0.0.1:0",
                 "--dns-domain", "hamburger.test=127.0.0.2")
        crepes = self.serve(*words)
        # Nobody listens there yet.
        self.submit(crepes, "alice@crepes.test", ["bob@hamburger.test"])
        crepes["process"].send_signal(signal.SIGKILL)
        crepes["process"].wait(60)
        listed = self.queue(crepes, "list", "--json")
        self.assertEqual(listed.count('"subject":"lunch"'), 1, listed)
        self.assertIn("bob@hamburger.test", listed)
        # What sends the queue ends with its server: the next one has it to itself.
        self.dns = "127.0.0.1:1"
        hamburger = self.serve_hamburger()
        self.servers = 0
        again = self.serve(*words[:-4], "--dns", f"127.0.0.1:{crepes['dns']}", *words[-2:])
        self.assertEqual(again["root"], crepes["root"])
        ids = [name[:-5] for name in os.listdir(crepes["root"] + "/state/mailtool/queue") if name.endswith(".toml")]
        self.assertEqual(len(ids), 1)

        def after_a_run():
            # What sends the queue may be at it in this moment.
            subprocess.run([MAILTOOL, "queue", "run", *ids], capture_output=True, timeout=120,
                           env=self.environment(XDG_STATE_HOME=crepes["root"] + "/state"))
            return self.subjects(hamburger, "bob")

        self.wait_for(after_a_run, ["lunch"])

    def test_what_waits_goes_by_the_ports_of_the_next_start(self):
        self.port = common_port()
        words = ("--domain", "crepes.test", "--user", "alice", "--dns", "127.0.0.1:0", "--dns-domain", "hamburger.test=127.0.0.2")
        crepes = self.serve(*words, "--mx-port", "1")
        self.submit(crepes, "alice@crepes.test", ["bob@hamburger.test"])
        # Tried once, in vain: it is not due for minutes.
        self.wait_for(lambda: '"attempts":1' in self.queue(crepes, "list", "--json"), True)
        self.end(crepes["process"])
        self.dns = "127.0.0.1:1"
        hamburger = self.serve_hamburger()
        self.servers = 0
        again = self.serve(*words, "--mx-port", str(self.port))
        self.assertEqual(again["root"], crepes["root"])
        self.assertNotEqual(again["dns"], crepes["dns"])
        self.wait_for(lambda: self.subjects(hamburger, "bob"), ["lunch"])

    def test_what_sends_the_queue_ends_with_its_server(self):
        crepes, _ = self.two()

        def children():
            found = []
            for name in os.listdir("/proc"):
                try:
                    with open(f"/proc/{name}/environ", "rb") as file:
                        ours = f"XDG_STATE_HOME={crepes['root']}/state".encode() in file.read().split(b"\0")
                except OSError:
                    continue
                found += [name] if ours else []
            return found

        self.wait_for(lambda: len(children()), 1)
        crepes["process"].send_signal(signal.SIGKILL)
        crepes["process"].wait(60)
        self.wait_for(children, [])

    def test_the_name_server_is_that_of_mailtool_too(self):
        crepes, hamburger = self.two()
        done = subprocess.run([MAILTOOL, "send", "--mx", "--mx-port", str(self.port), "--dns-server", self.dns, "--mx-tls-policy", "none",
                               "-f", "x@elsewhere.test", "bob@hamburger.test"], input=b"Subject: direct\r\n\r\nx\r\n",
                              capture_output=True, timeout=120, env=self.environment())
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.subjects(hamburger, "bob"), ["direct"])
        self.assertEqual(crepes["urls"]["dns"], "dns://" + self.dns)

    def test_wrong_options(self):
        self.mailtool("serve", "--dns-domain", "hamburger.test", status=64)
        self.mailtool("serve", "--dns-domain", "hamburger.test=127.0.0.2:0", status=64)
        self.mailtool("serve", "--dns-server", "name.test", status=64)
        self.mailtool("serve", "--mx-port", "0", status=64)
        self.mailtool("serve", "--dns", "192.0.2.1:53", status=64)
        # These had no effect, and were taken.
        for words in (["--dns-domain", "hamburger.test=127.0.0.2"], ["--mx-port", "25"],
                      ["--dns", "0", "--dns-domain", "example.test=127.0.0.2"],
                      ["--dns", "0", "--dns-domain", "o.test=127.0.0.2:1", "--dns-domain", "o.test=127.0.0.2:2"]):
            done = subprocess.run([MAILTOOL, "serve", "-n", *words], capture_output=True, text=True, timeout=60, env=self.environment())
            self.assertEqual((done.returncode, done.stdout), (64, ""), words)
            self.assertRegex(done.stderr, r"\Amailtool: .*--(dns-domain|mx-port): .*\n(hint|mailtool): .*\n\Z")


if __name__ == "__main__":
    unittest.main()
