"""Times `mailtool fetch` beside other programs, in turns, and prints Markdown tables.

  fetch_bench.py --mailtool PROGRAM --measure PROGRAM [--rounds N] [--only TEXT] [--scale PERCENT]

All fetch from the same Dovecot on loopback, in clear text and over TLS, into a Maildir on the disk of the temporary
folder, and delete on the server; "nothing new" is a run over 50,000 messages that stay there and are all known. "25 ms"
is through a line that delays each direction by as much.

wall is the median over the rounds, CPU the median of user and system time of the client and of what it runs, the server
not among them; peak is the resident memory of the largest of these processes. Round trips are counted on the slow line,
from the first packet on: one to connect, and one each time that the client hears the server after it had to wait.
"x mailtool" is wall over that of the first row. synced says whether every message is on the disk by fsync before it is
deleted. Where other work runs on the machine, CPU and round trips say more than wall.
"""

import argparse
import os
import pathlib
import poplib
import statistics
import subprocess
import sys
import tempfile
import types

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from certificates import Authority
from dovecot_pop3 import DovecotPop3
from fetch_clients import clients
from send_bench import DELAY, Far

PASSWORD = "bench-4711"
ENOUGH = 30_000  # milliseconds of wall: exact without more rounds
# DELE only hides a message, so that it is soon back. The mechanisms are those that most servers offer.
SETTINGS = "pop3_delete_type = flag\npop3_deleted_flag = gone\nauth_mechanisms = plain login\n"


