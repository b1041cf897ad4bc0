"""mailtool queue and its verbs, and what comes of messages that servers refuse, defer or greylist."""

import pathlib
import re
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from queue_home import MAILTOOL, QueueHome, accepted, letter
from scripted_smtp import DROP, SmtpServer

BOB, CAROL = "bob@example.org", "carol@example.org"
NOWHERE = 9  # nothing listens there
DAY = 86_400


class Commands(unittest.TestCase):
    longMessage = True

    def setUp(self):
        self.home = self.enterContext(QueueHome())

    def enterContext(self, manager):
        value = manager.__enter__()
        self.addCleanup(manager.__exit__, None, None, None)
        return value

    def queue(self, *arguments, status=0, **more):
        done = self.home.run("queue", *arguments, **more)
        self.assertEqual(done.status, status, done)
        return done

    def one(self, port=NOWHERE, *recipients):
        before = {each["id"] for each in self.home.listed() if "damaged" not in each}
        done = self.home.add(port, 1, *recipients)
        self.assertEqual(done.status, 0, done)
        added, = {each["id"] for each in self.home.listed()} - before
        return added

    # Looking

    def test_an_empty_queue(self):
        for verb in ((), ("list",), ("run",)):
            done = self.queue(*verb)
            self.assertEqual((done.out, done.err), ("", ""))
        self.assertFalse((self.home.folder / "state").exists() and self.home.files())
        self.assertEqual(self.queue("list", "--json").objects(), [{"type": "summary", "exit": 0, "messages": 0}])
        self.assertEqual(self.as_name("mailq").out, "Mail queue is empty\n")

    def as_name(self, name, *arguments, **more):
        link = self.home.folder / name
        if not link.exists():
            link.symlink_to(MAILTOOL)
        return self.home.run(*arguments, program=str(link), **more)

    def test_list(self):
        name = self.one(NOWHERE, BOB, CAROL)
        fields = self.queue().out.rstrip("\n").split("\t")
        self.assertEqual(len(fields), 7, fields)
        self.assertEqual((fields[0], fields[4], fields[5], fields[6]),
                         (name, "alice@example.com", f"{BOB},{CAROL}", ""))
        self.queue("run")
        row = self.queue().out
        self.assertIn("connection refused", row)
        entry = self.home.listed()[0]
        self.assertEqual([each["outcome"] for each in entry["recipients"]], ["deferred", "deferred"])
        self.assertEqual((entry["from"], entry["attempts"], entry["held"], entry["subject"]),
                         ("alice@example.com", 1, False, "Lunch 1"))
        self.assertGreater(entry["next_try"], entry["queued_at"])

    def test_mailq(self):
        name = self.one(NOWHERE, BOB, CAROL)
        self.queue("run")
        text = self.as_name("mailq").out
        self.assertEqual(text, self.as_name("sendmail", "-bp").out)
        lines = text.splitlines()
        self.assertTrue(lines[0].startswith("-Queue ID-"))
        self.assertTrue(lines[1].startswith(name + " "))
        self.assertTrue(lines[1].endswith("  alice@example.com"))
        self.assertIn("connection refused", lines[2])
        self.assertEqual([line.strip() for line in lines[3:5]], [BOB, CAROL])
        self.assertRegex(lines[-1], r"^-- 1 Kbytes in 1 Request\.$")

    def test_why(self):
        answers = iter(["450 4.2.0 Greylisted, see http://x.example"])
        server = self.enterContext(SmtpServer({"RCPT": {BOB: lambda *_: next(answers, "451 4.3.0 no space")}}))
        name = self.one(server.port, BOB, CAROL)
        self.queue("run")
        text = self.queue("why", name).out
        self.assertIn("Greylisted, see http://x.example", text)
        self.assertIn("This is greylisting", text)
        self.assertRegex(text, r"bob@example.org: next try \d{4}-\d\d-\d\d \d\d:\d\d, in [56] minutes; given up ")
        self.assertIn(f"{CAROL}: sent", text)
        self.home.make_due()
        self.queue("run")
        text = self.queue("why", name[-6:]).out
        self.assertIn("Greylisted", text)
        self.assertIn("451 4.3.0 no space", text)
        self.assertNotIn("This is greylisting", text)
        rows = self.queue("why", "--json", name).objects()
        self.assertEqual([row["type"] for row in rows], ["queued"] + ["attempt"] * 3 + ["summary"])
        self.assertEqual(accepted(server), {("1", CAROL): 1})

    def test_what_a_server_says_does_nothing_to_a_terminal(self):
        server = self.enterContext(SmtpServer({"RCPT": {BOB: b"451 \x1b[2J\x9b31m\xe2\x80\xae evil\r\n"}}))
        name = self.one(server.port)
        self.queue("run")
        for arguments in ((), ("why", name), ("show", name), ("list", "--json"), ("run", "-v", name)):
            done = self.home.run("queue", *arguments)
            for each in ("\x1b", "\x9b", "\u202e"):
                self.assertNotIn(each, done.out + done.err, arguments)
        self.assertIn("evil", self.queue("why", name).out)
        self.assertNotIn("\x1b", "".join(path.read_text() for path in self.home.queue.glob("*.toml")))

    def test_show(self):
        name = self.one()
        text = self.queue("show", name).out
        self.assertIn("\nSubject: Lunch 1\n", text)
        self.assertNotIn("Noon?", text)
        self.assertIn(f"{name}.eml", text)
        self.assertEqual(self.queue("show", name, "--json").objects()[0]["id"], name)

    # Changing

    def test_hold_and_release(self):
        server = self.enterContext(SmtpServer())
        name = self.one(server.port)
        self.queue("hold", name)
        self.assertTrue(self.home.listed()[0]["held"])
        self.assertEqual(self.queue().out.split("\t")[3], "held")
        self.queue("run")
        self.assertEqual(server.messages, [])
        self.queue("release", name)
        self.queue("run")
        self.assertEqual(len(server.messages), 1)
        self.assertEqual(self.home.files(), [])

    def test_remove(self):
        first, second = self.one(), self.one()
        self.assertEqual(self.queue("remove", "-n", first).out, f"would be removed: {first}\n")
        self.assertEqual(len(self.home.listed()), 2)
        done = self.queue("remove", first, "--json")
        self.assertEqual(done.objects()[0], {"type": "changed", "id": first, "action": "remove"})
        self.assertEqual([each["id"] for each in self.home.listed()], [second])
        self.queue("remove", "all")
        self.assertEqual(self.home.files(), [])

    def test_names(self):
        first, second = self.one(), self.one()
        self.assertEqual(self.queue("show", first[-5:], "--json").objects()[0]["id"], first)
        for word, status, words in (("1795000000-nosuch", 66, "no such message in the queue"),
                                    (first[:4], 64, "means 2 messages"),
                                    (first[-3:], 66, "no less than 4 letters"),
                                    ("../../etc/passwd", 66, "no such message"),
                                    ("\x1b[2J", 66, r"\x1b[2J")):
            for verb in ("remove", "show", "why", "hold", "run"):
                done = self.queue(verb, word, status=status)
                self.assertIn(words, done.err)
        # One that is unknown keeps nothing from the others.
        self.queue("remove", "nosuch", second, status=66)
        self.assertEqual([each["id"] for each in self.home.listed()], [first])
        self.assertIn("an argument is missing", self.queue("remove", status=64).err)
        self.assertIn("did you mean hold?", self.queue("hodl", status=64).err)

    def test_a_message_that_is_worked_on_is_busy(self):
        name = self.one()
        lock = subprocess.Popen(["flock", str(self.home.queue / f"{name}.eml"), "sh", "-c", "echo locked; read x"],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.assertEqual(lock.stdout.readline(), b"locked\n")
        for verb in ("remove", "hold", "run"):
            self.assertIn("another process works on it", self.queue(verb, name, status=75).err)
        self.assertEqual(self.queue("run").err, "")
        lock.communicate(b"\n")
        self.queue("remove", name)

    # Sending

    def test_a_dry_run_tries_nothing(self):
        server = self.enterContext(SmtpServer())
        name, held = self.one(server.port), self.one(server.port)
        self.queue("hold", held)
        before = self.home.listed()
        self.assertEqual(self.queue("run", "-n").out, f"would be tried: {name}\n")
        self.assertEqual(self.queue("run", "-n", "--json", held).objects()[0],
                         {"type": "plan", "id": held, "action": "run"})
        self.assertEqual(self.home.listed(), before)
        self.assertEqual(server.sessions, [])

    def test_the_personality_queues_and_runs(self):
        server = self.enterContext(SmtpServer())
        config = self.home.folder / ".config" / "mailtool"
        config.mkdir(parents=True)
        (config / "config.toml").write_text(
            f'[account.main]\nsend = "smtp://127.0.0.1:{server.port}"\ntls = "off"\nfrom = "alice@example.com"\n')
        for mode in ("-odq", "-odd"):
            self.assertEqual(self.as_name("sendmail", mode, BOB, input=letter(1)).status, 0)
        self.assertEqual(len(self.home.listed()), 2)
        done = self.as_name("sendmail", "-q15m")
        self.assertEqual((done.status, done.out, done.err), (0, "", ""))
        self.assertEqual(len(server.messages), 2)
        self.assertEqual(self.home.listed(), [])

    def test_a_server_that_is_down_and_then_up(self):
        with SmtpServer() as server:
            port = server.port
        name = self.one(port)
        self.queue("run")
        self.assertEqual(self.home.listed()[0]["recipients"][0]["outcome"], "deferred")
        self.queue("run")  # not due: not tried
        self.assertEqual(self.home.listed()[0]["attempts"], 1)
        self.queue("run", name, status=75)
        self.assertEqual(self.home.listed()[0]["attempts"], 2)

    def test_a_bounce(self):
        server = self.enterContext(SmtpServer({"RCPT": {CAROL: "550 5.1.1 No such <user> here"}}))
        self.one(server.port, BOB, CAROL)
        self.home.run("queue", "run")
        self.home.run_until_empty()
        self.assertEqual(len(server.messages), 2)
        bounce = server.messages[1]
        self.assertEqual((bounce.sender, bounce.recipients), ("", ["alice@example.com"]))
        parsed = self.home.run("parse", "--json", input=bounce.octets).objects()[0]
        self.assertEqual(parsed["to"][0]["address"], "alice@example.com")
        self.assertEqual(parsed["defects"], [])
        report = next(part["report"] for part in parsed["parts"] if part.get("report"))
        text = str(report)
        for words in ("failed", "5.1.1", CAROL, "No such <user> here", "127.0.0.1"):
            self.assertIn(words, text)
        self.assertNotIn(BOB, text)

    def test_no_bounce_for_a_bounce(self):
        server = self.enterContext(SmtpServer({"RCPT": "550 5.1.1 nobody"}))
        self.one(server.port)
        for _ in range(3):
            self.home.make_due()
            self.home.run("queue", "run")
        self.assertEqual(self.home.listed(), [])
        self.assertEqual(server.messages, [])
        self.assertEqual(len([line for line in server.commands if line.startswith("RCPT")]), 2)
        kept = list((self.home.folder / "state" / "mailtool" / "undelivered" / "new").iterdir())
        self.assertEqual(len(kept), 1)

    def test_a_clock_that_was_set_back(self):
        server = self.enterContext(SmtpServer())
        self.one(server.port)
        state = next(self.home.queue.glob("*.toml"))
        ahead = int(time.time()) + DAY
        text = re.sub(r"queued-at = \d+", f"queued-at = {ahead}", state.read_text())
        state.write_text(text.replace("[[recipient]]\n", f"[[recipient]]\nnext-try = {ahead + 300}\nattempts = 3\n"))
        self.queue("run")
        self.assertEqual(len(server.messages), 1)

    def test_what_is_damaged_is_set_aside(self):
        server = self.enterContext(SmtpServer())
        names = [self.one(server.port) for _ in range(7)]
        def state(i):
            return self.home.queue / f"{names[i]}.toml"
        state(0).write_text(state(0).read_text()[:40])
        state(1).write_bytes(b"\xff\0" * 1000)
        state(2).write_text("")
        state(3).write_text(state(3).read_text().replace("queued-at", "held"))
        (self.home.queue / f"{names[4]}.eml").unlink()
        state(5).write_text("x = " + "[" * 100_000)
        shown = self.queue().out
        self.assertEqual(shown.count("\tdamaged\t"), 6, shown)
        self.assertEqual(sum("damaged" in each for each in self.home.listed()), 6)
        self.queue("why", names[0])
        done = self.home.run("queue", "run")
        self.assertEqual(done.status, 65, done)
        self.assertEqual(len(server.messages), 1)
        aside = {path.name for path in (self.home.queue / "damaged").iterdir()}
        for i in range(6):
            self.assertIn(f"{names[i]}.toml", aside)
            self.assertIn(names[i], done.err)
        self.assertEqual(self.home.listed(), [])
        self.queue("run")

    def test_what_is_damaged_can_be_removed(self):
        name = self.one()
        (self.home.queue / f"{name}.toml").write_text("?")
        self.queue("remove", name)
        self.assertEqual(self.home.files(), [])

    def test_a_server_that_goes_away_each_time(self):
        server = self.enterContext(SmtpServer({"DOT": DROP}))
        name = self.one(server.port)
        for attempt in range(1, 4):
            self.home.make_due()
            self.queue("run")
            self.assertEqual(self.home.listed()[0]["attempts"], attempt)
        self.assertIn("may have been delivered", self.queue("why", name).out)

    def test_at_and_delay(self):
        server = self.enterContext(SmtpServer())
        done = self.home.run("send", "--delay", "1h", "--server", f"smtp://127.0.0.1:{server.port}", "--tls", "off",
                             BOB, input=letter(1))
        self.assertEqual(done.status, 0, done)
        entry = self.home.listed()[0]
        self.assertEqual(entry["next_try"], entry["not_before"])
        self.queue("run")
        self.assertEqual(server.messages, [])
        self.assertIn("as was asked for", self.queue("why", entry["id"]).out)
        self.queue("remove", entry["id"])
        self.queue("run")
        self.assertEqual(server.messages, [])

    def test_a_watch_sends_what_comes_in_and_what_falls_due(self):
        server = self.enterContext(SmtpServer())
        watch = self.home.start("queue", "run", "--watch")
        try:
            self.assertEqual(self.home.add(server.port, 1).status, 0)
            self.wait_until(lambda: len(server.messages) == 1 and not self.home.listed(), watch)
            done = self.home.run("send", "--delay", "2s", "--server", f"smtp://127.0.0.1:{server.port}", "--tls", "off",
                                 BOB, input=letter(2))
            self.assertEqual(done.status, 0, done)
            self.assertEqual(len(server.messages), 1)
            self.wait_until(lambda: len(server.messages) == 2 and not self.home.listed(), watch)
        finally:
            watch.terminate()
            out, err = watch.communicate(timeout=30)
        self.assertEqual((watch.returncode, out, err), (-signal.SIGTERM, b"", b""))

    def wait_until(self, condition, process):
        end = time.monotonic() + 30
        while not condition():
            self.assertIsNone(process.poll(), "it ended")
            self.assertLess(time.monotonic(), end, "it did not happen")
            time.sleep(0.02)


if __name__ == "__main__":
    unittest.main()
