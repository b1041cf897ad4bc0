"""fetch, run against scripted_pop3, in a folder of its own; and what lies in its destinations afterwards.

    class Case(FetchTest):
        def test_it(self):
            with Pop3Server(mails(3)) as server, FetchHome("maildir") as home:
                run = self.fetch(home, server, "--delete", status=0)
                self.holds(home, server.maildrop)
"""

import collections
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time

from program import MAILTOOL, ProgramTest, Run, SECRET
from scripted_smtp import SmtpServer

KINDS = ("maildir", "mbox", "dir", "pipe", "lmtp")
# Those that can tell what they have: what was delivered once is not delivered again, whatever happens.
RECOGNISING = ("maildir", "mbox", "dir")

# Takes a whole message or none: what it began for a caller that died stays where nobody looks.
TAKER = """#!/bin/sh
cat > "{folder}/half.$$" && mv "{folder}/half.$$" "{folder}/taken.$$.$(date +%s%N)"
"""


def local(octets):
    """As it is stored: CRLF is LF, and nothing else changes."""
    return octets.replace(b"\r\n", b"\n")


def mbox_messages(octets):
    """The messages of an mboxrd; an AssertionError where it is none."""
    if not octets:
        return []
    assert octets.startswith(b"From "), octets[:80]
    assert octets.endswith(b"\n\n"), octets[-80:]
    found = []
    for each in re.split(rb"(?:\A|(?<=\n\n))From [^\n]*\n", octets)[1:]:
        assert each.endswith(b"\n"), each[-80:]
        assert not re.search(rb"^From ", each, re.M), each[:80]
        found.append(re.sub(rb"^>(>*From )", rb"\1", each[:-1], flags=re.M))
    return found


class FetchHome:
    """A folder with the state, and a destination in it or, where `at` is given, there."""

    def __init__(self, kind="maildir", at=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mailtool-fetch-"))
        self.state = self.folder / "state"
        self.kind, self.lmtp = kind, None
        self.path = pathlib.Path(at or self.folder) / kind
        if kind == "pipe":
            self.path.mkdir()
            self.to = self.taker()
        elif kind == "lmtp":
            self.lmtp = SmtpServer(lmtp=True, keep=True)
            self.to = [f"lmtp://127.0.0.1:{self.lmtp.port}", "--rcpt", "bob@example.org"]
        elif kind == "-":
            self.to = ["-"]
        else:
            self.to = [f"{kind}:{self.path}"]

    def taker(self):
        return [f"pipe:{self.program('taker', TAKER.format(folder=self.path))}"]

    def program(self, name, text):
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o755)
        return path

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.lmtp:
            self.lmtp.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def forget(self):
        """The state is gone, and messages in a Maildir are as if another program had put them there."""
        shutil.rmtree(self.state)
        for number, path in enumerate(sorted(self.path.glob("new/*"))):
            path.rename(self.path / "cur" / f"{number}.elsewhere:2,")

    def messages(self):
        """What a reader of the destination sees."""
        if self.kind == "lmtp":
            return [local(message.octets) for message in self.lmtp.messages]
        if self.kind == "mbox":
            return mbox_messages(self.path.read_bytes() if self.path.exists() else b"")
        pattern = {"maildir": "[nc]*/*", "dir": "*.eml", "pipe": "taken.*"}[self.kind]
        return [path.read_bytes() for path in sorted(self.path.glob(pattern))]

    def leftovers(self):
        """Files that no reader sees: in tmp/, or of a dead run."""
        if self.kind == "maildir":
            return sorted(path.name for path in self.path.glob("tmp/*"))
        if self.kind == "dir":
            return sorted(path.name for path in self.path.glob("*") if path.suffix != ".eml")
        return []

    def arguments(self, server, *arguments, scheme="pop3", tls=False):
        port = getattr(server, "port", server)
        return ["fetch", f"{scheme}://alice@127.0.0.1:{port}", *([] if tls else ["--tls", "off"]),
                "--password-from", "env:PW", "--state", str(self.state), "--to", *self.to, *map(str, arguments)]

    def environment(self):
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LC_ALL": "C.UTF-8", "PW": SECRET}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                environment[name] = os.environ[name]
        return environment

    def start(self, server, *arguments, program=(MAILTOOL,), env=None, **more):
        """The process, running; see finish()."""
        return subprocess.Popen([*map(str, program), *self.arguments(server, *arguments, **more)],
                                env={**self.environment(), **(env or {})}, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def finish(self, process, timeout=60):
        """Its Run. What takes longer than `timeout` hangs, and is an error."""
        begun = time.monotonic()
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            raise
        done = subprocess.CompletedProcess(process.args, process.returncode, out, err)
        return Run(process.args[1:], done, time.monotonic() - begun)

    def fetch(self, server, *arguments, timeout=60, **more):
        return self.finish(self.start(server, *arguments, **more), timeout)


class FetchTest(ProgramTest):
    def fetch(self, home, server, *arguments, status=0, **more):
        """A run that must end with `status`, or one of them: silent when it is 0, else with one line and, where
        it helps, a hint. Its output shows no secret and nothing that a terminal would act on."""
        run = home.fetch(server, *arguments, **more)
        self.judge(run, status)
        return run

    def judge(self, run, status):
        statuses = status if isinstance(status, tuple) else (status,)
        self.assertIn(run.status, statuses, run)
        self.assertNotIn(SECRET, run.out + run.err)
        self.assertIsNone(re.search(r"[^\n\x20-\x7e\xa0-\uffff]", run.err), run)
        if run.status == 0:
            self.assertEqual(run.err, "", run)
        else:
            self.assertGreaterEqual(len(run.error_lines()), 1, run)
        for line in run.error_lines():
            self.assertTrue(line.startswith("mailtool: fetch: "), run)

    def holds(self, home, mails, twice=0):
        """The destination has each once, byte for byte, and nothing else; at most `twice` of them may be there a
        second time."""
        there = collections.Counter(home.messages())
        wanted = collections.Counter(local(mail.content) for mail in mails)
        lost, surplus = wanted - there, there - wanted
        self.assertEqual([octets[:120] for octets in lost], [], "lost")
        self.assertEqual([octets[:120] for octets in surplus if octets not in wanted], [], "never sent")
        self.assertLessEqual(sum(surplus.values()), twice, "delivered again")
