"""What mailtool send puts on the wire: every size and line end of a message, many recipients, replies of every
shape, and a connection that is lost at any octet of the dialogue."""

import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from certificates import Authority
from program import ProgramTest
from scripted_smtp import DEAF, DROP, EHLO, SmtpServer

BOB = "bob@example.org"
HEAD = b"From: alice@example.com\nTo: bob@example.org\nSubject: Lunch\n" \
       b"Date: Fri, 20 Nov 2026 12:00:00 +0100\nMessage-ID: <1@example.com>\n\n"
LETTER = HEAD + b"Noon?\n"


def with_crlf(octets):
    return octets.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


class Base(ProgramTest):
    def send(self, server, *arguments, recipients=(BOB,), status=0, **more):
        run = self.mailtool("send", "--server", f"smtp://127.0.0.1:{server.port}", "--tls", "off", "--json",
                            *arguments, *recipients, **{"input": LETTER, "timeout": 30, **more})
        if status is not None:
            self.assertEqual(run.status, status, run)
        return run


class Octets(Base):
    """The message that arrives is the one that was given, with CRLF line ends."""

    def arrives(self, text):
        with SmtpServer(keep=True) as server:
            self.send(server, input=HEAD + text)
        expected = with_crlf(HEAD + text)
        if not expected.endswith(b"\r\n"):
            expected += b"\r\n"
        got = server.messages[0].octets
        self.assertTrue(got == expected, f"{len(text)} octets, {text[:60]!r}: got {got[len(with_crlf(HEAD)):][:80]!r}")
        self.assertEqual(server.sessions[0].verbs(), ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"])

    def test_sizes_around_the_borders_of_buffers(self):
        head = len(HEAD)
        rows = []
        for border in (512, 1024, 4096, 8192, 16384, 32768, 65536, 131072):
            for octets in range(border - 3, border + 4):
                body = (b"x" * 70 + b"\n") * ((octets - head) // 71 + 1)
                # The last octets make trouble: a line end, a dot, both, at each place.
                rows.append(body[:octets - head - 3] + random.choice((b"\n.\n", b"..\n", b"\n\n.", b"\r\n.")))
        self.each(self.arrives, rows)

    def test_dots_and_line_ends_in_any_order(self):
        generator = random.Random(5321)
        pieces = [b"\n", b"\r\n", b".", b"..", b"a", b" ", b"\n.\n", b"\r\n.\r\n", b"x" * 990 + b"\n"]
        self.each(self.arrives, [b"".join(generator.choices(pieces, k=generator.randrange(1, 40))) for _ in range(40)])

    def test_no_body_and_no_last_line_end(self):
        self.each(self.arrives, [b"", b".", b"\n", b".\n", b"\r\n", b"Noon?"])

    def test_what_is_not_a_line_end_is_refused_before_connecting(self):
        for text in (b"a\rb\n", b"a\r", b"a\0b\n", b"x" * 999 + b"\n"):
            with self.subTest(text[:10]), SmtpServer() as server:
                self.send(server, input=HEAD + text, status=65)
                self.assertEqual(server.messages, [])


class Recipients(Base):
    def addresses(self, count):
        return [f"user{number}@example.org" for number in range(count)]

    def test_200_of_whom_the_server_takes_100_at_once(self):
        def most_100(session, _):
            verbs = session.verbs()
            number = len(verbs) - 1 - max(at for at, verb in enumerate(verbs) if verb == "MAIL")
            return "250 2.1.5 ok" if number <= 100 else "452 4.5.3 too many recipients"

        everybody = self.addresses(200)
        for keywords in (("PIPELINING",), ()):
            with self.subTest(keywords), SmtpServer({"RCPT": most_100}, keywords) as server:
                run = self.send(server, recipients=everybody)
                self.assertEqual(set(run.outcomes().values()), {"accepted"})
            self.assertEqual(sorted(server.delivered_to), sorted(everybody))
            self.assertEqual([len(message.recipients) for message in server.messages], [100, 100])
            self.assertEqual(len(server.sessions), 1)

    def test_200_in_three_round_trips(self):
        everybody = self.addresses(200)
        with SmtpServer() as server:
            self.send(server, recipients=everybody)
        self.assertEqual(server.delivered_to, everybody)
        self.assertEqual(server.flights, 3)  # EHLO; MAIL, all RCPT and DATA; the message and QUIT

    def test_every_third_is_refused_and_every_fifth_deferred(self):
        everybody = self.addresses(60)
        replies = {address: "450 4.2.1 later" if number % 5 == 0 else "550 5.1.1 no" if number % 3 == 0
                   else "250 2.1.5 ok" for number, address in enumerate(everybody)}
        with SmtpServer({"RCPT": replies}) as server:
            run = self.send(server, recipients=everybody, status=75)
        expected = {address: {"4": "deferred", "5": "refused", "2": "accepted"}[reply[0]]
                    for address, reply in replies.items()}
        self.assertEqual(run.outcomes(), expected)
        self.assertEqual(server.delivered_to, [each for each in everybody if expected[each] == "accepted"])

    def test_not_one_too_many(self):
        with SmtpServer({"RCPT": "452 4.5.3 too many recipients"}) as server:
            run = self.send(server, recipients=self.addresses(3), status=75)
        self.assertEqual(set(run.outcomes().values()), {"deferred"})
        self.assertEqual(server.messages, [])
        self.assertLess(len(server.commands), 12)


class Replies(Base):
    def test_octet_by_octet(self):
        with SmtpServer(octet_by_octet=True) as server:
            self.send(server)
        self.assertEqual(server.delivered_to, [BOB])

    def test_long_and_many_lines_are_borne_within_limits(self):
        rows = [("RCPT", "250 " + "y" * 400), ("DOT", "250-" + "\n250-".join(["z" * 60] * 50) + "\n250 ok"),
                ("GREETING", "220-" + "\n220-".join(["w" * 70] * 20) + "\n220 ESMTP")]
        for step, reply in rows:
            with self.subTest(step), SmtpServer({step: reply}) as server:
                self.send(server)
                server.close()
                self.assertEqual(server.delivered_to, [BOB])

    def test_a_line_of_100_kB_ends_the_session_or_is_borne_but_never_grows(self):
        for step in ("GREETING", "EHLO", "MAIL", "RCPT"):
            code = {"GREETING": b"220 ", "EHLO": b"250 "}.get(step, b"250 ")
            with self.subTest(step), SmtpServer({step: code + b"x" * 100_000 + b"\r\n"}) as server:
                run = self.send(server, status=None)
                self.assertIn(run.status, (0, 76), run)
                self.assertLess(len(run.out) + len(run.err), 8000)
                server.close()
                self.assertEqual(bool(server.messages), run.status == 0)

    def test_a_refusal_of_100_kB_is_shown_in_short(self):
        with SmtpServer({"RCPT": b"550 5.1.1 " + b"n" * 100_000 + b"\r\n"}) as server:
            run = self.send(server, status=None)
        self.assertIn(run.status, (67, 76), run)
        self.assertLess(len(run.err), 8000)

    def test_replies_without_end(self):
        for step in ("GREETING", "EHLO", "MAIL", "RCPT", "DATA", "DOT"):
            code = {"GREETING": b"220-", "DATA": b"354-"}.get(step, b"250-")

            def endless(session, _, code=code):
                return ((code + b"and so on\r\n") * 500,) * 2000

            with self.subTest(step), SmtpServer({step: endless}) as server:
                run = self.send(server, "--deadline", "15s", status=None)
                self.assertIn(run.status, (75, 76), run)
                self.assertEqual(len(run.error_lines()), 1, run)
                self.assertNotEqual(run.outcomes()[BOB], "accepted")

    def test_what_a_server_says_cannot_act_on_a_terminal(self):
        evil = b"550 5.1.1 \x1b]0;owned\x07 \x9b2J \xe2\x80\xae \xff no such user\r\n"
        with SmtpServer({"RCPT": evil}) as server:
            run = self.send(server, "-v", status=67)
        for text in (run.err, run.out):
            for character in ("\x1b", "\x07", "\x9b", "\u202e"):
                self.assertNotIn(character, text)


class Lost(Base):
    """Wherever the connection breaks: never a wrong yes, never a wrong no."""

    def judge(self, server, run):
        server.close()
        outcome = run.outcomes()[BOB]
        whole = bool(server.sessions and server.sessions[0].messages)
        shown = f"{run}\n{server.sessions and server.sessions[0].received}"
        self.assertIn(run.status, (0, 75), shown)
        self.assertEqual(run.status == 0, outcome == "accepted", shown)
        if outcome == "accepted":
            self.assertTrue(whole, shown)
        elif outcome == "deferred":
            self.assertFalse(whole, shown)
        else:
            self.assertEqual(outcome, "unknown", shown)
            self.assertIn("may have been delivered", run.err)
        return outcome

    def dialogue(self, keywords, **options):
        server = SmtpServer(ehlo=keywords, **options)
        self.addCleanup(server.close)
        run = self.send(server, status=None)
        return server, run

    def test_after_each_octet_of_the_server(self):
        for keywords in (("PIPELINING",), ("PIPELINING", "CHUNKING")):
            with self.subTest(keywords):
                server, _ = self.dialogue(keywords)
                server.close()
                outcomes = self.all(lambda octets: self.judge(*self.dialogue(keywords, cut_sent=octets)),
                                    range(server.sessions[0].sent - len("221 2.0.0 bye\r\n") + 1))
                self.assertEqual(outcomes[-1], "accepted")
                self.assertNotIn("accepted", outcomes[:-1])
                self.assertEqual(outcomes[0], "deferred")
                self.assertIn("unknown", outcomes)

    def test_after_each_octet_of_the_client(self):
        for keywords in (("PIPELINING",), ("PIPELINING", "CHUNKING")):
            with self.subTest(keywords):
                server, _ = self.dialogue(keywords)
                server.close()
                outcomes = self.all(lambda octets: self.judge(*self.dialogue(keywords, cut_received=octets)),
                                    range(1, server.sessions[0].taken))
                self.assertEqual(outcomes[0], "deferred")


class Slow(Base):
    """--timeout is for a server that does nothing, not for one that takes its time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.authority = Authority(cls.folder / "authority")
        cls.certificate = cls.authority.certificate()

    def send_large(self, tls, status, **options):
        """A message that fills the buffers of the line more than once."""
        with SmtpServer(tls=tls, certificate=self.certificate if tls else None, **options) as server:
            arguments = ("--server", f"smtps://localhost:{server.port}", "--tls", "required", "--tls-ca",
                         self.authority.path) if tls else ()
            run = self.send(server, "--timeout", "2s", *arguments, input=HEAD + (b"x" * 70 + b"\n") * 14000,
                            timeout=60, status=status)
        self.assertEqual(server.delivered_to, [BOB] if status == 0 else [])
        return run

    def test_a_server_that_takes_a_little_at_a_time_gets_it_all(self):
        rows = [(keywords, tls) for keywords in (EHLO, (*EHLO, "CHUNKING")) for tls in (None, "implicit")]
        self.each(lambda row: self.send_large(row[1], 0, ehlo=row[0], slow=(1024, 0.05, 100_000)), rows)

    def test_a_server_that_takes_nothing_is_given_up(self):
        for tls in (None, "implicit"):
            with self.subTest(tls):
                run = self.send_large(tls, 75, replies={"DATA": ("354 go ahead", DEAF)}, slow=(1024, 0, 0))
                self.assertIn("the server took no octets within 2 s", run.err)
