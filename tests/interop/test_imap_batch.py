"""mailtool imap batch: many verbs over one connection."""

import subprocess

from support import MAILTOOL, LabTest
from test_round_trips import turns


class ImapBatch(LabTest):
    def write(self, text, name="batch"):
        path = self.home / name
        path.write_text(text)
        return path

    def test_verbs_share_a_connection_and_keep_their_order(self):
        self.deliver("Keep")
        self.deliver("Move", count=2)
        transcript = self.home / "transcript"
        path = self.write("# what moved where\n"
                          "folder create 'Lunch \"at\" noon'\n"
                          "\n"
                          "  move subject:Move --to 'Lunch \"at\" noon'\r\n"
                          "search --count\n"
                          "search --count -f 'Lunch \"at\" noon'")
        done = self.imap("--auth", "PLAIN", "--transcript", transcript, "batch", path)
        self.assertEqual(done.out, "1\n2\n")
        text = transcript.read_text()
        self.assertEqual(text.count("AUTHENTICATE"), 1)
        self.assertEqual(text.count("LOGOUT"), 1)
        # AUTHENTICATE, CREATE, SELECT+SEARCH, MOVE, two EXAMINE+SEARCH, LOGOUT
        self.assertLessEqual(len(turns(transcript)), 7, turns(transcript))

    def test_a_slip_in_the_last_line_runs_none(self):
        self.deliver()
        for line, said in (("serach is:unread", "unknown verb 'serach'"),
                           ("move", "an argument is missing"),
                           ("search --server imaps://other.example", "--server is for the whole batch"),
                           ("search -v", "--verbose is for the whole batch"),
                           ("imaps://other.example search", "--server is for the whole batch"),
                           ("batch other", "a batch within a batch"),
                           ("search 'is:unread", "no closing '"),
                           ("search a\0b", "NUL")):
            with self.subTest(line):
                path = self.write(f"move 1 --to @trash\n{line}\n")
                done = self.imap("batch", path, status=65 if "\0" in line else 64)
                self.assertIn("batch:2", done.err)
                self.assertIn(said, done.err)
        self.assertEqual(self.imap("search", "--count").out, "1\n")

    def test_the_first_failure_ends_it_unless_told_to_go_on(self):
        self.deliver()
        path = self.write("search --count -f Nowhere\nsearch --count\n")
        done = self.imap("batch", path, status=66)
        self.assertEqual(done.out, "")
        self.assertIn("batch:1", done.err)
        done = self.imap("batch", path, "--keep-going", status=66)
        self.assertEqual(done.out, "1\n")

    def test_json_has_a_line_object_a_line_and_one_summary(self):
        path = self.write("search --count\nsearch -f Nowhere\n")
        objects = self.objects(self.imap("batch", path, "--keep-going", "--json", status=66))
        self.assertEqual([(o["line"], o["exit"]) for o in objects if o["type"] == "line"],
                         [(1, 0), (2, 66)])
        self.assertEqual(objects[-1], {"type": "summary", "exit": 66, "lines": 2, "failed": 1})

    def test_json_for_one_line(self):
        path = self.write("folder status INBOX\nfolder status INBOX --json\n")
        lines = self.imap("batch", path).out.splitlines()
        self.assertNotIn("{", lines[0])
        self.assertIn('"type":"folder"', lines[1])

    def test_dry_run_is_for_all(self):
        self.deliver()
        path = self.write("move 1 --to @trash\n")
        self.assertIn("would", self.imap("-n", "batch", path).out)
        self.assertEqual(self.imap("search", "--count").out, "1\n")

    def test_what_is_about_the_connection_is_not_for_a_line(self):
        for option in ("--compress always", "--timeout 5s"):
            path = self.write(f"search {option}\n")
            self.assertIn("is for the whole batch", self.imap("batch", path, status=64).err)

    def test_stdin_is_not_for_the_lines(self):
        done = self.imap("batch", "-", input="move - --to @trash\nsearch --count\n", status=65)
        self.assertIn("stdin:1", done.err)
        self.assertEqual(done.out, "")

    def test_a_program_may_write_line_by_line(self):
        self.deliver()
        child = subprocess.Popen(
            [MAILTOOL, "imap", *self.server("imaps", "bob@hamburger.edu"), "batch", "-"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={"PATH": "/usr/bin:/bin", "HOME": str(self.home)})
        for _ in range(3):
            child.stdin.write("search --count\n")
            child.stdin.flush()
            self.assertEqual(child.stdout.readline(), "1\n")
        child.stdin.close()
        self.assertEqual(child.wait(20), 0)
        child.stdout.close()

    def test_a_wrong_password_is_tried_once_not_for_every_line(self):
        transcript = self.home / "transcript"
        (self.home / "wrong").write_text("wrong")
        (self.home / "wrong").chmod(0o600)
        path = self.write("search\n" * 20)
        self.imap("--transcript", transcript, "--auth", "PLAIN", "--password-from",
                  f"file:{self.home}/wrong", "batch", path, "--keep-going", status=77)
        self.assertEqual(transcript.read_text().count("C: A1 AUTHENTICATE"), 1)
        self.assertNotIn("A2 AUTHENTICATE", transcript.read_text())
