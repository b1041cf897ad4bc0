"""imap shows what a server wants its user to see."""

import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from program import MAILTOOL  # noqa: E402


class Alerts(unittest.TestCase):
    said = b"* OK [ALERT] Down on Sunday\r\n* OK [ALERT] red \x1b[31m\xff\r\n"

    def serve(self):
        connection, _ = self.listener.accept()
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"* PREAUTH [ALERT] Down on Sunday\r\n")
            while line := lines.readline():
                tag, command = line.rstrip(b"\r\n").split(b" ", 1)
                if command == b"LOGOUT":
                    return
                data = {b"CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n"}.get(command, b"")
                connection.sendall(data + self.said + tag + b" OK done\r\n")

    def folders(self, *more):
        with socket.create_server(("127.0.0.1", 0)) as self.listener, tempfile.TemporaryDirectory() as home:
            server = threading.Thread(target=self.serve, daemon=True)
            server.start()
            url = "imap://127.0.0.1:%d" % self.listener.getsockname()[1]
            done = subprocess.run([MAILTOOL, "imap", url, "--tls", "off", "folders", *more],
                                  env={"HOME": home, "LC_ALL": "C.UTF-8"}, capture_output=True, text=True, timeout=60)
            server.join(timeout=20)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("alert", done.stdout)
        return done.stderr

    def test_each_once_even_when_quiet(self):
        for more in ([], ["-q"], ["--json"]):
            with self.subTest(more):
                self.assertEqual(self.folders(*more), "mailtool: imap: alert of the server: Down on Sunday\n"
                                                      "mailtool: imap: alert of the server: red \\x1b[31m\\xff\n")

    def test_no_flood(self):
        self.said = b"".join(b"* OK [ALERT] %d\r\n" % number for number in range(1000))
        self.assertEqual(len(self.folders().splitlines()), 100)


if __name__ == "__main__":
    unittest.main()
