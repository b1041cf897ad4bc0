"""Times `mailtool serve` beside other mail servers, in turns, and prints Markdown tables.

  serve_bench.py --mailtool PROGRAM [--rounds N] [--only TEXT] [--scale PERCENT]

All write below the same temporary folder, which is to be on a disk. Clients are the same for all: smtp-source of Postfix,
and here a socket that reads what comes. TEXT is ready, in, pop3, search or memory.

ready: from the start of the process until a client is greeted; the second start, when keys and folders are there. in:
messages of 8 KB a second until all are acknowledged, and until all are in the mailbox. pop3: all messages of 8 KB, asked
for at once (pipelined) or one by one. search: of messages of 2 KB; the first time, and again in a new session. memory:
of all processes of a server, each shared page by its share, after the start and the most while 20 clients bring messages
and then one searches. Medians; "x mailtool" is the ratio to the first row. What the disk can do at most is the rate of one
writer that writes such a message, syncs it, renames it and syncs the folder.
"""

import argparse
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from serve_servers import DOMAIN, OTHER, PASSWORD, USER, Aiosmtpd, Dovecot, Mailtool, Postfix, program

LINE = b"The quick brown fox jumps over the lazy dog, as foxes will do, day after day.\r\n"
SEARCHES = {"UNSEEN SINCE": "UNSEEN SINCE 1-Jan-2020", "SUBJECT": 'SUBJECT "Bench 1999"', "BODY": 'BODY "needle 77"'}


