"""What waits in the queue of a `mailtool serve`, over starts at other ports, kills and full disks."""

import os
import pathlib
import random
import re
import select
import signal
import subprocess
import time
import unittest

from serve_case import MAILTOOL, Serving

ALICE = ("--domain", "crepes.test", "--user", "alice", "--dns", "127.0.0.1:0")


class ServeQueue(Serving):
    def start(self, *words, root=1, **more):
        self.servers = root - 1
        return self.serve(*words, **more)

    def hamburger(self):
        return self.start("--domain", "hamburger.test", "--user", "bob", "--smtp", "127.0.0.2:0", root=2)

    def crepes(self, port, **more):
        """Its mail for hamburger.test goes to that port."""
        return self.start(*ALICE, "--dns-domain", f"hamburger.test=127.0.0.2:{port}", **more)

    def folder_of(self, server):
        return pathlib.Path(server["root"]) / "state/mailtool/queue"

    def states(self, server):
        return {path.stem: path.read_text() for path in sorted(self.folder_of(server).glob("*.toml"))}

    def tried_in_vain(self, *subjects):
        """Mail that waits for minutes; its server has ended."""
        crepes = self.crepes(1)
        for subject in subjects:
            self.submit(crepes, "alice@crepes.test", ["bob@hamburger.test"], subject)
        self.wait_for(lambda: self.queue(crepes, "list", "--json").count('"attempts":1,"held"'), len(subjects))
        self.end(crepes["process"])
        return crepes

    def test_messages_say_nothing_of_the_way(self):
        before = self.states(self.tried_in_vain("lunch"))
        self.assertEqual(len(before), 1)
        self.assertNotRegex("".join(before.values()), "option|mx-port|dns-server")

    def test_nothing_is_written_into_what_is_not_sent(self):
        crepes = self.tried_in_vain("lunch", "supper")
        held, other = self.states(crepes)
        self.queue(crepes, "hold", held)
        before = self.states(crepes)[held]
        hamburger = self.hamburger()
        again = self.crepes(hamburger["smtp"])
        self.wait_for(lambda: self.subjects(hamburger), ["supper"])
        self.wait_for(lambda: self.states(again), {held: before})
        # Nor is it forgotten that it was tried another way only.
        self.queue(again, "release", held)
        self.wait_for(lambda: self.subjects(hamburger), ["supper", "lunch"])

    def test_who_sends_by_hand_goes_by_the_way_of_now(self):
        """It went by that of the start at which it was queued."""
        crepes = self.tried_in_vain("lunch")
        hamburger = self.hamburger()
        names = self.start("--domain", "names.test", "--user", "carol", "--dns", "127.0.0.1:0", "--dns-domain",
                           "hamburger.test=127.0.0.2", root=3)
        # By a process that was there before, too.
        watch = subprocess.Popen([MAILTOOL, "queue", "run", "--watch", "--json"], stdout=subprocess.PIPE, text=True,
                                 env=self.environment(XDG_STATE_HOME=crepes["root"] + "/state"))
        self.addCleanup(watch.communicate, timeout=60)
        self.addCleanup(watch.terminate)
        way = self.folder_of(crepes) / "way"
        text = way.read_text()
        self.assertIn(f'"127.0.0.1:{crepes["dns"]}"', text)
        self.assertFalse(select.select([watch.stdout], [], [], 0)[0], "not due")
        text = text.replace(f'"127.0.0.1:{crepes["dns"]}"', f'"127.0.0.1:{names["dns"]}"')
        text = re.sub("127.0.0.2:1\"", f"127.0.0.2:{hamburger['smtp']}\"", text)
        text = re.sub("since = ([0-9]+)", lambda found: f"since = {int(found[1]) + 1}", text)
        new = way.with_suffix(".new")
        new.write_text(text)
        new.rename(way)
        self.wait_for(lambda: self.subjects(hamburger), ["lunch"])

    def test_a_server_that_has_moved(self):
        """Only its address was another: what waited for it waited on."""
        def crepes(at, smtp=0, dns=0):
            return self.start(*ALICE[:-1], f"127.0.0.1:{dns}", "--smtp", f"127.0.0.1:{smtp}", "--dns-domain", "hamburger.test=" + at)

        before = crepes("127.0.0.3")
        self.submit(before, "alice@crepes.test", ["bob@hamburger.test"], "lunch")
        self.wait_for(lambda: self.queue(before, "list", "--json").count('"attempts":1,"held"'), 1)
        self.end(before["process"])
        hamburger = self.start("--domain", "hamburger.test", "--user", "bob", "--smtp", f"127.0.0.2:{before['smtp']}", root=2)
        crepes("127.0.0.2", before["smtp"], before["dns"])
        self.wait_for(lambda: self.subjects(hamburger), ["lunch"])

    def test_a_way_that_is_gone_loses_nothing(self):
        crepes = self.tried_in_vain("lunch")
        way = self.folder_of(crepes) / "way"
        for damage in (way.unlink, lambda: way.write_text("since")):
            damage()
            before = self.states(crepes)
            for words in ((), ("-n",)):
                # It said nothing, and put off the next try; -n, that it would be tried.
                done = subprocess.run([MAILTOOL, "queue", "run", *words, *before], capture_output=True, text=True, timeout=60,
                                      env=self.environment(XDG_STATE_HOME=crepes["root"] + "/state"))
                self.assertEqual((done.returncode, done.stdout), (78, ""), done.stderr)
                self.assertRegex(done.stderr, "(no way to send|makes no sense)\n.*the next start of ")
                self.assertEqual(self.states(crepes), before)
        hamburger = self.hamburger()
        self.crepes(hamburger["smtp"])
        self.wait_for(lambda: self.subjects(hamburger), ["lunch"])

    def test_a_start_where_the_way_cannot_be_written(self):
        crepes = self.tried_in_vain("lunch")
        hamburger = self.hamburger()
        # What a full disk does, as long as it is there.
        stopper = self.folder_of(crepes) / "way.tmp"
        stopper.mkdir()
        before = self.states(crepes)
        again = self.crepes(hamburger["smtp"])
        self.submit(again, "alice@crepes.test", ["bob@hamburger.test"], "supper")
        self.assertEqual(list(before.items()), [one for one in self.states(again).items() if one[0] in before])
        self.assertEqual(self.subjects(hamburger), [])
        stopper.rmdir()
        self.wait_for(lambda: sorted(self.subjects(hamburger)), ["lunch", "supper"])

    def test_killed_again_and_again_at_other_ports(self):
        wanted = [str(i) for i in range(20)]
        crepes = self.tried_in_vain(*wanted)
        hamburger = self.hamburger()
        for i in range(5):
            again = self.crepes(hamburger["smtp"] if i % 2 else 1)
            self.assertEqual(again["root"], crepes["root"])
            time.sleep(random.random() / 4)
            again["process"].send_signal(signal.SIGKILL)
            again["process"].wait(60)
        self.crepes(hamburger["smtp"])
        self.wait_for(lambda: sorted(set(self.subjects(hamburger)), key=int), wanted)
        self.wait_for(lambda: self.states(crepes), {})

    def told(self, *words, ready=True):
        """On standard error, of a start and an end."""
        done = subprocess.run([MAILTOOL, "serve", "--root", os.path.join(self.folder, "server1"), "--port", "0", *ALICE[:-2], *words],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, env=self.environment())
        self.assertEqual((done.returncode, bool(done.stdout)), (0, ready), done.stderr)
        return done.stderr

    def test_a_start_that_sends_nothing_says_what_waits(self):
        self.assertEqual(self.told("--until-eof"), "")
        crepes = self.tried_in_vain("lunch", "supper", "tea")
        place = f"{crepes['root']}/state/mailtool/queue"
        line = f"mailtool: serve: 3 messages wait in {place}: with --dns or --dns-server the server sends what is queued\n"
        self.assertEqual(self.told("--until-eof"), line)
        self.assertEqual(self.told("--until-eof", "--quiet"), "")
        self.assertEqual(self.told("--until-eof", *ALICE[-2:], "--dns-domain", "hamburger.test=127.0.0.2:1"), "")
        held, damaged, _ = self.states(crepes)
        self.queue(crepes, "hold", held)
        (self.folder_of(crepes) / (damaged + ".toml")).write_text("x\x1b[31m")
        self.assertIn(f"3 messages wait in {place} (1 held, 1 damaged): ", self.told("--until-eof"))
        for one in self.states(crepes):
            self.queue(crepes, "remove", one) if one != damaged else (self.folder_of(crepes) / (one + ".toml")).unlink()
        self.assertEqual(self.told("--until-eof"), "")


if __name__ == "__main__":
    unittest.main()
