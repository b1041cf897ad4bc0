"""A scripted IMAP server with one folder, which outlives its connections."""

import functools
import re
import threading

from listener import Listener


class Mailbox:
    def __init__(self, uids=(), uidvalidity=7):
        self.uids, self.uidvalidity = list(uids), uidvalidity
        self.uidnext = max(self.uids, default=0) + 1

    def add(self):
        self.uids.append(self.uidnext)
        self.uidnext += 1


class ImapServer(Listener):
    """`answer(connection, number, name, rest)` may answer a command of the `number`th connection by itself:
    True when it did, None to have it answered as usual, False to hang up; of name "greeting" it is asked
    first. An IDLE is answered by
    `idle(connection, number)`, which returns when DONE is to be read, or False to hang up."""

    def __init__(self, capabilities="IDLE", answer=None, idle=None, mailbox=None,
                 greeting="* PREAUTH [CAPABILITY IMAP4rev1 {}] hi"):
        self.mailbox = mailbox or Mailbox()
        self.answer = answer or (lambda *_: None)
        self.idle = idle or (lambda *_: None)
        self.greeting = greeting.format(capabilities)
        self.commands = []  # (connection, command)
        self.count = 0
        self.lock = threading.Lock()
        self.listen()

    def begin(self, client):
        self.count += 1
        return functools.partial(self.talk, Connection(client), self.count)

    def talk(self, connection, number):
        if self.answer(connection, number, "greeting", "") is False:
            return
        connection.say(self.greeting)
        while line := connection.read():
            tag, name, rest = (line.split(" ", 2) + ["", ""])[:3]
            if name == "UID":
                word, _, rest = rest.partition(" ")
                name += " " + word
            with self.lock:
                self.commands.append((number, f"{name} {rest}".strip()))
            connection.tag = tag
            done = self.answer(connection, number, name, rest)
            if done is None:
                done = self.usual(connection, number, name, rest)
            if done is False:
                return

    def usual(self, connection, number, name, rest):
        box = self.mailbox
        if name == "LOGOUT":
            return False
        if name in ("SELECT", "EXAMINE"):
            connection.say(f"* {len(box.uids)} EXISTS", f"* OK [UIDVALIDITY {box.uidvalidity}] x",
                           f"* OK [UIDNEXT {box.uidnext}] x")
        elif name == "UID SEARCH":
            found = re.search(r"UID (\d+):\*$", rest)
            first = int(found[1]) if found else 1
            connection.say("* SEARCH" + "".join(f" {uid}" for uid in box.uids if uid >= first))
        elif name == "UID FETCH":
            for uid in self.wanted(rest.split(" ")[0]):
                connection.say(f'* {box.uids.index(uid) + 1} FETCH (UID {uid} FLAGS () ENVELOPE (NIL "message {uid}" '
                               f'(("Carol" NIL "carol" "x.example")) NIL NIL NIL NIL NIL NIL NIL))')
        elif name == "IDLE":
            connection.say("+ idling")
            if self.idle(connection, number) is False:
                return False
            if connection.read() != "DONE":
                return False
        connection.say(f"{connection.tag} OK done")
        return True

    def wanted(self, text):
        for part in text.split(","):
            first, _, last = part.partition(":")
            for uid in list(self.mailbox.uids):
                if int(first) <= uid <= int(last or first):
                    yield uid


class Connection:
    def __init__(self, client):
        self.client, self.lines, self.tag = client, client.makefile("rb"), ""

    def say(self, *lines):
        self.client.sendall("".join(f"{line}\r\n" for line in lines).encode())

    def read(self):
        return self.lines.readline().decode().rstrip("\r\n")
