"""mailtool imap while others change the same folders: three clients move messages of their own among all the rest."""

import imaplib
import random
import re
import threading
import unittest

from imap_support import SECRET, DovecotImapTest, letter, separated

FOLDERS = ["INBOX", "A", "B"]
EACH, ROUNDS = 100, 32


class Stranger(threading.Thread):
    """Moves, marks and expunges its own messages, and says at the end what it left where."""

    def __init__(self, server, user, seed):
        super().__init__(daemon=True)
        self.session = imaplib.IMAP4("127.0.0.1", server.port)
        self.session.login(user, SECRET)
        self.random, self.enough, self.failed = random.Random(seed), threading.Event(), None
        self.deleted, self.marked = set(), set()

    def run(self):
        try:
            while not self.enough.is_set():
                self.step()
        except Exception as error:  # told by the test
            self.failed = error

    def uid(self, *words):
        state, data = self.session.uid(*words)
        if state != "OK":
            raise RuntimeError(f"{words}: {state} {data}")
        return data

    def subjects(self, uids):
        rows = self.uid("FETCH", uids, "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
        return {int(re.search(rb"UID (\d+)", row[0])[1]): int(re.search(rb"(\d+)", row[1])[1]) for row in rows
                if isinstance(row, tuple)}

    def step(self):
        folder = self.random.choice(FOLDERS)
        self.session.select(folder)
        found = self.uid("SEARCH", "HEADER", "X-Owner", "stranger")[0].split()
        if not found:
            return
        some = [int(uid) for uid in self.random.sample(found, min(len(found), 5))]
        uids = ",".join(map(str, some))
        what = self.random.random()
        if what < 0.5:
            self.uid("MOVE", uids, self.random.choice([name for name in FOLDERS if name != folder]))
        elif what < 0.8:
            self.uid("STORE", uids, "+FLAGS", "(\\Flagged $Stranger)")
        elif what < 0.95:
            self.marked |= set(self.subjects(uids).values())
            self.uid("STORE", uids, "+FLAGS.SILENT", "(\\Deleted)")
        else:
            one = str(some[0])
            self.deleted |= set(self.subjects(one).values())
            self.uid("STORE", one, "+FLAGS.SILENT", "(\\Deleted)")
            self.uid("EXPUNGE", one)

    def stop(self):
        self.enough.set()
        self.join(timeout=60)

    def contents(self):
        """{folder: {number of the message: flags}} of all that is there, by its subject."""
        left = {}
        for folder in FOLDERS:
            self.session.select(folder, readonly=True)
            rows = self.uid("FETCH", "1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])") if int(
                self.session.untagged_responses["EXISTS"][-1]) else []
            left[folder] = [(int(re.search(rb"Lunch (\d+)", row[1])[1]), imaplib.ParseFlags(row[0])) for row in rows
                            if isinstance(row, tuple)]
        return left


class TwoClients(DovecotImapTest):
    settings = "mail_location = mdbox:~/mdbox"

    def setUp(self):
        super().setUp()
        owners = ["stranger", "mailtool-1", "mailtool-2"]
        box = self.folder / "mbox"
        box.write_bytes(separated(letter(number).replace(b"\n\n", f"\nX-Owner: {owners[number % 3]}\n\n".encode(), 1)
                                  for number in range(EACH * 3)))
        self.imap("folder", "create", "A", "B")
        self.imap("append", "INBOX", box)

    def work(self, owner):
        """One mailtool after the other; none may fail, since nobody else touches the messages of `owner`."""
        chosen = random.Random(owner)
        own = f"header:X-Owner=mailtool-{owner}"
        for number in range(ROUNDS):
            source, target = chosen.sample(FOLDERS, 2)
            some = f"{own} subject:{chosen.randrange(10)}"
            way = number % 4
            if way == 0:
                found = self.imap("search", some, "-f", source)
                self.imap("move", "-", "--to", target, input=found.out.encode())
            elif way == 1:
                self.imap("flag", f"+$By{owner}", "+seen", some, "-f", source)
            else:
                self.imap("move", own if way == 3 else some, "--to", target, "-f", source)

    def together(self):
        stranger = Stranger(self.server, self.user, 1)
        self.addCleanup(stranger.session.shutdown)
        stranger.start()
        try:
            self.all(self.work, [1, 2])
        finally:
            stranger.stop()
        self.assertIsNone(stranger.failed)
        left = stranger.contents()
        where = {}
        for folder, messages in left.items():
            for number, flags in messages:
                self.assertNotIn(number, where, f"twice: in {folder} and {where.get(number)}")
                where[number] = folder
                marked = b"\\Deleted" in flags
                self.assertEqual(marked, number in stranger.marked, f"{number}: {flags}")
                if b"$Stranger" in flags:
                    self.assertEqual(number % 3, 0, "a stranger's flag")
                for owner in (1, 2):
                    if f"$By{owner}".encode() in flags:
                        self.assertEqual(number % 3, owner, "a flag on what was not chosen")
        self.assertEqual(set(range(EACH * 3)) - set(where), stranger.deleted)

    def test_each_message_is_in_one_place(self):
        self.together()


class WithoutMove(TwoClients):
    """Copies, marks and expunges, while the stranger's marked messages have to stay."""

    settings = TwoClients.settings + "\nimap_capability = IMAP4rev1 UIDPLUS ESEARCH"


if __name__ == "__main__":
    unittest.main()
