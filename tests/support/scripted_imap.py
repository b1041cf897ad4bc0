"""An IMAP server over folders in memory, for mirrors: it lists, examines, fetches, searches and appends.

    with ImapServer({"INBOX": Folder([b"Subject: one\\r\\n\\r\\n", ...])}) as server:
        ... run mailtool against server.url ...
    server.said                    every command, without its tag

`capabilities` decide what it can do beyond its `revision`: CONDSTORE, QRESYNC, LIST-STATUS, MULTIAPPEND, UIDPLUS... It greets
with PREAUTH. Without UNSELECT it refuses an APPEND to the folder that is examined. `held` is called before an APPEND that
was obeyed is answered. `cut` ends a session before its answer of that number, from 1 on, is sent. `replies`:
{b"UID FETCH": function(server, folder, words)} in the place of its own answers: octets, or None to hang up.
"""

import re
import time

from listener import Listener

LITERAL = re.compile(rb"\{(\d+)(\+?)\}\r\n$")
ALL = "LIST-EXTENDED LIST-STATUS ENABLE CONDSTORE QRESYNC UNSELECT ESEARCH UIDPLUS LITERAL+ MULTIAPPEND"


class Message:
    def __init__(self, uid, content, flags=(), date="01-Jan-2026 00:00:00 +0000", modseq=1):
        self.uid, self.content, self.flags, self.date, self.modseq = uid, content, list(flags), date, modseq


class Folder:
    def __init__(self, contents=(), uidvalidity=7, first=1):
        self.uidvalidity, self.modseq = uidvalidity, 1
        self.messages, self.vanished = [], []  # of the latter (uid, modseq)
        self.uidnext = first
        for content in contents:
            self.add(content)

    def add(self, content, flags=(), date="01-Jan-2026 00:00:00 +0000"):
        self.modseq += 1
        self.messages.append(Message(self.uidnext, content, flags, date, self.modseq))
        self.uidnext += 1
        return self.messages[-1]

    def flag(self, uid, *flags):
        self.modseq += 1
        message = next(each for each in self.messages if each.uid == uid)
        message.flags, message.modseq = list(flags), self.modseq

    def expunge(self, *uids):
        self.modseq += 1
        self.vanished += [(uid, self.modseq) for uid in uids]
        self.messages = [each for each in self.messages if each.uid not in uids]

    def within(self, words):
        """The (number, message) of a set of UIDs."""
        last = max((each.uid for each in self.messages), default=0)
        ranges = []
        for part in words.decode().split(","):
            ends = [last if end == "*" else int(end) for end in part.split(":")]
            ranges.append((min(ends), max(ends)))
        return [(number, each) for number, each in enumerate(self.messages, 1)
                if any(first <= each.uid <= end for first, end in ranges)]


class Cut(Exception):
    """The session is to end here."""


class ImapServer(Listener):
    revision = "IMAP4rev1"

    def __init__(self, folders=None, capabilities=ALL, cut=None, replies=None):
        self.folders = folders if folders is not None else {"INBOX": Folder()}
        self.capabilities, self.cut, self.replies = capabilities, cut, replies or {}
        self.held = lambda: None
        self.keeps = None  # "\\Seen \\*": PERMANENTFLAGS of a SELECT
        self.refuses = None  # octets of a message that is not taken
        self.said, self.answers = [], 0
        self.listen()

    def session(self, *arguments):
        return Session(*arguments)

    def offers(self, name):
        return name in self.capabilities.split()

    def times(self, command):
        return sum(said.startswith(command) for said in self.said)

    def commands(self):
        """The names of what was said, to the LOGOUT for which no client waits."""
        deadline = time.monotonic() + 20
        while self.said[-1:] != ["LOGOUT"] and time.monotonic() < deadline:
            time.sleep(0.002)
        return [said.split()[0] for said in self.said]

    def serve(self, connection):
        with connection.makefile("rb") as lines:
            try:
                self.send(connection, f"* PREAUTH [CAPABILITY {self.revision} {self.capabilities}] hi\r\n".encode())
                self.session(self, connection, lines).run()
            except Cut:
                pass

    def send(self, connection, octets):
        self.answers += 1
        if self.cut is not None and self.answers >= self.cut:
            raise Cut
        connection.sendall(octets)


