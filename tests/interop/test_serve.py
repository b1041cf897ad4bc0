"""`mailtool serve` as a command: its ports, its certificates, its end, and clients that mean it no good."""

import contextlib
import imaplib
import json
import os
import pathlib
import select
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from serving import MAILTOOL, SECRET, ServeTest, environment  # noqa: E402

NAMES = ["smtp", "submission", "pop3", "imap", "smtps", "pop3s", "imaps"]
TIMEOUT = 30


def trusting(serving):
    context = ssl.create_default_context(cafile=serving.ca)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


class Command(ServeTest):
    def test_ready(self):
        serving = self.serve()
        self.assertEqual(serving.ready["type"], "ready")
        self.assertEqual(serving.ready["pid"], serving.process.pid)
        self.assertEqual(serving.ready["root"], str(serving.root))
        self.assertEqual(serving.ready["ca"], serving.ca)
        self.assertEqual(serving.ready["host"], "127.0.0.1")
        self.assertEqual(serving.ready["users"], ["alice", "bob"])
        self.assertEqual(serving.ready["domains"], ["crepes.test"])
        self.assertEqual(len({serving.port(name) for name in NAMES}), len(NAMES))
        for name in NAMES:
            self.assertTrue(serving.ready["urls"][name].endswith(f"://127.0.0.1:{serving.port(name)}"))
            socket.create_connection(("127.0.0.1", serving.port(name)), TIMEOUT).close()
        self.assertEqual(serving.stop(), 0)

    def test_signals_end_it_cleanly(self):
        for number in signal.SIGINT, signal.SIGHUP:
            serving = self.serve()
            client = socket.create_connection(("127.0.0.1", serving.port("imap")), TIMEOUT)
            self.addCleanup(client.close)
            self.assertEqual(serving.stop(number), 0)

    def test_the_root_has_one_holder(self):
        serving = self.serve()
        said = self.mailtool("serve", "--port", "0", "--root", serving.root, status=75)
        self.assertIn(f"process {serving.process.pid},", said.err)
        self.assertIn("--root", said.err)
        self.assertEqual(said.out, "")
        serving.stop(signal.SIGKILL)
        self.serve()  # the lock ends with its holder

    def test_a_port_that_is_taken(self):
        taken = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(taken.close)
        port = taken.getsockname()[1]
        said = self.mailtool("serve", "--port", "0", "--root", self.folder / "root", "--imap", f"127.0.0.1:{port}",
                             status=75)
        self.assertIn(f"127.0.0.1:{port}", said.err)
        self.assertIn("--imap", said.err)

    def test_the_next_free_port(self):
        # Whoever has 2525 here: the two have different ones.
        one = self.serve("--port=0", "--smtp", "0")
        other = self.serve("--port=0", root=self.folder / "other")
        for name in NAMES:
            self.assertNotEqual(one.port(name), other.port(name))

    def test_usage(self):
        root = ["--root", self.folder / "root"]
        for words, hint in [(["--smtp", "192.0.2.1:25"], "--listen-public"),
                            (["--smtp", "0.0.0.0:25", "--listen-public"], "password"),
                            (["--user", "a/b"], "cannot be a user"), (["--user", "bob:"], "no source"),
                            (["--domain", "a b"], "no domain"), (["--imap", "nowhere"], "ADDR:PORT"),
                            (["--port", "25"], "not one of"), (["extra"], "goes behind --"), (["--print-ca", "--", "true"], "MAIL_CA")]:
            with self.subTest(words):
                said = self.mailtool("serve", *([] if "--" in words else root), *words, status=64)
                self.assertIn(hint, said.err)
                self.assertFalse((self.folder / "root").exists())
        said = self.mailtool("serve", *root, "--user", "bob:env:NO_SUCH", status=66)
        self.assertIn("NO_SUCH", said.err)

    def test_dry_run(self):
        said = self.mailtool("serve", "--root", self.folder / "root", "-n")
        self.assertIn("would listen: imaps 127.0.0.1:2993", said.out)
        # The same lines came with --json.
        said = self.mailtool("serve", "-n", "--json", "--imap", "2143", "--root", self.folder / "none")
        rows = {row.pop("name"): row for row in map(json.loads, said.out.splitlines())}
        self.assertEqual(rows["imap"], {"type": "server", "would": "listen", "address": "127.0.0.1", "port": 2143, "fixed": True})
        self.assertEqual((len(rows), rows["smtps"]["port"], rows["smtps"]["fixed"]), (7, 2465, False))
        self.assertFalse((self.folder / "root").exists())

    def test_print_ca(self):
        root = self.folder / "root"
        printed = self.mailtool("serve", "--root", root, "--print-ca").out
        serving = self.serve()
        self.assertEqual(pathlib.Path(serving.ca).read_text(), printed)
        self.assertEqual(self.mailtool("serve", "--root", root, "--print-ca").out, printed)
        serving.stop()
        again = self.serve()
        self.assertEqual(pathlib.Path(again.ca).read_text(), printed)

    def test_no_tls(self):
        serving = self.serve("--tls", "off")
        self.assertNotIn("ca", serving.ready)
        self.assertNotIn("imaps", serving.ready)
        with smtplib.SMTP("127.0.0.1", serving.port("smtp"), timeout=TIMEOUT) as client:
            client.ehlo()
            self.assertFalse(client.has_extn("STARTTLS"))
        self.assertEqual(sorted(path.name for path in serving.root.iterdir()), ["lock", "mail", "tmp"])

    def test_any_password_on_loopback(self):
        serving = self.serve("--user", "carol", users=())
        with smtplib.SMTP("127.0.0.1", serving.port("submission"), timeout=TIMEOUT) as client:
            client.login("carol", "whatever")
        with smtplib.SMTP("127.0.0.1", serving.port("submission"), timeout=TIMEOUT) as client:
            with self.assertRaises(smtplib.SMTPAuthenticationError):
                client.login("dave", "whatever")

    def test_names_in_any_case(self):
        serving = self.serve("--user", "Carol", users=())
        for address in "carol@crepes.test", "CAROL@Crepes.TEST", "postmaster", "Postmaster@crepes.test":
            with smtplib.SMTP("127.0.0.1", serving.port("smtp"), timeout=TIMEOUT) as client:
                client.sendmail("a@b.test", [address], b"Subject: x\r\n\r\nx\r\n")
        with imaplib.IMAP4("127.0.0.1", serving.port("imap"), timeout=TIMEOUT) as client:
            client.login("cArol", "whatever")
            self.assertEqual(client.select(), ("OK", [b"4"]))
        # The mailbox is there under the name that the next start spells otherwise.
        serving.stop()
        serving = self.serve("--user", "caROL", users=())
        with imaplib.IMAP4("127.0.0.1", serving.port("imap"), timeout=TIMEOUT) as client:
            client.login("carol", "whatever")
            self.assertEqual(client.select(), ("OK", [b"4"]))
            self.assertEqual(client.fetch("4", "(UID)"), ("OK", [b"4 (UID 4)"]))
        self.assertEqual([path.name for path in (serving.root / "mail").iterdir()], ["carol"])
        said = self.mailtool("serve", "--port", "0", "--root", self.folder / "other", "--user", "eve", "--user", "Eve",
                             status=64)
        self.assertIn("twice", said.err)

    def test_a_long_answer_to_one_client_alone(self):
        # As fast as it is read: nothing else has to come that wakes the server.
        serving = self.serve()
        with smtplib.SMTP("127.0.0.1", serving.port("smtp"), timeout=TIMEOUT) as client:
            client.sendmail("a@b.test", ["alice@crepes.test"],
                            b"Subject: long\r\n\r\n" + b"0123456789abcdef\r\n" * 1_000_000)
        self.mailtool("fetch", serving.url("pop3", "alice"), "--tls", "off", "--password-from", "env:PW", "--keep",
                      "--to", f"maildir:{self.folder}/far", "--deadline", "40s")


