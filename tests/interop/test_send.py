"""mailtool send against Postfix and Dovecot."""

import base64
import email
import email.policy

from support import LAB, MECHANISMS, LabTest, message


class Direct(LabTest):
    def test_the_first_exchanger_is_dead_and_the_next_one_takes_it(self):
        done = self.send_by_mx("--json", "bob@mx-order.test", "bob@hamburger.edu",
                               input=message())
        first, second, summary = self.objects(done)
        self.assertEqual(first["outcome"], "accepted")
        self.assertEqual(second["outcome"], "accepted")
        self.assertEqual(summary["exit"], 0)
        self.assertTrue(first["tls"].startswith("TLSv1."))
        self.assertEqual(first["code"], 250)
        self.wait_for(1)

    def test_the_name_that_the_server_gives_a_message(self):
        done = self.send_by_mx("--json", "bob@hamburger.edu", input=message())
        self.assertIsNotNone(self.objects(done)[0]["remote_id"])

    def test_success_is_silent(self):
        done = self.send_by_mx("bob@hamburger.edu", input=message())
        self.assertEqual(done.out + done.err, "")

    def test_a_domain_without_mx_is_its_own_exchanger(self):
        self.send_by_mx("bob@a-only.test", input=message())

    def test_null_mx_takes_no_mail(self):
        done = self.send_by_mx("bob@null-mx.test", input=message(), status=68)
        self.assertIn("null MX", done.err)
        self.assertEqual(done.err.count("\n"), 1)

    def test_no_such_domain(self):
        self.send_by_mx("bob@nothing-here.test", input=message(), status=68)

    def test_servfail_is_temporary(self):
        self.send_by_mx("bob@servfail.test", input=message(), status=75)

    def test_one_bad_recipient_does_not_stop_the_other(self):
        done = self.send_by_mx("--json", "nobody@hamburger.edu", "bob@hamburger.edu",
                               input=message(), status=67)
        refused, accepted, summary = self.objects(done)
        self.assertEqual((refused["outcome"], refused["code"], refused["enhanced"]),
                         ("refused", 550, "5.1.1"))
        self.assertEqual(accepted["outcome"], "accepted")
        self.assertEqual(summary["exit"], 67)
        self.assertIn("nobody@hamburger.edu", done.err)
        self.wait_for(1)

    def test_later_is_75(self):
        done = self.send_by_mx("--json", "later@hamburger.edu", input=message(), status=75)
        self.assertEqual(self.objects(done)[0]["outcome"], "deferred")

    def test_dry_run_sends_nothing(self):
        done = self.send_by_mx("-n", "bob@hamburger.edu", input=message())
        self.assertIn("would send", done.out)
        self.assertEqual(self.imap("search", "--count").out.strip(), "0")


class Explain(LabTest):
    def test_the_exchangers_in_their_order(self):
        done = self.send_by_mx("--explain", "bob@mx-order.test", input=message())
        hosts = [line.split()[1:3] for line in done.out.splitlines() if line.startswith("host")]
        self.assertEqual(hosts, [["10", "dead.test,"], ["20", "good.test,"], ["30", "good2.test,"]])
        self.assertIn("tls         opportunistic", done.out)
        self.assertEqual(self.imap("search", "--count").out.strip(), "0")

    def test_no_way_to_a_recipient_is_its_status(self):
        done = self.send_by_mx("--explain", "bob@null-mx.test", input=message(), status=68)
        self.assertIn("null MX", done.out)

    def test_a_server_and_the_login(self):
        done = self.run_mailtool("send", "--explain", "--json", "--server",
                                 f"smtp://alice@{LAB['LAB_HOST']}", "--dns-server", LAB["LAB_DNS"],
                                 "bob@hamburger.edu", input=message())
        lines = {line["name"]: line["text"] for line in self.objects(done)[0]["lines"]}
        self.assertEqual(lines["addresses"], f"{LAB['LAB_ADDRESS']}:587")
        self.assertTrue(lines["login"].startswith("as alice"))


class Several(LabTest):
    def test_an_mbox_goes_over_one_connection(self):
        mbox = self.home / "list.mbox"
        mbox.write_text("".join(f"From a Fri Nov 20 12:00:00 2026\n{message(f'Note {i}')}\n"
                                for i in range(20)))
        log = self.home / "log"
        for way in ("mx", "submission"):
            with self.subTest(way):
                args = ["--message", mbox, "--json", "--transcript", log, "bob@hamburger.edu"]
                done = self.send_by_mx(*args) if way == "mx" else self.submit(*args)
                summary = self.objects(done)[-1]
                self.assertEqual((summary["messages"], summary["accepted"]), (20, 20))
                # The greeting, and the go-ahead for TLS.
                self.assertEqual(log.read_text().count("S: 220"), 2)
        self.wait_for(40)

    def test_once_sends_again_only_to_whom_it_was_not_sent(self):
        args = ["--once", "nightly 1", "--json", "--from", "alice@crepes.fr", "-s", "x", "--body", "x"]
        done = self.send_by_mx(*args, "bob@hamburger.edu", "later@hamburger.edu", status=75)
        self.assertEqual([o["outcome"] for o in self.objects(done)[:2]], ["accepted", "deferred"])
        done = self.send_by_mx(*args, "bob@hamburger.edu", "carol@hamburger.edu")
        self.assertEqual([o.get("sent_before") for o in self.objects(done)[:2]], [True, None])
        self.assertEqual(self.send_by_mx(*args[:2], *args[3:], "bob@hamburger.edu").out, "")
        self.wait_for(1)
        self.wait_for(1, user="carol@hamburger.edu")
        self.assertEqual(self.imap("search", "--count").out.strip(), "1")


