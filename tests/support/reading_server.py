"""A scripted IMAP server for verbs that read: one folder, INBOX, of messages that a test answers for."""

import re

from listener import Listener


class ReadingServer(Listener):
    """`fetch(number, uids, items, send)` answers a UID FETCH, the `number`th from 1 on, but for its tagged line:
    it calls send(octets), and may return that line without its tag, or None to hang up. `said` is what was heard."""

    def __init__(self, count, fetch, capabilities="ESEARCH", uidvalidity=7):
        self.count, self.fetch, self.uidvalidity = count, fetch, uidvalidity
        self.capabilities, self.said, self.fetches = capabilities, [], 0
        self.listen()

    def serve(self, connection):
        with connection.makefile("rb") as lines:
            self.session(connection, lines)

    def session(self, connection, lines):
        connection.sendall(f"* PREAUTH [CAPABILITY IMAP4rev1 {self.capabilities}] hi\r\n".encode())
        for line in lines:
            tag, words = line.split(b" ", 1)
            text = words.decode().strip()
            self.said.append(text)
            if text == "LOGOUT":
                return
            done = self.answer(text, connection.sendall, tag)
            if done is None:
                return
            connection.sendall(tag + b" " + done.encode() + b"\r\n")

    def answer(self, text, send, tag):
        if text.startswith(("EXAMINE", "SELECT")):
            send(b"* %d EXISTS\r\n* OK [UIDVALIDITY %d] x\r\n* OK [UIDNEXT %d] x\r\n"
                 % (self.count, self.uidvalidity, self.count + 1))
            return "OK [READ-ONLY] done" if text.startswith("EXAMINE") else "OK done"
        if "SEARCH" in text:
            wanted = re.search(r"UID SEARCH.* UID ([0-9:,*]+)", text)
            found = wanted[1] if wanted and "*" not in wanted[1] else f"1:{self.count}"
            send(b'* ESEARCH (TAG "%s") UID ALL %s\r\n' % (tag, found.encode()))
            return "OK done"
        found = re.match(r"UID FETCH ([0-9:,]+) \((.*)\)$", text)
        if not found:
            return "OK done"
        self.fetches += 1
        done = self.fetch(self.fetches, list(uids_of(found[1])), found[2], send)
        return "OK done" if done == "" else done


def uids_of(text):
    for part in text.split(","):
        first, _, last = part.partition(":")
        yield from range(int(first), int(last or first) + 1)
