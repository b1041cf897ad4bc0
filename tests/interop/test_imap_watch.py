"""mailtool imap watch against Dovecot: what other clients do while it runs, and while it does not."""

import os
import pathlib
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from support import LAB, MAILTOOL, LabTest, message  # noqa: E402
from watching import Watching  # noqa: E402


class Watch(LabTest):
    def watch(self, *args, verbose=True, url=(), **env):
        """Runs until the block ends."""
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.home), "LC_ALL": "C.UTF-8",
                       "XDG_CONFIG_DIRS": str(self.home), **env}
        command = [MAILTOOL, "imap", *(url or self.server("imaps", "bob@hamburger.edu")), "watch",
                   *(["-v"] if verbose else []), *map(str, args)]
        return Watching(command, environment)

    def append(self, folder, subject, *args):
        self.imap("append", folder, *args, input=message(subject))

    @staticmethod
    def after_deleted(watch):
        """The next line: that a message is marked for expunging a server may tell first, or not at all."""
        line = watch.line()
        return watch.line() if "\\Deleted" in line else line

    def program(self, text):
        """An executable script of the shell."""
        path = self.home / "program"
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(0o755)
        return path

    def test_what_others_do_is_told_as_it_happens(self):
        self.append("INBOX", "before")
        with self.watch() as watch:
            watch.heard("+ idling")
            self.deliver("Grüße")
            self.assertEqual(watch.line(), "new\tINBOX\t2\tAlice\tGrüße")
            watch.heard("+ idling", 2)
            self.imap("flag", "+seen", "+flagged", "1")
            kind, folder, uid, flags = watch.line().split("\t")
            self.assertEqual((kind, folder, uid), ("flags", "INBOX", "1"))
            self.assertLessEqual({"\\Seen", "\\Flagged"}, set(flags.split()))
            self.imap("delete", "--permanent", "1")
            self.assertEqual(self.after_deleted(watch), "expunged\tINBOX\t1")
            self.append("INBOX", "after")
            self.assertEqual(watch.line(), "new\tINBOX\t3\tAlice\tafter")
            watch.heard("UID FETCH 3")
            idles = watch.errors.rpartition("UID FETCH 3")[0].count("+ idling")
            watch.heard("+ idling", idles + 1)
            self.assertEqual(watch.end(signal.SIGTERM), -signal.SIGTERM)
            self.assertIn("C: DONE\n", watch.errors)
            self.assertRegex(watch.errors, "C: A[0-9]+ LOGOUT\n")
        # It looks, and changes nothing.
        self.assertEqual(self.imap("search", "--count", "is:unread").out, "2\n")

    def test_json(self):
        with self.watch("--json", "--events", "new,expunged") as watch:
            watch.heard("+ idling")
            self.append("INBOX", "Grüße", "--flag", "flagged")
            event = watch.event()
            self.imap("flag", "+seen", "1")
            self.imap("delete", "--permanent", "1")
            gone = watch.event()
        self.assertEqual(event["uid"], 1)
        self.assertIn("\\Flagged", event.pop("flags"))
        validity = event["uidvalidity"]
        self.assertEqual(event, {
            "type": "event", "event": "new", "folder": "INBOX", "uidvalidity": validity, "uid": 1,
            "from": [{"name": "Alice", "address": "alice@crepes.fr"}], "subject": "Grüße"})
        self.assertEqual(gone, {"type": "event", "event": "expunged", "folder": "INBOX",
                                "uidvalidity": validity, "uid": 1})

    def test_several_folders_over_one_connection(self):
        self.imap("folder", "create", "Süd \"1\"")
        notifies = "NOTIFY" in self.imap("caps").out
        with self.watch("-f", "INBOX", "-f", "Süd \"1\"", "-f", "@junk") as watch:
            if notifies:
                watch.heard(" STATUS ", 4)  # two folders are looked at when they are left: question, answer
                watch.heard("+ idling")
            else:
                watch.heard("+ idling", 3)  # a connection a folder
            self.append("Süd \"1\"", "one")
            self.assertEqual(watch.line(), "new\tSüd \"1\"\t1\tAlice\tone")
            self.deliver("two")
            self.assertEqual(watch.line(), "new\tINBOX\t1\tAlice\ttwo")
            self.append("@junk", "three")
            self.assertEqual(watch.line(), "new\tJunk\t1\tAlice\tthree")
            self.imap("flag", "-f", "INBOX", "+answered", "1")
            self.assertRegex(watch.line(), "^flags\tINBOX\t1\t.*Answered")
            self.imap("delete", "-f", "Süd \"1\"", "--permanent", "1")
            self.assertEqual(self.after_deleted(watch), "expunged\tSüd \"1\"\t1")
            if notifies:
                self.assertEqual(watch.errors.count("<TLS negotiation>"), 1)

    def test_once(self):
        with self.watch("--once", "--events", "new", "--json") as watch:
            watch.heard("+ idling")
            self.append("INBOX", "one")
            self.assertEqual(watch.event()["uid"], 1)
            self.assertEqual(watch.event(), {"type": "summary", "exit": 0})
            self.assertEqual(watch.end(), 0)

    def test_deadline(self):
        done = self.imap("watch", "--deadline", "2s")
        self.assertEqual((done.out, done.err), ("", ""))
        self.imap("watch", "--once", "--deadline", "2s", status=75)

    def test_exec_and_what_came_while_nobody_watched(self):
        seen = self.home / "seen"
        program = self.program(
            f'echo "$1 $2 $MAILTOOL_FOLDER $MAILTOOL_UID $MAILTOOL_UIDVALIDITY $(wc -c)" >> {seen}\n')
        command = ("--exec", f"{program} {{folder}} 'uid {{uid}}'")
        self.append("INBOX", "before")
        with self.watch(*command) as watch:
            watch.heard("+ idling")
            self.append("INBOX", "two")
            watch.line()
            watch.heard("+ idling", 2)
            self.assertEqual(watch.end(signal.SIGINT), -signal.SIGINT)
        self.append("INBOX", "three")
        self.append("INBOX", "four")
        with self.watch(*command) as watch:
            self.assertEqual([watch.line().split("\t")[2] for _ in range(2)], ["3", "4"])
            watch.heard("+ idling")
        rows = [line.split() for line in seen.read_text().splitlines()]
        self.assertEqual([row[:5] for row in rows],
                         [["INBOX", "uid", uid, "INBOX", uid] for uid in "234"])
        self.assertEqual({row[6] for row in rows}, {"0"})  # its stdin is empty

    def test_killed_between_the_program_and_its_being_written_down(self):
        seen = self.home / "seen"
        # The first time it kills who runs it, when all its work is done.
        program = self.program(f"echo $1 >> {seen}\n[ -e {seen}.killed ] || {{ : > {seen}.killed; kill -9 $PPID; }}\n")
        command = ("--exec", f"{program} {{uid}}", "--events", "new")
        with self.watch(*command) as watch:
            watch.heard("+ idling")
            for subject in "one", "two", "three":
                self.append("INBOX", subject)
            self.assertEqual(watch.end(), -signal.SIGKILL)
        with self.watch(*command) as watch:
            for uid in "123":
                self.assertEqual(watch.line().split("\t")[2], uid)
            watch.heard("+ idling")
        self.assertEqual(seen.read_text().split(), ["1", "1", "2", "3"])

    def test_a_program_that_fails_is_run_again_and_blocks_nothing(self):
        seen = self.home / "seen"
        program = self.program(f"echo $1 >> {seen}\n[ $1 != 1 ] || exit 9\n")
        command = ("--exec", f"{program} {{uid}}", "--state", self.home / "state")
        with self.watch(*command) as watch:
            watch.heard("+ idling")
            self.append("INBOX", "one")
            watch.heard("program: ended with status 9 for UID 1 of INBOX")
            self.append("INBOX", "two")
            watch.heard("UID 2:*")
            watch.heard("+ idling", 3)
        for _ in range(4):
            with self.watch(*command) as watch:
                watch.heard("ended with status 9")
                watch.heard("+ idling")
        self.assertIn("UID 1 of INBOX: given up after 5 runs of the program", watch.errors)
        with self.watch(*command) as watch:
            watch.heard("+ idling")
        self.assertEqual(seen.read_text().split(), ["1", "2", "1", "1", "1", "1"])

    def test_one_watch_at_a_time_has_a_state(self):
        with self.watch("--state", "mine") as watch:
            watch.heard("+ idling")
            done = self.imap("watch", "--state", "mine", status=75)
            self.assertIn("hint: another watch of this folder", done.err)
            done = self.imap("watch", "--state", "mine", "-f", "Junk", "--deadline", "2s")
            self.assertEqual(done.out, "")

    def test_flags_that_changed_while_nobody_watched(self):
        for subject in "one", "two":
            self.append("INBOX", subject)
        with self.watch("--state", "mine") as watch:
            watch.heard("+ idling")
        self.imap("flag", "+answered", "2")
        with self.watch("--state", "mine") as watch:
            self.assertRegex(watch.line(), "^flags\tINBOX\t2\t.*Answered")

    def test_another_folder_under_the_same_name(self):
        self.imap("folder", "create", "Box")
        self.append("Box", "old")
        with self.watch("-f", "Box", "--state", "mine") as watch:
            watch.heard("+ idling")
        self.imap("folder", "delete", "Box")
        self.imap("folder", "create", "Box")
        self.append("Box", "new")
        with self.watch("-f", "Box", "--state", "mine") as watch:
            watch.heard("+ idling")
            self.assertRegex(watch.errors, "mailtool: imap watch: Box: UIDVALIDITY is [0-9]+, was [0-9]+: "
                                           "beginning with what comes from now on\n")
            self.append("Box", "newer")
            self.assertEqual(watch.line(), "new\tBox\t2\tAlice\tnewer")

    def test_a_reader_that_has_gone(self):
        with Watching(["sh", "-c", '"$@" | head -n 1', "sh", MAILTOOL, "imap",
                       *self.server("imaps", "bob@hamburger.edu"), "watch", "-v", "--events", "new"],
                      {"PATH": os.environ["PATH"], "HOME": str(self.home), "LC_ALL": "C.UTF-8"}) as watch:
            watch.heard("+ idling")
            self.append("INBOX", "one")
            watch.line()
            watch.heard("+ idling", 2)
            self.append("INBOX", "two")
            self.assertEqual(watch.end(), 0)
            self.assertNotIn("mailtool: imap", watch.errors)

    def test_wrong_from_the_start(self):
        for args, status, said in (
                (("-f", "Nowhere"), 66, "Nowhere"),
                (("--exec", "/no/such/program"), 73, "no such program"),
                (("--exec", "true", "--events", "flags"), 64, "--events new"),
                (("--events", "old"), 64, "no such event: old"),
                (("--state", "a b"), 64, "--state"),
                (("--interval", "0"), 64, "at least 1s")):
            done = self.imap("watch", *args, status=status)
            self.assertIn(said, done.err)
        (self.home / "wrong").write_text("nonsense")
        (self.home / "wrong").chmod(0o600)
        url = self.server("imaps", "bob@hamburger.edu")
        url[-1] = f"file:{self.home}/wrong"
        done = self.run_mailtool("imap", *url, "watch", status=77)
        self.assertNotIn("trying again", done.err)


if __name__ == "__main__":
    import unittest
    unittest.main()