class Session:
    def __init__(self, server, connection, lines):
        self.server, self.connection, self.lines = server, connection, lines
        self.folder, self.told, self.examined = None, 0, None
        self.said = server.said  # of the run that it is of, also where that was the last one's

    def say(self, text):
        self.server.send(self.connection, text if isinstance(text, bytes) else text.encode())

    def run(self):
        while line := self.lines.readline():
            tag, rest = line.split(b" ", 1)
            command = rest.strip()
            self.said.append(command.decode("latin-1"))
            words = command.split(b" ")
            name = b" ".join(words[:2]).upper() if words[0].upper() == b"UID" else words[0].upper()
            if name == b"LOGOUT":
                return
            if name in self.server.replies:
                reply = self.server.replies[name](self.server, self.folder, words)
                if reply is None:
                    return
                self.say(reply.replace(b"TAG", tag))
                continue
            if name == b"APPEND":
                self.append(tag, line)
                continue
            method = getattr(self, name.decode().lower().replace(" ", "_"), None)
            done = method(words) if method else "BAD unknown"
            self.say(f"{tag.decode()} {done or 'OK done'}\r\n")

    @staticmethod
    def name(words, command=1):
        """The mailbox behind so many words."""
        found = re.match(rb'"((?:[^"\\]|\\.)*)"|\S+', b" ".join(words[command:]))
        return re.sub(rb"\\(.)", rb"\1", found[1] if found[1] is not None else found[0]).decode()

    @staticmethod
    def quoted(name):
        return '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'

    def enable(self, words):
        self.say("* ENABLED QRESYNC\r\n")

    def unselect(self, words):
        self.folder = None

    close = unselect

    def noop(self, words):
        if self.folder and len(self.folder.messages) != self.told:
            self.tell_exists()

    def tell_exists(self):
        self.told = len(self.folder.messages)
        self.say(f"* {self.told} EXISTS\r\n")

    def list(self, words):
        pattern = re.escape(self.name(words, 2)).replace(r"\*", ".*").replace("%", "[^/]*")
        for name, folder in self.server.folders.items():
            if not re.fullmatch(pattern, name):
                continue
            self.say(f'* LIST () "/" {self.quoted(name)}\r\n')
            if b"STATUS" in b" ".join(words):
                self.say(self.status_line(name, folder))

    def status_line(self, name, folder):
        modseq = f" HIGHESTMODSEQ {folder.modseq}" if self.server.offers("CONDSTORE") else ""
        return (f'* STATUS {self.quoted(name)} (MESSAGES {len(folder.messages)} UIDNEXT {folder.uidnext} '
                f"UIDVALIDITY {folder.uidvalidity}{modseq})\r\n")

    def status(self, words):
        name = self.name(words)
        if name not in self.server.folders:
            return "NO [NONEXISTENT] no such folder"
        self.say(self.status_line(name, self.server.folders[name]))

    def create(self, words):
        self.server.folders[self.name(words)] = Folder()

    def examine(self, words):
        name = self.name(words)
        if name not in self.server.folders:
            return "NO [NONEXISTENT] no such folder"
        self.folder = folder = self.server.folders[name]
        self.examined = name
        self.tell_exists()
        self.say(f"* OK [UIDVALIDITY {folder.uidvalidity}] ok\r\n"
                 f"* OK [UIDNEXT {folder.uidnext}] ok\r\n"
                 + ("" if self.server.keeps is None else "* OK [PERMANENTFLAGS ()] none\r\n"))
        if self.server.offers("CONDSTORE"):
            self.say(f"* OK [HIGHESTMODSEQ {folder.modseq}] ok\r\n")
        found = re.search(rb"QRESYNC \((\d+) (\d+)", b" ".join(words))
        if found and int(found[1]) == folder.uidvalidity:
            gone = [uid for uid, modseq in folder.vanished if modseq > int(found[2])]
            if gone:
                self.say(f"* VANISHED (EARLIER) {','.join(map(str, gone))}\r\n")
            self.tell_flags(folder.within(b"1:*"), int(found[2]))
        return "OK [READ-ONLY] done"

    def select(self, words):
        done = self.examine(words)
        self.examined = None
        if self.server.keeps is not None:
            self.say(f"* OK [PERMANENTFLAGS ({self.server.keeps})] these\r\n")
        return done.replace("READ-ONLY", "READ-WRITE")

    def tell_flags(self, messages, since):
        for number, message in messages:
            if message.modseq > since:
                self.say(f"* {number} FETCH (UID {message.uid} FLAGS ({' '.join(message.flags)}) "
                         f"MODSEQ ({message.modseq}))\r\n")

    def uid_fetch(self, words):
        wanted = self.folder.within(words[2])
        items = b" ".join(words[3:])
        if b"BODY" not in items:
            found = re.search(rb"CHANGEDSINCE (\d+)", items)
            return self.tell_flags(wanted, int(found[1]) if found else 0)
        for number, message in wanted:
            self.say(f"* {number} FETCH (UID {message.uid} FLAGS ({' '.join(message.flags)}) INTERNALDATE "
                     f'"{message.date}" BODY[] {{{len(message.content)}}}\r\n'.encode() + message.content + b")\r\n")

    def uid_search(self, words):
        sizes = re.search(rb"(?:LARGER (\d+) )?SMALLER (\d+)", b" ".join(words))
        least, most = (int(sizes[1] or 0), int(sizes[2])) if sizes else (-1, float("inf"))
        uids = [str(each.uid) for each in self.folder.messages if least < len(each.content) < most]
        if b"RETURN" in words:
            self.say("* ESEARCH UID" + (" ALL " + ",".join(uids) if uids else "") + "\r\n")
        else:
            self.say("* SEARCH " + " ".join(uids) + "\r\n")

    def append(self, tag, line):
        name, taken = self.name(line.split(b" "), 2), []
        while found := LITERAL.search(line):
            if not found[2]:
                self.say("+ go on\r\n")
            flags = re.search(rb"\(([^)]*)\)", line)
            date = re.search(rb'"(.\d-[^"]*)"', line)
            content = self.lines.read(int(found[1]))
            taken.append((content, flags[1].decode().split() if flags else [],
                          date[1].decode() if date else "01-Jan-2026 00:00:00 +0000"))
            line = self.lines.readline()
        if not line.endswith(b"\r\n"):
            raise Cut  # the client has gone in the midst of it
        if name not in self.server.folders:
            return self.say(tag + b" NO [TRYCREATE] no such folder\r\n")
        if name == self.examined and not self.server.offers("UNSELECT"):
            return self.say(tag + b" NO open to be read alone\r\n")
        if self.server.refuses and any(self.server.refuses in content for content, _, _ in taken):
            return self.say(tag + b" NO [CANNOT] bad\r\n")
        folder = self.server.folders[name]
        uids = [str(folder.add(*each).uid) for each in taken]
        self.server.held()
        return self.say(f"{tag.decode()} OK [APPENDUID {folder.uidvalidity} {','.join(uids)}] done\r\n")
