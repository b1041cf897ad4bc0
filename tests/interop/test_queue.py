"""Mail that waits: Postfix down and then up, greylisting by a policy of Postfix, a refusal for now and then none, and
the report of a failure in the mailbox of the sender."""

import os
import pathlib
import socketserver
import threading

from support import LAB, LabTest, message, password

ALICE, BOB = "alice@crepes.fr", "bob@hamburger.edu"


class Policy(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """A policy server of Postfix: each recipient is greylisted `times` times."""

    daemon_threads = True

    def __init__(self, times):
        path = pathlib.Path(LAB["LAB_DIR"]) / "run" / "policy"
        path.unlink(missing_ok=True)
        super().__init__(str(path), PolicyRequests)
        os.chmod(path, 0o777)
        self.path, self.times = path, times
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self):
        self.shutdown()
        self.server_close()
        self.path.unlink(missing_ok=True)


class PolicyRequests(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            if line.strip():
                continue
            self.server.times -= 1
            action = "DUNNO" if self.server.times < 0 else "DEFER_IF_PERMIT Greylisted, come back later"
            self.wfile.write(f"action={action}\n\n".encode())


class Queue(LabTest):
    def configure(self, way, *more):
        folder = self.home / ".config" / "mailtool"
        folder.mkdir(parents=True, exist_ok=True)
        lines = ["[account.lab]", f'send = "{way}"', f'tls-ca = "{LAB["LAB_CA"]}"',
                 f'password-from = "{password("alice")}"', f'dns-server = "{LAB["LAB_DNS"]}"', *more]
        (folder / "config.toml").write_text("\n".join(lines) + "\n")

    def submission(self, port=None):
        return f"smtp://alice%40crepes.fr@{LAB['LAB_HOST']}:{port or LAB['LAB_SUBMISSION_PORT']}"

    def listed(self):
        done = self.run_mailtool("queue", "list", "--json")
        return [each for each in self.objects(done) if each["type"] == "queued"]

    def make_due(self):
        for state in (self.home / ".local/state/mailtool/queue").glob("*.toml"):
            lines = [line for line in state.read_text().splitlines() if not line.startswith("next-try")]
            state.write_text("\n".join(lines) + "\n")

    def add(self, *recipients):
        self.run_mailtool("send", "--queue", *(recipients or (BOB,)), input=message())

    def test_down_and_then_up(self):
        self.configure(self.submission(1))
        self.add()
        self.run_mailtool("queue", "run")
        why = self.run_mailtool("queue", "why", self.listed()[0]["id"]).out
        self.assertIn("refused", why)
        self.assertIn("next try", why)
        self.configure(self.submission())
        self.run_mailtool("queue", "run")  # it is not due
        self.assertEqual(len(self.listed()), 1)
        self.make_due()
        self.run_mailtool("queue", "run")
        self.assertEqual(self.listed(), [])
        self.wait_for(1)

    def test_a_password_that_was_wrong(self):
        self.configure(self.submission())
        wrong = self.home / "wrong"
        wrong.write_text("not-this-one\n")
        path = self.home / ".config/mailtool/config.toml"
        good = path.read_text()
        path.write_text(good.replace(password("alice"), f"file:{wrong}"))
        self.add()
        self.run_mailtool("queue", "run")
        self.assertEqual(self.listed()[0]["recipients"][0]["outcome"], "deferred")
        path.write_text(good)
        self.make_due()
        self.run_mailtool("queue", "run")
        self.assertEqual(self.listed(), [])
        self.wait_for(1)

    def test_greylisting_by_a_policy(self):
        policy = Policy(1)
        self.addCleanup(policy.close)
        self.configure(f"smtp://127.0.0.14:{LAB['LAB_SMTP_PORT']}", 'tls = "off"')
        self.add()
        self.run_mailtool("queue", "run")
        entry = self.listed()[0]
        recipient = entry["recipients"][0]
        self.assertEqual((recipient["outcome"], recipient["code"]), ("deferred", 450))
        self.assertIn("Greylisted", recipient["server_said"])
        why = self.run_mailtool("queue", "why", entry["id"]).out
        self.assertIn("This is greylisting", why)
        self.assertRegex(why, "in [56] minutes")
        self.make_due()
        self.run_mailtool("queue", "run")
        self.assertEqual(self.listed(), [])
        self.wait_for(1)

    def test_deferred_and_then_taken(self):
        self.configure(f"smtp://127.0.0.7:{LAB['LAB_SMTP_PORT']}", 'tls = "off"')
        self.run_mailtool("send", "--queue-on-tempfail", BOB, input=message())
        self.assertEqual(self.listed()[0]["attempts"], 1)
        self.configure(f"smtp://127.0.0.1:{LAB['LAB_SMTP_PORT']}", 'tls = "off"')
        self.make_due()
        self.run_mailtool("queue", "run")
        self.assertEqual(self.listed(), [])
        self.wait_for(1)

    def test_a_bounce_comes_to_the_sender(self):
        self.configure(self.submission())
        self.run_mailtool("send", "--queue", BOB, "nobody@hamburger.edu", input=message())
        self.run_mailtool("queue", "run")
        self.make_due()
        self.run_mailtool("queue", "run")
        self.assertEqual(self.listed(), [])
        self.wait_for(1)
        self.wait_for(1, user=ALICE)
        found = self.imap("search", user=ALICE).stdout
        raw = self.imap("get", "-", user=ALICE, input=found)
        parsed = self.objects(self.run_mailtool("parse", "--json", input=raw.stdout))[0]
        report = str(next(part["report"] for part in parsed["parts"] if part.get("report")))
        for words in ("nobody@hamburger.edu", "failed", "5.1.1"):
            self.assertIn(words, report)
        self.assertNotIn(BOB, report)
        self.assertTrue(parsed["subject"].startswith("Not delivered: "))


