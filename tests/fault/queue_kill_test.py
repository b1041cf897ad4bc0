"""A queue whose processes are killed, refused the disk or run side by side: no message is lost, none is half in
the queue, none goes out twice but in the window between a server's last reply and its record."""

import concurrent.futures
import errno
import os
import pathlib
import random
import resource
import signal
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from queue_home import QueueHome, accepted, letter
from scripted_smtp import SmtpServer

FAULTY = os.environ["MAILTOOL_FAULTY"]
KILLS = int(os.environ.get("QUEUE_KILLS", "250"))  # of each kind
BOB, CAROL = "bob@example.org", "carol@example.org"
AT_ONCE = 4


class Killed(unittest.TestCase):
    longMessage = True

    def sweep(self, step, least):
        """step(n) until it says that the program ended before the nth call."""
        number = 1
        while step(number):
            number += 1
            self.assertLess(number, 1000)
        self.assertGreater(number, least, "the sweep has not swept")

    def test_add_killed_before_each_call(self):
        def step(number):
            with SmtpServer() as server, QueueHome() as home:
                done = home.add(server.port, 1, program=FAULTY, FAULT_KILL_AT=str(number))
                self.assertTrue(done.killed or done.status == 0, done)
                queued = home.listed()
                if done.status == 0:
                    self.assertEqual(len(queued), 1)
                home.run_until_empty()
                self.assertEqual(len(server.messages), len(queued), done)
                self.assertEqual(home.files(), [])
                return done.killed
        self.sweep(step, 6)

    def test_run_killed_before_each_call(self):
        twice = []

        def step(number):
            later = iter(["450 4.2.1 later"] * 3)  # for the first three times that Carol is named
            carol = {CAROL: lambda *_: next(later, "250 ok")}
            with SmtpServer({"RCPT": carol}) as server, QueueHome() as home:
                for each in (1, 2, 3):
                    self.assertEqual(home.add(server.port, each, BOB, CAROL).status, 0)
                done = home.run("queue", "run", program=FAULTY, FAULT_KILL_AT=str(number))
                self.assertTrue(done.killed or done.status == 0, done)
                home.run_until_empty()
                counts = accepted(server)
                self.assertEqual(set(counts), {(each, to) for each in "123" for to in (BOB, CAROL)})
                doubled = [key for key, count in counts.items() if count > 1]
                self.assertLessEqual(len({subject for subject, _ in doubled}), 1, (number, counts))
                self.assertLessEqual(max(counts.values()), 2)
                self.assertEqual(home.files(), [])
                twice.extend(doubled)
                return done.killed
        self.sweep(step, 6)
        # The window is there, and the test sees it.
        self.assertTrue(twice)

    def test_no_room_while_adding(self):
        def step(number):
            with SmtpServer() as server, QueueHome() as home:
                self.assertEqual(home.add(server.port, 1).status, 0)
                before = home.files()
                done = home.add(server.port, 2, program=FAULTY, FAULT_FAIL_AT=str(number),
                                FAULT_ERRNO=str(errno.ENOSPC), FAULT_FOR_GOOD="1")
                if done.status == 0:
                    return False
                self.assertIn(done.status, (73, 74, 75), done)
                self.assertEqual(home.files(), before, done)
                self.assertIn("No space left", done.err)
                self.assertEqual(done.err.count("mailtool: "), 1, done)
                return True
        self.sweep(step, 6)

    def test_each_call_fails_once_while_running(self):
        failed = 0
        for number in range(1, 25):  # there are as many in a run of two messages
            with SmtpServer() as server, QueueHome() as home:
                for each in (1, 2):
                    self.assertEqual(home.add(server.port, each).status, 0)
                done = home.run("queue", "run", program=FAULTY, FAULT_FAIL_AT=str(number),
                                FAULT_ERRNO=str(errno.EIO))
                failed += done.status != 0
                home.run_until_empty()
                self.assertEqual({subject for subject, _ in accepted(server)}, {"1", "2"}, done)
        self.assertGreater(failed, 3)

    def test_a_full_disk_doubles_nothing(self):
        for number in range(1, 40):
            later = iter(["450 4.2.1 later"] * 2)
            carol = {CAROL: lambda *_: next(later, "250 ok")}
            with SmtpServer({"RCPT": carol}) as server, QueueHome() as home:
                for each in (1, 2):
                    self.assertEqual(home.add(server.port, each, BOB, CAROL).status, 0)
                for _ in range(2):
                    home.run("queue", "run", program=FAULTY, FAULT_FULL_AT=str(number))
                    home.make_due()
                home.run_until_empty()
                counts = accepted(server)
                self.assertEqual(set(counts), {(each, to) for each in "12" for to in (BOB, CAROL)}, number)
                self.assertEqual(set(counts.values()), {1}, number)

    def test_a_file_that_may_not_grow(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
        with QueueHome() as home:
            done = home.run("send", "--queue", "--server", "smtp://127.0.0.1:9", "--tls", "off", BOB,
                            input=letter(1, text="x\n" * 100_000), preexec_fn=limit)
            self.assertNotEqual(done.status, 0, done)
            self.assertEqual(home.listed(), [])
            self.assertEqual([name for name in home.files() if name.endswith((".eml", ".toml"))], [])

    def test_add_killed_at_random(self):
        added = lost = 0

        def one(seed):
            with SmtpServer() as server, QueueHome() as home:
                process = home.start("send", "--queue", "--server", f"smtp://127.0.0.1:{server.port}", "--tls", "off",
                                     "--to", BOB, "--from", "alice@example.com", "-s", "Lunch 1")
                time.sleep(random.Random(seed).uniform(0, self.length))
                process.kill()
                process.communicate()
                done = process.returncode == 0
                queued = len(home.listed())
                home.run_until_empty()
                return done, queued, len(server.messages), home.files()
        with SmtpServer() as server, QueueHome() as home:
            begun = time.monotonic()
            home.add(server.port, 1)
            self.length = time.monotonic() - begun
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            for done, queued, sent, files in pool.map(one, range(KILLS)):
                added += queued
                lost += done and queued == 0
                self.assertEqual(sent, queued)
                self.assertEqual(files, [])
        self.assertEqual(lost, 0)

    def test_run_killed_at_random(self):
        def one(seed):
            with SmtpServer() as server, QueueHome() as home:
                for each in (1, 2, 3):
                    assert home.add(server.port, each, BOB, CAROL).status == 0
                process = home.start("queue", "run")
                time.sleep(random.Random(seed).uniform(0, 0.06))
                process.send_signal(signal.SIGKILL)
                process.communicate()
                home.run_until_empty()
                return accepted(server), process.returncode == -signal.SIGKILL
        killed = doubled = 0
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            for counts, was_killed in pool.map(one, range(KILLS)):
                self.assertEqual(set(counts), {(each, to) for each in "123" for to in (BOB, CAROL)})
                twice = {subject for (subject, _), count in counts.items() if count > 1}
                self.assertLessEqual(max(counts.values()), 2)
                # One session, so one message may stand in the window.
                self.assertLessEqual(len(twice), 1 if was_killed else 0)
                killed += was_killed
                doubled += len(twice)
        print(f"\nqueue run: {killed} of {KILLS} killed, {doubled} messages sent twice", file=sys.stderr)
        self.assertGreater(killed, 0)

    def test_many_runs_at_once(self):
        with SmtpServer() as server, QueueHome() as home:
            mbox = b"".join(b"From alice Sat Nov 21 12:00:00 2026\n" + letter(each) + b"\n" for each in range(1000))
            path = home.folder / "mbox"
            path.write_bytes(mbox)
            done = home.run("send", "--queue", "--server", f"smtp://127.0.0.1:{server.port}", "--tls", "off",
                            "--message", path, BOB)
            self.assertEqual(done.status, 0, done)
            self.assertEqual(len(home.listed()), 1000)
            runs = [home.start("queue", "run") for _ in range(3)]
            for process in runs:
                _, err = process.communicate(timeout=240)
                self.assertEqual((process.returncode, err), (0, b""))
            self.assertEqual(home.listed(), [])
            counts = accepted(server)
            self.assertEqual(len(counts), 1000)
            self.assertEqual(set(counts.values()), {1})
            self.assertEqual(home.files(), [])


if __name__ == "__main__":
    unittest.main()