class Task:
    def __init__(self, title, user, count, octets, slow, news=True):
        self.title, self.user, self.count, self.octets, self.slow, self.news = title, user, count, octets, slow, news

    def messages(self):
        line = b"The quick brown fox jumps over the lazy dog, as foxes will do, day after day.\n"
        for number in range(self.count):
            head = (f"From: alice@example.com\nTo: bob@example.org\nSubject: Bench {number}\n"
                    f"Date: Fri, 20 Nov 2026 12:00:00 +0100\nMessage-ID: <{number}.{self.user}@example.com>\n\n").encode()
            yield head + line * (max(0, self.octets - len(head)) // len(line) + 1)


def tasks(scale):
    def many(count):
        return max(1, count * scale // 100)

    return [Task(f"{many(5000):,} messages of 8 KB, 0 ms", "small", many(5000), 8192, False),
            Task(f"{many(200):,} messages of 2 MB, 0 ms", "large", many(200), 2 << 20, False),
            Task(f"{many(500):,} messages of 8 KB, 25 ms one way", "few", many(500), 8192, True),
            Task(f"nothing new among {many(50_000):,} messages, 0 ms", "kept", many(50_000), 400, False, False),
            Task(f"nothing new among {many(50_000):,} messages, 25 ms one way", "kept", many(50_000), 400, True, False)]


class Server:
    """Dovecot, and a slow line to each of its ports."""

    def __init__(self, folder, wanted):
        self.authority = Authority(folder / "authority")
        self.dovecot = DovecotPop3(folder / "dovecot", self.authority.certificate(), SETTINGS,
                                   {task.user: PASSWORD for task in wanted})
        self.lines = {tls: Far("line", self.near(tls), DELAY) for tls in (False, True)}

    def near(self, tls):
        return self.dovecot.tls_port if tls else self.dovecot.port

    def port(self, task, tls):
        return self.lines[tls].port if task.slow else self.near(tls)

    def close(self):
        for line in self.lines.values():
            line.close()
        self.dovecot.close()

    def listing(self, user):
        session = poplib.POP3("127.0.0.1", self.dovecot.port, timeout=120)
        session.user(user)
        session.pass_(PASSWORD)
        uids = [line.split()[1].decode() for line in session.uidl()[1]]
        session.quit()
        return uids

    def restore(self, user):
        self.dovecot.doveadm("flags", "remove", "-u", user, "gone", "mailbox", "INBOX", "keyword", "gone")


class Row:
    """A program at a task, over TLS or not."""

    def __init__(self, task, tls, client):
        self.task, self.tls, self.client = task, tls, client
        self.wall, self.cpu, self.peak, self.trips, self.failed = [], [], 0, None, None

    def run(self, measure, server, uids):
        client, port = self.client, server.port(self.task, self.tls)
        client.place.user = self.task.user
        client.begin()
        argv = client.empty(self.tls, port) if self.task.news else client.look(self.tls, port, uids)
        os.sync()  # what an earlier program did not sync is not written at the cost of this one
        line = server.lines[self.tls]
        line.report()  # what the preparation took
        read, write = os.pipe()
        os.set_inheritable(write, True)
        # To a file: a pipe that nobody empties would hold up who says much.
        with open(client.home / "said", "w+b") as said:
            subprocess.run([measure, "--to", str(write), *map(str, argv)], stdin=subprocess.DEVNULL, stdout=said,
                           stderr=said, pass_fds=[write], cwd=client.home,
                           env={**os.environ, "HOME": str(client.home), "LC_ALL": "C.UTF-8"})
            os.close(write)
            said.seek(0)
            words = said.read()[-400:].decode(errors="replace")
        with os.fdopen(read) as report:
            user, system, wall, peak, status = map(int, report.read().split())
        counted = line.report() if self.task.slow else None
        left = len(server.listing(self.task.user))
        expected, remain = (self.task.count, 0) if self.task.news else (0, self.task.count)
        ended_well = status == 0 if self.task.news else client.found_nothing(status)
        if not ended_well or client.delivered() != expected or left != remain:
            self.failed = f"status {status}, {client.delivered()} delivered, {left} left"
            print(f"\n{self.task.title}: {client.name}: {self.failed}\n{words}", file=sys.stderr)
        self.wall.append(wall / 1e3)
        self.cpu.append((user + system) / 1e3)
        self.peak = max(self.peak, peak)
        if counted:
            self.trips = counted["round_trips"] + counted["connections"]
        if self.task.news:
            server.restore(self.task.user)


def table(title, rows):
    print(f"\n### {title}\n")
    print("| program | wall ms | CPU ms | peak MiB | round trips | x mailtool | synced |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | --- |")
    base = None
    for row in rows:
        if row.failed:
            print(f"| {row.client.name} | failed: {row.failed} | | | | | |")
            continue
        wall = statistics.median(row.wall)
        base = wall if base is None else base
        trips = "" if row.trips is None else row.trips
        print(f"| {row.client.name} | {wall:,.0f} | {statistics.median(row.cpu):,.0f} | {row.peak / 1024:.1f} | {trips} | "
              f"{wall / base:.2f} | {row.client.synced if row.task.news else ''} |", flush=True)


def bench(wanted, chosen, server, programs):
    measure = str(wanted.measure.resolve())
    for task in chosen:
        server.dovecot.fill(task.messages() if not server.dovecot.filled(task.user) else (), task.user)
        uids = server.listing(task.user)
        for tls in (False, True):
            title = f"{task.title}, {'TLS' if tls else 'plain'}"
            rows = [Row(task, tls, client) for client in programs if wanted.only in f"{title}: {client.name}"]
            for number in range(wanted.rounds):
                for row in rows:
                    if row.failed or sum(row.wall) > ENOUGH:
                        continue
                    if sys.stderr.isatty():
                        print(f"\rround {number + 1}: {title}: {row.client.name}\033[K", end="", file=sys.stderr,
                              flush=True)
                    row.run(measure, server, uids)
            if rows:
                table(title, rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mailtool", type=pathlib.Path, required=True)
    parser.add_argument("--measure", type=pathlib.Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scale", type=int, default=100, help="percent of the messages")
    parser.add_argument("--only", default="", help="titles of tables and names of programs that contain this")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mailtool-bench-") as work:
        work = pathlib.Path(work)
        work.chmod(0o755)  # for Dovecot's users
        chosen = tasks(wanted.scale)
        server = Server(work, chosen)
        place = types.SimpleNamespace(folder=work, authority=server.authority.path, user=None, password=PASSWORD,
                                      owner="nobody" if os.geteuid() == 0 else server.dovecot.user)
        programs = clients(wanted.mailtool.resolve(), place)
        for client in programs:
            if not client.present():
                print(f"{client.name} is not installed", file=sys.stderr)
        try:
            bench(wanted, [task for task in chosen if any(
                wanted.only in f"{task.title}, {way}: {client.name}" for way in ("plain", "TLS")
                for client in programs)], server, [client for client in programs if client.present()])
        finally:
            server.close()
        print(f"\nLoad of the machine at the end: {os.getloadavg()[1]:.1f} on {os.cpu_count()} processors.")


if __name__ == "__main__":
    main()
