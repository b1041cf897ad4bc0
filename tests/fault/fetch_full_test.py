"""fetch onto disks that are full, fail or may not be written: what is not safe here stays there, and the next run
makes up for it."""

import errno
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import unittest

import small_disk
from fetch_home import KINDS, RECOGNISING, FetchHome, FetchTest, local
from scripted_pop3 import Pop3Server, mails
from small_disk import FAULTY, SmallDisk

LOCAL = tuple(kind for kind in KINDS if kind != "lmtp")
ENOUGH = 4000  # KB


def setUpModule():
    small_disk.prepare()


class Full(FetchTest):
    def attempt(self, home, server, disk, *arguments, status):
        """A run that may fail; what was deleted is here, and nothing is half here."""
        run = home.finish(home.start(server, *arguments, program=disk.program, env=disk.environment))
        self.judge(run, status)
        server.wait()
        there = home.messages()
        for mail in server.deleted:
            self.assertIn(local(mail.content), there, run)
        whole = [local(mail.content) for mail in server.maildrop]
        for octets in there:
            self.assertIn(octets, whole, f"half a message is visible: {run}")
        return run

    def afterwards(self, home, server, disk, mode="--delete", twice=0):
        disk.grow(ENOUGH)
        self.fetch(home, server, mode)
        self.holds(home, server.maildrop, twice)
        self.assertEqual(server.left() == [], mode == "--delete")
        self.assertEqual(home.leftovers(), [])

    def test_six_messages_of_60_kb_on_a_disk_of_200_kb(self):
        for kind in LOCAL:
            for mode in ("--keep", "--delete"):
                with self.subTest(f"{kind} {mode}"), SmallDisk(200) as disk, Pop3Server(mails(6, 60_000)) as server, \
                        FetchHome(kind, disk.path) as home:
                    for _ in range(2):
                        run = self.attempt(home, server, disk, mode, status=(73, 74))
                        self.assertLess(len(run.error_lines()), 7, run)
                    self.assertLess(len(home.messages()), 6)
                    self.afterwards(home, server, disk, mode)

    def test_an_mbox_on_a_disk_with_room_for_once_but_not_for_twice(self):
        with SmallDisk(6500) as disk, Pop3Server(mails(40, 100_000)) as server, \
                FetchHome("mbox", disk.path) as home:
            home.state = disk.path / "state"
            self.attempt(home, server, disk, "--delete", status=0)
            self.holds(home, server.maildrop)

    def test_a_disk_of_each_size(self):
        def one(row):
            kind, kilobytes = row
            with SmallDisk(kilobytes) as disk, Pop3Server(mails(6, 20_000)) as server, \
                    FetchHome(kind, disk.path) as home:
                run = self.attempt(home, server, disk, "--delete", status=(0, 73, 74))
                self.afterwards(home, server, disk)
                return run.status
        rows = [(kind, kilobytes) for kind in LOCAL for kilobytes in range(4, 260, 12)]
        statuses = self.all(one, rows)
        self.assertIn(0, statuses)
        self.assertGreater(len(statuses) - statuses.count(0), len(LOCAL) * 4)

    def test_a_state_folder_on_a_disk_of_each_size(self):
        def one(row):
            kind, kilobytes = row
            with SmallDisk(kilobytes) as disk, Pop3Server(mails(40, 500)) as server, FetchHome(kind) as home:
                home.state = disk.path / "state"
                run = self.attempt(home, server, disk, "--delete", status=(0, 73, 74))
                # What a program has been given before the journal could be written, it is given again.
                self.afterwards(home, server, disk, twice=0 if kind in RECOGNISING else 1)
                return run.status
        sizes = (4, 8, 12, 16, 20, 28, 64, 2000)
        statuses = self.all(one, [(kind, kilobytes) for kind in LOCAL for kilobytes in sizes])
        self.assertIn(0, statuses)

    def test_disks_that_may_not_be_written(self):
        for kind in LOCAL:
            for where in ("destination", "state"):
                with self.subTest(f"{kind} {where}"), SmallDisk(ENOUGH) as disk, Pop3Server(mails(3)) as server, \
                        FetchHome(kind, disk.path if where == "destination" else None) as home:
                    if where == "state":
                        home.state = disk.path / "state"
                    self.fetch(home, server)
                    server.maildrop += mails(2, prefix="later-")
                    disk.read_only()
                    run = self.attempt(home, server, disk, "--delete", status=(73, 74))
                    self.assertIn(str(disk.path) if disk.mounted and kind != "pipe" else "", run.err)
                    self.afterwards(home, server, disk)

    def test_what_this_test_would_see(self):
        with SmallDisk(200) as disk, Pop3Server(mails(6, 60_000)) as server, FetchHome("dir", disk.path) as home:
            self.attempt(home, server, disk, "--keep", status=(73, 74))
            with self.assertRaisesRegex(AssertionError, "lost"):
                self.holds(home, server.maildrop)


class Failing(FetchTest):
    """One system call for durability fails, or all from there on do, or the disk is full from there on."""

    def one(self, row):
        kind, point, faults = row
        environment = {name: str(point if value is None else value) for name, value in faults.items()}
        with Pop3Server(mails(4, 2000)) as server, FetchHome(kind) as home:
            run = home.finish(home.start(server, "--delete", program=(FAULTY,), env=environment))
            self.judge(run, (0, 73, 74, 75))
            server.wait()
            there = home.messages()
            for mail in server.deleted:
                self.assertIn(local(mail.content), there, run)
            self.fetch(home, server, "--delete")
            self.holds(home, server.maildrop, 0 if kind in RECOGNISING else 1)
            self.assertEqual(server.left(), [])
            self.assertEqual(home.leftovers(), [])
            return run.status

    def sweep(self, faults):
        rows = [(kind, point, faults) for kind in LOCAL for point in range(1, 56)]
        statuses = []
        self.each(lambda row: statuses.append(self.one(row)), rows)
        self.assertGreater(len(statuses) - statuses.count(0), 20)  # or nothing has failed

    def test_the_disk_is_full_from_some_call_on(self):
        self.sweep({"FAULT_FULL_AT": None})

    def test_one_call_fails(self):
        self.sweep({"FAULT_FAIL_AT": None, "FAULT_ERRNO": errno.EIO})

    def test_all_calls_fail_from_one_on(self):
        self.sweep({"FAULT_FAIL_AT": None, "FAULT_ERRNO": errno.ENOSPC, "FAULT_FOR_GOOD": 1})


if __name__ == "__main__":
    unittest.main()