class Program(ServeTest):
    def test_it_finds_the_servers(self):
        script = ('for name in "" SMTP_ SUBMISSION_ IMAP_ SMTPS_ POP3S_ IMAPS_; do eval "echo MAIL_${name}PORT='
                  '\\$MAIL_${name}PORT"; done; echo "$MAIL_HOST $MAIL_DOMAIN ${MAIL_POP3_PORT-none}"; ls "$MAIL_CA"; exit 7')
        done = self.mailtool("serve", "--port", "0", "--pop3", "off", "--", "sh", "-c", script, status=7,
                             env={"MAIL_POP3_PORT": "110"})
        lines = done.out.splitlines()
        for line in lines[:7]:
            self.assertRegex(line, r"^MAIL_(SMTPS?_|SUBMISSION_|POP3S_|IMAPS?_)?PORT=[1-9][0-9]+$")
        self.assertEqual(lines[0].partition("=")[2], lines[1].partition("=")[2])
        self.assertEqual(lines[7], "127.0.0.1 example.test none")
        self.assertFalse(pathlib.Path(lines[8]).exists())  # it was a temporary one

    def test_many_lines(self):
        done = self.mailtool("serve", "--port", "0", "--", "sh", "-c", "echo one\necho two\n")
        self.assertEqual(done.out, "one\ntwo\n")

    def test_it_may_keep_the_mail(self):
        root = self.folder / "root"
        script = 'printf "Subject: kept\\n\\nx\\n" | "$0" send --server smtp://127.0.0.1:$MAIL_PORT --tls-ca $MAIL_CA ' \
                 '-f alice@example.test bob@example.test'
        self.mailtool("serve", "--port", "0", "--root", root, "--", "sh", "-c", script, MAILTOOL)
        kept = list((root / "mail/bob/Maildir/cur").iterdir())
        self.assertEqual(len(kept), 1)
        self.assertIn(b"Subject: kept\r\n", kept[0].read_bytes())

    def test_ready_line_if_asked_for(self):
        done = self.mailtool("serve", "--port", "0", "--json", "--", "true")
        self.assertEqual(json.loads(done.out)["type"], "ready")

    def test_no_such_program(self):
        said = self.mailtool("serve", "--port", "0", "--", "no-such-program", status=66)
        self.assertIn("no-such-program", said.err)

    def test_killed(self):
        self.mailtool("serve", "--port", "0", "--", "sh", "-c", "kill -9 $$", status=128 + signal.SIGKILL)

    def test_a_signal_is_for_the_program_first(self):
        # Told to end it still sends its last message.
        script = ('trap \'printf "Subject: last\\n\\nx\\n" | "$0" send --server smtp://127.0.0.1:$MAIL_PORT --tls-ca '
                  '$MAIL_CA -f a@example.test bob@example.test; echo sent $?; exit 5\' TERM; echo up; '
                  'while :; do read line; done')
        process = subprocess.Popen([MAILTOOL, "serve", "--port", "0", "--", "sh", "-c", script, MAILTOOL],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(self.folder))
        self.addCleanup(process.stdin.close)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        self.assertEqual(process.stdout.readline(), b"up\n")
        process.terminate()
        # Its `read` goes on until there is a line.
        process.stdin.write(b"\n")
        process.stdin.flush()
        self.assertEqual(process.stdout.readline(), b"sent 0\n")
        self.assertEqual(process.wait(TIMEOUT), 5)


