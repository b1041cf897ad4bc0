"""A server that names four thousand million messages and has none: little is asked of it, held and written."""

import json
import os
import pathlib
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from program import MAILTOOL  # noqa: E402

MOST = 4294967290
MEMORY = 600 << 20


class Server:
    """One session, PREAUTH; `fetched` completes each FETCH."""

    def __init__(self, fetched):
        self.fetched, self.commands = fetched, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "imap://bob@127.0.0.1:%d" % self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        connection, _ = self.listener.accept()
        self.listener.close()
        with connection, connection.makefile("r", newline="\r\n") as lines:
            say = connection.sendall
            say(b"* PREAUTH [CAPABILITY IMAP4rev1 ESEARCH UIDPLUS MOVE CONDSTORE UNSELECT] hi\r\n")
            try:
                for line in lines:
                    tag, _, command = line.rstrip("\r\n").partition(" ")
                    self.commands += 1
                    if command == "LOGOUT":
                        return
                    say("".join(part + "\r\n" for part in self.answer(tag, command)).encode())
            except OSError:
                pass

    def answer(self, tag, command):
        done = [f"{tag} OK done"]
        if command.startswith(("SELECT", "EXAMINE")):
            return [f"* {MOST} EXISTS", "* OK [UIDVALIDITY 7] ok", f"* OK [UIDNEXT {MOST + 1}] ok", *done]
        if command.startswith("LIST"):
            return ['* LIST () "/" INBOX', *done]
        if command.startswith("STATUS"):
            return [f"* STATUS INBOX (MESSAGES {MOST} UIDNEXT {MOST + 1} UIDVALIDITY 7)", *done]
        if command.startswith("UID SEARCH"):
            return [f'* ESEARCH (TAG "{tag}") UID ALL 1:{MOST}', *done]
        if command.startswith(("UID COPY", "UID MOVE")):
            return [f"{tag} OK [COPYUID 9 1:{MOST} 1:{MOST}] done"]
        if command.startswith("UID FETCH"):
            return [f"{tag} {self.fetched}"]
        return done


def little_memory():
    if not os.environ.get("MAILTOOL_SANITIZE"):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def run(*words, fetched="NO not this one"):
    server = Server(fetched)
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run([MAILTOOL, "imap", server.url, "--tls", "off", *words], cwd=home, text=True,
                              env={"HOME": home, "LC_ALL": "C.UTF-8"}, capture_output=True, timeout=120,
                              preexec_fn=little_memory)
    server.thread.join(timeout=20)
    return done, server


class Bounds(unittest.TestCase):
    def test_what_was_copied_is_told_in_ranges(self):
        for verb in ("copy", "move"):
            with self.subTest(verb):
                done, _ = run(verb, "1:*", "--to", "Archive", "--json")
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertLess(len(done.stdout), 2000)
                change, summary = map(json.loads, done.stdout.splitlines())
                self.assertEqual(change["to_uids"], f"1:{MOST}")
                self.assertEqual((summary["matched"], summary["uids"], summary["uidvalidity"]), (MOST, None, 9))

    def test_a_mirror_gives_up(self):
        for fetched in ("NO not this one", "OK done"):
            with self.subTest(fetched):
                done, server = run("export", "INBOX", "--to", "maildir:M", fetched=fetched)
                self.assertEqual(done.returncode, 75, done.stderr)
                self.assertIn(f"did not send {MOST} messages", done.stderr)
                self.assertLess(server.commands, 110_000)

    def test_listings_end(self):
        for words in (["list", "is:unread"], ["list", "is:unread", "--sort=-date"], ["attachments", "1:*"]):
            with self.subTest(words):
                done, server = run(*words)
                self.assertEqual(done.returncode, 69, done.stderr)
                self.assertLess(server.commands, 30)  # a flight of batches

    def test_changes(self):
        for words, status in ((["flag", "+seen", "1:*"], 0), (["delete", "1:*", "--permanent", "--yes"], 69)):
            with self.subTest(words):
                done, server = run(*words)
                self.assertEqual(done.returncode, status, done.stderr)
                self.assertLess(server.commands, 10)
                self.assertLess(len(done.stderr), 2000)


if __name__ == "__main__":
    unittest.main()
