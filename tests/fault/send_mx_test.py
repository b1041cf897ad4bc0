"""mailtool send --mx with two exchangers, the first of which fails at each step: what goes on to the next one,
what ends there, and what is one recipient's alone (RFC 5321 sections 4.2, 5.1)."""

import dataclasses
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from certificates import Authority
from program import ProgramTest
from scripted_smtp import DROP, RESET, STALL, SmtpServer
from scripted_zone import MxZone

BOB, CAROL = "bob@example.org", "carol@example.org"
LETTER = b"From: alice@example.com\nTo: bob@example.org\nSubject: Lunch\n\nNoon?\n"
A, R, D, U = "accepted", "refused", "deferred", "unknown"


@dataclasses.dataclass
class Row:
    name: str
    first: dict                 # replies of the first exchanger
    outcomes: object            # of BOB, or of (BOB, CAROL)
    status: int = 0
    next_got: tuple = ()        # recipients in messages that the second one took
    next_asked: bool = None     # the second was connected to; None: as next_got says
    second: dict = dataclasses.field(default_factory=dict)
    words: str = ""
    arguments: tuple = ("--tls", "off")

    def __str__(self):
        return self.name

    def recipients(self):
        return (BOB, CAROL) if isinstance(self.outcomes, tuple) else (BOB,)


BOTH = (BOB, CAROL)
ROWS = [
    Row("greeting 421", {"GREETING": ("421 4.3.2 full", DROP)}, A, next_got=(BOB,)),
    Row("greeting 450", {"GREETING": "450 4.3.2 later"}, A, next_got=(BOB,)),
    Row("greeting 554", {"GREETING": "554 5.7.1 not you"}, A, next_got=(BOB,)),
    Row("greeting closed", {"GREETING": DROP}, A, next_got=(BOB,)),
    Row("greeting torn down", {"GREETING": RESET}, A, next_got=(BOB,)),
    Row("greeting silence", {"GREETING": STALL}, A, next_got=(BOB,),
        arguments=("--tls", "off", "--timeout", "1s")),
    Row("greeting nonsense", {"GREETING": b"\0\1\2\r\n"}, A, next_got=(BOB,)),
    Row("EHLO 451", {"EHLO": "451 4.3.0 later"}, A, next_got=(BOB,)),
    Row("EHLO 554", {"EHLO": "554 5.7.1 no"}, A, next_got=(BOB,)),
    Row("EHLO and HELO refused", {"EHLO": "502 5.5.1 what", "HELO": "550 5.7.1 no"}, A, next_got=(BOB,)),
    Row("MAIL 451", {"MAIL": "451 4.3.0 later"}, (A, A), next_got=BOTH),
    Row("MAIL 421", {"MAIL": ("421 4.3.2 bye", DROP)}, (A, A), next_got=BOTH),
    Row("MAIL 550", {"MAIL": "550 5.7.1 not from there"}, (R, R), 69, next_asked=False, words="550"),
    Row("RCPT 450 of one", {"RCPT": {CAROL: "450 4.2.1 greylisted"}}, (A, A), next_got=(CAROL,)),
    Row("RCPT 450 of all", {"RCPT": "450 4.2.1 greylisted"}, (A, A), next_got=BOTH),
    Row("RCPT 550 of one", {"RCPT": {CAROL: "550 5.1.1 nobody"}}, (A, R), 67, next_asked=False, words="nobody"),
    Row("RCPT 550 and 450", {"RCPT": {BOB: "450 4.2.1 later", CAROL: "550 5.1.1 nobody"}}, (A, R), 67,
        next_got=(BOB,), words="nobody"),
    Row("RCPT 552 of one", {"RCPT": {CAROL: "552 5.2.2 full"}}, (A, R), 69, next_asked=False),
    Row("DATA 451", {"DATA": "451 4.3.0 later"}, (A, A), next_got=BOTH),
    Row("DATA 554", {"DATA": "554 5.5.1 no"}, (R, R), 69, next_asked=False),
    Row("DATA closed", {"DATA": DROP}, (A, A), next_got=BOTH),
    Row("dot 451", {"DOT": "451 4.3.0 later"}, (A, A), next_got=BOTH),
    Row("dot 554", {"DOT": "554 5.7.1 spam"}, (R, R), 69, next_asked=False, words="spam"),
    Row("dot 550 5.6.0", {"DOT": "550 5.6.0 bad message"}, R, 65, next_asked=False),
    Row("lost after the dot", {"DOT": DROP}, (U, U), 75, next_asked=False, words="may have"),
    Row("both defer", {"RCPT": "450 4.2.1 later"}, D, 75, second={"RCPT": "451 4.2.1 later still"},
        next_asked=True, words="later still"),
    Row("both greet 554", {"GREETING": "554 5.7.1 no"}, R, 69, second={"GREETING": "554 5.7.1 never"},
        next_asked=True, words="never"),
    Row("450, then 554", {"GREETING": "450 4.3.2 later"}, D, 75, second={"GREETING": "554 5.7.1 never"},
        next_asked=True, words="450"),
    Row("554, then 450", {"GREETING": "554 5.7.1 never"}, D, 75, second={"GREETING": "450 4.3.2 later"},
        next_asked=True, words="450"),
    Row("deferred, then 554", {"RCPT": "450 4.2.1 later"}, D, 75, second={"GREETING": "554 5.7.1 never"},
        next_asked=True, words="4.2.1"),
    Row("deferred, then refused", {"RCPT": "450 4.2.1 later"}, R, 67, second={"RCPT": "550 5.1.1 nobody"},
        next_asked=True, words="nobody"),
]


