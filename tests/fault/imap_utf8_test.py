"""imap with servers that name folders in UTF-8: IMAP4rev2 alone, UTF8=ONLY; and UTF8=ACCEPT for what is appended."""

import json
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from export_home import MirrorTest
from scripted_imap import LITERAL, Folder, ImapServer, Session

INBOX, AMPERSAND, KEPT = "받은 편지함", "R&D-&APw-", "보관함"
GREETING = "Subject: 안녕\r\nFrom: a@b.example\r\n\r\nText\r\n".encode()
OTHER = b"Subject: hi\r\nFrom: a@b.example\r\n\r\nText\r\n"
REV2 = "AUTH=PLAIN"
ACCEPT = "ENABLE UIDPLUS LITERAL+ UTF8=ACCEPT"


class Lines:
    """Commands with the literals of all but APPEND in quotes, so that one line is one command."""

    def __init__(self, lines):
        self.lines, self.read = lines, lines.read

    def readline(self):
        line = self.lines.readline()
        while b" APPEND " not in line and (found := LITERAL.search(line)):
            line = line[:found.start()] + b'"' + self.lines.read(int(found[1])) + b'"' + self.lines.readline()
        return line


class Utf8Session(Session):
    """Of a name that is not as the server has it nothing is known; neither is of what needs UTF8=ACCEPT."""

    def __init__(self, server, connection, lines):
        super().__init__(server, connection, Lines(lines))
        self.kept = ""

    def enable(self, words):
        self.say(b"* ENABLED " + b" ".join(words[1:]) + b"\r\n")

    def uid_search(self, words):
        text = b" ".join(words).rpartition(b"SUBJECT ")[2].strip(b'"') if b"SUBJECT" in words else b""
        among = re.search(rb" UID ([\d:,*]+)", b" ".join(words))
        messages = self.folder.within(among[1] if among else b"1:*")
        self.kept = ",".join(str(each.uid) for _, each in messages if text in each.content)
        self.say("* ESEARCH UID" + (" ALL " + self.kept if self.kept else "") + "\r\n")

    def uid_move(self, words):
        name = self.name(words, 3)
        if name not in self.server.folders:
            return "NO [NONEXISTENT] no such folder"
        target = self.server.folders[name]
        moved = self.folder.within(words[2].replace(b"$", self.kept.encode()))
        uids = [(each.uid, target.add(each.content).uid) for _, each in moved]
        before, after = (",".join(map(str, each)) for each in zip(*uids))
        self.say(f"* OK [COPYUID {target.uidvalidity} {before} {after}] moved\r\n")
        for number, _ in reversed(moved):
            self.say(f"* {number} EXPUNGE\r\n")
        self.folder.expunge(*(each.uid for _, each in moved))


class Server(ImapServer):
    session = Utf8Session


class Rev2Server(Server):
    revision = "IMAP4rev2"


def folders():
    return {"INBOX": Folder(), INBOX: Folder([OTHER, GREETING]), AMPERSAND: Folder([GREETING]), KEPT: Folder()}


class Utf8(MirrorTest):
    def each_server(self, test):
        """test(server), and what is true of all that it has run."""
        for server in (Rev2Server(folders(), REV2), Server(folders(), "ENABLE ESEARCH MOVE UIDPLUS LITERAL+ UTF8=ONLY"),
                       Rev2Server(folders(), "IMAP4rev1 ENABLE UTF8=ONLY")):
            only = "UTF8=ONLY" in server.capabilities
            with self.subTest(server.revision + " " + server.capabilities):
                with server:
                    server.runs = 0
                    test(server)
                self.assertEqual(server.times("ENABLE UTF8=ACCEPT"), server.runs if only else 0)
                self.assertFalse([said for said in server.said if "CHARSET" in said and only])

    def run_imap(self, server, *words):
        server.runs += 1
        return self.command(server, *words)

    def test_names_are_listed_as_they_are(self):
        def test(server):
            done = self.run_imap(server, "folders", "--json", "--status")
            rows = [json.loads(line) for line in done.stdout.splitlines()]
            self.assertEqual([row["name"] for row in rows if "name" in row], ["INBOX", INBOX, AMPERSAND, KEPT])
        self.each_server(test)

    def test_search_and_move(self):
        def test(server):
            done = self.run_imap(server, "search", "-f", INBOX, "subject:안녕", "--json")
            self.assertEqual(json.loads(done.stdout.splitlines()[0])["uid"], 2)
            for source in (INBOX, AMPERSAND):
                self.run_imap(server, "move", "--to", KEPT, "-f", source, "subject:안녕")
            self.assertEqual([each.content for each in server.folders[KEPT].messages], [GREETING, GREETING])
            self.assertEqual([each.content for each in server.folders[INBOX].messages], [OTHER])
            self.run_imap(server, "undo")
            self.assertEqual([each.content for each in server.folders[AMPERSAND].messages], [GREETING])
        self.each_server(test)

    def test_append(self):
        path = self.home / "message"
        path.write_bytes(GREETING)

        def test(server):
            self.run_imap(server, "append", KEPT, path)
            self.run_imap(server, "append", "--create", "새 & 것", path)
            for name in (KEPT, "새 & 것"):
                self.assertEqual([each.content for each in server.folders[name].messages], [GREETING])
            appended = [said for said in server.said if said.startswith("APPEND")]
            self.assertEqual(["UTF8 (~{" in said for said in appended], ["UTF8=ONLY" in server.capabilities] * 3)
        self.each_server(test)

    def test_export(self):
        def test(server):
            self.mirror = self.home / str(server.port)
            self.run_imap(server, "export", "*", "--to", f"maildir:{self.mirror}")
            made = (path.name for path in self.mirror.iterdir() if not path.name.startswith("."))
            self.assertEqual(sorted(made), sorted(folders()))
            for name in folders():
                self.equal(server, name)
        self.each_server(test)

    def test_what_is_appended_where_utf8_is_accepted(self):
        plain, header = self.home / "plain", self.home / "header"
        plain.write_bytes(OTHER)
        header.write_bytes(GREETING)
        for name in ("cur", "new", "tmp"):
            (self.home / "box" / name).mkdir(parents=True)
        (self.home / "box/cur/1:2,S").write_bytes(GREETING)
        utf7 = "&vPStANVo-"
        for verb, enabled in ((("append", KEPT, plain), False), (("append", KEPT, header), True),
                              (("import", f"maildir:{self.home}/box", "--to", KEPT), True)):
            with self.subTest(verb), Server({(KEPT if enabled else utf7): Folder()}, ACCEPT) as server:
                self.command(server, *verb)
                self.assertEqual(server.times("ENABLE UTF8=ACCEPT"), enabled)
                appended, = (said for said in server.said if said.startswith("APPEND"))
                self.assertEqual("UTF8 (~{" in appended, enabled)
        with Server({utf7: Folder()}, "UIDPLUS LITERAL+") as server:
            self.command(server, "append", KEPT, header)
        self.assertEqual([said.split()[0] for said in server.said], ["APPEND", "LOGOUT"])


if __name__ == "__main__":
    unittest.main()
