"""Times the queue of mailtool beside those of other programs, in turns, and prints a Markdown table.

  queue_bench.py --mailtool PROGRAM --nullmailer FOLDER [--messages N] [--rounds N]

N messages of 10 KB go into the queue, one process each, and from there to one server on loopback, in clear text: the
smtp-sink of Postfix, which takes everything and throws it away. Messages a second, medians over the rounds. "synced"
says whether a message is on the disk when the program that added it ends. What the disk does beside it is the rate of
one writer that writes as much, syncs, renames and syncs the folder.
"""

import argparse
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import tempfile
import time

BOB = "bob@example.org"
MSMTP_SCRIPTS = "/usr/libexec/msmtp/msmtpqueue"


def letter():
    line = "The quick brown fox jumps over the lazy dog, as foxes will do, day after day.\n"
    return ("From: alice@example.com\nTo: bob@example.org\nSubject: Bench\nDate: Fri, 20 Nov 2026 12:00:00 +0100\n"
            "Message-ID: <bench@example.com>\n\n" + line * 128).encode()


class Sink:
    def __init__(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        program = shutil.which("smtp-sink", path=os.environ["PATH"] + ":/usr/sbin")
        self.process = subprocess.Popen([program, *user, f"127.0.0.1:{self.port}", "256"])
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except OSError:
                time.sleep(0.01)

    def close(self):
        self.process.kill()
        self.process.wait()


class Program:
    """One program with a home of its own: adds a message, sends all, says how many are left."""

    def __init__(self, home, port, options):
        self.home, self.port, self.options = home, port, options
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(home), "XDG_STATE_HOME": str(home / "state")}
        self.prepare()

    def prepare(self):
        pass

    def call(self, *words, **more):
        return subprocess.run([str(word) for word in words], env=self.environment, check=True,
                              stdout=subprocess.DEVNULL, **more)

    def add_all(self, count, message):
        for _ in range(count):
            self.add(message)


class Mailtool(Program):
    name, synced = "mailtool", "yes"

    def route(self):
        return [self.options.mailtool, "send", "--queue", "--server", f"smtp://127.0.0.1:{self.port}", "--tls", "off"]

    def add(self, message):
        self.call(*self.route(), BOB, input=message)

    def run(self):
        self.call(self.options.mailtool, "queue", "run")

    def left(self):
        return len(list((self.home / "state/mailtool/queue").glob("*.toml")))


class MailtoolAtOnce(Mailtool):
    name = "mailtool, all in one process"

    def add_all(self, count, message):
        mbox = self.home / "mbox"
        mbox.write_bytes((b"From alice Fri Nov 20 12:00:00 2026\n" + message + b"\n") * count)
        self.call(*self.route(), "--message", mbox, BOB)


class Msmtp(Program):
    name, synced = "msmtp-enqueue, msmtp-runqueue", "no"

    def prepare(self):
        (self.home / ".msmtprc").write_text(
            f"account default\nhost 127.0.0.1\nport {self.port}\ntls off\nfrom alice@example.com\n")
        (self.home / ".msmtprc").chmod(0o600)

    def add(self, message):
        self.call(f"{MSMTP_SCRIPTS}/msmtp-enqueue.sh", "--", BOB, input=message)

    def run(self):
        self.call(f"{MSMTP_SCRIPTS}/msmtp-runqueue.sh")

    def left(self):
        return len(list((self.home / ".msmtpqueue").glob("*.mail")))


class Nullmailer(Program):
    name, synced = "nullmailer", "yes"

    def prepare(self):
        self.environment["NULLMAILER_TEST_PREFIX"] = str(self.home)
        self.environment["NULLMAILER_QUEUE"] = f"{self.options.nullmailer}/usr/sbin/nullmailer-queue"
        # The folders below this prefix have names of their own.
        for folder in ("conf", "queue/queue", "queue/tmp", "queue/failed"):
            (self.home / folder).mkdir(parents=True)
        (self.home / "protocols").symlink_to(self.options.nullmailer / "usr/lib/nullmailer")
        (self.home / "conf/remotes").write_text(f"127.0.0.1 smtp --port={self.port}\n")
        (self.home / "conf/me").write_text("example.com\n")
        (self.home / "mailname").write_text("example.com\n")
        os.mkfifo(self.home / "queue/trigger", 0o600)

    def add(self, message):
        self.call(self.options.nullmailer / "usr/bin/nullmailer-inject", BOB, input=message,
                  stderr=subprocess.DEVNULL)

    def run(self):
        daemon = subprocess.Popen([self.options.nullmailer / "usr/sbin/nullmailer-send"], env=self.environment,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            while self.left():
                if daemon.poll() is not None:
                    raise RuntimeError("nullmailer-send ended")
                time.sleep(0.005)
        finally:
            daemon.kill()
            daemon.wait()

    def left(self):
        return len(list((self.home / "queue/queue").iterdir()))


def disk_rate(folder, octets):
    count = 200
    directory = os.open(folder, os.O_RDONLY)
    begun = time.monotonic()
    for number in range(count):
        with open(folder / "written", "wb") as file:
            file.write(octets)
            file.flush()
            os.fsync(file.fileno())
        os.rename(folder / "written", folder / f"{number}")
        os.fsync(directory)
    seconds = time.monotonic() - begun
    os.close(directory)
    return count / seconds


def timed(function, *arguments):
    begun = time.monotonic()
    function(*arguments)
    return time.monotonic() - begun


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mailtool", type=pathlib.Path, required=True)
    parser.add_argument("--nullmailer", type=pathlib.Path, required=True)
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    options.mailtool = options.mailtool.resolve()
    options.nullmailer = options.nullmailer.resolve()
    message, count = letter(), options.messages
    programs = (Mailtool, MailtoolAtOnce, Msmtp, Nullmailer)
    rates = {program: ([], []) for program in programs}
    disk = []
    sink = Sink()
    try:
        for _ in range(options.rounds):
            for program in programs:
                with tempfile.TemporaryDirectory(prefix="queue-bench-") as folder:
                    home = pathlib.Path(folder)
                    one = program(home, sink.port, options)
                    rates[program][0].append(count / timed(one.add_all, count, message))
                    assert one.left() == count, (program.name, one.left())
                    rates[program][1].append(count / timed(one.run))
                    assert one.left() == 0, (program.name, one.left())
            with tempfile.TemporaryDirectory(prefix="queue-bench-") as folder:
                disk.append(disk_rate(pathlib.Path(folder), message))
    finally:
        sink.close()
    print(f"{count} messages of {len(message) // 1000} KB, medians of {options.rounds} rounds; "
          f"the disk syncs {statistics.median(disk):.0f} such files a second\n")
    print("| program | added/s | synced | sent/s |\n| --- | --- | --- | --- |")
    for program, (added, sent) in rates.items():
        print(f"| {program.name} | {statistics.median(added):.0f} | {program.synced} "
              f"| {statistics.median(sent):.0f} |")


if __name__ == "__main__":
    main()
