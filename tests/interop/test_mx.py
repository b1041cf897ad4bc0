"""mailtool send --mx: MX layouts, DANE and MTA-STS, against the lab."""

import contextlib
import http.server
import re
import ssl
import threading
import time

from support import LAB, LabTest, message

POLICY = "/.well-known/mta-sts.txt"


class MxTest(LabTest):
    dns = LAB["LAB_DNS"]

    def mx(self, *args, status=0, **more):
        return self.run_mailtool("send", "--mx", "--dns-server", self.dns, "--mx-port",
                                 LAB["LAB_SMTP_PORT"], "--tls-ca", LAB["LAB_CA"], "--json",
                                 "-f", "alice@crepes.fr", *args, input=message(), status=status,
                                 env={"XDG_CACHE_HOME": str(self.home / "cache")}, **more)

    def one(self, domain, *args, status=0, user="bob"):
        """What became of a message to one recipient there."""
        done = self.mx(f"{user}@{domain}", *args, status=status)
        return self.objects(done)[0], done

    def transcript(self, *args, **more):
        file = self.home / "transcript"
        done = self.mx("--transcript", file, *args, **more)
        return done, file.read_text()


class Layouts(MxTest):
    def test_ways_to_a_host(self):
        for domain, host in (
                ("mx-order.test", "good.test"),
                ("mx-half-dead.test", "half-dead.test"),
                ("mx-cname.test", "alias.test"),
                ("mx-cname-chain.test", "alias2.test"),
                ("mx-cname-loop.test", "good.test"),
                ("mx-literal-next.test", "good.test"),
                ("mx-servfail-next.test", "good.test"),
                ("mx-skip.test", "good.test"),
                ("mx-450.test", "good.test"),
                ("mx-554.test", "good.test"),
                ("mx-defers.test", "good.test"),
                ("mx-duplicate.test", "good.test"),
                ("mx-null-among.test", "good.test"),
                ("a-only.test", "a-only.test"),
                ("cname.test", "mx1.hamburger.edu"),
                ("cname-chain.test", "mx1.hamburger.edu"),
                ("mx-no-tls.test", "no-tls.test"),
                ("mx-self-signed.test", "self-signed.test"),
                ("mx-expired.test", "expired.test")):
            with self.subTest(domain):
                result, _ = self.one(domain)
                self.assertEqual((result["outcome"], result["host"]), ("accepted", host))

    def test_no_way(self):
        for domain, status, words in (
                ("null-mx.test", 68, "null MX"),
                ("no-address.test", 68, "no address"),
                ("mx-nowhere.test", 68, "does not exist"),
                ("mx-no-address.test", 68, "no address"),
                ("mx-literal.test", 68, "no MX record that names a host"),
                ("nothing-here.test", 68, "does not exist"),
                ("mx-dead.test", 75, "cannot connect"),
                ("servfail.test", 75, "SERVFAIL"),
                ("mx-servfail.test", 75, "SERVFAIL"),
                ("cname-servfail.test", 75, "SERVFAIL"),
                ("refused.test", 75, "REFUSED"),
                ("mx-554-last.test", 69, "refused"),
                ("mx-servfail-554.test", 75, "SERVFAIL"),
                ("mx-554-450.test", 75, "not now")):
            with self.subTest(domain):
                result, done = self.one(domain, status=status)
                self.assertEqual(result["outcome"], "deferred" if status == 75 else "refused")
                self.assertIn(words, done.err)

    def test_both_families(self):
        has_v6 = LAB["LAB_IPV6"] == "yes"
        for domain in ("dual.test", "mx-v6.test"):
            with self.subTest(domain):
                result, _ = self.one(domain)
                self.assertEqual(result["ip"].startswith("[::1]:"), has_v6)
                result, _ = self.one(domain, "-4")
                self.assertTrue(result["ip"].startswith("127.0.0.1:"))
        self.one("aaaa-only.test", status=0 if has_v6 else 75)
        self.one("aaaa-only.test", "-4", status=68)

    def test_equal_preferences_take_turns(self):
        hosts = {self.one("mx-equal.test")[0]["host"] for _ in range(24)}
        self.assertEqual(hosts, {"good.test", "good2.test"}, "24 times the same one of two")

    def test_no_more_than_five_addresses(self):
        result, _ = self.one("mx-six-dead.test", status=75)
        self.assertEqual(result["attempts"], 5)

    def test_no_more_than_two_sessions(self):
        result, done = self.one("mx-defers-twice.test", status=75)
        self.assertEqual((result["code"], result["attempts"]), (450, 2))

    def test_an_address_literal_is_a_host(self):
        result, _ = self.one("[127.0.0.1]", status=67)  # it has no users of that domain
        self.assertEqual((result["code"], result["host"]), (550, "127.0.0.1"))

    def test_domains_with_the_same_hosts_share_a_transaction(self):
        done, text = self.transcript("bob@mx-same-set.test", "carol@mx-same-set-too.test",
                                     "dave@mx-other-order.test")
        self.assertEqual([r["host"] for r in self.objects(done)[:3]],
                         ["good.test", "good.test", "good2.test"])
        self.assertEqual(text.count("C: MAIL FROM:"), 2)
        self.assertEqual(text.count("C: DATA") + text.count("LAST\n"), 2)

    def test_a_hundred_recipients_a_transaction(self):
        everybody = [f"bob+{i}@mx-same-set.test" for i in range(230)]
        done, text = self.transcript(*everybody)
        self.assertEqual({r["outcome"] for r in self.objects(done)[:230]}, {"accepted"})
        transactions = text.split("C: MAIL FROM:")[1:]
        self.assertEqual([one.count("C: RCPT TO:") for one in transactions], [100, 100, 30])
        self.assertEqual(len(re.findall(r"(?m)^# mail exchanger", text)), 1)

    def test_the_log_of_many_sessions_can_be_read(self):
        domains = ["mx-order.test", "mx-other-order.test", "mx-450.test", "mx-no-tls.test",
                   "mx-self-signed.test", "dual.test", "a-only.test", "mx-dead.test"]
        _, text = self.transcript("--jobs", "8", *(f"bob@{d}" for d in domains), status=75)
        # Below each title a dialogue of its own, from the greeting on.
        for section in re.split(r"(?m)^# mail exchanger .*\n", text)[1:]:
            self.assertRegex(section, r"\A(#.*\n)*S: (220|450)")
            self.assertLessEqual(section.count("C: QUIT"), 1)

    def test_several_messages_share_a_session(self):
        file = self.home / "three.mbox"
        file.write_text("".join(f"From alice@crepes.fr Fri Nov 20 12:00:00 2026\n{message(f'number {i}')}\n" for i in range(3)))
        done, text = self.transcript("--message", file, "bob@mx-same-set.test")
        self.assertEqual(self.objects(done)[-1]["accepted"], 3)
        self.assertEqual(text.count("C: MAIL FROM:"), 3)
        self.assertEqual(text.count("C: EHLO"), 2)  # one session: before and after STARTTLS

    def test_a_sender_that_takes_no_mail_is_warned_of(self):
        done = self.mx("-f", "alice@null-mx.test", "bob@good.test")
        self.assertIn("null-mx.test takes no mail", done.err)

    def test_tls_required_never_falls_back(self):
        for domain, status in (("mx-no-tls.test", 69), ("mx-self-signed.test", 77),
                               ("mx-wrong-name.test", 77), ("a-only.test", 77)):
            with self.subTest(domain):
                done, text = self.transcript("--tls", "required", f"bob@{domain}", status=status)
                self.assertNotIn("C: MAIL FROM:", text)
        self.one("mx-order.test", "--tls", "required")

    def test_bad_options(self):
        for option in (("--jobs", "0"), ("--jobs", "65"), ("--mx-tls-policy", "dane,tea"),
                       ("--mx-tls-policy", "none,dane")):
            with self.subTest(option):
                self.run_mailtool("send", "--mx", *option, "bob@good.test", input=message(),
                                  status=64)


