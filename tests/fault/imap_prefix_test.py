"""Folder names at servers that keep a user's folders below INBOX, but have others too: a name that was typed is taken
otherwise only where the server itself says that there is no such folder."""

import pathlib
import re
import socket
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from program import ProgramTest  # noqa: E402

MISSING = "NO Mailbox does not exist"
NAMESPACE = '(("INBOX." ".")) (("user." ".")) (("shared." "."))'


class Server:
    """Sessions over `folders`: which of them are there, which LIST leaves out, and what is said to some commands."""

    def __init__(self, *folders, unlisted=(), namespace=NAMESPACE, said=(), count=1):
        self.folders, self.unlisted, self.namespace = set(folders) | {"INBOX"}, unlisted, namespace
        self.said, self.count, self.commands = dict(said), count, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "imap://127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()

    def accept(self):
        while True:
            try:
                connection = self.listener.accept()[0]
            except OSError:
                return
            with connection, connection.makefile("rb") as lines:
                self.serve(connection, lines)

    def serve(self, connection, lines):
        def say(text):
            connection.sendall(text.encode() + b"\r\n")

        say("* PREAUTH [CAPABILITY IMAP4rev1 NAMESPACE UIDPLUS MOVE ESEARCH LITERAL+] hi")
        for line in lines:
            if literal := re.search(rb"\{(\d+)\+\}\r\n$", line):
                lines.read(int(literal[1]))
                lines.readline()
            tag, command = line.decode().rstrip().split(" ", 1)
            self.commands.append(command)
            for answer in self.answers(command):
                say(answer if answer.startswith("*") else f"{tag} {answer}")
            if command == "LOGOUT":
                return

    def answers(self, command):
        for begin, answer in self.said.items():
            if command.startswith(begin):
                return [answer]
        verb, *words = command.split()
        if verb == "NAMESPACE":
            return [f"* NAMESPACE {self.namespace}", "OK done"]
        if verb == "LIST":
            pattern = re.escape(words[-1].strip('"')).replace(r"\*", ".*").replace("%", "[^.]*")
            return [*(f'* LIST () "." "{name}"' for name in sorted(self.folders - set(self.unlisted))
                      if re.fullmatch(pattern, name)), "OK done"]
        if verb == "CREATE":
            ours = words[0].startswith("INBOX.")
            self.folders |= {words[0]} if ours else set()
            return ["OK done" if ours else "NO [NOPERM] Permission denied"]
        if verb in ("SELECT", "EXAMINE", "STATUS", "APPEND"):
            if words[0] not in self.folders:
                return [MISSING]
            if verb == "STATUS":
                return [f"* STATUS {words[0]} (MESSAGES {self.count} UNSEEN 0 UIDNEXT 2 UIDVALIDITY 7)", "OK done"]
            return [f"* {self.count} EXISTS", "* OK [UIDVALIDITY 7] x", "* OK [UIDNEXT 2] x", "OK [READ-WRITE] done"]
        if command.startswith(("UID MOVE", "UID COPY")):
            there = words[-1] in self.folders
            return ["* OK [COPYUID 7 1 1] x", "* 1 EXPUNGE", "OK done"] if there else ["NO [TRYCREATE] " + MISSING[3:]]
        if command.startswith("UID SEARCH"):
            return ["* ESEARCH UID COUNT 1 ALL 1" if self.count else "* ESEARCH UID COUNT 0", "OK done"]
        if command.startswith("UID EXPUNGE"):
            self.count = 0
            return ["* 1 EXPUNGE", "OK done"]
        return ["OK done"]


