"""mailtool send against servers that refuse, defer, stall, go away or talk nonsense at each step.

Each row says what the server does, and then the exit status, what became of each recipient, who got the mail, a
word of the one line on stderr, and how the session ended.
"""

import dataclasses
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from program import SECRET, ProgramTest
from scripted_smtp import DEAF, DROP, EHLO, RESET, STALL, SmtpServer

BOB, CAROL = "bob@example.org", "carol@example.org"
LETTER = b"From: alice@example.com\nTo: bob@example.org\nSubject: Lunch\n\nNoon?\n"
A, R, D, U = "accepted", "refused", "deferred", "unknown"


@dataclasses.dataclass
class Row:
    name: str
    replies: dict
    status: int
    outcomes: object            # of BOB, or of (BOB, CAROL)
    words: str = None           # in the line on stderr; None: nothing is said
    got: tuple = None           # who has the mail; None: those accepted
    quits: object = None        # True, False: QUIT was said, or not
    arguments: tuple = ("--tls", "off")
    server: dict = dataclasses.field(default_factory=dict)
    login: bool = False
    lmtp: bool = False
    letter: bytes = LETTER

    def __str__(self):
        return self.name

    def recipients(self):
        return (BOB, CAROL) if isinstance(self.outcomes, tuple) else (BOB,)

    def expected(self):
        outcomes = self.outcomes if isinstance(self.outcomes, tuple) else (self.outcomes,)
        return dict(zip(self.recipients(), outcomes))


FAST = ("--tls", "off", "--timeout", "1s")
HASTY = ("--tls", "off", "--deadline", "1s")

GREETING = [
    Row("421", {"GREETING": ("421 4.3.2 shutting down", DROP)}, 75, D, "421"),
    Row("421 for all", {"GREETING": ("421 4.3.2 shutting down", DROP)}, 75, (D, D), "421"),
    Row("450", {"GREETING": "450 4.3.2 later"}, 75, D, "450", quits=True),
    Row("554", {"GREETING": "554 5.7.1 not you"}, 69, R, "554", quits=True),
    Row("silence", {"GREETING": STALL}, 75, D, "greeting", quits=False, arguments=FAST),
    Row("closed", {"GREETING": DROP}, 75, D, "greeting"),
    Row("torn down", {"GREETING": RESET}, 75, D, "reset"),
    Row("several lines", {"GREETING": "220-mail.example\n220-no spam\n220 ESMTP"}, 0, A, quits=True),
    Row("half a line", {"GREETING": (b"22", DROP)}, 75, D, "greeting"),
    Row("a web server", {"GREETING": (b"HTTP/1.1 400 Bad Request\r\n\r\n", DROP)}, 76, R, "web server"),
    Row("nonsense", {"GREETING": (b"\0\1\2\3hello\r\n", DROP)}, 76, R, "greeting"),
    Row("two at once", {"GREETING": "220 a\n220 b"}, 76, R, "nobody asked"),
    Row("without end", {"GREETING": b"220-" + b"x" * 40 + b"\r\n220-" * 100_000}, 76, R, "greeting"),
]

HELLO = [
    Row("EHLO 502, HELO", {"EHLO": "502 5.5.1 what?"}, 0, A, quits=True),
    Row("EHLO 500, HELO", {"EHLO": "500 what?"}, 0, A, quits=True),
    Row("EHLO 550, HELO 550", {"EHLO": "550 no", "HELO": "550 5.7.1 no"}, 69, R, "HELO", quits=True),
    Row("EHLO 451", {"EHLO": "451 4.3.0 later"}, 75, D, "EHLO", quits=True),
    Row("EHLO 421", {"EHLO": ("421 4.3.2 bye", DROP)}, 75, D, "EHLO"),
    Row("EHLO closed", {"EHLO": DROP}, 75, D, "EHLO"),
    Row("EHLO silence", {"EHLO": STALL}, 75, D, "EHLO", quits=False, arguments=FAST),
    Row("EHLO without keywords", {"EHLO": "250 mail.example"}, 0, A, quits=True),
    Row("EHLO octet by octet", {}, 0, A, quits=True, server={"octet_by_octet": True}),
    Row("codes that differ", {"EHLO": "250-mail.example\n550 PIPELINING"}, 76, R, "EHLO"),
]