class Dane(MxTest):
    dns = LAB["LAB_DNSSEC"]

    def test_hosts_that_are_what_their_records_say(self):
        for domain, host in (("ee", "good"), ("ee-self-signed", "self-signed"),
                             ("ee-alias", "alias"), ("ta-domain", "ta"),
                             ("mismatch-next", "good2"), ("bogus-next", "good"),
                             ("not-usable", "unusable")):
            with self.subTest(domain):
                result, _ = self.one(domain + ".signed.test")
                self.assertEqual((result["outcome"], result["host"]),
                                 ("accepted", host + ".signed.test"))
                self.assertTrue(result["tls"].startswith("TLSv1."))

    def test_hosts_that_are_not_get_nothing(self):
        for domain, words in (("mismatch", "no TLSA record matches"),
                              ("ta-other", "not for ta-other-name.signed.test"),
                              ("ee-plain", "does not offer STARTTLS"),
                              ("not-usable-plain", "does not offer STARTTLS"),
                              ("bogus", "cannot be told"),
                              ("bogus-mx", "SERVFAIL"),
                              ("bogus-host", "SERVFAIL")):
            with self.subTest(domain):
                done, text = self.transcript(f"bob@{domain}.signed.test", status=75)
                self.assertEqual(self.objects(done)[0]["outcome"], "deferred")
                self.assertIn(words, done.err)
                self.assertNotIn("C: MAIL FROM:", text)

    def test_the_plan_says_what_is_known(self):
        for domain, rule in (("ee", "dane"), ("not-usable", "dane unusable"),
                             ("none", "opportunistic")):
            with self.subTest(domain):
                done = self.run_mailtool("send", "--mx", "--explain", "--dns-server", self.dns,
                                         "--mx-port", LAB["LAB_SMTP_PORT"],
                                         f"bob@{domain}.signed.test", input=message())
                self.assertIn(rule, done.out)

    def test_without_secure_records_nothing_is_asked(self):
        for domain in ("none.signed.test", "insecure-host.signed.test", "mx-self-signed.test"):
            with self.subTest(domain):
                self.one(domain)

    def test_a_resolver_that_vouches_for_nothing(self):
        self.dns = LAB["LAB_DNS"]
        self.one("mismatch.signed.test")

    def test_the_user_may_do_without(self):
        self.one("mismatch.signed.test", "--mx-tls-policy", "none")
        self.one("mismatch.signed.test", "--mx-tls-policy", "mta-sts")
        self.one("mismatch.signed.test", "--tls", "off")
        self.one("mismatch.signed.test", "--mx-tls-policy", "dane,mta-sts", status=75)


