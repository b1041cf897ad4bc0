"""An IMAP server that really keeps two folders, so that a test can look where each message is, and that hangs up before
its nth line."""

import re
import socket

from listener import Listener

LINE_LIMIT = 65536
VALIDITY = {"INBOX": 7, "Archive": 9}


def numbers(text):
    """The UIDs that a set names."""
    for part in text.split(","):
        first, _, last = part.partition(":")
        yield from range(int(first), int(last or first) + 1)


def as_set(uids):
    """Ascending UIDs as a set, in ranges."""
    parts, first, last = [], None, None
    for uid in [*uids, None]:
        if first is not None and uid != last + 1 if uid is not None else first is not None:
            parts.append(str(first) if first == last else f"{first}:{last}")
            first = None
        if first is None:
            first = uid
        last = uid
    return ",".join(parts)


class HungUp(Exception):
    pass


class MovingServer(Listener):
    """INBOX holds messages 1 to `count`, Archive none; a search finds every second. `folders` maps names to
    {uid: [message, flags]}. Each session is PREAUTH and hangs up in the place of its line `cut` (0: never), or in the
    midst of it when `half`. `lines` is what was sent, but for EXPUNGE only the word."""

    def __init__(self, capabilities, count, cut=0, half=False):
        self.capabilities, self.cut, self.half = capabilities.split(), cut, half
        self.folders = {"INBOX": {uid: [uid, set()] for uid in range(1, count + 1)}, "Archive": {}}
        self.lines, self.commands = [], []
        self.listen()

    def places(self):
        """{message: [folder, …]}"""
        found = {}
        for name, messages in self.folders.items():
            for message, _ in messages.values():
                found.setdefault(message, []).append(name)
        return found

    def begin(self, connection):
        """One client after the other."""
        self.wait()
        return super().begin(connection)

    def serve(self, connection):
        with connection.makefile("rb") as lines:
            self.connection, self.selected, self.saved, self.sent = connection, None, [], 0
            try:
                self.say("* PREAUTH [CAPABILITY IMAP4rev1 %s] hi" % " ".join(self.capabilities))
                while line := lines.readline(LINE_LIMIT):
                    self.tag, _, command = line.decode().rstrip("\r\n").partition(" ")
                    self.commands.append(command)
                    if command == "LOGOUT":
                        break
                    self.say(self.tag + " " + self.answer(command))
                self.flush()
            except HungUp:
                pass

    def say(self, line):
        self.sent += 1
        self.lines.append(line.split(" ", 2)[2] if line.endswith("EXPUNGE") else line)
        octets = line.encode() + b"\r\n"
        if self.sent == self.cut:
            if self.half:
                self.connection.sendall(octets[:len(octets) // 2])
            raise HungUp
        try:
            self.connection.sendall(octets)
        except OSError:
            pass  # a server finishes what it has begun

    def flush(self):
        self.connection.shutdown(socket.SHUT_WR)

    def named(self, text):
        """The messages of a set that are there."""
        messages = self.folders[self.selected]
        return [uid for uid in (self.saved if text == "$" else numbers(text)) if uid in messages]

    def answer(self, command):
        words = command.split(" ")
        if words[0] in ("SELECT", "EXAMINE"):
            self.selected, self.saved = words[1], []
            self.say("* %d EXISTS" % len(self.folders[self.selected]))
            self.say("* OK [UIDVALIDITY %d] valid" % VALIDITY[self.selected])
            return "OK [READ-%s] selected" % ("WRITE" if words[0] == "SELECT" else "ONLY")
        name = "_".join(words[:2]).lower()
        return getattr(self, name)(*words[2:])

    def uid_search(self, *words):
        if "$" in words:
            found = self.named("$")
        elif "UID" in words:
            found = self.named(words[words.index("UID") + 1])
        else:
            found = [uid for uid in self.folders[self.selected] if uid % 2]
        if words[-1] in ("UNFLAGGED", "DELETED"):
            found = [uid for uid in found if self.has(uid, words[-1])]
        if words[0] != "RETURN":
            self.say("* SEARCH " + " ".join(map(str, found)))
            return "OK searched"
        if words[1] == "(SAVE":
            self.saved = found
        all_of_them = f" ALL {as_set(found)}" if found else ""
        self.say(f'* ESEARCH (TAG "{self.tag}") UID{all_of_them}')
        return "OK searched"

    def has(self, uid, key):
        flags = self.folders[self.selected][uid][1]
        return "\\Flagged" not in flags if key == "UNFLAGGED" else "\\Deleted" in flags

    def copies(self, which, to):
        source, target = self.folders[self.selected], self.folders[to]
        uids = self.named(which)
        first = max(target, default=0) + 1
        for at, uid in enumerate(uids):
            target[first + at] = [source[uid][0], set(source[uid][1])]
        return uids, f"[COPYUID {VALIDITY[to]} {as_set(uids)} {as_set(range(first, first + len(uids)))}]"

    def uid_copy(self, which, to):
        uids, code = self.copies(which, to)
        return f"OK {code} copied" if "UIDPLUS" in self.capabilities and uids else "OK copied"

    def uid_move(self, which, to):
        uids, code = self.copies(which, to)
        if "UIDPLUS" in self.capabilities and uids:
            self.say(f"* OK {code} moved")
        self.expunge(uids)
        return "OK moved"

    def uid_store(self, which, item, flags):
        for uid in self.named(which):
            has = self.folders[self.selected][uid][1]
            (has.add if item.startswith("+") else has.discard)(re.sub("[()]", "", flags))
        return "OK stored"

    def uid_expunge(self, which):
        messages = self.folders[self.selected]
        self.expunge([uid for uid in self.named(which) if "\\Deleted" in messages[uid][1]])
        return "OK expunged"

    def expunge(self, uids):
        """One after the other, and each line once the message has gone."""
        messages = self.folders[self.selected]
        before = {uid: number for number, uid in enumerate(messages, 1)}
        for done, uid in enumerate(uids):
            del messages[uid]
            self.say(f"* {before[uid] - done} EXPUNGE")
