"""Several clients change one mailbox at random, at serve and at Dovecot; each checks what it is told against a model."""

import random
import unittest

from imap_pair import PairTest, letter
from imap_view import Model, View, numbers
from program import SECRET

FLAGS = ("\\Seen", "\\Flagged", "\\Answered", "\\Deleted", "work", "$Label")
CLIENTS, STEPS, MOST = 4, 300, 40


class Player:
    """Random steps of several views of one mailbox."""

    def __init__(self, port, user, seed):
        self.random, self.model = random.Random(seed), Model()
        self.login = (port, user, SECRET)
        self.views = [View(self.model, *self.login) for _ in range(CLIENTS)]

    def close(self):
        for view in self.views:
            view.client.close()

    def some_flags(self):
        return set(self.random.sample(FLAGS, self.random.randrange(3)))

    def some(self, view):
        """Rows of a view, and their numbers as a set."""
        chosen = sorted(self.random.sample(range(len(view.rows)), min(len(view.rows), self.random.randrange(1, 4))))
        return [view.rows[at][0] for at in chosen], ",".join(str(at + 1) for at in chosen)

    def step(self):
        view = self.random.choice(self.views)
        steps = [self.noop, self.noop, self.append, self.store, self.store, self.uid_store, self.expunge, self.look, self.copy,
                 self.move, self.again, self.idle]
        self.random.choice(steps if view.rows else [self.noop, self.append])(view)

    def noop(self, view):
        view.ask("NOOP")
        view.agrees()

    def append(self, view):
        if len(self.model.flags) >= MOST:
            return self.expunge(view)
        flags = self.some_flags()
        text = letter(self.random.randrange(100)).encode()
        answer = view.client.ask([f"APPEND INBOX ({' '.join(flags)}) {{{len(text)}}}", text])
        self.model.add(int(answer.code[1].split()[1]), flags)
        # What came with it is told again to who asks.
        view.client.ask("SELECT INBOX")
        view.open("SELECT INBOX")

    def store(self, view, by_uid=False):
        silent = self.random.random() < 0.3
        if silent:
            self.noop(view)
            if not view.rows:
                return
        uids, chosen = self.some(view)
        if by_uid:
            chosen = ",".join(map(str, uids))
        sign, flags = self.random.choice("+- ").strip(), self.some_flags()
        there = [uid for uid in uids if uid in self.model.flags]
        answer = view.ask(f"{'UID ' * by_uid}STORE {chosen} {sign}FLAGS{'.SILENT' * silent} ({' '.join(flags)})")
        if answer.status == "OK" or there:
            view.store(uids, sign, flags)
        if silent:
            view.store_silently(uids, sign, flags)

    def uid_store(self, view):
        self.store(view, by_uid=True)

    def expunge(self, view):
        # Those that the client has been told are; a server may leave others for the next time.
        due = {uid for uid, flags in view.rows if "\\Deleted" in self.model.flags.get(uid, set()) & (flags or set())}
        answer = view.ask("EXPUNGE")
        for uid in answer.gone:
            flags = self.model.flags.pop(uid, None)
            if flags is not None and "\\Deleted" not in flags:
                raise ValueError(f"UID {uid} went without being deleted: {view.log}")
        if due - set(answer.gone):
            raise ValueError(f"{due - set(answer.gone)} stay: {view.log}")

    def look(self, view):
        _, chosen = self.some(view)
        view.ask(self.random.choice([f"FETCH {chosen} (FLAGS)", f"FETCH {chosen} (UID FLAGS)", "SEARCH ALL", "UID SEARCH 1:*",
                                     "UID FETCH 1:* (FLAGS)", "CHECK", "STATUS Trash (MESSAGES)"]))

    def copy(self, view):
        if len(self.model.flags) >= MOST:
            return self.expunge(view)
        uids, _ = self.some(view)
        flags = {uid: self.model.flags.get(uid) for uid in uids}
        answer = view.client.ask(f"UID COPY {','.join(map(str, uids))} INBOX")
        if answer.code and answer.code[0] == "COPYUID":
            _, sources, copies = answer.code[1].split()
            for uid, copied in zip(numbers(sources), numbers(copies)):
                self.model.add(copied, flags[uid])
        view.open("SELECT INBOX")

    def move(self, view):
        uids, _ = self.some(view)
        there = {uid for uid in uids if uid in self.model.flags}
        answer = view.ask(f"UID MOVE {','.join(map(str, uids))} Trash")
        moved = [row[2] for row in answer.of("OK") if row and row[0] == "COPYUID"]
        if answer.code and answer.code[0] == "COPYUID":
            moved.append(answer.code[1].split()[1])
        told = {uid for uids in moved for uid in numbers(uids)}
        refused = answer.status == "NO" and there != set(uids)  # for those that have gone
        if told != (set() if refused else there):
            raise ValueError(f"{there} were to move, and {told} did: {view.log}")
        for uid in told:
            del self.model.flags[uid]

    def again(self, view):
        view.open(self.random.choice(["SELECT INBOX", "SELECT INBOX", "EXAMINE INBOX"]))
        view.agrees()
        view.open("SELECT INBOX")

    def idle(self, view):
        client = view.client
        tag, _ = client.send("IDLE")
        data = []
        while not (line := client.response())[0].startswith(b"+"):
            data.append(line)
        client.socket.sendall(b"DONE\r\n")
        view.told("IDLE", client.finish(tag, data))


class Stress(PairTest):
    users = 12

    def play(self, server, seed):
        player = Player(server.port, self.user, seed)
        self.addCleanup(player.close)
        for _ in range(STEPS):
            player.step()
        for view in player.views:
            player.noop(view)
        last = View(player.model, *player.login)
        self.addCleanup(last.client.close)
        last.agrees()

    def test_all_clients_agree(self):
        for seed in (1, 2, 3):
            for server in self.servers:
                with self.subTest(f"{type(server).__name__} {seed}"):
                    self.play(server, seed)
            self.user = next(self.unused)


if __name__ == "__main__":
    unittest.main()