class Website(http.server.ThreadingHTTPServer):
    """Serves policies by host name; counts what was asked for."""

    daemon_threads = True

    def __init__(self, pages, certificate="sts"):
        super().__init__(("127.0.0.1", 0), Page)
        self.pages = pages
        self.asked = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{LAB['LAB_TLS']}/{certificate}.pem",
                                f"{LAB['LAB_TLS']}/{certificate}.key")
        self.context = context
        self.released = threading.Event()

    def get_request(self):
        connection, address = super().get_request()
        connection.settimeout(20)
        return self.context.wrap_socket(connection, server_side=True,
                                        do_handshake_on_connect=False), address

    def handle_error(self, request, client_address):
        pass  # a client that goes away is part of the tests


class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        host = self.headers["Host"]
        self.server.asked.append(host + self.path)
        page = self.server.pages.get(host, (404, {}, "none here"))
        if callable(page):
            return page(self)
        status, headers, body = page
        self.send_response(status)
        for name, value in {"Content-Type": "text/plain", "Content-Length": str(len(body)),
                            **headers}.items():
            if value is not None:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())
        self.close_connection = True

    def log_message(self, *_):
        pass


def policy(*mx, mode="enforce", max_age=86400):
    lines = ["version: STSv1", f"mode: {mode}", f"max_age: {max_age}", *(f"mx: {m}" for m in mx)]
    return (200, {}, "".join(line + "\r\n" for line in lines))


