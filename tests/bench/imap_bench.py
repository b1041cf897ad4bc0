"""Times `mailtool imap` beside other programs, in turns, and prints Markdown tables.

  imap_bench.py --mailtool PROGRAM --measure PROGRAM [--rounds N] [--only TEXT] [--scale PERCENT]

All talk to the same Dovecot on loopback, over TLS, whose mail lies in memory where there is room; "25 ms" is through a
line that delays each direction by as much. Before each run the mailboxes are what they were before the first, with
Dovecot's caches filled. After each the state on the server, the number of lines said or the files brought are looked at.

wall is the median over the rounds, CPU the median of user and system time of the client, peak its resident memory. Round
trips are counted on the slow line, from the first packet on: one to connect, and one each time that the client hears the
server after it had to wait. The floor is what is possible at all: 4 to connect, agree on keys, hear the greeting and log
in, and one for the work, whose commands need no answer before the next can go. "x mailtool" is wall over that of
mailtool. Where other work runs on the machine, CPU and round trips say more than wall.
"""

import argparse
import itertools
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import types

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from certificates import Authority
from dovecot_imap import DovecotImap
from imap_clients import MATCH, clients
from send_bench import DELAY, Far

PASSWORD = "bench-4711"
ENOUGH = 60_000  # milliseconds of wall: exact without more rounds
FLOOR = 5
SETTINGS = "auth_mechanisms = plain login\nmail_location = mdbox:~/mdbox\nmail_fsync = never\n"
LINE = b"The quick brown fox jumps over the lazy dog, as foxes will do, day after day.\n"


class Task:
    """What is measured: a method of Client at one of the mailboxes."""

    def __init__(self, title, method, user, right, keep=False):
        self.title, self.method, self.user, self.right, self.keep = title, method, user, right, keep