MAIL = [
    Row("451", {"MAIL": "451 4.3.0 later"}, 75, D, "MAIL FROM", quits=True),
    Row("451 for two", {"MAIL": "451 4.3.0 later"}, 75, (D, D), "MAIL FROM", quits=True),
    Row("550", {"MAIL": "550 5.7.1 not from you"}, 69, R, "MAIL FROM", quits=True),
    Row("550 for two", {"MAIL": "550 5.7.1 not from you"}, 69, (R, R), "MAIL FROM", quits=True),
    Row("530", {"MAIL": "530 5.7.0 log in first"}, 77, R, "MAIL FROM", quits=True),
    Row("552", {"MAIL": "552 5.3.4 too big"}, 65, R, "MAIL FROM", quits=True),
    Row("421", {"MAIL": ("421 4.3.2 bye", DROP)}, 75, D, "MAIL FROM"),
    Row("closed", {"MAIL": DROP}, 75, D, "MAIL FROM"),
    Row("silence", {"MAIL": STALL}, 75, D, "MAIL FROM", quits=False, arguments=FAST),
    Row("nonsense", {"MAIL": "ok, go on"}, 76, R, "MAIL FROM"),
    Row("354", {"MAIL": "354 go ahead"}, 76, R, "MAIL FROM"),
]


def one(answer):
    return {"RCPT": {CAROL: answer}}


RCPT = [
    Row("1 of 2 550", one("550 5.1.1 nobody here"), 67, (A, R), CAROL, quits=True),
    Row("1 of 2 550, no code", one("550 nobody here"), 67, (A, R), CAROL, quits=True),
    Row("1 of 2 551", one("551 5.1.6 moved"), 67, (A, R), CAROL, quits=True),
    Row("1 of 2 554", one("554 5.7.1 no relaying"), 69, (A, R), CAROL, quits=True),
    Row("1 of 2 450", one("450 4.2.1 greylisted"), 75, (A, D), CAROL, quits=True),
    Row("1 of 2 452, full", one("452 4.2.2 mailbox full"), 75, (A, D), CAROL, quits=True),
    Row("1 of 2 421", one(("421 4.3.2 bye", DROP)), 75, (D, D), CAROL, got=()),
    Row("1 of 2 nonsense", one("eh?"), 76, (R, R), CAROL, got=()),
    Row("all 550", {"RCPT": "550 5.1.1 nobody"}, 67, (R, R), BOB, quits=True),
    Row("all 450", {"RCPT": "450 4.2.1 later"}, 75, (D, D), BOB, quits=True),
    Row("550 and 450", {"RCPT": {BOB: "550 5.1.1 no", CAROL: "450 4.2.1 later"}}, 75, (R, D), BOB, quits=True),
    Row("450 and 550", {"RCPT": {BOB: "450 4.2.1 later", CAROL: "550 5.1.1 no"}}, 75, (D, R), BOB, quits=True),
    Row("251 and 252", {"RCPT": {BOB: "251 will forward", CAROL: "252 cannot tell"}}, 0, (A, A), quits=True),
    Row("silence", {"RCPT": STALL}, 75, D, "RCPT TO", quits=False, arguments=FAST),
    Row("closed", one(DROP), 75, (D, D), CAROL, got=()),
    Row("all 550, yet 354", {"RCPT": "550 5.1.1 nobody", "DATA": "354 go ahead", "DOT": "554 nobody"}, 67, (R, R), BOB),
    Row("without PIPELINING 1 of 2 550", {**one("550 5.1.1 no"), "EHLO": "250 mail.example"}, 67, (A, R), CAROL),
    Row("without PIPELINING all 550", {"RCPT": "550 5.1.1 no", "EHLO": "250 mail.example"}, 67, (R, R), BOB),
]

DATA = [
    Row("451", {"DATA": "451 4.3.0 later"}, 75, D, "DATA", quits=True),
    Row("451 for two", {"DATA": "451 4.3.0 later"}, 75, (D, D), "DATA", quits=True),
    Row("554", {"DATA": "554 5.7.1 no"}, 69, R, "DATA", quits=True),
    Row("250", {"DATA": "250 ok"}, 76, R, "DATA"),
    Row("421", {"DATA": ("421 4.3.2 bye", DROP)}, 75, D, "DATA"),
    Row("closed", {"DATA": DROP}, 75, D, "DATA"),
    Row("silence", {"DATA": STALL}, 75, D, "DATA", quits=False, arguments=FAST),
]

