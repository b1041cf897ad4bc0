"""imap export, import and watch, ended or failed at each of their calls for durability: the next run has all, and nothing
twice."""

import concurrent.futures
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import unittest

from export_home import MirrorTest
from program import MAILTOOL
from scripted_imap import ALL, Folder, ImapServer
from watched_imap import ImapServer as WatchedServer
from watched_imap import Mailbox
from watching import Watching

FAULTY = os.environ.get("MAILTOOL_FAULTY", "mailtool_faulty")
AT_ONCE = 4
POINTS = 60  # of a sweep; where there are more calls, every nth
NO_SPACE, IO_ERROR = "28", "5"


def faults(point):
    """Each way in which the disk may fail from this call on, or in it alone."""
    at = str(point)
    return [{"FAULT_FAIL_AT": at, "FAULT_ERRNO": NO_SPACE}, {"FAULT_FAIL_AT": at, "FAULT_ERRNO": IO_ERROR},
            {"FAULT_FAIL_AT": at, "FAULT_ERRNO": NO_SPACE, "FAULT_FOR_GOOD": "1"}, {"FAULT_FULL_AT": at}]


class Sweep(MirrorTest):
    def sweep(self, begin, run, check):
        """`run(home, server, program, environment)` returns a status; `check` looks at what the next runs make of it."""
        def one(environment):
            home = pathlib.Path(tempfile.mkdtemp(prefix="mailtool-disk-"))
            try:
                with begin(home) as server:
                    status = run(home, server, (FAULTY,), environment)
                    try:
                        self.assertIn(status, (0, 73, 74, -signal.SIGKILL))
                        check(home, server, status)
                    except AssertionError as failure:
                        raise AssertionError(f"{environment}: {failure}") from None
                    return status
            finally:
                shutil.rmtree(home, ignore_errors=True)

        calls = 0
        while one({"FAULT_KILL_AT": str(2 ** calls)}) != 0:
            calls += 1
        low, high = 2 ** (calls - 1), 2 ** calls  # it makes the first, and not the other
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if one({"FAULT_KILL_AT": str(middle)}) == 0 else (middle, high)
        self.assertGreater(low, 5)  # or nothing is swept
        points = range(1, low + 1, -(-low // POINTS))
        rows = [{"FAULT_KILL_AT": str(point)} for point in points]
        rows += [fault for point in points for fault in faults(point)]
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            found = list(pool.map(one, rows))
        print(f"\n{low} calls, {len(rows)} faults, {sum(map(bool, found))} failures", file=sys.stderr)
        self.assertGreater(sum(map(bool, found)), len(found) // 2)


class Disk(Sweep):
    def export_to(self, home, server, program=(MAILTOOL,), environment=None, status=0):
        leaks = {"ASAN_OPTIONS": "detect_leaks=0:" + os.environ.get("ASAN_OPTIONS", "")}
        return self.export(server, "--delete", to=home / "mirror", home=home, program=program, status=status,
                           environment={**leaks, **(environment or {})})

    def mended(self, home, server, status):
        self.export_to(home, server)
        self.equal(server, mirror=home / "mirror")
        self.assertEqual(self.leftovers(mirror=home / "mirror"), [])
        server.said = []
        self.export_to(home, server)
        self.assertEqual(server.times("EXAMINE"), 0)

    def exported(self, home, server, program, environment):
        return self.export_to(home, server, program, environment, status=None).returncode

    def test_a_first_mirror(self):
        self.sweep(lambda home: ImapServer({"INBOX": Folder([b"Subject: %d\r\n\r\nText\r\n" % n for n in range(4)])}),
                   self.exported, self.mended)

    def test_a_later_mirror(self):
        def begin(home):
            folder = Folder([b"Subject: %d\r\n\r\nText\r\n" % n for n in range(4)])
            server = ImapServer({"INBOX": folder})
            self.export_to(home, server)
            folder.flag(3, "\\Seen")
            folder.expunge(1)
            folder.add(b"Subject: new\r\n\r\nText\r\n")
            return server
        self.sweep(begin, self.exported, self.mended)

    def test_import(self):
        contents = [b"Subject: %d\n\nText\n" % number for number in range(4)]
        for capabilities in (ALL, "UIDPLUS"):
            def begin(home):
                (home / "box" / "new").mkdir(parents=True)
                for place in ("cur", "tmp"):
                    (home / "box" / place).mkdir()
                for number, content in enumerate(contents):
                    (home / "box" / "new" / f"{number}.M1.host").write_bytes(content)
                return ImapServer(capabilities=capabilities)

            def run(home, server, program=(MAILTOOL,), environment=None, status=None):
                leaks = {"ASAN_OPTIONS": "detect_leaks=0:" + os.environ.get("ASAN_OPTIONS", "")}
                return self.command(server, "import", f"maildir:{home / 'box'}", "--to", "INBOX", home=home,
                                    program=program, environment={**leaks, **(environment or {})},
                                    status=status).returncode

            def check(home, server, status):
                for _ in range(2):
                    run(home, server, status=0)
                    found = sorted(each.content.replace(b"\r\n", b"\n") for each in server.folders["INBOX"].messages)
                    self.assertEqual(found, contents)
            with self.subTest(capabilities):
                self.sweep(begin, run, check)


class Watched:
    """A folder that a watch knows, to which three messages have come since."""

    def __init__(self, home):
        self.home, self.box, self.idling = home, Mailbox([1, 2]), threading.Event()
        self.server = WatchedServer("IDLE", idle=lambda *_: self.idling.set(), mailbox=self.box)
        self.lines = []

    def __enter__(self):
        self.server.__enter__()
        self.run()
        for _ in range(3):
            self.box.add()
        return self

    def __exit__(self, *_):
        self.server.__exit__()

    def run(self, program=MAILTOOL, environment=None):
        """Until it waits for what comes."""
        self.idling.clear()
        base = {"PATH": os.environ["PATH"], "HOME": str(self.home), "LC_ALL": "C.UTF-8",
                "ASAN_OPTIONS": "detect_leaks=0:" + os.environ.get("ASAN_OPTIONS", "")}
        log = self.home / "log"
        with Watching([program, "imap", self.server.url, "--tls", "off", "watch", "--state", "s", "--exec",
                       f"sh -c 'echo {{uid}} >> {log}'"], {**base, **(environment or {})}) as watch:
            while not self.idling.wait(0.02) and watch.process.poll() is None:
                pass
            status = watch.end(signal.SIGTERM)
            self.lines += watch.lines
        return 0 if status == -signal.SIGTERM else status

    def told(self):
        return [int(line.split("\t")[2]) for line in self.lines if line.startswith("new")]

    def ran(self):
        log = self.home / "log"
        return [int(word) for word in log.read_text().split()] if log.exists() else []


class Watch(Sweep):
    def test_watch(self):
        """Each message is told, and its program run, at least once; once where nothing fails."""
        def run(home, watched, program, environment):
            return watched.run(program[0], environment)

        def check(home, watched, status):
            watched.run()
            self.assertEqual((set(watched.told()), set(watched.ran())), ({3, 4, 5}, {3, 4, 5}))
            if status == 0:
                self.assertEqual((watched.told(), watched.ran()), ([3, 4, 5], [3, 4, 5]))
            watched.lines.clear()
            watched.run()
            self.assertEqual(watched.told(), [])
        self.sweep(Watched, run, check)


if __name__ == "__main__":
    unittest.main()
