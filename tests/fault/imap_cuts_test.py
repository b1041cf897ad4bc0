"""A move of 5,000 messages, cut off at every line of the server: each message is in exactly one place, or the report
says otherwise; no message is in no place."""

import concurrent.futures
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from moving_imap import MovingServer, numbers  # noqa: E402
from program import MAILTOOL  # noqa: E402

COUNT = 10_000  # of which every second is moved
AT_ONCE = 4
EXPUNGES = 6  # of the many lines of a kind so many are looked at


def run_move(server, *arguments):
    with tempfile.TemporaryDirectory() as home:
        return subprocess.run(
            [MAILTOOL, "imap", server.url, "--tls", "off", "--json", "move", "subject:x", "--to", "Archive", *arguments],
            env={"HOME": home, "LC_ALL": "C.UTF-8"}, capture_output=True, text=True, timeout=120)


class Cuts(unittest.TestCase):
    def uids(self, change, name):
        return set(numbers(change[name])) if change.get(name) else set()

    def check(self, server, done, whole):
        """Holds the report to what is in the folders."""
        objects = [json.loads(line) for line in done.stdout.splitlines()]
        places, wanted = server.places(), range(1, COUNT + 1, 2)
        where = f"cut at {server.cut}, {done.stderr}"
        self.assertEqual(sorted(places), list(range(1, COUNT + 1)), "a message is lost: " + where)
        for message in range(2, COUNT + 1, 2):
            self.assertEqual(places[message], ["INBOX"], "a message that was not asked for: " + where)
        if done.returncode == 0:
            marked = "UIDPLUS" not in server.capabilities
            for message in wanted:
                self.assertEqual(places[message], ["INBOX", "Archive"] if marked else ["Archive"], where)
            return
        self.assertFalse(whole, where)
        self.assertEqual(done.returncode, 75, where)
        changes = [row for row in objects if row["type"] == "change"]
        if not changes:  # cut before a command that changes was sent
            self.assertFalse(any("MOVE" in command or "COPY" in command for command in server.commands), where)
            return
        [change] = changes
        if objects[-1]["changed"] is None:  # sent along with the search, and not even that was answered
            self.assertIn("it is not known", done.stderr)
            return
        changed, unchanged = self.uids(change, "changed_uids"), self.uids(change, "unchanged_uids")
        doubtful = self.uids(change, "unknown_uids") | self.uids(change, "copied_uids")
        self.assertEqual(len(changed) + len(unchanged) + len(doubtful), COUNT // 2, where)
        # All but the tagged answer to a MOVE has come: nothing is in doubt.
        self.assertTrue(doubtful or len(changed) == COUNT // 2, where)
        for message in wanted:
            if message in changed:
                self.assertEqual(places[message], ["Archive"], where)
            elif message in unchanged:
                self.assertEqual(places[message], ["INBOX"], where)
            else:
                self.assertIn(message, doubtful, where)

    def points(self, capabilities, arguments):
        with MovingServer(capabilities, COUNT) as server:
            done = run_move(server, *arguments)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.check(server, done, True)
        lines, commands = server.lines, server.commands
        many = [at for at, line in enumerate(lines, 1) if line == "EXPUNGE"]
        some = random.sample(many, min(EXPUNGES, len(many))) + many[:1] + many[-1:]
        return sorted({*range(1, len(lines) + 1)} - {*many} | {*some}), commands

    def sweep(self, capabilities, *arguments):
        points, commands = self.points(capabilities, arguments)

        def one(point, half):
            with MovingServer(capabilities, COUNT, point, half) as server:
                done = run_move(server, *arguments)
            self.check(server, done, False)

        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            runs = [pool.submit(one, point, half) for point in points for half in (False, True)]
            for run in runs:
                run.result()
        return commands

    def test_by_move_of_what_the_server_has_kept(self):
        commands = self.sweep("UIDPLUS MOVE ESEARCH SEARCHRES LITERAL+")
        self.assertEqual(commands, ["SELECT INBOX", "UID SEARCH RETURN (SAVE ALL) SUBJECT x", "UID MOVE $ Archive",
                                    "LOGOUT"])

    def test_by_move_of_sets(self):
        commands = self.sweep("UIDPLUS MOVE ESEARCH")
        moves = [command for command in commands if command.startswith("UID MOVE")]
        self.assertEqual(len(moves), 4)
        self.assertLessEqual(max(map(len, moves)), 8000 + len("UID MOVE  Archive"))

    def test_by_copy_of_what_the_server_has_kept(self):
        commands = self.sweep("UIDPLUS ESEARCH SEARCHRES")
        self.assertEqual(commands[2:], ["UID COPY $ Archive", "UID STORE $ +FLAGS.SILENT (\\Deleted)", "UID EXPUNGE $",
                                        "LOGOUT"])

    def test_by_copy_of_sets(self):
        commands = self.sweep("UIDPLUS")
        self.assertEqual([command.split(" ")[1] for command in commands[2:-1]],
                         ["COPY"] * 4 + ["STORE"] * 4 + ["EXPUNGE"] * 4)

    def test_with_neither_and_the_originals_marked(self):
        commands = self.sweep("ESEARCH SEARCHRES", "--allow-marked")
        self.assertEqual(commands[2:], ["UID COPY $ Archive", "UID STORE $ +FLAGS.SILENT (\\Deleted)", "LOGOUT"])


if __name__ == "__main__":
    unittest.main()
