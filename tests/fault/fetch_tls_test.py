"""fetch over TLS: what proves nothing gets nothing, and a silence inside it ends as one outside does."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import socket
import unittest

from certificates import Authority
from fetch_home import FetchHome, FetchTest
from scripted_pop3 import CAPA, DEAF, DROP, STALL, Pop3Server, Usual, mails

WAYS = (("pop3s", "implicit"), ("pop3", "stls"))


class Tls(FetchTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.authority = Authority(cls.folder / "authority")
        cls.good = cls.authority.certificate()

    def run_fetch(self, home, server, scheme, *arguments, **more):
        return self.fetch(home, server, "--tls-ca", self.authority.path, *arguments, scheme=scheme, tls=True, **more)

    def test_both_ways(self):
        for scheme, tls in WAYS:
            with self.subTest(scheme), Pop3Server(mails(3), tls=tls, certificate=self.good) as server, \
                    FetchHome() as home:
                self.run_fetch(home, server, scheme, "--delete")
                self.holds(home, server.maildrop)
                self.assertTrue(server.sessions[0].tls.startswith("TLSv1."))

    def test_a_certificate_that_proves_nothing_is_77_and_gets_nothing(self):
        made = self.authority
        rows = [made.self_signed(), made.certificate("expired", expired=True),
                made.certificate("elsewhere", names=["DNS:elsewhere.example"])]
        for certificate in rows:
            for scheme, tls in WAYS:
                with self.subTest(f"{scheme} {certificate.path.name}"), \
                        Pop3Server(mails(1), tls=tls, certificate=certificate) as server, FetchHome() as home:
                    run = self.run_fetch(home, server, scheme, status=77)
                    self.assertEqual(len(run.error_lines()), 1, run)
                    server.close()
                    self.assertEqual(set(server.commands) - {"CAPA", "STLS"}, set())
                    self.assertEqual(server.sessions[0].user, None)

    def test_tls_that_is_not_there(self):
        rows = [({}, CAPA, 69), ({"STLS": "-ERR no"}, [*CAPA, "STLS"], 69), ({"STLS": DROP}, [*CAPA, "STLS"], 75),
                ({"STLS": ("+OK", b"nonsense\r\n" * 9)}, [*CAPA, "STLS"], (75, 76))]
        for replies, capa, status in rows:
            with self.subTest(str(replies)), Pop3Server(mails(1), replies, capa) as server, FetchHome() as home:
                self.run_fetch(home, server, "pop3", status=status)
                self.assertEqual(set(server.commands) - {"CAPA", "STLS", "QUIT"}, set())

    def test_octets_before_tls_are_never_read_as_if_protected(self):
        slipped = b"+OK begin\r\n+OK\r\nSASL PLAIN\r\nPIPELINING\r\n.\r\n"
        with Pop3Server(mails(1), {"STLS": slipped}, tls="stls", certificate=self.good) as server, \
                FetchHome() as home:
            run = self.run_fetch(home, server, "pop3", status=76)
            self.assertIn("STLS", run.err)
            self.assertEqual(server.commands, ["STLS"])

    def test_capabilities_of_before_tls_are_forgotten(self):
        capa = [("+OK\nSTLS\nSASL PLAIN\nPIPELINING\nEXPIRE 0\n."), "+OK\nUIDL\nTOP\nSASL PLAIN\n."]
        with Pop3Server(mails(2), {"CAPA": capa}, tls="stls", certificate=self.good, discards=True) as server, \
                FetchHome() as home:
            self.run_fetch(home, server, "pop3", "--tls", "opportunistic", "--timeout", "3s")
            self.holds(home, server.maildrop)

    def test_a_silence_inside_tls(self):
        rows = [("greeting", {"GREETING": STALL}), ("half a greeting", {"GREETING": (b"+O", STALL)}),
                ("login", {"AUTH-END": STALL}), ("listing", {"UIDL": Usual(cut=0.5, then=STALL)}),
                ("message", {"RETR": {2: Usual(cut=0.5, then=STALL)}}), ("deaf", {"RETR": {2: DEAF}}),
                ("quit", {"QUIT": STALL})]
        def one(row):
            (scheme, tls), (_, replies) = row
            with Pop3Server(mails(3, 3000), replies, tls=tls, certificate=self.good) as server, FetchHome() as home:
                run = self.run_fetch(home, server, scheme, "--delete", "--timeout", "2s", status=75, timeout=30)
                self.assertEqual(len(run.error_lines()), 1, run)
                server.replies = {}
                self.run_fetch(home, server, scheme, "--delete")
                self.holds(home, server.maildrop)
                self.assertEqual(server.left(), [])
        self.each(one, [(way, row) for way in WAYS for row in rows])

    def test_a_silence_in_the_handshake_and_before_the_certificate(self):
        for said in (b"", b"\x16\x03\x03", b"\x16\x03\x03\x10\x00" + bytes(10)):
            with self.subTest(said), socket.create_server(("127.0.0.1", 0)) as listener, FetchHome() as home:
                process = home.start(listener.getsockname()[1], "--timeout", "2s", scheme="pop3s", tls=True)
                peer, _ = listener.accept()
                with peer:
                    peer.sendall(said)
                    self.judge(home.finish(process, 30), (75, 76))

    def test_a_cut_without_a_farewell_is_a_cut(self):
        """An end of TCP that TLS did not announce."""
        cut = {"RETR": {2: Usual(cut=0.5)}}
        with Pop3Server(mails(3, 3000), cut, tls="implicit", certificate=self.good) as server, FetchHome() as home:
            self.run_fetch(home, server, "pop3s", "--delete", status=75)
            server.replies = {}
            self.run_fetch(home, server, "pop3s", "--delete")
            self.holds(home, server.maildrop)


if __name__ == "__main__":
    unittest.main()
