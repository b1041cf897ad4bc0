"""imap append against a server that refuses single messages, runs full, or hangs up."""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from listener import Listener  # noqa: E402
from program import MAILTOOL  # noqa: E402

LITERAL = re.compile(rb"\{(\d+)(\+?)\}\r\n$")


class Server(Listener):
    """One session. `answer(sizes, number)` is what the server says to the APPEND of messages of
    these sizes, the `number`th from 1 on; None hangs up."""

    def __init__(self, capabilities, answer):
        self.capabilities, self.answer = capabilities, answer
        self.commands = []  # the sizes of each, or "CREATE"
        self.created = "OK made"
        self.listen()

    def serve(self, connection):
        with connection.makefile("rb") as lines:
            connection.sendall(f"* PREAUTH [CAPABILITY IMAP4rev1 {self.capabilities}] hi\r\n".encode())
            while line := lines.readline():
                words = line.split()
                if words[1] == b"LOGOUT":
                    return
                if words[1] == b"CREATE":
                    self.commands.append("CREATE")
                    connection.sendall(words[0] + b" " + self.created.encode() + b"\r\n")
                    continue
                said = self.append(connection, lines, line)
                if said is None:
                    return
                connection.sendall(words[0] + b" " + said.encode() + b"\r\n")

    def append(self, connection, lines, line):
        sizes = []
        while found := LITERAL.search(line):
            if not found[2]:
                connection.sendall(b"+ go ahead\r\n")
            sizes.append(int(found[1]))
            lines.read(sizes[-1])
            line = lines.readline()
        self.commands.append(sizes)
        return self.answer(sizes, len(self.commands))


class Refusals(unittest.TestCase):
    def run_append(self, capabilities, answer, status, *options, created="OK made"):
        """Appends six messages, of which the fourth is large."""
        server = Server(capabilities, answer)
        server.created = created
        with tempfile.TemporaryDirectory() as home:
            box = pathlib.Path(home) / "box"
            box.write_text("".join(
                f"From a@b.example Fri Nov 20 12:00:00 2026\nSubject: {number}\n\n"
                f"{'x' * (5000 if number == 4 else 50)}\n\n" for number in range(1, 7)))
            done = subprocess.run(
                [MAILTOOL, "imap", server.url, "--tls", "off", "append", "INBOX", box, *options],
                env={"HOME": home, "LC_ALL": "C.UTF-8"}, capture_output=True, text=True, timeout=60)
        server.close()
        self.assertEqual(done.returncode, status, done.stderr)
        return server.commands, done.stderr

    def test_refused_together_each_is_told_its_own_fate(self):
        too_big = lambda sizes, number: "NO [TOOBIG] too big" if max(sizes) > 4000 else "OK done"
        commands, said = self.run_append("LITERAL+ MULTIAPPEND", too_big, 69)
        self.assertEqual([len(sizes) for sizes in commands], [6, 1, 1, 1, 1, 1, 1])
        self.assertRegex(said, r"^mailtool: imap: .*/box, message 4: refused: server said: "
                               r"NO \[TOOBIG\] too big\n$")

    def test_one_by_one_where_literals_are_waited_for(self):
        too_big = lambda sizes, number: "NO [TOOBIG] too big" if max(sizes) > 4000 else "OK done"
        commands, said = self.run_append("UIDPLUS", too_big, 69)
        self.assertEqual(len(commands), 6)
        self.assertIn("message 4: refused", said)

    def test_what_is_over_the_limit_is_not_sent(self):
        commands, said = self.run_append("LITERAL+ MULTIAPPEND APPENDLIMIT=4000",
                                         lambda sizes, number: "OK done", 65)
        self.assertEqual([len(sizes) for sizes in commands], [5])
        self.assertRegex(said, "message 4: 5[0-9]{3} octets are more than the server takes: 4000")

    def test_a_full_mailbox_ends_the_run(self):
        full = lambda sizes, number: "OK done" if number < 3 else "NO [OVERQUOTA] full"
        commands, said = self.run_append("UIDPLUS", full, 69)
        self.assertIn("OVERQUOTA", said)
        self.assertIn("hint: 2 messages were appended before", said)
        self.assertNotIn("not known", said)

    def test_the_connection_is_lost(self):
        # Each literal is waited for: what was answered before is certain.
        commands, said = self.run_append(
            "UIDPLUS", lambda sizes, number: "OK done" if number < 3 else None, 75)
        self.assertEqual(len(commands), 3)
        self.assertRegex(said, "hint: 2 messages were appended before; whether the next [12] were is not known")

    def test_a_folder_that_may_be_missing_is_created_once(self):
        missing = lambda sizes, number: "NO Mailbox does not exist" if number == 1 else "OK done"
        no = lambda sizes, number: "NO not today"
        for capabilities in ("UIDPLUS", "LITERAL+ MULTIAPPEND"):
            with self.subTest(capabilities):
                commands, _ = self.run_append(capabilities, missing, 0, "--create")
                self.assertEqual(commands[1], "CREATE")
                self.assertEqual(commands[0], commands[2])
                commands, said = self.run_append(capabilities, no, 69, "--create", created="NO [ALREADYEXISTS] it is")
                self.assertEqual(commands.count("CREATE"), 1)
                self.assertIn("message 6: refused: server said: NO not today", said)
                commands, _ = self.run_append(capabilities, no, 69)
                self.assertNotIn("CREATE", commands)

    def test_a_folder_that_cannot_be_created_ends_the_run(self):
        gone = lambda sizes, number: "NO [TRYCREATE] no such mailbox"
        commands, said = self.run_append("UIDPLUS", gone, 77, "--create", created="NO [NOPERM] not you")
        self.assertEqual(commands[1:], ["CREATE"])
        self.assertIn("NOPERM", said)


if __name__ == "__main__":
    unittest.main()