class Submission(LabTest):
    def test_every_way_in(self):
        for scheme in ("submission", "smtps"):
            with self.subTest(scheme):
                self.submit("bob@hamburger.edu", scheme=scheme, input=message())
        self.wait_for(2)

    def test_every_mechanism(self):
        for mechanism in MECHANISMS:
            with self.subTest(mechanism):
                self.submit("--auth", mechanism, "bob@hamburger.edu", input=message())

    def test_two_logs_at_once_mask_secrets(self):
        log = self.home / "log"
        for mechanism in ("PLAIN", "LOGIN"):
            with self.subTest(mechanism):
                done = self.submit("-v", "--transcript", log, "--auth", mechanism,
                                   "bob@hamburger.edu", input=message())
                for text in (log.read_text(), done.err):
                    self.assertNotIn(base64.b64encode(b"alice-secret").decode()[:12], text)
                    lines = [line for line in text.splitlines() if line.startswith("C: AUTH PLAIN")]
                    self.assertTrue(all(line == "C: AUTH PLAIN ****" for line in lines), lines)

    def test_a_wrong_password_is_77_and_not_repeated(self):
        secret = self.home / "wrong"
        secret.write_text("not-the-password\n")
        secret.chmod(0o600)
        done = self.submit("--password-from", f"file:{secret}", "bob@hamburger.edu",
                           input=message(), status=77)
        self.assertNotIn("not-the-password", done.out + done.err)

    def test_the_transcript_masks_secrets(self):
        transcript = self.home / "transcript"
        self.submit("--transcript", transcript, "--auth", "PLAIN", "bob@hamburger.edu",
                    input=message())
        text = transcript.read_text()
        self.assertIn("C: AUTH PLAIN ****", text)
        self.assertIn("<TLS negotiation>", text)
        self.assertIn("C: Subject: Lunch", text)

    def test_a_certificate_that_proves_nothing_gets_no_password(self):
        done = self.run_mailtool(
            "send", "--server", *self.server("submission", "alice@crepes.fr"), "--tls-name",
            "elsewhere.example", "bob@hamburger.edu", input=message(), status=77)
        self.assertIn("elsewhere.example", done.err)

    def test_the_composed_message_arrives_as_meant(self):
        file = self.home / "Übersicht.csv"
        file.write_bytes(bytes(range(256)) * 40)
        self.submit("--from", "Alice <alice@crepes.fr>", "--to", "Bob Ü <bob@hamburger.edu>",
                    "--bcc", "carol@hamburger.edu", "-s", "Grüße 😀", "--attach", file,
                    input="Are crêpes\n.better?\n..\n")
        self.wait_for(1)
        self.wait_for(1, user="carol@hamburger.edu")
        raw = self.imap("get", "1").stdout
        got = email.message_from_bytes(raw, policy=email.policy.default)
        self.assertEqual(got["Subject"], "Grüße 😀")
        self.assertEqual(str(got["To"].addresses[0]), "Bob Ü <bob@hamburger.edu>")
        self.assertIsNone(got["Bcc"])
        self.assertNotIn(b"carol", raw)
        body, attachment = got.iter_parts()
        self.assertEqual(body.get_content(), "Are crêpes\n.better?\n..\n")
        self.assertEqual(attachment.get_filename(), "Übersicht.csv")
        self.assertEqual(attachment.get_payload(decode=True), file.read_bytes())

    def test_bcc_of_a_ready_message_is_an_envelope_matter(self):
        text = message().replace("Subject:", "Bcc: carol@hamburger.edu,\n dave@hamburger.edu\nSubject:")
        self.submit("-t", input=text)
        for user in ("bob@hamburger.edu", "carol@hamburger.edu", "dave@hamburger.edu"):
            self.wait_for(1, user=user)
        self.assertNotIn(b"carol", self.imap("get", "1").stdout)

    def test_dots_and_line_ends_survive(self):
        text = "a\r\n.\r\n..\n.b\r\n" + "x" * 998 + "\n.\n"
        self.submit("bob@hamburger.edu", input=message(text=text))
        self.wait_for(1)
        raw = self.imap("get", "1").stdout
        self.assertTrue(raw.endswith(("\n\n" + text.replace("\r\n", "\n")).encode()), raw[-200:])


class BadInput(LabTest):
    def test_messages_that_cannot_be_sent(self):
        for name, content, words in (
                ("empty", b"", "empty"),
                ("NUL", b"Subject: x\n\na\0b\n", "line 3"),
                ("bare CR", b"Subject: x\n\na\rb\n", "line 3"),
                ("long line", b"Subject: x\n\n" + b"y" * 999 + b"\n", "999 octets")):
            with self.subTest(name):
                done = self.send_by_mx("-f", "alice@crepes.fr", "bob@hamburger.edu",
                                       input=content, status=65)
                self.assertIn(words, done.err)

    def test_line_breaks_in_values(self):
        for option in ("-s", "--to", "--header", "--from", "-f"):
            with self.subTest(option):
                self.send_by_mx("--to", "bob@hamburger.edu", "--body", "x", option,
                                "a@b.example\r\nBcc: mallory@example.org", status=64)

    def test_no_route(self):
        done = self.run_mailtool("send", "bob@hamburger.edu", input=message(), status=64)
        self.assertIn("--mx", done.err)

    def test_too_large_for_the_server_is_said_before_it_is_sent(self):
        big = message(text=("z" * 70 + "\n") * 1_000_000)
        done = self.send_by_mx("bob@hamburger.edu", input=big, status=65)
        self.assertIn("octets", done.err)
