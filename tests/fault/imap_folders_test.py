"""imap folders --json while the server is still counting."""

import pathlib
import socket
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from program import MAILTOOL, ProgramTest  # noqa: E402


class Server:
    """One session. It counts the second folder once `go_on` is set."""

    def __init__(self):
        self.go_on = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "imap://127.0.0.1:%d" % self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        connection, _ = self.listener.accept()
        self.listener.close()
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"* PREAUTH [CAPABILITY IMAP4rev1 LIST-EXTENDED LIST-STATUS] hi\r\n")
            tag = lines.readline().split()[0]
            connection.sendall(b'* LIST () "/" b\r\n* STATUS b (MESSAGES 7)\r\n* LIST () "/" a\r\n')
            self.go_on.wait(20)
            connection.sendall(b"* STATUS a (MESSAGES 1)\r\n" + tag + b" OK done\r\n")
            lines.readline()


class Folders(ProgramTest):
    def test_a_folder_is_told_before_the_next_is_counted(self):
        server = Server()
        with subprocess.Popen([MAILTOOL, "imap", server.url, "--tls", "off", "folders", "--status", "--json"],
                              stdout=subprocess.PIPE, env={"HOME": str(self.folder)}) as run:
            self.addCleanup(server.go_on.set)
            self.assertIn(b'"name":"b"', run.stdout.readline())
            server.go_on.set()
            self.assertIn(b'"name":"a"', run.stdout.readline())
            self.assertIn(b'"summary"', run.stdout.readline())
        self.assertEqual(run.returncode, 0)


if __name__ == "__main__":
    unittest.main()
