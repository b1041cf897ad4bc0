"""Many messages in one run: one connection, each with its own outcome, none lost and none twice."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from program import ProgramTest
from scripted_smtp import DROP, EHLO, STALL, SmtpServer

BOB, CAROL = "bob@example.org", "carol@example.org"
MANY = 1000


def letter(number, to=BOB, end=b"\n"):
    lines = [b"From: alice@example.com", b"To: " + to.encode(), b"Subject: %d" % number,
             b"Date: Fri, 20 Nov 2026 12:00:00 +0100", b"Message-ID: <%d@example.com>" % number, b"",
             b"body %d" % number, b"From here on", b".", b"..dots", b""]
    return end.join(lines)


def mbox(count):
    """As mboxrd: lines that begin with From are quoted."""
    return b"".join(b"From alice@example.com Fri Nov 20 12:00:00 2026\n"
                    + letter(number).replace(b"\nFrom here", b"\n>From here") + b"\n" for number in range(count))


class Many(ProgramTest):
    def send(self, server, *arguments, status=0, recipients=(BOB,), **more):
        run = self.mailtool("send", "--server", f"smtp://127.0.0.1:{server.port}", "--tls", "off", "--json",
                            *arguments, *recipients, **more)
        self.assertEqual(run.status, status, run)
        return run

    def file(self, name, octets):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(octets)
        return path

    def arrived(self, server, count):
        self.assertEqual([message.octets for message in server.messages],
                         [letter(number, end=b"\r\n") for number in range(count)])

    def test_an_mbox_over_one_connection(self):
        path = self.file("many.mbox", mbox(MANY))
        for keywords in (EHLO, (*EHLO, "CHUNKING"), ()):
            with self.subTest(keywords), SmtpServer(ehlo=keywords) as server:
                run = self.send(server, "--message", path)
                server.close()
                self.assertEqual(len(server.sessions), 1)
                self.arrived(server, MANY)
                self.assertEqual(run.objects()[-1]["accepted"], MANY)
                self.assertEqual(server.sessions[0].verbs().count("QUIT"), 1)

    def test_a_round_trip_a_message_is_enough_with_chunking(self):
        path = self.file("some.mbox", mbox(50))
        with SmtpServer(ehlo=(*EHLO, "CHUNKING")) as server:
            self.send(server, "--message", path)
        self.assertLessEqual(server.flights, 51)  # EHLO, and one a message

    def test_a_maildir_and_files(self):
        folder = self.folder / "Maildir"
        for name in ("cur", "new", "tmp"):
            (folder / name).mkdir(parents=True)
        for number in range(100):
            self.file(f"Maildir/{'new' if number % 2 else 'cur'}/{number:04d}.host:2,", letter(number))
        self.file("Maildir/tmp/half", b"From: x\n\nhalf a mess")
        with SmtpServer() as server:
            self.send(server, "--message", folder)
        self.assertEqual(sorted(message.octets for message in server.messages),
                         sorted(letter(number, end=b"\r\n") for number in range(100)))
        files = [self.file(f"{number}.eml", letter(number)) for number in range(5)]
        with SmtpServer() as server:
            self.send(server, *(word for file in files for word in ("--message", file)))
        self.arrived(server, 5)
        self.assertEqual(len(server.sessions), 1)

    def test_the_recipients_of_each(self):
        octets = b"".join(b"From a@b Fri Nov 20 12:00:00 2026\n" + letter(number, to) + b"\n"
                          for number, to in enumerate((BOB, CAROL, BOB)))
        with SmtpServer() as server:
            self.send(server, "-t", "--message", self.file("three.mbox", octets), recipients=())
        self.assertEqual(server.delivered_to, [BOB, CAROL, BOB])

    def test_the_server_has_had_enough_and_a_new_connection_goes_on(self):
        path = self.file("ten.mbox", mbox(10))
        for answer in (DROP, ("421 4.7.0 enough for one connection", DROP)):
            def four_at_most(session, _, answer=answer):
                return answer if len(session.messages) == 4 else "250 2.1.0 ok"

            with self.subTest(str(answer)), SmtpServer({"MAIL": four_at_most}) as server:
                self.send(server, "--message", path)
                server.close()
                self.arrived(server, 10)
                self.assertEqual(len(server.sessions), 3)

    def test_each_has_its_own_outcome(self):
        def judge(session, _):
            return {2: "550 5.7.1 spam", 4: "451 4.3.0 later"}.get(len(session.messages), "250 2.0.0 ok")

        with SmtpServer({"DOT": judge}) as server:
            run = self.send(server, "--message", self.file("six.mbox", mbox(6)), status=75)
        self.assertEqual([row["outcome"] for row in run.objects()[:-1]],
                         ["accepted", "refused", "accepted", "deferred", "accepted", "accepted"])
        self.assertEqual(len(server.sessions), 1)

    def test_a_lost_answer_is_unknown_for_that_one_alone_and_it_is_not_sent_twice(self):
        def lose(session, _):
            return DROP if session.number == 0 and len(session.messages) == 3 else "250 2.0.0 ok"

        with SmtpServer({"DOT": lose}) as server:
            run = self.send(server, "--message", self.file("six.mbox", mbox(6)), status=75)
        self.assertEqual([row["outcome"] for row in run.objects()[:-1]],
                         ["accepted", "accepted", "unknown", "accepted", "accepted", "accepted"])
        self.assertEqual([message.octets for session in server.sessions for message in session.messages],
                         [letter(number, end=b"\r\n") for number in range(6)])

    def test_one_that_cannot_be_sent_stops_no_other(self):
        bad = b"From a@b Fri Nov 20 12:00:00 2026\nSubject: x\n\n" + b"y" * 2000 + b"\n\n"
        path = self.file("bad.mbox", mbox(3) + bad + mbox(3))
        with SmtpServer() as server:
            run = self.send(server, "--message", path, status=65)
        self.assertIn("message 4", run.err)
        failed = [row for row in run.objects() if row["type"] == "failed"]
        self.assertEqual([row["exit"] for row in failed], [65])
        self.assertIn("message 4", failed[0]["reason"])
        self.assertEqual(list(run.outcomes().values()).count("refused"), 0)
        self.assertEqual([message.octets for message in server.messages],
                         [letter(number, end=b"\r\n") for number in (0, 1, 2, 0, 1, 2)])

    def test_a_server_that_is_down_is_dialled_once(self):
        path = self.file("twenty.mbox", mbox(20))
        for name, answer in (("421", ("421 4.3.2 no", DROP)), ("closed", DROP), ("silence", STALL)):
            with self.subTest(name), SmtpServer({"GREETING": answer}) as server:
                run = self.send(server, "--message", path, "--timeout", "1s", status=75, timeout=15)
                self.assertEqual([row["outcome"] for row in run.objects()[:-1]], ["deferred"] * 20)
                self.assertEqual(len(server.sessions), 1)

    def test_a_wrong_password_is_tried_once(self):
        with SmtpServer(users={"alice": "another"}) as server:
            run = self.send(server, "--message", self.file("twenty.mbox", mbox(20)), "--user", "alice",
                            "--password-from", "env:PW", "--auth", "PLAIN", status=77)
        self.assertEqual([row["outcome"] for row in run.objects()[:-1]], ["refused"] * 20)
        self.assertEqual(server.sessions[0].verbs().count("AUTH"), 1)
        self.assertEqual(len(server.sessions), 1)

    def test_a_server_that_goes_down_in_between(self):
        def greet(session, _):
            return "220 mail.example" if session.number == 0 else ("421 4.3.2 no", DROP)

        def three_at_most(session, _):
            return DROP if len(session.messages) == 3 else "250 2.1.0 ok"

        with SmtpServer({"GREETING": greet, "MAIL": three_at_most}) as server:
            run = self.send(server, "--message", self.file("twenty.mbox", mbox(20)), status=75)
        self.assertEqual([row["outcome"] for row in run.objects()[:-1]], ["accepted"] * 3 + ["deferred"] * 17)
        self.assertLessEqual(len(server.sessions), 3)