class MtaSts(MxTest):
    @contextlib.contextmanager
    def website(self, domain, page, certificate="sts"):
        host = f"mta-sts.{domain}"
        with Website({host: page}, certificate) as site:
            thread = threading.Thread(target=site.serve_forever, args=(0.01,), daemon=True)
            thread.start()
            self.resolve = ("--resolve", f"{host}:443:127.0.0.1:{site.server_address[1]}")
            try:
                yield site
            finally:
                site.released.set()
                site.shutdown()
                thread.join()

    def cache_file(self, domain):
        return self.home / "cache/mailtool/mta-sts" / f"{domain}.policy"

    def test_what_the_policy_names_is_proved_and_used(self):
        for mx in ("good.test", "*.test", "GOOD.test"):
            with self.subTest(mx), self.website("sts.test", policy("other.test", mx)) as site:
                result, _ = self.one("sts.test", *self.resolve)
                self.assertEqual(result["host"], "good.test")
                self.assertEqual(site.asked, [f"mta-sts.sts.test{POLICY}"])
                self.cache_file("sts.test").unlink()

    def test_what_it_does_not_name_gets_nothing(self):
        for mx in ("elsewhere.test", "*.good.test", "test", "*.example"):
            with self.subTest(mx), self.website("sts.test", policy(mx)):
                done, text = self.transcript("bob@sts.test", *self.resolve, status=75)
                self.assertIn("does not name it", done.err)
                self.assertNotIn("C: ", text)
                self.cache_file("sts.test").unlink()

    def test_the_next_host_may_be_named(self):
        with self.website("sts-two.test", policy("good.test")):
            result, _ = self.one("sts-two.test", *self.resolve)
            self.assertEqual(result["host"], "good.test")

    def test_a_host_that_falls_short_gets_nothing(self):
        for domain, mx, words in (("sts-untrusted.test", "self-signed.test", "self-signed"),
                                  ("sts-no-tls.test", "no-tls.test", "does not offer STARTTLS")):
            with self.subTest(domain), self.website(domain, policy(mx)):
                done, text = self.transcript(f"bob@{domain}", *self.resolve, status=75)
                self.assertIn(words, done.err)
                self.assertIn("MTA-STS policy of " + domain, done.err)
                self.assertNotIn("C: MAIL FROM:", text)

    def test_modes_that_enforce_nothing(self):
        for domain, page, words in (
                ("sts-untrusted.test", policy("self-signed.test", mode="testing"), "with enforce"),
                ("sts-no-tls.test", policy("no-tls.test", mode="testing"), "has no TLS"),
                ("sts-untrusted.test", policy("else.test", mode="testing"), "does not name"),
                ("sts-untrusted.test", policy(mode="none"), "")):
            with self.subTest(domain), self.website(domain, page):
                result, done = self.one(domain, "-v", *self.resolve)
                self.assertEqual(result["outcome"], "accepted")
                self.assertIn(words, done.err)
                self.cache_file(domain).unlink()

    def test_policies_that_are_none(self):
        def redirect(page):
            page.send_response(301)
            page.send_header("Location", f"https://mta-sts.sts.test{POLICY}")
            page.send_header("Content-Length", "0")
            page.end_headers()

        def silent(page):
            page.server.released.wait(30)

        _, _, text = policy("elsewhere.test")
        for why, page, words in (
                ("redirect", redirect, "status 301"),
                ("not found", (404, {}, text), "status 404"),
                ("type", (200, {"Content-Type": "text/html"}, text), "text/html"),
                ("too large", (200, {}, text + "x: y\r\n" * 20_000), "too large"),
                ("too large, to the end", (200, {"Content-Length": None}, text + "x: y\n" * 20_000),
                 "too large"),
                ("cut off", (200, {"Content-Length": "5000"}, text), "cut"),
                ("no policy", (200, {}, "hello"), "not a field"),
                ("no version", (200, {}, text.replace("STSv1", "STSv2")), "version"),
                ("too old", (200, {}, text.replace("86400", "31557601")), "max_age"),
                ("silent", silent, "within 1 s")):
            with self.subTest(why), self.website("sts-untrusted.test", page):
                result, done = self.one("sts-untrusted.test", "-v", "--timeout", "1s",
                                        *self.resolve)
                self.assertEqual(result["outcome"], "accepted")
                self.assertIn(words, done.err)
                self.assertFalse(self.cache_file("sts-untrusted.test").exists())

    def test_the_web_server_is_proved(self):
        for certificate, words in (("sts-expired", "expired"), ("self-signed", "self-signed"),
                                   ("server", "not for mta-sts.sts-untrusted.test")):
            with self.subTest(certificate), \
                    self.website("sts-untrusted.test", policy("elsewhere.test"), certificate):
                _, done = self.one("sts-untrusted.test", "-v", *self.resolve)
                self.assertIn(words, done.err)

    def test_records_that_are_none(self):
        for domain in ("sts-malformed.test", "sts-twice.test"):
            with self.subTest(domain), self.website(domain, policy("elsewhere.test")) as site:
                self.one(domain, *self.resolve)
                self.assertEqual(site.asked, [])

    def test_a_policy_is_kept(self):
        with self.website("sts.test", policy("elsewhere.test")) as site:
            self.one("sts.test", *self.resolve, status=75)
            self.one("sts.test", *self.resolve, status=75)
            self.assertEqual(len(site.asked), 1)
        # The web server is gone, and the policy is not.
        self.one("sts.test", *self.resolve, status=75)

    def test_a_new_id_brings_a_new_policy(self):
        with self.website("sts.test", policy("elsewhere.test")):
            self.one("sts.test", *self.resolve, status=75)
        file = self.cache_file("sts.test")
        kept = file.read_bytes()
        self.assertIn(b"id: 20261121a\n", kept)
        file.write_bytes(kept.replace(b"20261121a", b"older"))
        # Fetched in vain, the old one holds.
        with self.website("sts.test", (500, {}, "")):
            _, done = self.one("sts.test", "-v", *self.resolve, status=75)
            self.assertIn("the policy of an earlier run holds", done.err)
        with self.website("sts.test", policy("good.test")) as site:
            self.one("sts.test", *self.resolve)
            self.assertEqual(len(site.asked), 1)
        self.assertIn(b"id: 20261121a\n", file.read_bytes())

    def test_an_old_policy_is_fetched_again(self):
        with self.website("sts.test", policy("elsewhere.test")):
            self.one("sts.test", *self.resolve, status=75)
        file = self.cache_file("sts.test")
        expired = f"expires: {int(time.time()) - 1}".encode()
        file.write_bytes(re.sub(rb"expires: \d+", expired, file.read_bytes()))
        self.one("sts.test", *self.resolve)  # expired, and the web server is gone: no policy
        with self.website("sts.test", policy("good.test")) as site:
            self.one("sts.test", *self.resolve)
            self.assertEqual(len(site.asked), 1)

    def test_a_damaged_file_is_replaced(self):
        file = self.cache_file("sts.test")
        file.parent.mkdir(parents=True)
        for damage in (b"", b"\0" * 4096, b"mailtool mta-sts 1\ndomain: other.test\n", b"x" * 200_000):
            with self.subTest(damage[:20]), self.website("sts.test", policy("good.test")):
                file.write_bytes(damage)
                self.one("sts.test", *self.resolve)
                self.assertTrue(file.read_bytes().startswith(b"mailtool mta-sts 1\ndomain: sts.test\n"))

    def test_dane_comes_first(self):
        self.dns = LAB["LAB_DNSSEC"]
        with self.website("sts.signed.test", policy("elsewhere.test")) as site:
            self.one("sts.signed.test", *self.resolve)
            self.assertEqual(site.asked, [])
            self.one("sts.signed.test", "--mx-tls-policy", "mta-sts", *self.resolve, status=75)

    def test_the_user_may_do_without(self):
        with self.website("sts.test", policy("elsewhere.test")) as site:
            self.one("sts.test", "--mx-tls-policy", "none", *self.resolve)
            self.one("sts.test", "--mx-tls-policy", "dane", *self.resolve)
            self.assertEqual(site.asked, [])
