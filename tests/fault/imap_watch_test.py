"""imap watch against servers that hang up, refuse, throttle, flood, or have no IDLE."""

import os
import pathlib
import shutil
import signal
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from program import MAILTOOL, ProgramTest  # noqa: E402
from watched_imap import ImapServer, Mailbox  # noqa: E402
from watching import Watching  # noqa: E402

NEW = "new\tINBOX\t{0}\tCarol\tmessage {0}"


class Watch(ProgramTest):
    def watch(self, server, *args, home=None):
        environment = {"PATH": os.environ["PATH"], "HOME": str(home or self.folder), "LC_ALL": "C.UTF-8"}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                environment[name] = os.environ[name]
        return Watching([MAILTOOL, "imap", server.url, "--tls", "off", "watch", "--timeout", "10s",
                         *map(str, args)], environment)

    def test_cut_at_each_answer_nothing_is_left_out(self):
        # In the first session, or in the second one, which catches up, the server hangs up once, and
        # takes a message in; another one has come while the watch was idling.
        def cut_at(row):
            step, session = row
            box, lock, cut, idled = Mailbox([3]), threading.Lock(), [], []

            def answer(connection, number, name, rest):
                begins = session == 1 and rest == "ALL"  # there is nothing to be told yet
                with lock:
                    if number != session or name != step or begins or cut:
                        return None
                    cut.append(name)
                    box.add()
                    return False

            def idle(connection, number):
                with lock:
                    if idled:
                        return None
                    idled.append(number)
                box.add()
                if session == 2:
                    return False
                connection.say(f"* {len(box.uids)} EXISTS")
                return None

            with ImapServer("IDLE", answer, idle, box) as server, self.watch(server) as watch:
                for uid in 4, 5:
                    self.assertEqual(watch.line(), NEW.format(uid), row)
                watch.heard("connected again")
                self.assertRegex(watch.errors, "mailtool: imap watch: imap://bob@127.0.0.1:[0-9]+: .*; "
                                               "trying again in [0-9]+ m?s\n")
                self.assertEqual(watch.end(signal.SIGTERM), -signal.SIGTERM)

        self.each(cut_at, [("UID SEARCH", 1), ("UID FETCH", 1), ("greeting", 2), ("EXAMINE", 2),
                           ("UID SEARCH", 2), ("UID FETCH", 2)])

    def test_enable_is_not_waited_for(self):
        # It is answered once EXAMINE has come, and whatever the answer is, new mail is told.
        for said in ("OK on", "NO not today"):
            box, held = Mailbox([3]), []

            def answer(connection, number, name, rest):
                if name == "ENABLE":
                    held.append(connection.tag)
                    return True
                if name == "EXAMINE" and held:
                    connection.say("* ENABLED CONDSTORE", f"{held.pop()} {said}")
                return None

            def idle(connection, number):
                box.add()
                connection.say("* 2 EXISTS")

            with self.subTest(said), ImapServer("IDLE ENABLE CONDSTORE", answer, idle, box) as server, \
                    self.watch(server) as watch:
                self.assertEqual(watch.line(), NEW.format(4))
                self.assertEqual(watch.end(signal.SIGTERM), -signal.SIGTERM)

    def test_bye_without_end(self):
        box = Mailbox()

        def idle(connection, number):
            if number == 1:
                box.add()
                stop = threading.Event()
                while not stop.wait(0.01):
                    connection.say("* BYE Autologout")
            return None

        with ImapServer("IDLE", None, idle, box) as server, self.watch(server) as watch:
            self.assertEqual(watch.line(), NEW.format(1))
            self.assertIn("BYE Autologout", watch.errors)

    def test_without_idle_the_server_is_asked(self):
        box = Mailbox([1])
        asked = []

        def answer(connection, number, name, rest):
            if name == "NOOP":
                asked.append(name)
                if len(asked) == 2:
                    box.add()
                    connection.say("* 2 EXISTS")
            return None

        with ImapServer("SORT", answer, mailbox=box) as server, \
                self.watch(server, "--interval", "1s") as watch:
            self.assertEqual(watch.line(), NEW.format(2))
            self.assertNotIn("IDLE", [command for _, command in server.commands])
            self.assertEqual(watch.end(signal.SIGTERM), -signal.SIGTERM)

    def test_idle_that_is_refused(self):
        box = Mailbox([1])

        def answer(connection, number, name, rest):
            if name == "IDLE":
                connection.say(f"{connection.tag} BAD not really")
                return True
            if name == "NOOP" and len(box.uids) == 1:
                box.add()
                connection.say("* 2 EXISTS")
            return None

        with ImapServer("IDLE", answer, mailbox=box) as server, self.watch(server) as watch:
            self.assertEqual(watch.line(), NEW.format(2))
            self.assertEqual([command for _, command in server.commands].count("IDLE"), 1)

    def test_a_folder_that_is_called_as_a_role(self):
        # "@trash" was printed, and given to the program, which is another folder when it is given back.
        box = Mailbox([1])

        def idle(connection, number):
            box.add()
            connection.say("* 2 EXISTS")

        program = ("--exec", "/bin/sh -c 'test $0,$MAILTOOL_FOLDER = @@trash,@@trash' {folder}")
        with ImapServer("IDLE", None, idle, box) as server, self.watch(server, "-f", "@@trash", *program) as watch:
            self.assertEqual(watch.line(), NEW.format(2).replace("INBOX", "@@trash"))
            self.assertEqual(watch.end(signal.SIGTERM), -signal.SIGTERM)
            self.assertNotIn("status", watch.errors)
            self.assertIn("EXAMINE @trash", " ".join(map(str, server.commands)).replace("', '", " "))

    def test_each_folder_over_a_connection_of_its_own_without_notify(self):
        ready, boxes = threading.Barrier(3), {}

        def answer(connection, number, name, rest):
            if name == "EXAMINE":
                boxes[number] = rest
            return None

        def idle(connection, number):
            if number not in told:
                told.add(number)
                ready.wait(timeout=60)
                connection.say("* 1 EXPUNGE")

        told = set()
        with ImapServer("IDLE", answer, idle, Mailbox([5])) as server, \
                self.watch(server, "-f", "A", "-f", "B", "-f", "C") as watch:
            lines = sorted(watch.line() for _ in range(3))
            self.assertEqual(lines, [f"expunged\t{name}\t5" for name in "ABC"])
            self.assertEqual(sorted(boxes.values()), ["A", "B", "C"])
            self.assertEqual(watch.end(signal.SIGTERM), -signal.SIGTERM)

    def test_once_ends_all_connections(self):
        def idle(connection, number):
            if number == 2:
                connection.say("* 1 EXPUNGE")

        with ImapServer("IDLE", None, idle, Mailbox([5])) as server, \
                self.watch(server, "--once", "-f", "A", "-f", "B") as watch:
            self.assertRegex(watch.line(), "^expunged\t[AB]\t5$")
            self.assertEqual(watch.end(), 0)

    def test_once_and_a_program_that_fails(self):
        box = Mailbox()

        def idle(connection, number):
            box.add()
            connection.say(f"* {len(box.uids)} EXISTS")

        for program, status in ("true", 0), ("false", 75):
            home = tempfile.mkdtemp(dir=self.folder)
            with ImapServer("IDLE", None, idle, box) as server, \
                    self.watch(server, "--once", "--exec", program, home=home) as watch:
                watch.line()
                self.assertEqual(watch.end(), status, watch.errors)

    def test_too_many_folders_without_notify(self):
        folders = [word for number in range(9) for word in ("-f", f"F{number}")]
        with ImapServer("IDLE") as server, self.watch(server, *folders) as watch:
            self.assertEqual(watch.end(), 69)
            self.assertIn("the server offers no NOTIFY: at most 8 folders", watch.errors)

    def test_a_server_that_asks_for_time_gets_it(self):
        said = "NO [UNAVAILABLE] Request is throttled. Suggested Backoff Time: 299961 milliseconds"

        def answer(connection, number, name, rest):
            if name == "UID SEARCH" and number == 1:
                connection.say(f"{connection.tag} {said}")
                return True
            return None

        with ImapServer("IDLE", answer) as server, self.watch(server) as watch:
            watch.heard("; trying again in 5 min\n")
            self.assertIn("Suggested Backoff Time", watch.errors)
            self.assertEqual(watch.end(signal.SIGTERM), -signal.SIGTERM)
            self.assertEqual(server.count, 1)

    def test_what_floods_is_hung_up_on(self):
        def exists(connection):
            while True:
                connection.say(*["* 1 EXISTS"] * 1000)

        def vast(connection):
            while True:
                connection.say(*["* 4294967295 EXISTS", "* 4294967295 EXPUNGE"] * 500)

        def odd(connection):
            while True:
                connection.say("* 1 FETCH (FLAGS (" + "x" * 50000 + "))")

        def endless(connection):
            while True:
                connection.client.sendall(b"x" * 100000)

        def flood(pour):
            def idle(connection, number):
                if number == 1:
                    pour(connection)

            home = tempfile.mkdtemp(dir=self.folder)
            self.addCleanup(shutil.rmtree, home, ignore_errors=True)
            box = Mailbox([1])
            with ImapServer("IDLE", None, idle, box) as server, \
                    self.watch(server, "--events", "new", home=home) as watch:
                watch.heard("; trying again in")
                box.add()
                self.assertEqual(watch.line(), NEW.format(2))

        self.each(flood, [exists, vast, odd, endless])

    def test_a_password_that_is_wrong_is_wrong(self):
        def answer(connection, number, name, rest):
            if name in ("LOGIN", "AUTHENTICATE"):
                connection.say(f"{connection.tag} NO [AUTHENTICATIONFAILED] no")
                return True
            return None

        with ImapServer("IDLE", answer, greeting="* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hi") as server:
            with self.watch(server, "--user", "bob", "--password-from", "env:HOME") as watch:
                self.assertEqual(watch.end(), 77)
                self.assertNotIn("trying again", watch.errors)

    def test_a_token_that_has_run_out_is_fetched_anew(self):
        tokens = self.folder / "token"
        tokens.write_text("first")
        tokens.chmod(0o600)
        box = Mailbox()
        given = []

        def answer(connection, number, name, rest):
            if name == "CAPABILITY":
                connection.say("* CAPABILITY IMAP4rev1 IDLE")
            if name != "AUTHENTICATE":
                return None
            given.append(rest)
            if number == 2:  # the one of before
                connection.say(f"{connection.tag} NO [AUTHENTICATIONFAILED] expired")
                return True
            connection.say(f"{connection.tag} OK in")
            return True

        def idle(connection, number):
            if number == 1:
                tokens.write_text("second")
                return False
            box.add()
            connection.say("* 1 EXISTS")

        greeting = "* OK [CAPABILITY IMAP4rev1 IDLE SASL-IR AUTH=XOAUTH2] hi"
        with ImapServer("", answer, idle, box, greeting=greeting) as server, \
                self.watch(server, "--user", "bob", "--token-from", f"file:{tokens}") as watch:
            self.assertEqual(watch.line(), NEW.format(1))
            self.assertEqual(given[0], given[1])
            self.assertNotEqual(given[1], given[2])

    def test_nobody_listens(self):
        with ImapServer() as server:
            pass
        with self.watch(server) as watch:
            watch.heard("trying again in", 2)
            self.assertEqual(watch.end(signal.SIGTERM), -signal.SIGTERM)
        with self.watch(server, "--deadline", "2s") as watch:
            self.assertEqual(watch.end(), 75)

    def test_the_program_is_waited_for(self):
        # It is ended with the watch, and what it was run for comes again.
        box = Mailbox()
        started = self.folder / "started"
        program = self.folder / "slow"
        program.write_text(f"#!/bin/sh\ntrap 'echo ended >> {started}; exit 0' TERM\necho $1 >> {started}\n"
                           "while :; do sleep 0.1; done\n")
        program.chmod(0o755)

        def idle(connection, number):
            if not box.uids:
                box.add()
                connection.say("* 1 EXISTS")

        home = tempfile.mkdtemp(dir=self.folder)
        command = ("--exec", f"{program} {{uid}}")
        with ImapServer("IDLE", None, idle, box) as server:
            with self.watch(server, *command, home=home) as watch:
                watch.line()
                watch.wait_until(lambda: started.exists() and started.read_text(), "the program")
                self.assertEqual(watch.end(signal.SIGTERM), -signal.SIGTERM)
            self.assertEqual(started.read_text().split(), ["1", "ended"])
            with self.watch(server, *command, home=home) as watch:
                self.assertEqual(watch.line(), NEW.format(1))


if __name__ == "__main__":
    unittest.main()
