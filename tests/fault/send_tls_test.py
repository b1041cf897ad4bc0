"""mailtool send where TLS, names and local files go wrong: status, outcome, one line, and no secret let out."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from certificates import Authority
from program import SECRET, ProgramTest
from scripted_dns import NameServer
from scripted_smtp import DROP, STALL, SmtpServer

BOB = "bob@example.org"
LETTER = b"From: alice@example.com\nTo: bob@example.org\nSubject: Lunch\n\nNoon?\n"
USERS = {"alice": SECRET}


class Base(ProgramTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.authority = Authority(cls.folder / "authority")
        cls.good = cls.authority.certificate()

    def send(self, server, *arguments, scheme="smtp", host="127.0.0.1", status=0, **more):
        run = self.mailtool("send", "--server", f"{scheme}://alice@{host}:{server.port}", "--password-from",
                            "env:PW", "--tls-ca", self.authority.path, "--json", *arguments, BOB,
                            **{"input": LETTER, "timeout": 20, **more})
        self.assertEqual(run.status, status, f"{run}\ncommands: {server.commands}")
        self.assertEqual(len(run.error_lines()), 0 if status == 0 else 1, run)
        return run

    def nothing_went_out(self, server):
        """No mail, and no credentials."""
        server.close()
        self.assertEqual(server.messages, [])
        for session in server.sessions:
            self.assertNotIn("AUTH", session.verbs())
            self.assertNotIn("MAIL", session.verbs())


class Tls(Base):
    def test_both_ways_and_a_login(self):
        for scheme, tls in (("smtp", "starttls"), ("smtps", "implicit")):
            with self.subTest(scheme), SmtpServer(tls=tls, certificate=self.good, users=USERS) as server:
                self.send(server, scheme=scheme)
                server.close()
                self.assertEqual(server.delivered_to, [BOB])
                self.assertEqual(server.sessions[0].user, "alice")
                self.assertTrue(server.sessions[0].tls.startswith("TLSv1."))

    def test_the_name_that_is_asked_for_is_the_hosts(self):
        with SmtpServer(tls="implicit", certificate=self.good, users=USERS) as server:
            self.send(server, "--resolve", f"mail.example:{server.port}:127.0.0.1:{server.port}", scheme="smtps",
                      host="mail.example")
        self.assertEqual(server.sessions[0].server_name, "mail.example")

    def test_a_certificate_that_proves_nothing_is_77_and_gets_nothing(self):
        made = self.authority
        rows = [(made.certificate("expired", expired=True), "expired"),
                (made.certificate("elsewhere", names=["DNS:elsewhere.example"]), "127.0.0.1"),
                (made.self_signed(), "certificate")]
        for certificate, words in rows:
            for scheme, tls in (("smtp", "starttls"), ("smtps", "implicit")):
                with self.subTest(f"{scheme} {certificate.path.name}"), \
                        SmtpServer(tls=tls, certificate=certificate, users=USERS) as server:
                    run = self.send(server, scheme=scheme, status=77)
                    self.assertEqual(run.outcomes(), {BOB: "refused"})
                    self.assertIn(words, run.err)
                    self.nothing_went_out(server)

    def test_tls_that_is_not_there_is_69_and_nothing_goes_in_clear_text(self):
        rows = [("not offered", {}, 69, "STARTTLS"),
                ("refused for good", {"STARTTLS": "502 5.5.1 no"}, 69, "STARTTLS"),
                ("refused for now", {"STARTTLS": "454 4.7.0 later"}, 75, "STARTTLS"),
                ("closed", {"STARTTLS": DROP}, 75, "STARTTLS")]
        for name, replies, status, words in rows:
            keywords = ("PIPELINING", "AUTH PLAIN", *(["STARTTLS"] if replies else []))
            with self.subTest(name), SmtpServer(replies, keywords, users=USERS) as server:
                self.assertIn(words, self.send(server, status=status).err)
                self.nothing_went_out(server)

    def test_a_handshake_that_fails_is_no_way_back_to_clear_text(self):
        rows = [("nonsense", ("220 go", b"hello?\r\n" * 10), (75, 76)), ("closed", ("220 go", DROP), (75, 76)),
                ("silence", ("220 go", STALL), (75,))]
        for name, reply, statuses in rows:
            with self.subTest(name), SmtpServer({"STARTTLS": reply}, ("STARTTLS", "AUTH PLAIN")) as server:
                run = self.mailtool("send", "--server", f"smtp://alice@127.0.0.1:{server.port}", "--password-from",
                                    "env:PW", "--timeout", "1s", BOB, input=LETTER, timeout=20)
                self.assertIn(run.status, statuses, run)
                self.assertEqual(len(run.error_lines()), 1, run)
                self.nothing_went_out(server)

    def test_octets_before_tls_are_never_read_as_if_protected(self):
        inserted = b"220 2.0.0 go ahead\r\n250-mail.example\r\n250 AUTH PLAIN\r\n"
        with SmtpServer({"STARTTLS": inserted}, tls="starttls", certificate=self.good, users=USERS) as server:
            run = self.send(server, status=76)
            self.assertIn("before TLS", run.err)
            self.nothing_went_out(server)

    def test_a_login_that_is_refused_is_77_whatever_the_way(self):
        for scheme, tls in (("smtp", "starttls"), ("smtps", "implicit")):
            with self.subTest(scheme), \
                    SmtpServer(tls=tls, certificate=self.good, users={"alice": "another"}) as server:
                run = self.send(server, scheme=scheme, status=77)
                self.assertIn("535", run.err)
                self.assertEqual(server.commands.count("QUIT"), 1)

    def test_a_password_in_clear_text_stays_at_home(self):
        # Not on loopback by name: what --tls off allows there alone.
        with SmtpServer({}, ("AUTH PLAIN LOGIN",)) as server:
            run = self.send(server, "--auth", "PLAIN", status=69)
            self.assertIn("STARTTLS", run.err)
            self.nothing_went_out(server)


class Names(Base):
    def test_statuses_of_names(self):
        for code, status, outcome in (("NXDOMAIN", 68, "refused"), ("NOERROR", 68, "refused"),
                                      ("SERVFAIL", 75, "deferred"), ("REFUSED", 75, "deferred"),
                                      (None, 75, "deferred")):
            with self.subTest(str(code)), NameServer(code) as dns:
                run = self.mailtool("send", "--server", "smtp://mail.example:2525", "--dns-server", dns.address,
                                    "--deadline", "2s", "--json", BOB, input=LETTER, timeout=20)
                self.assertEqual(run.status, status, run)
                self.assertEqual(run.outcomes(), {BOB: outcome}, run)
                self.assertEqual(len(run.error_lines()), 1, run)
                self.assertIn("mail.example", run.err)

    def test_a_port_where_nobody_listens_is_75(self):
        server = SmtpServer()
        server.close()
        run = self.mailtool("send", "--server", f"smtp://127.0.0.1:{server.port}", "--json", BOB, input=LETTER)
        self.assertEqual((run.status, run.outcomes()), (75, {BOB: "deferred"}), run)
        self.assertIn("refused", run.err)


class Local(Base):
    """What is wrong here is said before anything is connected."""

    def test_statuses(self):
        config = self.folder / "wrong.toml"
        config.write_text("[account.x]\nsned = 'mx'\n")
        config.chmod(0o600)
        rows = [
            (64, ["--frm", "a@b.example"], LETTER, "--frm"),
            (64, ["-f", "a@b.example\r\nRCPT TO:<x@y.example>"], LETTER, "-f"),
            (64, ["not an address at all"], LETTER, "not an address"),
            (64, ["--timeout", "soon"], LETTER, "timeout"),
            (65, [], b"", "empty"),
            (65, [], b"Subject: x\n\na\0b\n", "line 3"),
            (65, [], b"Subject: x\n\na\rb\n", "line 3"),
            (65, [], b"Subject: x\n\n" + b"y" * 999 + b"\n", "line 3"),
            (66, ["--attach", "/nowhere/at-all.txt", "--from", BOB, "--to", BOB], b"", "/nowhere/at-all.txt"),
            (66, ["--message", "/nowhere/at-all.eml"], b"", "/nowhere/at-all.eml"),
            (66, ["--config", "/nowhere/at-all.toml"], LETTER, "/nowhere/at-all.toml"),
            (66, ["--password-from", "file:/nowhere/at-all", "--user", "alice"], LETTER, "/nowhere/at-all"),
            (73, ["--transcript", "/nowhere/at-all.log"], LETTER, "/nowhere/at-all.log"),
            (78, ["--config", config], LETTER, "sned"),
        ]
        with SmtpServer(users=USERS) as server:
            for status, arguments, letter, words in rows:
                with self.subTest(f"{status} {arguments} {letter[:20]}"):
                    run = self.mailtool("send", "--server", f"smtp://127.0.0.1:{server.port}", "--tls", "off",
                                        *arguments, *([] if "--to" in arguments else [BOB]), input=letter)
                    self.assertEqual(run.status, status, run)
                    self.assertIn(words, run.err)
                    self.assertEqual(len(run.error_lines()), 1, run)
        self.assertEqual(server.messages, [])

    def test_larger_than_the_server_takes_is_65_before_it_is_sent(self):
        with SmtpServer(ehlo=("PIPELINING", "SIZE 1000")) as server:
            run = self.mailtool("send", "--server", f"smtp://127.0.0.1:{server.port}", "--tls", "off", "--json",
                                BOB, input=LETTER + b"x" * 70 + b"\n" + b"y\n" * 1000)
        self.assertEqual((run.status, run.outcomes()), (65, {BOB: "refused"}), run)
        self.assertIn("1000", run.err)
        self.assertEqual(server.sessions[0].verbs(), ["EHLO", "QUIT"])

    def test_an_address_that_the_server_cannot_take_stops_no_other(self):
        with SmtpServer() as server:
            run = self.mailtool("send", "--server", f"smtp://127.0.0.1:{server.port}", "--tls", "off", "--json",
                                "jürgen@example.org", BOB, input=LETTER)
        self.assertEqual(run.status, 65, run)
        self.assertEqual(run.outcomes(), {"jürgen@example.org": "refused", BOB: "accepted"})
        self.assertEqual(server.delivered_to, [BOB])

    def test_a_report_that_cannot_be_written_is_74(self):
        with SmtpServer() as server, open("/dev/full", "wb") as full:
            run = self.mailtool("send", "--server", f"smtp://127.0.0.1:{server.port}", "--tls", "off", "--json",
                                BOB, input=LETTER, stdout=full)
        self.assertEqual(run.status, 74, run)
        self.assertEqual(server.delivered_to, [BOB])