class MxTest(ProgramTest):
    def direct(self, servers, *arguments, recipients=(BOB,), input=LETTER, zone=None):
        """servers: {host: SmtpServer}, in the order of preference for example.org."""
        zone = zone or {"example.org": [(10 * i, host) for i, host in enumerate(servers, 1)]}
        resolve = []
        for host, server in servers.items():
            resolve += ["--resolve", f"{host}:25:127.0.0.1:{server.port}"]
        with MxZone(zone) as dns:
            return self.mailtool("send", "--mx", "--dns-server", dns.address, "--json", "-f", "alice@example.com",
                                 *resolve, *arguments, *recipients, input=input)

    def two(self, first=None, second=None, **more):
        return {"mx1.example.org": SmtpServer(first, **more), "mx2.example.org": SmtpServer(second)}

    def close(self, servers):
        for server in servers.values():
            server.close()


class Failures(MxTest):
    def test_each_step(self):
        self.each(self.row, ROWS)

    def row(self, row):
        servers = self.two(row.first, row.second)
        run = self.direct(servers, *row.arguments, recipients=row.recipients())
        self.close(servers)
        first, second = servers.values()
        outcomes = row.outcomes if isinstance(row.outcomes, tuple) else (row.outcomes,)
        self.assertEqual(run.status, row.status, run)
        self.assertEqual(run.outcomes(), dict(zip(row.recipients(), outcomes)), run)
        self.assertEqual(sorted(second.delivered_to), sorted(row.next_got), run)
        asked = bool(row.next_got) if row.next_asked is None else row.next_asked
        self.assertEqual(bool(second.sessions), asked, run)
        self.assertIn(row.words, run.err)
        # Nobody has it twice.
        self.assertEqual(len(first.delivered_to + second.delivered_to),
                         len(set(first.delivered_to + second.delivered_to)), run)

    def test_a_long_list_loses_its_connection_in_the_middle(self):
        everybody = [f"r{i}@example.org" for i in range(250)]
        servers = self.two({"DOT": ["250 2.0.0 ok", DROP]})
        run = self.direct(servers, "--tls", "off", recipients=everybody)
        self.close(servers)
        first, second = servers.values()
        outcomes = list(run.outcomes().values())
        # A hundred are taken, of a hundred nobody knows, and the rest had no turn yet.
        self.assertEqual([outcomes.count(what) for what in (A, U, D)], [150, 100, 0], run)
        self.assertEqual((len(first.delivered_to), len(second.delivered_to)), (100, 50))

    def test_too_many_recipients_follow_at_once(self):
        everybody = [f"r{i}@example.org" for i in range(12)]
        servers = self.two({"RCPT": ["250 2.1.5 ok"] * 5 + ["452 4.5.3 too many"] * 7 + ["250 2.1.5 ok"]})
        run = self.direct(servers, "--tls", "off", recipients=everybody)
        self.close(servers)
        first, second = servers.values()
        self.assertEqual(run.status, 0, run)
        self.assertEqual((len(first.delivered_to), len(second.sessions)), (12, 0), run)