class Killed(ServeTest):
    def test_what_was_acknowledged_is_there(self):
        serving = self.serve()
        acknowledged, enough = [], threading.Event()

        def deliver(sender):
            with contextlib.suppress(OSError, smtplib.SMTPException):
                client = smtplib.SMTP("127.0.0.1", serving.port("smtp"), timeout=TIMEOUT)
                for number in range(10_000):
                    subject = f"{sender}-{number}"
                    client.sendmail("a@b.test", ["alice@crepes.test", "bob@crepes.test"],
                                    f"Subject: {subject}\r\n\r\n" + "x" * 3000 + "\r\n")
                    acknowledged.append(subject)
                    if len(acknowledged) >= 40:
                        enough.set()

        threads = [threading.Thread(target=deliver, args=(sender,)) for sender in range(4)]
        for thread in threads:
            thread.start()
        self.assertTrue(enough.wait(TIMEOUT))
        serving.stop(signal.SIGKILL)
        for thread in threads:
            thread.join(TIMEOUT)
        again = self.serve()
        uids = {}
        for user in ("alice", "bob"):
            client = imaplib.IMAP4("127.0.0.1", again.port("imap"), timeout=TIMEOUT)
            client.login(user, SECRET)
            client.select()
            rows = client.fetch("1:*", "(UID BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]
            found = [row[1].decode().strip().removeprefix("Subject: ") for row in rows if isinstance(row, tuple)]
            self.assertEqual(sorted(set(acknowledged) - set(found)), [])
            self.assertEqual(len(found), len(set(found)))
            uids[user] = client.uid("SEARCH", "ALL")[1]
            # What comes then has a UID of its own.
            client.append("INBOX", None, None, b"Subject: later\r\n\r\nx\r\n")
            client.noop()
            self.assertGreater(int(client.uid("SEARCH", "SUBJECT", "later")[1][0]), int(uids[user][0].split()[-1]))
            client.logout()


class Hostile(ServeTest):
    def setUp(self):
        super().setUp()
        self.serving = self.serve()

    def connect(self, name):
        client = socket.create_connection(("127.0.0.1", self.serving.port(name)), TIMEOUT)
        self.addCleanup(client.close)
        return client

    def still_serves(self):
        with smtplib.SMTP_SSL("localhost", self.serving.port("smtps"), timeout=TIMEOUT,
                              context=trusting(self.serving)) as client:
            client.login("alice", SECRET)

    def talk(self, client, *lines):
        reader = client.makefile("rb")
        self.addCleanup(reader.close)
        said = [reader.readline()]
        for line in lines:
            client.sendall(line)
            said.append(reader.readline())
            while said[-1][3:4] == b"-" or said[-1].startswith(b"* "):
                said.append(reader.readline())
        return said

    def test_handshakes_that_hang(self):
        for name in ("smtps", "pop3s", "imaps"):
            self.connect(name)                             # says nothing
            self.connect(name).sendall(b"\x16\x03\x01\x02")  # begins
        client = self.connect("smtp")
        self.assertTrue(self.talk(client, b"EHLO c.test\r\n", b"STARTTLS\r\n")[-1].startswith(b"220"))
        self.still_serves()

    def test_clear_text_to_a_port_of_tls(self):
        client = self.connect("imaps")
        client.sendall(b"1 CAPABILITY\r\n")
        said = b""
        with contextlib.suppress(ConnectionResetError):
            while more := client.recv(1000):
                said += more
        self.assertNotIn(b"1 OK", said)  # an alert of TLS at most
        self.assertNotIn(b"* OK", said)
        self.still_serves()

    # Each said yes, and hung up; and there was a new authority, though whoever
    # trusts the old one had read it.
    def test_without_the_key_of_the_authority(self):
        before = pathlib.Path(self.serving.ca).read_text()
        key = self.serving.root / "ca.key"
        key.rename(key.with_suffix(".away"))
        for name, lines, answer in [
                ("smtp", (b"EHLO c.test\r\n", b"STARTTLS\r\n"), b"454 4.7.0 "),
                ("submission", (b"EHLO c.test\r\n", b"STARTTLS\r\n"), b"454 4.7.0 "),
                ("pop3", (b"STLS\r\n",), b"-ERR [SYS/TEMP] "),
                ("imap", (b"a STARTTLS\r\n",), b"a NO [UNAVAILABLE] ")]:
            with self.subTest(name):
                client = self.connect(name)
                client.settimeout(TIMEOUT)
                said = self.talk(client, *lines, b"NOOP\r\n")
                self.assertTrue(said[-2].startswith(answer), said)
                self.assertNotEqual(said[-1], b"", "the session goes on")
        with contextlib.suppress(ConnectionResetError):
            self.assertEqual(self.connect("imaps").recv(100), b"")
        self.assertFalse(key.exists())
        self.assertEqual(pathlib.Path(self.serving.ca).read_text(), before)
        key.with_suffix(".away").rename(key)
        self.still_serves()

    # CVE-2011-0411: what somebody put behind STARTTLS is not obeyed inside.
    def test_clear_text_behind_starttls(self):
        for name, hello, command, inside, answer in [
                ("smtp", b"EHLO c.test\r\n", b"STARTTLS\r\nRSET\r\nRSET\r\n", b"NOOP\r\n", b"250 2.0.0"),
                ("pop3", b"CAPA\r\n", b"STLS\r\nNOOP\r\n", b"USER bob\r\n", b"+OK"),
                ("imap", b"a CAPABILITY\r\n", b"b STARTTLS\r\nc NOOP\r\n", b"d NOOP\r\n", b"d OK")]:
            with self.subTest(name):
                client = self.connect(name)
                client.settimeout(TIMEOUT)
                client.recv(1000)
                client.sendall(hello)
                end = b".\r\n" if name == "pop3" else b"\r\n"
                said = b""
                while not said.endswith(end):
                    said += client.recv(1000)
                client.sendall(command)
                said = client.recv(1000)
                self.assertEqual(said.count(b"\r\n"), 1, said)
                with trusting(self.serving).wrap_socket(client, server_hostname="localhost") as safe:
                    safe.sendall(inside)
                    self.assertTrue(safe.recv(1000).startswith(answer))
                    # And nothing more comes.
                    readable, _, _ = select.select([safe], [], [], 0)
                    self.assertEqual((readable, safe.pending()), ([], 0))
        self.still_serves()

    def test_starttls_twice(self):
        client = smtplib.SMTP("127.0.0.1", self.serving.port("smtp"), timeout=TIMEOUT)
        self.addCleanup(client.close)
        client.starttls(context=trusting(self.serving))
        client.ehlo()
        self.assertFalse(client.has_extn("STARTTLS"))
        self.assertEqual(client.docmd("STARTTLS")[0] // 100, 5)
        self.assertEqual(client.quit()[0], 221)

    def test_gone_in_the_middle(self):
        for name in NAMES:
            for octets in (b"", b"\x16\x03\x01\x02", b"STARTTLS\r\n", b"a LOGIN {1000000}\r\n", b"\0" * 100):
                client = self.connect(name)
                client.sendall(octets)
                client.close()
        self.still_serves()

    def test_wrong_passwords(self):
        with smtplib.SMTP("127.0.0.1", self.serving.port("submission"), timeout=TIMEOUT) as client:
            for password in ("", "wrong", SECRET + "x", SECRET[:-1]):
                with self.assertRaises(smtplib.SMTPAuthenticationError):
                    client.login("alice", password)


if __name__ == "__main__":
    unittest.main()
