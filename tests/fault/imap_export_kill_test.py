"""imap export, killed at each system call that touches a disk or the server, cut off at each answer, or without room on
its disk; then run once more: nothing is lost, nothing is there twice, and only what was missing is brought."""

import concurrent.futures
import os
import pathlib
import shutil
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import unittest

import small_disk
from export_home import STATE, MirrorTest
from program import MAILTOOL
from scripted_imap import ALL, Folder, ImapServer

KILLER = os.environ.get("KILL_AT_SYSCALL", "kill_at_syscall")
AT_ONCE = 4
POINTS = 90  # of a sweep; where there are more calls, every nth, and another start each time


def texts(count, first=1):
    """One of them is larger than a buffer."""
    return [b"Subject: %d\r\n\r\n%b" % (each, b"Text\r\n" * (20_000 if each == 2 else 20))
            for each in range(first, first + count)]


def first_run():
    return ImapServer({"INBOX": Folder(texts(4))})


def setUpModule():
    small_disk.prepare()


class Home:
    def __enter__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="mailtool-mirror-"))
        return self.path

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)


class Interrupted(MirrorTest):
    def killed(self, server, home, point, *arguments):
        report = home / "report"
        leaks = "detect_leaks=0:" + os.environ.get("ASAN_OPTIONS", "")  # it cannot look while it is traced
        done = self.export(server, *arguments, to=home / "mirror", home=home, status=None,
                           program=(KILLER, report, point, MAILTOOL), environment={"ASAN_OPTIONS": leaks})
        calls, name = report.read_text().split()
        return done.returncode, int(calls), name

    def whole(self, server, home):
        """What a reader sees at once: whole messages alone."""
        contents = {each.content.replace(b"\r\n", b"\n") for each in server.folders["INBOX"].messages} | self.had
        if (home / "mirror/INBOX/new").exists() and (home / "mirror/INBOX/cur").exists():
            for octets, _ in self.files(mirror=home / "mirror").values():
                self.assertIn(octets, contents, "half a message is visible")

    def mended(self, server, home, kept=()):
        """After one more run, and one for which nothing is left to do."""
        mirror = home / "mirror"
        self.export(server, "--delete", to=mirror, home=home)
        self.equal(server, mirror=mirror, kept=kept)
        self.assertEqual(self.leftovers(mirror=mirror), [])
        server.said = []
        self.export(server, "--delete", to=mirror, home=home)
        self.equal(server, mirror=mirror, kept=kept)
        self.assertEqual(server.times("EXAMINE"), 0)

    def later(self, home):
        """A mirror that is to learn of a new message, of other flags and of one that has gone."""
        server = first_run()
        self.export(server, to=home / "mirror", home=home)
        folder = server.folders["INBOX"]
        self.had = {each.content.replace(b"\r\n", b"\n") for each in folder.messages}
        folder.flag(3, "\\Seen")
        folder.expunge(1)
        folder.add(texts(1, 9)[0])
        return server

    def sweep(self, make):
        self.had = set()
        with Home() as home, make(home) as server:
            status, calls, _ = self.killed(server, home, 0, "--delete")
            self.assertEqual(status, 0)
        self.assertGreater(calls, 30)  # or nothing is swept
        step = -(-calls // POINTS)

        def one(point):
            with Home() as home, make(home) as server:
                status, _, name = self.killed(server, home, point, "--delete")
                try:
                    self.whole(server, home)
                    self.mended(server, home)
                except AssertionError as failure:
                    raise AssertionError(f"killed at call {point}, {name}: {failure}") from None
                return status == 137, name
        start = int(time.time()) // 10 % step + 1
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            found = list(pool.map(one, range(start, calls + 1, step)))
        killed = sum(each for each, _ in found)
        print(f"\n{calls} calls, every {step} from {start}, {killed} kills", file=sys.stderr)
        self.assertGreater(killed, len(found) * 3 // 4)

    def test_killed_in_the_first_run(self):
        self.sweep(lambda home: first_run())

    def test_killed_in_a_later_run(self):
        self.sweep(self.later)

    def test_only_what_is_missing_comes_again(self):
        self.had = set()
        with ImapServer({"INBOX": Folder(texts(700))}) as server:
            server.cut = 600
            self.assertEqual(self.export(server, status=75).stdout, "")
            here = set(self.files())
            self.assertGreater(len(here), 200)
            server.cut, server.answers = None, 0
            server.said = []
            self.export(server)
            self.equal(server)
            asked, = [said for said in server.said if "BODY" in said]
            self.assertTrue(asked.startswith(f"UID FETCH {max(here) + 1}:700 "), asked)

    def test_cut_at_every_answer(self):
        for capabilities in (ALL, ""):
            for make in (lambda home: ImapServer({"INBOX": Folder(texts(4))}, capabilities), self.later):
                self.had = set()
                with Home() as home, make(home) as server:
                    server.answers, server.capabilities = 0, capabilities
                    self.export(server, "--delete", to=home / "mirror", home=home)
                    answers = server.answers

                def one(cut):
                    with Home() as home, make(home) as server:
                        server.answers, server.cut, server.capabilities = 0, cut, capabilities
                        self.export(server, "--delete", to=home / "mirror", home=home, status=75)
                        server.cut = None
                        self.whole(server, home)
                        self.export(server, "--delete", to=home / "mirror", home=home)
                        self.equal(server, mirror=home / "mirror")
                        self.assertEqual(self.leftovers(mirror=home / "mirror"), [])
                self.each(one, range(1, answers + 1))

    def test_a_full_disk(self):
        self.had = set()
        with ImapServer({"INBOX": Folder(texts(30))}) as server:
            for kilobytes in range(16, 300, 20):
                with small_disk.SmallDisk(kilobytes) as disk:
                    done = self.export(server, to=disk.path / "mirror", home=disk.path, program=disk.program,
                                       environment=disk.environment, status=None)
                    if done.returncode == 0:
                        break
                    self.assertIn(done.returncode, (73, 74), done.stderr)
                    self.whole(server, disk.path)
                    disk.grow(5000)
                    self.export(server, to=disk.path / "mirror", home=disk.path, program=disk.program,
                                environment=disk.environment)
                    self.equal(server, mirror=disk.path / "mirror")
                    self.assertEqual(self.leftovers(mirror=disk.path / "mirror"), [])
            self.assertGreater(kilobytes, 16)

    def test_what_the_sweep_would_see(self):
        """A run that is not made again lacks something."""
        self.had = set()
        with Home() as home, first_run() as server:
            _, calls, _ = self.killed(server, home, 0)
        with Home() as home, first_run() as server:
            self.killed(server, home, calls // 2)
            with self.assertRaises((AssertionError, FileNotFoundError)):
                self.equal(server, mirror=home / "mirror")
                self.assertIn(b"=", (home / "mirror/INBOX" / STATE).read_bytes())


if __name__ == "__main__":
    unittest.main()
