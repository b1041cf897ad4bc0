"""What mailtool send makes of a message for servers that offer less, and of one that mail cannot carry as it is: it
reads the same at the other end."""

import email
import email.policy
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from program import ProgramTest
from scripted_smtp import SmtpServer

BOB = "bob@example.org"
HEAD = "From: alice@example.com\nTo: bob@example.org\nSubject: {}\nMIME-Version: 1.0\n"
TEXT = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
GRUSS = "Grüße\n.\n..\nbis später 😀\n"
SERVERS = ((), ("PIPELINING",), ("PIPELINING", "CHUNKING"), ("PIPELINING", "8BITMIME"),
           ("PIPELINING", "8BITMIME", "CHUNKING", "BINARYMIME", "SMTPUTF8"))
SIGNED = (HEAD.format("x") + 'Content-Type: multipart/signed; micalg=pgp-sha256; protocol="application/pgp-signature"; '
          f'boundary="b"\n\n--b\n{TEXT}{GRUSS}--b\nContent-Type: application/pgp-signature\n\nx\n--b--\n').encode()


def text_of(part):
    return part.get_content().replace("\r\n", "\n")


class Forms(ProgramTest):
    def send(self, keywords, message, *arguments, status=0):
        """The run, and the message that arrived, if one did."""
        with SmtpServer(ehlo=keywords, keep=True) as server:
            run = self.mailtool("send", "--server", f"smtp://127.0.0.1:{server.port}", "--tls", "off", *arguments,
                                *([] if "--to" in arguments else [BOB]), input=message)
        self.assertEqual(run.status, status, run)
        self.assertEqual(len(server.messages), 1 if status == 0 else 0, run)
        if status:
            self.assertEqual(len(run.error_lines()), 1, run)
            return run, None
        [message] = server.messages
        self.fits(keywords, message)
        return run, email.message_from_bytes(message.octets, policy=email.policy.default)

    def fits(self, keywords, message):
        """Nothing that the server did not offer, and nothing that was not said."""
        words = message.parameters.split()
        beyond_ascii = not message.octets.isascii()
        if beyond_ascii:
            self.assertTrue("BODY=8BITMIME" in words or "BODY=BINARYMIME" in words, message)
        for keyword in ("8BITMIME", "BINARYMIME"):
            if keyword not in keywords:
                self.assertNotIn(f"BODY={keyword}", words)
        if "SMTPUTF8" not in keywords:
            self.assertTrue(message.octets.partition(b"\r\n\r\n")[0].isascii(), message)
        if "BODY=BINARYMIME" not in words:
            self.assertLessEqual(max(map(len, message.octets.split(b"\r\n"))), 998)
            self.assertEqual(message.octets.count(b"\n"), message.octets.count(b"\r\n"))
            self.assertNotIn(b"\0", message.octets)

    def test_a_text_of_8_bits(self):
        for keywords in SERVERS:
            with self.subTest(keywords):
                _, got = self.send(keywords, (HEAD.format("Lunch") + TEXT + GRUSS).encode())
                self.assertEqual(text_of(got), GRUSS)
                self.assertEqual(got["Subject"], "Lunch")

    def test_parts_within_parts(self):
        message = (HEAD.format("Lunch") + 'Content-Type: multipart/mixed; boundary="o"\n\nold readers\n--o\n'
                   f'Content-Type: multipart/alternative; boundary="i"\n\n--i\n{TEXT}{GRUSS}\n--i\n'
                   "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n<p>Grüße</p>\n"
                   "\n--i--\n--o\nContent-Type: text/plain\n\nplain\n--o--\n").encode()
        for keywords in SERVERS:
            with self.subTest(keywords):
                _, got = self.send(keywords, message)
                texts = [text_of(part).rstrip("\n") for part in got.walk() if not part.is_multipart()]
                self.assertEqual(texts, [GRUSS.rstrip("\n"), "<p>Grüße</p>", "plain"])

    def test_a_raw_header(self):
        for keywords in SERVERS:
            with self.subTest(keywords):
                _, got = self.send(keywords, (HEAD.format("Grüße 😀") + TEXT + GRUSS).encode())
                self.assertEqual(got["Subject"], "Grüße 😀")

    def test_a_signed_message_is_never_changed(self):
        _, got = self.send(("PIPELINING", "8BITMIME"), SIGNED)
        self.assertIn(GRUSS.encode().replace(b"\n", b"\r\n"), got.as_bytes(policy=email.policy.SMTP))
        for arguments in ((), ("--fix",)):
            run, _ = self.send(("PIPELINING",), SIGNED, *arguments, status=65)
            self.assertIn("sign", run.err)

    def test_what_mail_cannot_carry(self):
        start = HEAD.format("x") + "Content-Type: text/plain; charset=utf-8\n\n"
        for text, word in (("a\0b\n", "NUL"), ("a\rb\n", "CR"), ("y" * 999 + "\n", "999"), ("y" * 50_000 + "\n", "50000")):
            with self.subTest(word):
                run, _ = self.send(("PIPELINING",), (start + text).encode(), status=65)
                self.assertIn(word, run.err)
                self.assertIn("--fix", run.err)
                _, got = self.send(("PIPELINING",), (start + text).encode(), "--fix")
                self.assertEqual(got.get_payload(decode=True).replace(b"\r\n", b"\n"), text.encode())

    def test_composed_here(self):
        file = self.folder / "Übersicht.bin"
        file.write_bytes(bytes(range(256)) * 1000)
        for keywords in SERVERS:
            with self.subTest(keywords):
                _, got = self.send(keywords, b"", "--from", "Jürgen <alice@example.com>", "--to",
                                   f'"Ö, Bob" <{BOB}>', "-s", "Grüße", "--body", "ä" * 2000, "--attach", file)
                text, attached = got.iter_parts()
                self.assertEqual(text_of(text).rstrip("\n"), "ä" * 2000)
                self.assertEqual(attached.get_payload(decode=True), file.read_bytes())
                self.assertEqual(attached.get_filename(), file.name)
                self.assertEqual(got["From"].addresses[0].display_name, "Jürgen")
                self.assertEqual(got["To"].addresses[0].display_name, "Ö, Bob")