DOT = [
    Row("451", {"DOT": "451 4.3.0 later"}, 75, D, "451", quits=True),
    Row("452", {"DOT": "452 4.3.1 disk full"}, 75, D, "452", quits=True),
    Row("550", {"DOT": "550 5.7.1 spam"}, 69, R, "550", quits=True),
    Row("550 5.6.0", {"DOT": "550 5.6.0 bad MIME"}, 65, R, "550", quits=True),
    Row("552", {"DOT": "552 5.3.4 too big"}, 65, R, "552", quits=True),
    Row("554", {"DOT": "554 no"}, 65, R, "554", quits=True),
    Row("554 5.7.1", {"DOT": "554 5.7.1 policy"}, 69, R, "554", quits=True),
    Row("550 for two", {"DOT": "550 5.7.1 spam"}, 69, (R, R), "550", quits=True),
    Row("421", {"DOT": ("421 4.3.2 bye", DROP)}, 75, D, "421"),
    Row("closed", {"DOT": DROP}, 75, U, "may have been delivered"),
    Row("closed for two", {"DOT": DROP}, 75, (U, U), "may have been delivered"),
    Row("torn down", {"DOT": RESET}, 75, U, "may have been delivered"),
    Row("closed in the reply", {"DOT": (b"25", DROP)}, 75, U, "may have been delivered"),
    Row("silence", {"DOT": STALL}, 75, U, "may have been delivered", arguments=HASTY),
    Row("nonsense", {"DOT": "fine"}, 75, U, "may have been delivered"),
    Row("1 of 2 550 before, then 451", {**one("550 5.1.1 no"), "DOT": "451 4.3.0 later"}, 75, (D, R), "451"),
]

QUIT = [
    Row("no 221, closed", {"QUIT": DROP}, 0, A, quits=True),
    Row("torn down", {"QUIT": RESET}, 0, A, quits=True),
    Row("500", {"QUIT": "500 what?"}, 0, A, quits=True),
    Row("silence", {"QUIT": STALL}, 0, A, quits=True, arguments=FAST),
    Row("closed with the last reply", {"DOT": ("250 2.0.0 ok", DROP)}, 0, A, got=()),
]

LOGIN = [
    Row("535", {"AUTH-END": "535 5.7.8 no"}, 77, R, "535", quits=True, login=True),
    Row("535 for two", {"AUTH-END": "535 5.7.8 no"}, 77, (R, R), "535", quits=True, login=True),
    Row("454", {"AUTH-END": "454 4.7.0 later"}, 75, D, "454", quits=True, login=True),
    Row("432", {"AUTH-END": "432 4.7.12 new password"}, 75, D, "432", quits=True, login=True),
    Row("closed", {"AUTH-END": DROP}, 75, D, "AUTH", login=True),
    Row("504 to all", {"AUTH": "504 5.5.4 unknown"}, 77, R, "AUTH", quits=True, login=True),
    Row("a challenge that is none", {"AUTH": "334 !!not base64"}, 76, R, "AUTH", login=True),
    Row("no AUTH", {"EHLO": "250 mail.example"}, 77, R, "AUTH", quits=True, login=True),
    Row("right", {}, 0, A, quits=True, login=True),
]

LMTP = [
    Row("right", {}, 0, (A, A), quits=True, lmtp=True),
    Row("1 of 2 after the dot 550", {"DOT": {CAROL: "550 5.2.2 full"}}, 69, (A, R), CAROL, quits=True, lmtp=True),
    Row("1 of 2 after the dot 451", {"DOT": {CAROL: "451 4.2.0 later"}}, 75, (A, D), CAROL, quits=True, lmtp=True),
    Row("closed between the two", {"DOT": {CAROL: DROP}}, 75, (A, U), CAROL, got=(), lmtp=True),
    Row("all refused, yet 354", {"RCPT": "550 5.1.1 no", "DATA": "354 go"}, 67, (R, R), BOB, lmtp=True),
]


# What fits no buffer: the client must hear a refusal while it sends, and bear that nobody reads.
LONG = LETTER + (b"x" * 76 + b"\n") * 200_000
MIDDLE = LONG[:1_000_000] + b"\n"
DEAF_AT = [
    Row("at MAIL", {"MAIL": DEAF}, 75, D, arguments=FAST, letter=LONG),
    Row("at DATA", {"DATA": ("354 go", DEAF)}, 75, D, arguments=FAST, letter=LONG),
    Row("at BDAT", {"BDAT": DEAF}, 75, D, arguments=FAST, letter=LONG, server={"ehlo": (*EHLO, "CHUNKING")}),
    Row("at RCPT", {"RCPT": DEAF}, 75, D, arguments=FAST, letter=LONG, server={"ehlo": (*EHLO, "CHUNKING")}),
    Row("and gone at DATA", {"DATA": ("354 go", DROP)}, 75, D, letter=LONG),
    Row("and torn down at DATA", {"DATA": ("354 go", RESET)}, 75, D, letter=LONG),
    Row("and gone at BDAT", {"BDAT": DROP}, 75, D, letter=LONG, server={"ehlo": (*EHLO, "CHUNKING")}),
    Row("421 at BDAT", {"BDAT": ("421 4.3.2 bye", DROP)}, 75, D, letter=LONG, server={"ehlo": (*EHLO, "CHUNKING")}),
    Row("452 at BDAT", {"BDAT": "452 4.3.1 full"}, 75, D, letter=LONG, server={"ehlo": (*EHLO, "CHUNKING")}),
    Row("552 at BDAT", {"BDAT": "552 5.3.4 full"}, 65, R, letter=LONG, server={"ehlo": (*EHLO, "CHUNKING")}),
    Row("nonsense at BDAT", {"BDAT": "eh?"}, 76, R, letter=LONG, server={"ehlo": (*EHLO, "CHUNKING")}),
    Row("554 while DATA comes", {"DATA": "354 go\n554 5.7.1 stop"}, 69, R, letter=LONG),
]


