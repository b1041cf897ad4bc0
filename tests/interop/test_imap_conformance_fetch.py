"""FETCH at serve and at Dovecot: bodies and their parts, structures, envelopes, what is NIL, and parts of octets."""

import unittest

from imap_pair import PairTest, letter

MIXED = """From: "Alice \\"A\\" Crepe" <alice@crepes.example>
Sender: desk@crepes.example
Reply-To: one@crepes.example, Two <two@crepes.example>
To: bob@hamburger.example, Friends: carol@hamburger.example, "Dave, D." <dave@hamburger.example>;,
 eve@hamburger.example
Cc: undisclosed-recipients:;
Subject: A menu
 of two lines
Date: Fri, 20 Nov 2026 12:00:00 +0100
Message-ID: <menu@crepes.example>
In-Reply-To: <question@hamburger.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="one"

What stands before the parts.
--one
Content-Type: multipart/alternative; boundary=two

--two
Content-Type: text/plain; charset=utf-8; format=flowed
Content-Transfer-Encoding: quoted-printable

Cr=C3=AApes
--two
Content-Type: text/html
Content-Language: en, fr
Content-ID: <html@crepes.example>

<p>Crepes</p>
--two--
--one
Content-Type: application/pdf; name="menu card.pdf"
Content-Disposition: attachment; filename="menu card.pdf"; size=12
Content-Transfer-Encoding: base64
Content-Description: The menu
Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==
Content-Location: menu.pdf

aGVsbG8gd29ybGQh
--one
Content-Type: message/rfc822

From: carol@hamburger.example
Subject: Within
To: alice@crepes.example
Content-Type: multipart/digest; boundary=three

--three

Subject: Deep
From: dave@hamburger.example

deep
--three--
--one--
What stands behind them.
""".replace("\n", "\r\n").encode()
PLAIN = letter(1, "one\r\ntwo\r\n").encode()
BARE = b"\r\nno header at all\r\n"
ODD = [
    b"From: alice@crepes.example\r\nSubject:\r\nDate:\r\n\r\nx\r\n",
    b"From: a@b.example (A comment)\r\nTo: x@y.example\r\nSubject: =?utf-8?q?=C3=BC?=\r\n\r\nx\r\n",
    b"Content-Type: multipart/mixed; boundary=x\r\nSubject: empty\r\n\r\n--x--\r\n",
    b"Content-Type: multipart/mixed; boundary=x\r\nSubject: open\r\n\r\n--x\r\n\r\nnot closed\r\n",
    b"Content-Type: text/plain\r\nContent-Disposition: inline\r\nSubject:  blanks \r\n\r\nx\r\n",
]
SECTIONS = ["", "HEADER", "TEXT", "1", "1.MIME", "1.1", "1.1.MIME", "1.2", "2", "2.MIME", "3", "3.MIME", "3.HEADER", "3.TEXT",
            "3.1", "3.1.MIME", "3.1.HEADER", "3.1.TEXT", "3.1.1", "HEADER.FIELDS (Subject from)",
            "HEADER.FIELDS.NOT (Subject From To Cc)", "3.HEADER.FIELDS (SUBJECT)", "HEADER.FIELDS (X-None)"]