def letter(number, octets):
    head = (f"From: alice@{DOMAIN}\r\nTo: {USER}@{DOMAIN}\r\nSubject: Bench {number}\r\n"
            f"Date: Fri, 20 Nov 2026 12:00:00 +0100\r\nMessage-ID: <{number}@{DOMAIN}>\r\n\r\nneedle {number}\r\n").encode()
    return head + LINE * ((octets - len(head)) // len(LINE))


class Line:
    """A connection that reads until what it waits for has come."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=300)
        self.left = b""

    def until(self, mark, count=1):
        """Reads up to the `count`th `mark`; what came with the last."""
        found = self.left
        seen = found.count(mark)
        while seen < count:
            more = self.socket.recv(1 << 18)
            if not more:
                raise RuntimeError(f"the server closed: {found[-200:]!r}")
            tail = found[-(len(mark) - 1):] if len(mark) > 1 else b""
            found = tail + more
            seen += found.count(mark)
        self.left = b""
        return found

    def ask(self, words, mark=b"\r\n"):
        self.socket.sendall(words)
        return self.until(mark)

    def close(self):
        self.socket.close()


def imap_session(port, user):
    line = Line(port)
    line.until(b"\r\n")
    if b" OK " not in line.ask(f"l LOGIN {user} {PASSWORD}\r\n".encode(), b"\r\n"):
        line.until(b"l OK")
    return line


def fill(server, user, count, octets):
    """By APPEND, with many commands under way."""
    line = imap_session(server.imap, user)

    def say():
        for number in range(count):
            text = letter(number, octets)
            line.socket.sendall(b"a APPEND INBOX {%d+}\r\n%s\r\n" % (len(text), text))

    thread = threading.Thread(target=say)
    thread.start()
    line.until(b"a OK [APPENDUID", count)
    thread.join()
    line.close()


class Table:
    def __init__(self, title, columns):
        self.title, self.columns, self.rows = title, columns, []

    def add(self, name, values, note=""):
        self.rows.append((name, values, note))

    def show(self):
        print(f"\n## {self.title}\n\n| | {' | '.join(self.columns)} | x mailtool |\n|---|{'---|' * (len(self.columns) + 1)}")
        first = self.rows[0][1]
        for name, values, note in self.rows:
            cells = ["-" if value is None else f"{value:,.0f}" if value >= 20 else f"{value:.1f}" for value in values]
            ratios = " / ".join("-" if value is None or not base else f"{value / base:.2f}" for value, base in zip(values, first))
            print(f"| {name}{f' ({note})' if note else ''} | {' | '.join(cells)} | {ratios} |")
        sys.stdout.flush()


class Bench:
    def __init__(self, options, folder):
        self.rounds, self.scale, self.folder, self.count = options.rounds, options.scale, folder, 0

    def many(self, count):
        return max(20, count * self.scale // 100)

    def new(self, kind):
        self.count += 1
        os.sync()
        return kind(self.folder / f"{self.count}")

    def medians(self, kinds, measure):
        """{kind: medians of what `measure` gives for a new server}, in turns."""
        found = {kind: [] for kind in kinds}
        for _ in range(self.rounds):
            for kind in kinds:
                server = self.new(kind)
                try:
                    found[kind].append(measure(server))
                finally:
                    server.close()
        return {kind: [None if None in column else statistics.median(column) for column in zip(*rows)]
                for kind, rows in found.items()}

    def table(self, title, columns, kinds, measure, before=()):
        table = Table(title, columns)
        for kind, values in self.medians(kinds, measure).items():
            table.add(kind.name, values, kind.note)
        for row in before:
            table.add(*row)
        table.show()

    def ready(self):
        def measure(server):
            times = []
            for _ in range(2):
                begun = time.monotonic()
                server.start()
                times.append((time.monotonic() - begun) * 1000)
                server.close()
            return times

        self.table("Start to the first greeting, ms", ["first", "again"], [Mailtool, Dovecot, Postfix, Aiosmtpd], measure)

    def bring(self, server, sessions, count):
        """Seconds until all are acknowledged."""
        where = ["-L", f"unix:{server.lmtp}"] if server.lmtp else [f"inet:127.0.0.1:{server.smtp}"]
        begun = time.monotonic()
        subprocess.run([program("smtp-source"), "-d", "-s", str(sessions), "-m", str(count), "-l", "8192", "-f",
                        f"alice@{DOMAIN}", "-t", f"{USER}@{DOMAIN}", *where], check=True, stdout=subprocess.DEVNULL)
        return time.monotonic() - begun

    def disk(self, count):
        text = letter(1, 8192)
        folder = self.folder / "disk"
        folder.mkdir(exist_ok=True)
        begun = time.monotonic()
        for number in range(count):
            with open(folder / f"tmp{number}", "wb") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.rename(folder / f"tmp{number}", folder / f"{number}")
            handle = os.open(folder, os.O_RDONLY)
            os.fsync(handle)
            os.close(handle)
        return count / (time.monotonic() - begun)

    def messages_in(self):
        for sessions, count in ((1, self.many(1000)), (20, self.many(5000))):
            def measure(server):
                server.start()
                begun = time.monotonic()
                taken = self.bring(server, sessions, count)
                while server.delivered() < count:
                    time.sleep(0.01)
                    if time.monotonic() - begun > 300:
                        raise RuntimeError(f"{server.name}: {server.delivered()} of {count} arrived")
                return [count / taken, count / (time.monotonic() - begun)]

            self.table(f"Messages of 8 KB in, a second, {count:,} by {sessions} session{'s'[:sessions > 1]}",
                       ["acknowledged", "in the mailbox"], [Mailtool, Dovecot, Postfix, Aiosmtpd], measure,
                       [("one writer of the disk", [self.disk(300), None])])

    def pop3(self):
        count = self.many(5000)

        def measure(server):
            server.start()
            fill(server, USER, count, 8192)
            times = []
            for pipelined in (True, False):
                begun = time.monotonic()
                line = Line(server.pop3)
                line.until(b"\r\n")
                line.ask(f"USER {USER}\r\n".encode())
                line.ask(f"PASS {PASSWORD}\r\n".encode())
                line.ask(b"UIDL\r\n", b"\r\n.\r\n")
                if pipelined:
                    asked = b"".join(b"RETR %d\r\n" % (number + 1) for number in range(count))
                    thread = threading.Thread(target=line.socket.sendall, args=(asked,))
                    thread.start()
                    line.until(b"\r\n.\r\n", count)
                    thread.join()
                else:
                    for number in range(count):
                        line.ask(b"RETR %d\r\n" % (number + 1), b"\r\n.\r\n")
                line.ask(b"QUIT\r\n")
                line.close()
                times.append((time.monotonic() - begun) * 1000)
            return times

        self.table(f"POP3: {count:,} messages of 8 KB, ms", ["pipelined", "one by one"], [Mailtool, Dovecot], measure)

    def search(self):
        count = self.many(20_000)

        def measure(server):
            server.start()
            fill(server, OTHER, count, 2000)
            server.close()
            server.start()
            times = []
            for query in SEARCHES.values():
                for _ in range(2):
                    line = imap_session(server.imap, OTHER)
                    line.ask(b"s SELECT INBOX\r\n", b"s OK")
                    begun = time.monotonic()
                    line.ask(f"t UID SEARCH {query}\r\n".encode(), b"t OK")
                    times.append((time.monotonic() - begun) * 1000)
                    line.close()
            return times

        self.table(f"IMAP: search of {count:,} messages of 2 KB, ms",
                   [f"{name}{when}" for name in SEARCHES for when in ("", " again")], [Mailtool, Dovecot], measure)

    def memory(self):
        def measure(server):
            server.start()
            time.sleep(0.5)
            idle = most = server.resident()
            work = threading.Thread(target=self.bring, args=(server, 20, self.many(2000)))
            work.start()
            while work.is_alive():
                most = max(most, server.resident())
                work.join(0.05)
            searched = None
            if server.imap:
                line = imap_session(server.imap, USER)
                line.ask(b"s SELECT INBOX\r\n", b"s OK")
                line.ask(b"t SEARCH BODY fox\r\n", b"t OK")
                searched = server.resident() / 1024
                line.close()
            return [idle / 1024, most / 1024, searched]

        self.table("Memory, MiB", ["idle", "20 clients bring messages", "search of them"],
                   [Mailtool, Dovecot, Postfix, Aiosmtpd], measure)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mailtool", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scale", type=int, default=100)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    Mailtool.path = options.mailtool
    with tempfile.TemporaryDirectory(prefix="mailtool-bench-") as folder:
        pathlib.Path(folder).chmod(0o755)
        bench = Bench(options, pathlib.Path(folder))
        for name, measure in {"ready": bench.ready, "in": bench.messages_in, "pop3": bench.pop3, "search": bench.search,
                              "memory": bench.memory}.items():
            if options.only in ("", name):
                measure()


if __name__ == "__main__":
    main()