def lost(row):
    """No answer of the server ends it."""
    return row.name.endswith(("closed", "silence", "nonsense"))


class Faults(ProgramTest):
    def check(self, row):
        users = {"alice": SECRET} if row.login else None
        with SmtpServer(row.replies, lmtp=row.lmtp, users=users, **row.server) as server:
            user = "alice@" if row.login else ""
            scheme = "lmtp" if row.lmtp else "smtp"
            run = self.mailtool(
                "send", "--server", f"{scheme}://{user}127.0.0.1:{server.port}", "--json", *row.arguments,
                *(["--password-from", "env:PW", "--auth", "PLAIN,LOGIN"] if row.login else []),
                *row.recipients(), input=row.letter, timeout=20)
        shown = f"{run}\ncommands: {server.commands}"
        self.assertEqual(run.status, row.status, shown)
        self.assertEqual(run.outcomes(), row.expected(), shown)
        self.assertEqual(run.objects()[-1]["exit"], row.status, shown)
        got = row.got
        if got is None:
            got = [address for address, outcome in row.expected().items() if outcome == "accepted"]
        self.assertEqual(server.delivered_to, list(got), shown)
        if row.words is None:
            if row.status == 0:
                self.assertEqual(run.err, "", shown)
        else:
            self.assertIn(row.words, run.err, shown)
            for line in run.error_lines():
                self.assertTrue(line.startswith("mailtool: send: "), shown)
                self.assertIn(f"127.0.0.1:{server.port}", line, shown)
        self.assertTrue(run.err.isprintable() or "\n" in run.err, shown)
        if row.quits is not None:
            self.assertEqual(server.sessions[-1].end == "QUIT", row.quits, shown)

    def test_each_step(self):
        steps = {"greeting": GREETING, "hello": HELLO, "mail": MAIL, "rcpt": RCPT, "data": DATA, "dot": DOT,
                 "quit": QUIT, "login": LOGIN, "lmtp": LMTP}
        self.each(self.check, [dataclasses.replace(row, name=f"{step}: {row.name}")
                               for step, rows in steps.items() for row in rows])

    def test_each_step_in_one_flight(self):
        """MAIL, RCPT and BDAT go together: once all is said, what is lost before the last answer is unknown."""
        steps = {"mail": MAIL, "rcpt": RCPT, "dot": DOT, "quit": QUIT, "lmtp": LMTP}
        rows = []
        for step, row in ((step, row) for step, rows in steps.items() for row in rows if "DATA" not in row.replies):
            row = dataclasses.replace(row, name=f"{step}: {row.name}",
                                      server={**row.server, "ehlo": (*EHLO, "CHUNKING")})
            if row.outcomes in (D, (D, D), R, (R, R)) and lost(row):
                row = dataclasses.replace(row, status=75, outcomes=(U, U) if isinstance(row.outcomes, tuple) else U,
                                          arguments=HASTY, quits=None)
                if row.name == "rcpt: 1 of 2 nonsense":
                    row = dataclasses.replace(row, got=(BOB,))  # so it was right to say that it may have been
            rows.append(row)
        self.each(self.check, rows)

    def test_a_long_message(self):
        steps = {"mail": MAIL, "rcpt": RCPT, "dot": DOT, "lmtp": LMTP}
        rows = [dataclasses.replace(row, name=f"{step}: {row.name}{'' if with_data else ', chunks'}", letter=MIDDLE,
                                    words=row.words and ("127.0.0.1" if not with_data and lost(row) else row.words),
                                    server={"ehlo": EHLO if with_data else (*EHLO, "CHUNKING")}, quits=None)
                for with_data in (True, False) for step, rows in steps.items() for row in rows
                if with_data or "DATA" not in row.replies]
        self.each(self.check, [*DEAF_AT, *rows])