def tasks(scale):
    """`right` says what is wrong after a run, or None: server, client and the lines it said are given."""

    def many(count):
        return max(4, count * scale // 100)

    def expect(found, wanted):
        return None if found == wanted else f"{found} instead of {wanted}"

    def said(least):
        return lambda server, client, lines: None if lines >= least else f"{lines} lines"

    def moved(server, client, lines):
        return expect([server.messages_in("twenty", name) for name in ("INBOX", "Archive")],
                      [many(15_000), many(5_000)])

    def flagged(server, client, lines):
        return expect(server.messages_in("twenty", "INBOX", "flagged"), many(20_000))

    def brought(server, client, lines):
        return expect(len(client.mirrored()), many(5_000))

    users = {"folders": (200, 5, 300), "twenty": (1, many(20_000), 2000), "hundred": (1, many(100_000), 400),
             "mirror": (1, many(5_000), 8000)}
    rows = [Task("200 folders with counts", "folders", "folders", said(200)),
            Task(f"search and move {many(5_000):,} of {many(20_000):,}", "move", "twenty", moved),
            Task(f"flag {many(20_000):,}", "flag", "twenty", flagged),
            Task(f"list {many(100_000):,} envelopes", "envelopes", "hundred", said(many(100_000))),
            Task(f"mirror {many(5_000):,} messages of 8 KB", "mirror", "mirror", brought),
            Task("the same again, nothing new", "mirror", "mirror", brought, keep=True)]
    return users, rows


def message(number, octets):
    # Every fourth is to be found, so that no two found lie side by side.
    sender = "Carol <carol@hamburger.example>" if number % 4 == 0 else "Alice <alice@crepes.example>"
    head = (f"From: {sender}\nTo: bob@hamburger.example\nSubject: Bench {number}\n"
            f"Date: Fri, 20 Nov 2026 12:00:00 +0100\nMessage-ID: <{number}@bench.example>\n\n").encode()
    return head + LINE * (max(0, octets - len(head)) // len(LINE) + 1)


class Server:
    """Dovecot, a slow line to it, and its mailboxes as they are before each run."""

    def __init__(self, folder, users, mailtool):
        self.folder, self.mailtool = folder, mailtool
        self.authority = Authority(folder / "authority")
        self.certificate = self.authority.certificate()
        self.dovecot = DovecotImap(folder / "dovecot", self.certificate, SETTINGS, {user: PASSWORD for user in users})
        self.line = Far("line", self.dovecot.tls_port, DELAY)

    def close(self):
        self.line.close()
        self.dovecot.close()

    def home(self, user):
        return self.dovecot.maildrop(user).parent

    def kept(self, user):
        return self.folder / f"kept-{user}"

    def run(self, user, *words):
        password = self.folder / "password"
        password.write_text(PASSWORD)
        password.chmod(0o600)
        subprocess.run([self.mailtool, "imap", self.dovecot.url_of(user), *self.dovecot.options, "--password-from",
                        f"file:{password}", *words], check=True, stdout=subprocess.DEVNULL)

    def fill(self, user, folders, messages, octets):
        box = self.folder / "mbox"
        with open(box, "wb") as file:
            for number in range(1, messages + 1):
                file.write(b"From bench@crepes.example Fri Nov 20 12:00:00 2026\n" + message(number, octets) + b"\n")
        for name in ("INBOX", *(f"Folder {number}" for number in range(1, folders))):
            self.run(user, "append", name, box, *(["--create"] if name != "INBOX" else []))
        box.unlink()
        self.run(user, "list", f"from:{MATCH}")
        self.run(user, "list")
        shutil.move(self.home(user), self.kept(user))

    def restore(self, user):
        shutil.rmtree(self.home(user), ignore_errors=True)
        subprocess.run(["cp", "-a", self.kept(user), self.home(user)], check=True)

    def messages_in(self, user, folder, *query):
        return len(self.dovecot.doveadm("search", "-u", user, "mailbox", folder, *(query or ["all"])).splitlines())


class Row:
    """A program at a task, near or far."""

    def __init__(self, task, slow, client):
        self.task, self.slow, self.client = task, slow, client
        self.wall, self.cpu, self.peak, self.trips, self.failed = [], [], 0, None, None

    def run(self, measure, server):
        client, task = self.client, self.task
        client.place.user = task.user
        port = server.line.port if self.slow else server.dovecot.tls_port
        if not task.keep:
            server.restore(task.user)
        client.begin(task.keep)
        argv = getattr(client, task.method)(port)
        os.sync()  # what an earlier program did not sync is not written at the cost of this one
        server.line.report()
        read, write = os.pipe()
        os.set_inheritable(write, True)
        with open(server.folder / "said", "w+b") as said:
            subprocess.run([measure, "--to", str(write), *map(str, argv)], stdin=subprocess.DEVNULL, stdout=said,
                           stderr=said, pass_fds=[write], cwd=client.home,
                           env={**os.environ, "HOME": str(client.home), "LC_ALL": "C.UTF-8"})
            os.close(write)
            said.seek(0)
            lines = sum(1 for _ in said)
            said.seek(max(0, said.tell() - 600))
            words = said.read().decode(errors="replace")
        with os.fdopen(read) as report:
            user, system, wall, peak, status = map(int, report.read().split())
        counted = server.line.report() if self.slow else None
        wrong = f"status {status}" if status else task.right(server, client, lines)
        if wrong:
            self.failed = wrong
            print(f"\n{task.title}: {client.name}: {wrong}\n{words}", file=sys.stderr)
        self.wall.append(wall / 1e3)
        self.cpu.append((user + system) / 1e3)
        self.peak = max(self.peak, peak)
        if counted:
            self.trips = counted["round_trips"] + counted["connections"]


def table(title, rows, slow):
    print(f"\n### {title}\n")
    print("| program | wall ms | CPU ms | peak MiB | round trips | x mailtool |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    base = next((statistics.median(row.wall) for row in rows if row.client.name == "mailtool" and not row.failed), None)
    for row in rows:
        if row.failed:
            print(f"| {row.client.name} | failed: {row.failed} | | | | |")
            continue
        wall = statistics.median(row.wall)
        trips = "" if row.trips is None else row.trips
        print(f"| {row.client.name} | {wall:,.0f} | {statistics.median(row.cpu):,.0f} | {row.peak / 1024:.1f} | {trips} | "
              f"{f'{wall / base:.2f}' if base else ''} |")
    if slow:
        print(f"| floor | {2e3 * DELAY * FLOOR:,.0f} | | | {FLOOR} | |")
    sys.stdout.flush()


def bench(wanted, users, chosen, server, programs):
    measure = str(wanted.measure.resolve())
    filled = set()
    for slow, task in itertools.product((False, True), chosen):
        title = f"{task.title}, {'25 ms one way' if slow else '0 ms'}"
        rows = [Row(task, slow, client) for client in programs
                if client.can(task.method) and wanted.only in f"{title}: {client.name}"]
        if rows and task.user not in filled:
            server.fill(task.user, *users[task.user])
            filled.add(task.user)
        for number in range(wanted.rounds):
            for row in rows:
                if row.failed or sum(row.wall) > ENOUGH:
                    continue
                if sys.stderr.isatty():
                    print(f"\rround {number + 1}: {title}: {row.client.name}\033[K", end="", file=sys.stderr, flush=True)
                row.run(measure, server)
        if rows:
            table(title, rows, slow)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mailtool", type=pathlib.Path, required=True)
    parser.add_argument("--measure", type=pathlib.Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scale", type=int, default=100, help="percent of the messages")
    parser.add_argument("--only", default="", help="titles of tables and names of programs that contain this")
    wanted = parser.parse_args()
    memory = pathlib.Path("/dev/shm")
    roomy = memory.exists() and os.statvfs(memory).f_bavail * os.statvfs(memory).f_frsize > 2 << 30
    with tempfile.TemporaryDirectory(prefix="mailtool-bench-", dir=memory if roomy else None) as work, \
            tempfile.TemporaryDirectory(prefix="mailtool-bench-") as homes:
        work = pathlib.Path(work)
        work.chmod(0o755)  # for Dovecot's users
        users, chosen = tasks(wanted.scale)
        server = Server(work, users, wanted.mailtool.resolve())
        place = types.SimpleNamespace(folder=pathlib.Path(homes), authority=server.authority.path, user=None,
                                      certificate=server.certificate.path, password=PASSWORD)
        programs = clients(wanted.mailtool.resolve(), place)
        for client in programs:
            if not client.present():
                print(f"{client.name} is not installed", file=sys.stderr)
        try:
            bench(wanted, users, chosen, server, [client for client in programs if client.present()])
        finally:
            server.close()
        print(f"\nLoad of the machine at the end: {os.getloadavg()[1]:.1f} on {os.cpu_count()} processors.")


if __name__ == "__main__":
    main()
