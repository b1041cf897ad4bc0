"""imap folders --json while the server is still counting."""

import pathlib
import socket
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from program import MAILTOOL, ProgramTest  # noqa: E402
from scripted_imap import Folder, ImapServer  # noqa: E402


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


class Literal(ProgramTest):
    def imap(self, server, *words, **more):
        done = self.mailtool("imap", server.url, "--tls", "off", *words, **more)
        self.assertEqual(done.status, 0, done)
        return done.out

    def test_the_name_that_is_printed_is_the_name_that_is_taken(self):
        # "@trash" was printed, which is another folder when it is given back.
        one = b"Subject: one\r\n\r\nx\r\n"
        with ImapServer({"INBOX": Folder(), "Trash": Folder(), "@trash": Folder([one])}) as server:
            name = "@@trash"
            self.assertIn(name, self.imap(server, "folders").split("\n"))
            self.assertIn(name, self.imap(server, "folders", "--tree").split("\n"))
            found = self.imap(server, "search", "-f", name)
            for out in (self.imap(server, "folders", "--json"), self.imap(server, "search", "-f", name, "--json"), found,
                        self.imap(server, "list", "-f", name, "--fields", "folder"),
                        self.imap(server, "list", "-f", name, "--json"),
                        self.imap(server, "search", "--all-folders", "--count")):
                self.assertIn(name, out)
                self.assertNotIn("@trash", out.replace(name, ""))
            del server.said[:]
            self.imap(server, "get", "-", "--output", f"{self.folder / 'got'}/", input=found.encode())
            self.assertEqual([said for said in server.said if said.startswith("EXAMINE")], ["EXAMINE @trash"])


if __name__ == "__main__":
    unittest.main()
