"""A home with a queue in it, for tests of mailtool queue."""

import itertools
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

MAILTOOL = os.environ.get("MAILTOOL", "mailtool")
NUMBERS = itertools.count(1)


def letter(number, to="bob@example.org", text="Noon?"):
    return (f"From: alice@example.com\nTo: {to}\nSubject: Lunch {number}\nMessage-ID: <m{number}@example.com>\n"
            f"Date: Sat, 21 Nov 2026 12:00:00 +0000\n\n{text}\n").encode()


class QueueHome:
    """Each has a queue of its own; many may be used at a time."""

    def __init__(self, program=MAILTOOL):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mailtool-queue-"))
        self.queue = self.folder / "state" / "mailtool" / "queue"
        self.program = program

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    def environment(self, **more):
        kept = {name: os.environ[name] for name in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ}
        return {**kept, "HOME": str(self.folder), "XDG_STATE_HOME": str(self.folder / "state"), "LC_ALL": "C.UTF-8",
                "TZ": "UTC", "XDG_CONFIG_DIRS": str(self.folder), **more}

    def start(self, *arguments, input=subprocess.DEVNULL, program=None, preexec_fn=None, **environment):
        return subprocess.Popen([program or self.program, *map(str, arguments)], stdin=input, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, env=self.environment(**environment), preexec_fn=preexec_fn)

    def run(self, *arguments, input=b"", **more):
        process = self.start(*arguments, input=subprocess.PIPE, **more)
        out, err = process.communicate(input, timeout=120)
        return Done(process.returncode, out.decode(), err.decode())

    def add(self, port, number, *recipients, **more):
        return self.run("send", "--queue", "--server", f"smtp://127.0.0.1:{port}", "--tls", "off",
                        *(recipients or ("bob@example.org",)), input=letter(number), **more)

    def listed(self):
        done = self.run("queue", "list", "--json")
        assert done.status == 0, done
        return [each for each in done.objects() if each["type"] == "queued"]

    def make_due(self):
        """As if the pauses were over."""
        for state in self.queue.glob("*.toml"):
            text = state.read_text()
            lines = [line for line in text.splitlines(True) if not line.startswith("next-try")]
            state.write_text("".join(lines))

    def run_until_empty(self, most=20):
        for _ in range(most):
            self.make_due()
            done = self.run("queue", "run")
            assert done.status == 0, done
            if not self.listed():
                return
        raise AssertionError(f"the queue is never empty: {self.listed()}")

    def files(self):
        return sorted(path.name for path in self.queue.iterdir()) if self.queue.exists() else []


class Done:
    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    @property
    def killed(self):
        return self.status == -signal.SIGKILL

    def objects(self):
        return [json.loads(line) for line in self.out.splitlines()]

    def __str__(self):
        return f"status {self.status}\nstdout: {self.out}\nstderr: {self.err}"

    __repr__ = __str__


def accepted(server):
    """{(Subject, recipient): how often a server took it}."""
    counts = {}
    for message in server.messages:
        subject = next(line for line in message.octets.split(b"\r\n") if line.startswith(b"Subject: ")).decode()
        for recipient in message.recipients:
            key = subject.removeprefix("Subject: Lunch "), recipient
            counts[key] = counts.get(key, 0) + 1
    return counts