class Tls(MxTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.certificate = Authority(cls.folder).certificate("mx1.example.org")

    def test_a_handshake_that_fails_is_followed_by_clear_text_there(self):
        servers = self.two({"STARTTLS": ("220 2.0.0 go ahead", DROP)}, ehlo=("PIPELINING", "STARTTLS"))
        run = self.direct(servers)
        self.close(servers)
        first, second = servers.values()
        self.assertEqual(run.status, 0, run)
        self.assertEqual(len(first.sessions), 2)
        self.assertIsNone(run.objects()[0]["tls"])
        self.assertEqual((first.delivered_to, second.sessions), ([BOB], []))

    def test_a_refused_starttls_leaves_the_session_in_clear_text(self):
        for reply in ("454 4.7.0 not now", "502 5.5.1 not here"):
            with self.subTest(reply):
                servers = self.two({"STARTTLS": reply}, ehlo=("PIPELINING", "STARTTLS"))
                run = self.direct(servers)
                self.close(servers)
                first, _ = servers.values()
                self.assertEqual((run.status, len(first.sessions), first.delivered_to), (0, 1, [BOB]), run)

    def test_other_failures_bring_no_clear_text(self):
        for why, first in (("greeting", {"GREETING": "554 5.7.1 no"}), ("EHLO", {"EHLO": DROP}),
                           ("after TLS", {"EHLO": ["250-mx\n250 STARTTLS", "451 4.3.0 later"]})):
            with self.subTest(why):
                servers = self.two(first, tls="starttls", certificate=self.certificate)
                run = self.direct(servers)
                self.close(servers)
                one, two = servers.values()
                self.assertEqual((run.status, len(one.sessions), two.delivered_to), (0, 1, [BOB]), run)

    def test_tls_required_is_never_clear_text(self):
        servers = self.two({"STARTTLS": ("220 2.0.0 go ahead", DROP)}, ehlo=("PIPELINING", "STARTTLS"))
        run = self.direct(servers, "--tls", "required")
        self.close(servers)
        self.assertNotEqual(run.status, 0, run)
        for server in servers.values():
            self.assertNotIn("MAIL", [line.split(" ")[0] for line in server.commands])

    def test_octets_in_clear_text_before_tls(self):
        servers = self.two({"STARTTLS": "220 go ahead\n250 and a reply for later"},
                           ehlo=("PIPELINING", "STARTTLS"))
        run = self.direct(servers)
        self.close(servers)
        first, second = servers.values()
        self.assertEqual((run.status, len(first.sessions), second.delivered_to), (0, 1, [BOB]), run)


class Sessions(MxTest):
    def messages(self, count):
        folder = self.folder / f"mail{count}"
        folder.mkdir(exist_ok=True)
        arguments = []
        for i in range(count):
            file = folder / f"{i}.eml"
            file.write_bytes(LETTER.replace(b"Lunch", b"Lunch %d" % i))
            arguments += ["--message", file]
        return arguments

    def test_messages_share_a_session(self):
        servers = self.two()
        run = self.direct(servers, "--tls", "off", *self.messages(5))
        self.close(servers)
        first, _ = servers.values()
        self.assertEqual((run.status, len(first.sessions), len(first.messages)), (0, 1, 5), run)
        self.assertEqual(first.sessions[0].end, "QUIT")

    def test_a_session_that_ended_says_nothing_of_the_host(self):
        for why, mail in (("closed", ["250 ok", "250 ok", DROP]), ("421", ["250 ok", ("421 4.4.2 idle", DROP)])):
            with self.subTest(why):
                servers = self.two({"MAIL": mail})
                run = self.direct(servers, "--tls", "off", *self.messages(4))
                self.close(servers)
                first, second = servers.values()
                self.assertEqual((run.status, len(first.messages), second.sessions), (0, 4, []), run)

    def test_domains_side_by_side(self):
        hosts = [f"mx.d{i}.example" for i in range(12)]
        servers = {host: SmtpServer() for host in hosts}
        zone = {host[3:]: [(10, host)] for host in hosts}
        for jobs in ("1", "3", "64"):
            with self.subTest(jobs):
                run = self.direct(servers, "--tls", "off", "--jobs", jobs,
                                  recipients=[f"r@{domain}" for domain in zone], zone=zone)
                self.assertEqual((run.status, set(run.outcomes().values())), (0, {A}), run)
        self.close(servers)
        self.assertEqual([len(server.messages) for server in servers.values()], [3] * 12)
