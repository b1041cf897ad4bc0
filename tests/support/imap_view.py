"""A mailbox as one client of IMAP knows it, and as it is; a ValueError where a server breaks what a client counts on."""

from imap_answers import RawImap, pairs

# RFC 9051 section 7.5.1: while one of these is obeyed, numbers must not change.
KEEP_NUMBERS = ("FETCH", "STORE", "SEARCH")


def numbers(text):
    """Of a set such as 1:3,7, in its order."""
    found = []
    for part in text.split(","):
        low, _, high = part.partition(":")
        found += range(int(low), int(high or low) + 1)
    return found


class Model:
    """What is in the mailbox: {uid: flags}, and UIDs that were given."""

    def __init__(self):
        self.flags, self.highest = {}, 0

    def add(self, uid, flags):
        if uid <= self.highest:
            raise ValueError(f"UID {uid} behind {self.highest}")
        self.flags[uid], self.highest = set(flags), uid


class View:
    """One session with the mailbox open: rows of [uid, flags], None where it has not been told."""

    def __init__(self, model, *login):
        self.model, self.client = model, RawImap(*login)
        self.open("SELECT INBOX")

    def open(self, command):
        self.rows, self.log = [], []
        self.ask(command)
        self.learn(1)

    def ask(self, command):
        return self.told(command, self.client.ask(command))

    def told(self, command, answer):
        """Takes note of an answer, and asks for what is new; not where the mailbox is being opened."""
        opens = str(command).startswith(("SELECT", "EXAMINE"))
        self.log = self.log[-30:] + [str(command), answer.text]
        known = len(self.rows)
        gone = []
        for kind, row in answer.data:
            self.log.append(f"{kind} {row}")
            if kind == "EXISTS":
                if row[0] < len(self.rows):
                    raise ValueError(f"EXISTS {row[0]} of {len(self.rows)} that were not expunged: {self.log}")
                self.rows += [[None, None] for _ in range(row[0] - len(self.rows))]
            elif kind == "EXPUNGE":
                if str(command).startswith(KEEP_NUMBERS):
                    raise ValueError(f"numbers change within {command}: {self.log}")
                if not 1 <= row[0] <= len(self.rows):
                    raise ValueError(f"EXPUNGE {row[0]} of {len(self.rows)}: {self.log}")
                known -= row[0] <= known
                gone.append(self.rows.pop(row[0] - 1)[0])
            elif kind == "FETCH":
                self.fetched(row)
        answer.gone = gone
        if not opens and len(self.rows) > known:
            self.learn(known + 1)
        return answer

    def fetched(self, row):
        number, items = row[0], pairs(row[1])
        if not 1 <= number <= len(self.rows):
            raise ValueError(f"FETCH {number} of {len(self.rows)}: {self.log}")
        if "UID" in items:
            uid = int(items["UID"])
            if self.rows[number - 1][0] not in (None, uid):
                raise ValueError(f"{number} was UID {self.rows[number - 1][0]} and is {uid}: {self.log}")
            self.rows[number - 1][0] = uid
        if "FLAGS" in items:
            self.rows[number - 1][1] = {flag for flag in items["FLAGS"] if flag != "\\Recent"}

    def learn(self, first):
        """UIDs and flags of what is new."""
        if first <= len(self.rows):
            self.ask(f"FETCH {first}:* (UID FLAGS)")
            uids = [uid for uid, _ in self.rows]
            if None in uids or uids != sorted(set(uids)):
                raise ValueError(f"UIDs that do not rise: {uids}: {self.log}")

    def store(self, uids, sign, flags):
        """What has been done to messages, by this client or another."""
        for uid in uids:
            have = self.model.flags.get(uid)
            if have is not None:
                self.model.flags[uid] = changed(have, sign, flags)

    def store_silently(self, uids, sign, flags):
        for row in self.rows:
            if row[0] in uids and row[1] is not None:
                row[1] = changed(row[1], sign, flags)

    def agrees(self):
        """After NOOP nothing is left to tell."""
        mine = {uid: flags for uid, flags in self.rows}
        if mine != self.model.flags:
            differ = {uid: (mine.get(uid), self.model.flags.get(uid)) for uid in mine.keys() | self.model.flags.keys()
                      if mine.get(uid) != self.model.flags.get(uid)}
            raise ValueError(f"told and so: {differ}: {self.log}")


def changed(have, sign, flags):
    if sign == "+":
        return have | flags
    return have - flags if sign == "-" else set(flags)
