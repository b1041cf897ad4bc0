"""COMPRESS=DEFLATE against a server that means it, and against servers that do not."""

import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from program import MAILTOOL  # noqa: E402

COUNT = 2000
ROWS = b"".join(b"* %d FETCH (UID %d FLAGS (\\Seen) RFC822.SIZE 7)\r\n" % (n, n) for n in range(1, COUNT + 1))
ANSWERS = {
    b"EXAMINE": b"* %d EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n" % COUNT,
    b"UID SEARCH": b"* SEARCH " + b" ".join(b"%d" % n for n in range(1, COUNT + 1)) + b"\r\n",
    b"UID FETCH": ROWS,
}


class Deflater:
    def __init__(self):
        self.state = zlib.compressobj(9, zlib.DEFLATED, -15)

    def __call__(self, octets):
        return self.state.compress(octets) + self.state.flush(zlib.Z_SYNC_FLUSH)


class Compressing(unittest.TestCase):
    greeting = b"* PREAUTH [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] hi\r\n"
    consent = b"TAG OK begin\r\n"
    behind = b""  # sent together with the consent
    instead = None  # what is said, as it stands, in answer to UID FETCH

    def serve(self):
        connection, _ = self.listener.accept()
        with connection:
            try:
                connection.sendall(self.greeting)
                self.talk(connection)
            except OSError:
                pass  # the client has gone

    def talk(self, connection):
        deflate, inflate, buffer = None, None, b""
        while octets := connection.recv(65536):
            self.came += len(octets)
            buffer += inflate.decompress(octets) if inflate else octets
            while b"\r\n" in buffer:
                line, buffer = buffer.split(b"\r\n", 1)
                tag, command = line.split(b" ", 1)
                self.said.append(command)
                if command == b"LOGOUT":
                    return
                if command == b"COMPRESS DEFLATE":
                    connection.sendall(self.consent.replace(b"TAG", tag) + self.behind)
                    if b" OK " in self.consent:
                        deflate, inflate = Deflater(), zlib.decompressobj(-15)
                    continue
                answer = next((data for name, data in ANSWERS.items() if command.startswith(name)), b"")
                if command.startswith(b"UID FETCH") and self.instead is not None:
                    for piece in self.instead(deflate):
                        connection.sendall(piece)
                    return
                answer += tag + b" OK done\r\n"
                connection.sendall(deflate(answer) if deflate else answer)

    def list(self, *more):
        """`list` from the server: status, stdout, stderr."""
        self.said, self.came = [], 0
        with socket.create_server(("127.0.0.1", 0)) as self.listener, tempfile.TemporaryDirectory() as home:
            server = threading.Thread(target=self.serve, daemon=True)
            server.start()
            url = "imap://127.0.0.1:%d" % self.listener.getsockname()[1]
            log = pathlib.Path(home) / "log"
            done = subprocess.run([MAILTOOL, "imap", url, "--tls", "off", "list", "--fields", "uid,size", "--transcript",
                                   log, *more], env={"HOME": home, "LC_ALL": "C.UTF-8"}, capture_output=True, text=True,
                                  timeout=60)
            self.log = log.read_text()
            server.join(timeout=20)
        return done.returncode, done.stdout, done.stderr

    def compressed(self, *more):
        return self.list("--compress", "always", *more)

    def test_the_same_as_without(self):
        plain = self.list("--compress", "never")
        self.assertEqual(plain[0], 0, plain)
        self.assertEqual(len(plain[1].splitlines()), COUNT)
        self.assertNotIn(b"COMPRESS DEFLATE", self.said)
        self.assertEqual(self.compressed(), plain)
        self.assertEqual(self.said[0], b"COMPRESS DEFLATE")
        self.assertEqual(self.said[-1], b"LOGOUT")

    def test_the_transcript_has_the_text(self):
        self.compressed()
        for line in ("C: A1 COMPRESS DEFLATE", "S: A1 OK begin", "C: A2 EXAMINE INBOX", "S: * 2000 EXISTS",
                     "S: * 7 FETCH (UID 7 FLAGS (\\Seen) RFC822.SIZE 7)"):
            self.assertIn(line + "\n", self.log)
        self.assertNotIn("\\x", self.log.replace("\\xc2", ""))

    def test_auto_leaves_loopback_alone(self):
        status, _, _ = self.list()
        self.assertEqual(status, 0)
        self.assertNotIn(b"COMPRESS DEFLATE", self.said)

    def test_a_refusal_costs_nothing_else(self):
        for consent in (b"TAG NO [COMPRESSIONACTIVE] TLS does\r\n", b"TAG BAD what?\r\n"):
            with self.subTest(consent):
                self.consent = consent
                status, out, err = self.compressed()
                self.assertEqual((status, err), (0, ""))
                self.assertEqual(len(out.splitlines()), COUNT)

    def test_not_offered(self):
        self.greeting = b"* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n"
        self.assertEqual(self.compressed()[0], 0)
        self.assertNotIn(b"COMPRESS DEFLATE", self.said)

    def refused(self, status, text):
        done = self.compressed()
        self.assertEqual(done[0], status, done)
        self.assertEqual(len(done[2].splitlines()), 1, done)
        self.assertIn(text, done[2])

    def test_clear_text_behind_the_consent(self):
        self.behind = b"* 7 EXISTS\r\n* OK you are mine\r\n"
        self.refused(76, "not compressed")
        self.assertNotIn("7 EXISTS", self.log)

    def test_clear_text_later(self):
        self.instead = lambda deflate: [b"* BYE I have forgotten myself, and what I was to say\r\n" * 50]
        self.refused(76, "not compressed")

    def test_an_end_of_the_stream_in_the_middle(self):
        self.instead = lambda deflate: [deflate(ROWS)[:1000]]
        self.refused(75, "closed")

    def test_a_bomb(self):
        blank = b" " * 1_000_000

        def bomb(deflate):
            yield deflate(b"* 1 FETCH (FLAGS (")
            for _ in range(3000):
                yield deflate(blank)

        self.instead = bomb
        self.refused(76, "response of more than")

    def test_a_bomb_of_many_lines(self):
        lines = b"* OK on and on\r\n" * 50_000

        def bomb(deflate):
            for _ in range(3000):
                yield deflate(lines)

        self.instead = bomb
        self.refused(76, "unsolicited")

    def test_blocks_of_nothing(self):
        def nothing(deflate):
            while True:
                yield b"\0\0\0\xff\xff" * 10_000

        self.instead = nothing
        status, _, err = self.compressed("--timeout", "1s")
        self.assertEqual(status, 75, err)


if __name__ == "__main__":
    unittest.main()