class Prefix(ProgramTest):
    def imap(self, server, *words, status):
        run = self.mailtool("imap", server.url, "--tls", "off", *words)
        self.assertEqual(run.status, status, f"{run} {server.commands}")
        return run

    def refused(self, server, *words, status, hint=False):
        """Nothing is done in INBOX.A, which is there too."""
        with server:
            run = self.imap(server, *words, status=status)
            touched = [one for one in server.commands if "INBOX.A" in one and not one.startswith("LIST")]
            self.assertEqual(touched, [])
            self.assertEqual("is INBOX.A meant" in run.err, hint, run.err)
        return run

    def test_a_name_that_is_missing(self):
        with Server("INBOX.A") as server:
            self.imap(server, "search", "-f", "A", status=0)
            self.imap(server, "move", "1", "--to", "A", status=0)
            self.imap(server, "folder", "status", "A", status=0)
            self.imap(server, "delete", "1", "-f", "A", "--permanent", status=0)
            self.assertIn("UID MOVE 1 INBOX.A", server.commands)
            self.assertIn("UID EXPUNGE 1", server.commands)

    def test_a_folder_that_is_not_listed(self):
        both = {"unlisted": ["A"]}
        for code in ("OVERQUOTA", "NOPERM"):
            self.refused(Server("A", "INBOX.A", **both, said={"UID MOVE": f"NO [{code}] no"}),
                         "move", "1", "--to", "A", status=69 if code == "OVERQUOTA" else 77)
        self.refused(Server("A", "INBOX.A", **both, said={"SELECT A": "NO locked by another process"}),
                     "delete", "1", "-f", "A", "--permanent", status=66)
        self.refused(Server("A", "INBOX.A", **both, said={"UID FETCH": "OK done"}), "get", "1", "-f", "A", status=66)

    def test_a_doubt(self):
        locked = "NO locked by another process"
        self.refused(Server("A", "INBOX.A", unlisted=["A"], said={"SELECT A": locked, "STATUS A": locked}),
                     "delete", "1", "-f", "A", "--permanent", status=66, hint=True)

    def test_a_list_that_tells_nothing(self):
        run = self.refused(Server("INBOX.A", said={"LIST": "OK done"}), "search", "-f", "A", status=66)
        self.assertIn("SELECT A: refused", run.err)

    def test_other_peoples_names(self):
        for words in (["move", "1", "--to", "shared.New", "--create"], ["folder", "create", "shared/New"],
                      ["folder", "create", "User.bob"]):
            with Server() as server:
                self.imap(server, *words, status=77)
                self.assertEqual(server.folders, {"INBOX"})

    def test_where_any_name_may_be_anothers(self):
        with Server(namespace='(("INBOX." ".")) NIL (("" "."))') as server:
            run = self.imap(server, "folder", "create", "New", status=77)
            self.assertIn("is INBOX.New meant", run.err)
            self.assertEqual(server.folders, {"INBOX"})

    def test_what_is_made_is_said(self):
        for words in (["move", "1", "--to", "New", "--create"], ["folder", "create", "New"]):
            with Server() as server:
                run = self.imap(server, *words, status=0)
                self.assertIn("New is called INBOX.New here", run.err)
                self.assertEqual(server.folders, {"INBOX", "INBOX.New"})

    def test_what_was_typed_is_named(self):
        for words, said in ((["search", "-f", "Nix/Nix"], "SELECT Nix/Nix"),
                            (["folder", "status", "Nix"], "Nix: no such folder")):
            with Server() as server:
                run = self.imap(server, *words, status=66)
                self.assertIn(said, run.err)
                self.assertNotIn("INBOX.", run.err)

    def test_what_was_asked_is_named_too(self):
        with Server("INBOX.Work.Lunch", said={"CREATE INBOX.Work.Lunch": "NO [ALREADYEXISTS] it is"}) as server:
            run = self.imap(server, "folder", "create", "Work/Lunch", status=69)
            self.assertIn("Work/Lunch (INBOX.Work.Lunch): there already: server said", run.err)

    def test_two_at_signs_are_one(self):
        with Server("INBOX.@trash") as server:
            for name in ("@@trash", "INBOX.@trash"):
                self.assertEqual(self.imap(server, "search", "-f", name, "--count", status=0).out, "1\n")
            run = self.imap(server, "search", "-f", "@@trash", "-f", "INBOX.@trash", "--count", status=0)
            self.assertEqual(run.out.split()[-2:], ["1", "total"])
            run = self.imap(server, "move", "1", "--to", "@@new", "--create", status=0)
            self.assertIn("@new is called INBOX.@new here", run.err)
            self.assertIn("INBOX.@new", server.folders)

    def test_a_mirror_of_all_keeps_its_pattern(self):
        with Server("INBOX.Work", "shared.Team", count=0) as server:
            self.imap(server, "export", "*", "Work", "--to", f"maildir:{self.folder / 'mirror'}", status=0)
            found = {path.name for path in (self.folder / "mirror").iterdir() if path.is_dir()}
            self.assertEqual(found, {"INBOX", "INBOX.Work", "shared.Team"})


if __name__ == "__main__":
    unittest.main()
