"""mailtool imap folder, caps, quota and raw against Dovecot."""

import os
import pty
import select
import subprocess

from support import MAILTOOL, SERVE, LabTest
from test_round_trips import turns


class ImapAdmin(LabTest):
    def turns_of(self, *args, **more):
        transcript = self.home / f"transcript{len(list(self.home.iterdir()))}"
        done = self.imap("--auth", "PLAIN", "--transcript", transcript, *args, **more)
        return done, turns(transcript)

    def test_many_folders_in_one_flight(self):
        names = [f"Folder {number}" for number in range(200)]
        # AUTHENTICATE, all of them (in a window of octets), LOGOUT
        _, counted = self.turns_of("folder", "create", *names)
        self.assertEqual(counted[0][:3], "A1 ")
        self.assertLessEqual(len(counted), 60)
        done, counted = self.turns_of("folders", "--status")
        self.assertLessEqual(len(counted), 3, counted)
        self.assertEqual(len([line for line in done.out.splitlines() if "Folder " in line]), 200)
        done = self.imap("folder", "status", *names[:20])
        self.assertEqual([line.split("\t")[3] for line in done.out.splitlines()], names[:20])
        self.imap("folder", "delete", *names)
        self.assertNotIn("Folder ", self.imap("folders").out)

    def test_awkward_names(self):
        names = ["점심/국수", 'say "aah"', "50%", "a*b", " leading", "back\\slash", "&-", "Grüße & Co",
                 "[Gmail]/x"]
        for name in names:
            with self.subTest(name):
                self.imap("folder", "create", name)
                listed = [o["name"] for o in self.objects(self.imap("folders", "--json"))
                          if o["type"] == "folder"]
                self.assertIn(name, listed)
                self.assertEqual(self.objects(self.imap("folder", "status", name, "--json"))[0]["messages"], 0)
                self.imap("folder", "rename", name, name + " more")
                self.imap("folder", "delete", name + " more")

    def test_one_refusal_does_not_stop_the_others(self):
        done = self.imap("folder", "create", "One", "INBOX", "Two", status=69)
        self.assertIn("INBOX", done.err)
        listed = self.imap("folders").out.splitlines()
        self.assertIn("One", listed)
        self.assertIn("Two", listed)
        done = self.imap("folder", "status", "One", "Nowhere", "Two", status=66)
        self.assertEqual([line.split("\t")[3] for line in done.out.splitlines()], ["One", "Two"])
        self.assertIn("Nowhere", done.err)

    def test_what_deleting_would_do(self):
        self.deliver(count=2)
        self.imap("copy", "1:2", "--to", "Full", "--create")
        self.assertEqual(self.imap("folder", "delete", "-n", "Full").out, "would delete Full with 2 messages\n")
        done = self.imap("folder", "delete", "-n", "Nowhere", "Full", status=66)
        self.assertEqual(done.out, "would delete Full with 2 messages\n")
        done = self.imap("folder", "delete", "-n", "INBOX", status=69)
        self.assertIn("INBOX cannot be deleted", done.err)
        self.assertIn("Full", self.imap("folders").out.splitlines())

    def test_on_a_terminal_deleting_is_to_be_confirmed(self):
        self.deliver()
        self.imap("copy", "1", "--to", "Full", "--create")
        for answer, status, left in ((b"n\n", 65, True), (b"y\n", 0, False)):
            with self.subTest(answer):
                self.assertEqual(self.on_terminal(answer, "folder", "delete", "Full"), status)
                self.assertEqual("Full" in self.imap("folders").out.splitlines(), left)

    def on_terminal(self, answer, *args):
        """Runs it with a terminal for stdin and stderr, on which `answer` is typed; returns the status."""
        ours, theirs = pty.openpty()
        try:
            environment = {"PATH": os.environ["PATH"], "HOME": str(self.home), "LC_ALL": "C.UTF-8"}
            program = subprocess.Popen([MAILTOOL, "imap", *map(str, self.server("imaps", "bob@hamburger.edu")), *args],
                                       stdin=theirs, stderr=theirs, stdout=subprocess.PIPE, env=environment)
            asked = b""
            while b"[y/N]" not in asked:
                self.assertTrue(select.select([ours], [], [], 60)[0], asked)
                asked += os.read(ours, 1024)
            self.assertIn(b"delete Full with 1 message for good?", asked)
            os.write(ours, answer)
            program.communicate(timeout=60)
            return program.returncode
        finally:
            os.close(ours)
            os.close(theirs)

    def test_a_role_for_a_new_folder(self):
        done = self.imap("folder", "create", "Old", "--role", "archive", "--json",
                         status=0 if self.offers("CREATE-SPECIAL-USE") else 69)
        if done.returncode == 0:
            listed = self.objects(self.imap("folders", "--json"))
            self.assertIn("Old", [o["name"] for o in listed if o.get("role") == "archive"])
            self.imap("folder", "create", "Older", "--role", "@archive")
            listed = self.objects(self.imap("folders", "--json"))
            self.assertIn("Older", [o["name"] for o in listed if o.get("role") == "archive"])
        self.imap("folder", "create", "A", "B", "--role", "@archive", status=64)

    def offers(self, name):
        rows = [line.split("\t") for line in self.imap("caps").out.splitlines()]
        return ["capability", name] in [row[:2] for row in rows]

    def test_caps(self):
        rows = [line.split("\t") for line in self.imap("caps").out.splitlines()]
        self.assertIn(["capability", "IMAP4REV1"], rows)
        self.assertIn(["capability", "AUTH=PLAIN", "before login"], rows)
        self.assertIn(["feature", "move", "fast", "MOVE"], rows)
        objects = self.objects(self.imap("caps", "--json"))
        self.assertIn({"type": "feature", "name": "watch", "speed": "fast", "note": "IDLE"}, objects)
        self.assertIn({"type": "capability", "name": "AUTH=PLAIN", "before_login": True,
                       "after_login": False}, objects)
        self.assertEqual(objects[-1], {"type": "summary", "exit": 0})

    def test_caps_of_dovecot(self):
        rows = [line.split("\t") for line in self.imap("caps").out.splitlines()]
        self.assertIn(["capability", "MOVE", "logged in"], rows)
        self.assertIn(["server", "name", "Dovecot"], rows)
        for name, by in (("sort", "SORT"), ("thread", "THREAD=REFS"), ("thread-by-subject", "THREAD=REFERENCES"),
                         ("compress", "COMPRESS=DEFLATE")):
            self.assertIn(["feature", name, "fast", by], rows)
        objects = self.objects(self.imap("caps", "--json"))
        self.assertIn({"type": "feature", "name": "thread", "speed": "fast", "note": "THREAD=REFS"}, objects)
        self.assertIn({"type": "capability", "name": "MOVE", "before_login": False,
                       "after_login": True}, objects)

    def test_raw(self):
        self.deliver()
        done = self.imap("raw", "-f", "INBOX", "FETCH 1 (FLAGS BODY.PEEK[TEXT])", "NOOP")
        lines = done.out.splitlines()
        self.assertIn("* 1 FETCH (FLAGS () BODY[TEXT] {7}",
                      [line.replace("\\Recent", "").replace("UID 1 ", "") for line in lines])
        self.assertIn("Noon?", lines)
        self.assertNotIn("\r", done.out)
        # What only reads is opened for reading.
        refused = 77 if SERVE else 0  # the other server says OK, and does nothing
        self.imap("raw", "-f", "INBOX", "STORE 1 +FLAGS (\\Seen)", status=refused)
        self.assertEqual(self.imap("search", "--count", "is:unread").out, "1\n")
        self.imap("raw", "-f", "INBOX", "--write", "STORE 1 +FLAGS (\\Seen)")
        self.assertEqual(self.imap("search", "--count", "is:unread").out, "0\n")
        done = self.imap("raw", "XYZZY", status=76)
        self.assertIn("XYZZY", done.err)
        for command in ("LOGIN bob crepes", "STARTTLS", "APPEND INBOX {5}", "NOOP\nNOOP"):
            self.imap("raw", command, status=64)
        self.assertEqual(self.imap("-n", "raw", "DELETE Lunch").out, "would send DELETE Lunch\n")
        responses = self.objects(self.imap("raw", "CAPABILITY", "--json"))
        self.assertTrue(responses[0]["text"].startswith("* CAPABILITY IMAP4rev1"))
        self.assertEqual(responses[0]["command"], "CAPABILITY")

    def test_json_of_what_would_be_done(self):
        end = {"type": "summary", "exit": 0}
        for words, rows in (
                (["folder", "create", "Q", "R"], [{"type": "folder", "name": name, "would": "create"} for name in "QR"]),
                (["folder", "rename", "INBOX", "R"],
                 [{"type": "folder", "name": "INBOX", "would": "rename", "to": "R"}]),
                (["raw", "NOOP", "CHECK"], [{"type": "command", "command": word} for word in ("NOOP", "CHECK")])):
            with self.subTest(words):
                self.assertEqual(self.objects(self.imap("-n", *words, "--json")), [*rows, end])

    def test_what_fails_has_a_summary(self):
        for status, *words in ((66, "search", "-f", "Nowhere"), (66, "list", "-f", "Nowhere"),
                               (66, "get", "9", "-o", self.home / "out"), (66, "attachments", "9"),
                               (66, "folder", "status", "Nowhere"), (66, "undo", "7"), (64, "search", "from:"),
                               (66, "import", f"maildir:{self.home}/gone", "--to", "INBOX"), (76, "raw", "XYZZY"),
                               (66, "flag", "+seen", "1", "-f", "Nowhere"),
                               (66, "export", "Nowhere", "--to", f"maildir:{self.home}/copy")):
            with self.subTest(words):
                done = self.imap(*words, "--json", status=status)
                objects = self.objects(done)
                self.assertEqual([o["exit"] for o in objects if o["type"] == "summary"], [status], done.out)
                self.assertEqual(objects[-1]["type"], "summary")

    def test_a_date_that_is_none(self):
        self.run_mailtool("imap", *self.server("imaps", "bob@hamburger.edu"), "append", "INBOX",
                          input="From: a@b.example\nDate: nonsense\n\nHello\n")
        row = self.objects(self.imap("list", "--json"))[0]
        self.assertIsNone(row["date"])
        self.assertIsNotNone(row["arrival"])
        self.assertRegex(self.imap("list", "--fields", "date").out, r"^\d{4}-\d\d-\d\d \d\d:\d\d\n$")

    def test_quota(self):
        if self.offers("QUOTA"):
            rows = [line.split("\t") for line in self.imap("quota").out.splitlines()]
            self.assertTrue(all(len(row) >= 4 for row in rows))
        else:
            self.assertIn("quota", self.imap("quota", status=69).err)

    def test_raw_in_a_batch_keeps_the_connection(self):
        batch = self.home / "batch"
        batch.write_text("raw NOOP\nraw XYZZY\nsearch --count\n")
        transcript = self.home / "transcript"
        self.imap("--auth", "PLAIN", "--transcript", transcript, "batch", batch, "--keep-going", status=76)
        self.assertEqual(transcript.read_text().count("AUTHENTICATE"), 1)
