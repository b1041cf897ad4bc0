"""Times `mailtool send` beside other programs, in turns, and prints Markdown tables.

  send_bench.py --mailtool PROGRAM --measure PROGRAM [--rounds N] [--only TEXT] [--processes N]

All send to the same server on loopback, over TLS and with AUTH PLAIN, which takes everything and throws it away;
"25 ms" is through a line that delays each direction by as much. wall is the median over the rounds, CPU the median
of user and system time of the client alone, peak its resident memory. Round trips are counted on the slow line:
how many times the client waited for the server; TCP's own is not among them. "x mailtool" is wall over that of
the first row. A program that sends one message a process is run --processes times on the slow line, not 200, and its
wall and CPU are scaled.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from certificates import Authority

PASSWORD = "bench-4711"
SENDER, BOB = "alice@example.com", "bob@example.org"
DELAY = 0.025
MANY = 200


class Far:
    """A process of send_server.py."""

    def __init__(self, *words):
        self.process = subprocess.Popen([sys.executable, HERE / "send_server.py", *map(str, words)], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline())

    def report(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Files:
    """What is sent, made once."""

    def __init__(self, folder):
        self.folder = folder
        self.authority = Authority(folder / "authority")
        self.certificate = self.authority.certificate()
        self.password = self.write("password", f"{PASSWORD}\n".encode(), 0o600)
        lines = [f"{number:06d} The quick brown fox jumps over the lazy dog, as foxes will do." for number in range(150)]
        self.text = self.write("body.txt", ("\n".join(lines) + "\n").encode()[:10_000] + b"\n")
        self.letter = self.write("letter.eml", self.header() + self.text.read_bytes())
        noise = os.urandom(1 << 20)
        self.attachment = self.write("attachment.bin", noise * 25)
        composed = folder / "attachment.eml"
        with open(composed, "wb") as file:
            file.write(self.header(b"MIME-Version: 1.0\nContent-Type: application/octet-stream\n"
                                   b"Content-Transfer-Encoding: base64\n"))
            file.flush()
            subprocess.run(["base64", self.attachment], stdout=file, check=True)
        self.big = composed
        self.maildir = folder / "Maildir"
        for name in ("cur", "new", "tmp"):
            (self.maildir / name).mkdir(parents=True)
        for number in range(MANY):
            shutil.copy(self.letter, self.maildir / "new" / f"{number:04d}.bench")
        self.hundred = [f"user{number}@example.org" for number in range(100)]

    def header(self, more=b""):
        return (f"From: {SENDER}\nTo: {BOB}\nSubject: Bench\nDate: Fri, 20 Nov 2026 12:00:00 +0100\n"
                "Message-ID: <bench@example.com>\n").encode() + more + b"\n"

    def write(self, name, octets, mode=0o644):
        path = self.folder / name
        path.write_bytes(octets)
        path.chmod(mode)
        return path


class Client:
    """How one program is called. Each method gives argv and stdin, or None for what it cannot do."""

    def __init__(self, name, program, files):
        self.name, self.program, self.files = name, program, files

    def present(self):
        return shutil.which(str(self.program)) is not None

    def letter(self, mode, port, recipients):
        """A ready message of 10 KB."""

    def attachment(self, mode, port):
        """25 MB, composed by the program."""

    def ready_attachment(self, mode, port):
        """25 MB that somebody else has encoded."""

    def many(self, mode, port):
        """All messages in one process."""


class Mailtool(Client):
    def base(self, mode, port):
        return [self.program, "send", "--server", f"smtp{'s' * (mode == 'implicit')}://alice@127.0.0.1:{port}",
                "--tls-ca", self.files.authority.path, "--password-from", f"file:{self.files.password}",
                "-f", SENDER]

    def letter(self, mode, port, recipients):
        return [*self.base(mode, port), *recipients], self.files.letter

    def attachment(self, mode, port):
        return [*self.base(mode, port), "--from", SENDER, "--to", BOB, "-s", "Bench", "--body", "x", "--attach",
                self.files.attachment], None

    def ready_attachment(self, mode, port):
        return [*self.base(mode, port), BOB], self.files.big

    def many(self, mode, port):
        return [*self.base(mode, port), "--message", self.files.maildir, BOB], None


class Msmtp(Client):
    def base(self, mode, port):
        config = self.files.write(f"msmtprc-{mode}-{port}", (
            f"account default\nhost 127.0.0.1\nport {port}\ntls on\ntls_starttls "
            f"{'off' if mode == 'implicit' else 'on'}\ntls_trust_file {self.files.authority.path}\nauth plain\n"
            f"user alice\npassword {PASSWORD}\nfrom {SENDER}\n").encode(), 0o600)
        return [self.program, "-C", config]

    def letter(self, mode, port, recipients):
        return [*self.base(mode, port), "--", *recipients], self.files.letter

    def ready_attachment(self, mode, port):
        return [*self.base(mode, port), "--", BOB], self.files.big


class Swaks(Client):
    def base(self, mode, port, recipients):
        return [self.program, "--server", "127.0.0.1", "--port", port,
                "--tls-on-connect" if mode == "implicit" else "--tls", "--tls-verify", "--tls-ca-path",
                self.files.authority.path, "--auth", "PLAIN", "--auth-user", "alice", "--auth-password", PASSWORD,
                "--from", SENDER, "--to", ",".join(recipients), "--silent", "3"]

    def letter(self, mode, port, recipients):
        return [*self.base(mode, port, recipients), "--data", f"@{self.files.letter}"], None

    def attachment(self, mode, port):
        return [*self.base(mode, port, [BOB]), "--attach", f"@{self.files.attachment}"], None

    def ready_attachment(self, mode, port):
        return [*self.base(mode, port, [BOB]), "--data", f"@{self.files.big}"], None


class Curl(Client):
    def options(self, mode, port, recipients):
        return ["--url", f"smtp{'s' * (mode == 'implicit')}://127.0.0.1:{port}", "--ssl-reqd", "--cacert",
                self.files.authority.path, "--user", f"alice:{PASSWORD}", "--mail-from", SENDER, "--crlf",
                *(word for recipient in recipients for word in ("--mail-rcpt", recipient))]

    def letter(self, mode, port, recipients):
        return [self.program, "-sS", *self.options(mode, port, recipients), "-T", self.files.letter], None

    def attachment(self, mode, port):
        return [self.program, "-sS", *self.options(mode, port, [BOB]), "-H", f"From: {SENDER}", "-H", f"To: {BOB}",
                "-H", "Subject: Bench", "-F", "=x;type=text/plain", "-F",
                f"=@{self.files.attachment};encoder=base64"], None

    def ready_attachment(self, mode, port):
        return [self.program, "-sS", *self.options(mode, port, [BOB]), "-T", self.files.big], None

    def many(self, mode, port):
        one = [*self.options(mode, port, [BOB]), "-T", self.files.letter]
        return [self.program, "-sS", *one, *([*("--next", "-sS"), *one] * (MANY - 1))], None


class SNail(Client):
    def base(self, mode, port):
        scheme = "smtps" if mode == "implicit" else "smtp"
        return [self.program, "-:/", "-S", "v15-compat", "-S", f"mta={scheme}://alice:{PASSWORD}@localhost:{port}",
                "-S", "smtp-use-starttls" if mode == "starttls" else "nosmtp-use-starttls", "-S", "smtp-auth=plain",
                "-S", f"tls-ca-file={self.files.authority.path}", "-S", "sendwait", "-S", "norecord", "-r", SENDER,
                "-s", "Bench"]

    def letter(self, mode, port, recipients):
        return [*self.base(mode, port), *recipients], self.files.text

    def attachment(self, mode, port):
        return [*self.base(mode, port), "-a", self.files.attachment, BOB], self.files.text


class Case:
    """One row: a program at a task, over one way of TLS, near or far."""

    def __init__(self, task, label, call, mode, slow, again=1, scale=1, expect=1, recipients=1):
        self.task, self.label, self.call, self.mode, self.slow = task, label, call, mode, slow
        self.again, self.scale, self.expect, self.recipients = again, scale, expect, recipients
        self.wall, self.cpu, self.peak, self.trips = [], [], 0, None
        self.failed = None

    def run(self, measure, folder, far, line):
        end = line if self.slow else far
        call = self.call(self.mode, end.port)
        argv, stdin = [str(word) for word in call[0]], call[1]
        if self.again > 1 and stdin:  # each process reads it from the start
            argv, stdin = ["sh", "-c", 'file=$1; shift; exec "$@" < "$file"', "sh", str(stdin), *argv], None
        read, write = os.pipe()
        os.set_inheritable(write, True)
        done = subprocess.run([measure, *(["--to", str(write)] if self.again == 1 else [str(self.again)]), *argv],
                              stdin=open(stdin, "rb") if stdin else subprocess.DEVNULL, pass_fds=[write],
                              cwd=folder, env={**os.environ, "HOME": str(folder)}, capture_output=True, text=True)
        os.close(write)
        with os.fdopen(read) as report:
            text = report.read() if self.again == 1 else done.stdout
        runs = [[int(word) for word in row.split()] for row in text.splitlines()]
        got = far.report()
        trips = line.report() if self.slow else None
        statuses = {run[4] for run in runs}
        if statuses != {0} or got["messages"] != self.expect * self.again \
                or got["recipients"] != self.recipients * self.expect * self.again:
            self.failed = f"status {sorted(statuses)}, {got['messages']} messages to {got['recipients']}"
            print(f"\n{self.task}: {self.label}: {self.failed}\n{done.stderr[-500:]}", file=sys.stderr)
            return
        self.wall.append(sum(run[2] for run in runs) / 1e3 * self.scale)
        self.cpu.append(sum(run[0] + run[1] for run in runs) / 1e3 * self.scale)
        self.peak = max(self.peak, *(run[3] for run in runs))
        if trips:
            self.trips = trips["round_trips"] * self.scale


def cases(clients, mode, slow, processes):
    mailtool = clients[0]
    hundred = mailtool.files.hundred
    for client in clients:
        def letter(mode, port, recipients=(BOB,), client=client):
            return client.letter(mode, port, recipients)

        def to_hundred(mode, port, letter=letter):
            return letter(mode, port, hundred)

        yield Case("one message of 10 KB", client.name, letter, mode, slow)
        yield Case("one message of 10 KB to 100 recipients", client.name, to_hundred, mode, slow, recipients=100)
        for label, call in ((client.name, client.attachment), (f"{client.name}, ready", client.ready_attachment)):
            if call(mode, 1):
                yield Case("25 MB attachment", label, call, mode, slow)
        again = min(processes, MANY) if slow else MANY
        if client.many(mode, 1):
            yield Case(f"{MANY} messages of 10 KB", f"{client.name}, one process", client.many, mode, slow,
                       expect=MANY)
        yield Case(f"{MANY} messages of 10 KB", f"{client.name}, {MANY} processes", letter, mode, slow, again=again,
                   scale=MANY / again)


def table(title, rows):
    print(f"\n### {title}\n")
    print("| program | wall ms | CPU ms | peak MiB | round trips | x mailtool |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    base = None
    for case in rows:
        if case.failed or not case.wall:
            print(f"| {case.label} | failed: {case.failed} | | | | |")
            continue
        wall = statistics.median(case.wall)
        base = base if base is not None else wall
        trips = "" if case.trips is None else f"{case.trips:.0f}"
        print(f"| {case.label} | {wall:.1f} | {statistics.median(case.cpu):.1f} | {case.peak / 1024:.1f} | {trips} | "
              f"{wall / base:.2f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mailtool", type=pathlib.Path, required=True)
    parser.add_argument("--measure", type=pathlib.Path, required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--processes", type=int, default=20)
    parser.add_argument("--only", default="", help="titles of tables and names of programs that contain this")
    wanted = parser.parse_args()
    measure = str(wanted.measure.resolve())
    with tempfile.TemporaryDirectory(prefix="mailtool-bench-") as work:
        work = pathlib.Path(work)
        files = Files(work)
        clients = [Mailtool("mailtool", wanted.mailtool.resolve(), files), Msmtp("msmtp", "msmtp", files),
                   Swaks("swaks", "swaks", files), Curl("curl", "curl", files), SNail("s-nail", "s-nail", files)]
        for client in clients:
            if not client.present():
                print(f"{client.name} is not installed", file=sys.stderr)
        clients = [client for client in clients if client.present()]
        tables = {}
        for mode in ("starttls", "implicit"):
            far = Far("server", mode, files.certificate.path, files.certificate.key, PASSWORD)
            line = Far("line", far.port, DELAY)
            for slow in (False, True):
                where = f"{'STARTTLS' if mode == 'starttls' else 'TLS'}, {'25 ms' if slow else '0 ms'}"
                rows = [case for case in cases(clients, mode, slow, wanted.processes)
                        if wanted.only in f"{case.task}, {where}: {case.label}"]
                for number in range(wanted.rounds):
                    for case in rows:
                        if case.failed or number > 0 and sum(case.wall) > 30_000:
                            continue  # long enough to be exact
                        if sys.stderr.isatty():
                            print(f"\rround {number + 1}: {case.task}, {where}: {case.label}\033[K", end="",
                                  file=sys.stderr, flush=True)
                        case.run(measure, work, far, line)
                for case in rows:
                    tables.setdefault(f"{case.task}, {where}", []).append(case)
            line.close()
            far.close()
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr)
        for title in sorted(tables):
            table(title, tables[title])


if __name__ == "__main__":
    main()