class Fetch(PairTest):
    def setUp(self):
        super().setUp()
        self.open_with([MIXED, PLAIN, BARE])

    def test_sections(self):
        for number in (1, 2, 3):
            self.each(f"FETCH {number} BODY.PEEK[{section}]" for section in SECTIONS if number == 1 or "3" not in section)

    def test_sections_that_are_missing(self):
        for section in ("4", "1.3", "2.2", "3.2", "3.1.2", "9.9.9", "2.HEADER", "2.TEXT"):
            with self.subTest(section):
                for answer in [client.ask(f"FETCH 1 BODY.PEEK[{section}]") for client in self.both]:
                    self.assertEqual(answer.status, "OK")
                    for row in answer.of("FETCH"):
                        self.assertIn(row[1][row[1].index(f"BODY[{section}]") + 1], (None, b""))

    def test_parts_of_octets(self):
        for section in ("", "HEADER", "TEXT", "1.1", "HEADER.FIELDS (Subject)"):
            for part in ("0.10", "5.7", "100.1000", "0.1", "100000.5", "3.4294967295"):
                with self.subTest(f"{section} {part}"):
                    self.same(f"FETCH 1:2 BODY.PEEK[{section}]<{part}>")
        self.each(["FETCH 1 BODY.PEEK[]<-1.5>", "FETCH 1 BODY.PEEK[", "FETCH 1 BODY[HEADER.FIELDS]", "FETCH 1 BODY[HEADER.FIELDS ()]",
                   "FETCH 1 BODY[MIME]", "FETCH 1 BODY[1.]", "FETCH 1 BODY[XYZZY]"], codes=False)

    def test_structures(self):
        self.each(["FETCH 1 BODYSTRUCTURE", "FETCH 1 BODY", "FETCH 2 BODYSTRUCTURE", "FETCH 3 BODYSTRUCTURE"])

    def test_envelopes(self):
        self.each(["FETCH 1 ENVELOPE", "FETCH 2 ENVELOPE", "FETCH 3 ENVELOPE"])

    def test_names_of_several(self):
        self.each(["FETCH 2 RFC822", "FETCH 2 RFC822.HEADER", "FETCH 1:3 RFC822.SIZE", "FETCH 2 RFC822.TEXT",
                   "FETCH 2:3 (UID FLAGS BODY.PEEK[HEADER.FIELDS (Date)] RFC822.SIZE)"])
        for client in self.both:  # their dates are those of their arrival
            for name, items in (("ALL", 4), ("FAST", 3), ("FULL", 5)):
                (_, row), = [row for row in client.ask(f"FETCH 2 {name}").of("FETCH")]
                names = {str(word) for word in row[::2]} - {"UID"}
                self.assertEqual(len(names), items, names)

    def test_what_is_read_is_seen(self):
        self.each(["FETCH 1 BODY.PEEK[TEXT]", "FETCH 1 FLAGS"])
        for client in self.both:
            rows = client.ask("FETCH 1 BODY[TEXT]").of("FETCH")
            self.assertTrue(any("\\Seen" in row[1][at + 1] for row in rows for at, word in enumerate(row[1])
                                if word == "FLAGS"), rows)
        self.each(["FETCH 1:3 FLAGS", "FETCH 2 RFC822.HEADER", "FETCH 2 FLAGS"])

    def test_what_is_refused(self):
        self.each(["FETCH", "FETCH 1", "FETCH 1 ()", "FETCH 1 XYZZY", "FETCH 4 UID", "FETCH 0 UID", "FETCH x UID",
                   "FETCH 1: UID", "FETCH 1,,2 UID", "FETCH 1 (UID", "UID FETCH 9 FLAGS", "UID FETCH 0 FLAGS",
                   "FETCH 4294967296 UID"], codes=False)

    def test_sets(self):
        self.each(["FETCH *:1 UID", "FETCH 3,1 UID", "FETCH * UID", "FETCH 2:2,2 UID", "UID FETCH 2:* UID",
                   "UID FETCH 77:* UID", "UID FETCH *:77 UID", "UID FETCH 1,3:4,9 (FLAGS)"])


class OddMessages(PairTest):
    def test_structures_and_envelopes(self):
        self.open_with(ODD)
        for number in range(1, len(ODD) + 1):
            self.each([f"FETCH {number} ENVELOPE", f"FETCH {number} BODYSTRUCTURE", f"FETCH {number} BODY.PEEK[1]",
                       f"FETCH {number} BODY.PEEK[HEADER.FIELDS (Subject To)]"])


if __name__ == "__main__":
    unittest.main()
