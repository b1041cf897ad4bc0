"""Writes the messages that `script/bench parse` reads, the same ones every time.

  parse_corpus.py FOLDER [--scale F]

  FOLDER/small.mbox   40,000 messages of about 5.4 kB, 60% of it header
  FOLDER/tenth.mbox   the first 4,000 of them, for readers that would take minutes
  FOLDER/small/       10,000 of them as a Maildir
  FOLDER/mid/         a Maildir of 2,000 messages of about 60 kB
  FOLDER/big.eml      200 MB, four attachments
  FOLDER/one.eml      one of the small ones
  FOLDER/base64       50 MB of base64 and nothing else, without padding

--scale multiplies the counts, and the size of big.eml.
"""

import argparse
import base64
import pathlib
import quopri
import random

WORDS = """the quick account of a meeting that was moved twice because nobody could find
the room where lunch is served and the minutes of it were sent to all who had asked for
them before Friday so please answer until noon with what you would like to change in the
third paragraph about crepes and hamburgers as sold in the canteen""".split()
FRENCH = """été où naïve façade déjà crème brûlée garçon Noël à côté fenêtre théâtre
bientôt forêt maïs""".split()
RUSSIAN = "сообщение получено завтра утром встреча отложена спасибо ответ письмо".split()
JAPANESE = "会議の資料を送ります。よろしくお願いします。来週の予定について確認してください。"
CHINESE = "会议资料已经发送。请确认下周的安排。谢谢您的回复。"
HOSTS = ["crepes.fr", "hamburger.edu", "mail.example", "lists.example.org", "tea.example.net"]
NAMES = ["Alice Martin", "Bob Weaver", "Carol Ünal", "Dmitri Иванов", "Eve de la Tour", "Frank O'Hara",
         "Grace Müller", "Heidi Sørensen", "Ivan Novák", "山田太郎"]
DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
LINE = 77  # a line of base64 with its end
TAIL = b"bWFpbA==\n"


def encoded_word(text, charset="utf-8", form="q"):
    octets = text.encode(charset)
    if form == "b":
        return f"=?{charset}?B?{base64.b64encode(octets).decode()}?="
    body = "".join(chr(o) if chr(o).isascii() and chr(o).isalnum() else "_" if o == 32 else f"={o:02X}"
                   for o in octets)
    return f"=?{charset}?Q?{body}?="


def phrase(name):
    if not name.isascii():
        return encoded_word(name, form="b" if ord(name[0]) > 0x300 else "q")
    return f'"{name}"' if "'" in name else name


class Corpus:
    def __init__(self, seed=1):
        self.rng = random.Random(seed)
        self.blob = base64.encodebytes(self.rng.randbytes(57 * 32768))
        self.paragraphs = {kind: [self.paragraph(words) for _ in range(64)]
                           for kind, words in (("en", WORDS), ("fr", WORDS + FRENCH * 3), ("ru", RUSSIAN))}
        self.tokens = [base64.b64encode(self.rng.randbytes(48)).decode() for _ in range(256)]
        # What a body costs to encode is paid once; the messages take turns.
        self.bodies = [self.small_body(n) for n in range(512)]

    def paragraph(self, words):
        text = " ".join(self.rng.choice(words) for _ in range(45))
        lines = [text[i:i + 70].strip() for i in range(0, len(text), 70)]
        return "\n".join(lines) + ".\n"

    def text(self, kind, octets):
        parts = []
        while octets > 0:
            parts.append(self.rng.choice(self.paragraphs[kind]))
            octets -= len(parts[-1])
        return "\n".join(parts)

    def attachment(self, octets):
        lines = max(1, octets // LINE)
        at = self.rng.randrange(0, len(self.blob) // LINE - min(lines, 16384)) * LINE
        out = b""
        while lines > 0:
            piece = self.blob[at:at + lines * LINE]
            out += piece
            lines -= len(piece) // LINE
            at = 0
        return out + TAIL

    # A body with its Content fields, as octets; BOUNDARY stands for a boundary.
    def leaf(self, text, charset, encoding, subtype="plain"):
        octets = text.encode(charset)
        if encoding == "quoted-printable":
            octets = quopri.encodestring(octets)
        elif encoding == "base64":
            octets = base64.encodebytes(octets)
        head = (f'Content-Type: text/{subtype}; charset="{charset}"\n'
                f"Content-Transfer-Encoding: {encoding}\n\n")
        return head.encode() + octets

    def html(self, text):
        rows = "".join(f'<p style="margin:0 0 1em; color:#333">{row}</p>\n' for row in text.split("\n\n"))
        return f"<html><head><title>News</title></head><body>\n{rows}</body></html>\n"

    def multipart(self, subtype, parts):
        head = f'Content-Type: multipart/{subtype}; boundary="BOUNDARY"\n\n'.encode()
        if subtype == "alternative":
            head += b"This is a multi-part message in MIME format.\n"
        return head + b"".join(b"--BOUNDARY\n" + part + b"\n" for part in parts) + b"--BOUNDARY--\n"

    def alternative(self, octets):
        kind, charset = self.rng.choice((("fr", "utf-8"), ("en", "us-ascii"), ("fr", "iso-8859-1"), ("fr", "windows-1252")))
        text = self.text(kind, octets // 3)
        return self.multipart("alternative", [self.leaf(text, charset, "quoted-printable"),
                                              self.leaf(self.html(text), charset, "quoted-printable", "html")])

    def small_body(self, number):
        kind = number % 20
        if kind < 10:
            return self.alternative(1800)
        if kind < 13:
            return self.leaf(self.text("en", 1900), "us-ascii", "7bit")
        if kind < 15:
            return self.leaf(self.text("fr", 1900), "utf-8", "8bit")
        if kind == 15:
            return self.leaf(self.text("fr", 1700), "iso-8859-1", "quoted-printable")
        if kind == 16:
            return self.leaf(self.text("ru", 1300), "koi8-r", "base64")
        if kind == 17:
            return self.leaf((JAPANESE + "\n") * 14, "iso-2022-jp", "7bit")
        if kind == 18:
            return self.leaf((CHINESE + "\n") * 20, "gb18030", "base64")
        name = "Content-Disposition: attachment; filename*=utf-8''menu%20d%C3%A9jeuner.png\n"
        image = b"Content-Type: image/png\nContent-Transfer-Encoding: base64\n" + name.encode() + b"\n"
        return self.multipart("mixed", [self.leaf(self.text("en", 700), "us-ascii", "7bit"),
                                        image + self.attachment(900)])

    def mailbox(self):
        name = self.rng.choice(NAMES)
        return f"{phrase(name)} <{name.split()[0].lower() if name.isascii() else 'user'}@{self.rng.choice(HOSTS)}>"

    def date(self, second=0):
        r = self.rng
        return (f"{r.choice(DAYS)}, {r.randint(1, 28):02} Nov 2026 {r.randint(0, 23):02}:{r.randint(0, 59):02}:"
                f"{second:02} +0{r.randint(0, 3)}00")

    def received(self, hop):
        r = self.rng
        host = r.choice(HOSTS)
        return (f"Received: from mail{hop}.{host} (mail{hop}.{host} [192.0.2.{r.randint(1, 254)}])\n"
                f"\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))\n"
                f"\tby mx{hop}.{r.choice(HOSTS)} (Postfix) with ESMTPS id {r.getrandbits(44):X}\n"
                f"\tfor <bob@hamburger.edu>; {self.date(hop)} (CET)")

    def header(self, number):
        r = self.rng
        host, token = r.choice(HOSTS), self.tokens
        ids = [f"<{r.getrandbits(60):x}.{n}@{r.choice(HOSTS)}>" for n in range(r.randint(1, 4))]
        subject = r.choice(("Minutes of the meeting", "Re: [list] lunch moved again", encoded_word("Crêpes à midi, déjà payées"),
                            encoded_word("Встреча отложена", form="b"),
                            "Re: " + encoded_word("会議の資料", "iso-2022-jp", "b") + "\n " + encoded_word("été")))
        signature = r.choice(token) + "\n\t " + r.choice(token) + "\n\t " + r.choice(token) + "\n\t " + r.choice(token)
        lines = [f"Return-Path: <bounce-{number}@{host}>", "Delivered-To: bob@hamburger.edu",
                 *(self.received(hop) for hop in range(5)),
                 f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={host}; s=2026;\n"
                 f"\th=from:to:cc:subject:date:message-id:in-reply-to:references:mime-version;\n"
                 f"\tbh={r.choice(token)[:43]}=;\n\tb={signature}",
                 f"Authentication-Results: mx.hamburger.edu; dkim=pass header.d={host}\n"
                 f"\theader.s=2026; spf=pass smtp.mailfrom=bounce-{number}@{host};\n\tdmarc=pass header.from={host}",
                 "From: " + self.mailbox(),
                 "To: " + ",\n\t".join(self.mailbox() for _ in range(r.randint(1, 4))),
                 "Cc: " + self.mailbox(), "Subject: " + subject, "Date: " + self.date(),
                 f"Message-ID: <{r.getrandbits(60):x}.{number}@{host}>", "In-Reply-To: " + ids[0],
                 "References: " + "\n ".join(ids), f"List-Id: Lunch <lunch.{host}>",
                 f"List-Unsubscribe: <https://{host}/unsubscribe/{r.getrandbits(60):x}>,\n"
                 f"\t<mailto:lunch-request@{host}?subject=unsubscribe>",
                 "Precedence: list", f"X-Mailer: Example Mailer {number % 7}.2.1",
                 f"X-Spam-Status: No, score=-{r.randint(1, 5)}.{r.randint(0, 9)} required=5.0 tests=DKIM_SIGNED,\n"
                 "\tDKIM_VALID,DKIM_VALID_AU,HTML_MESSAGE,RCVD_IN_DNSWL_NONE,SPF_PASS",
                 f"X-Originating-IP: [198.51.100.{r.randint(1, 254)}]", f"Thread-Index: {r.choice(token)}",
                 "MIME-Version: 1.0"]
        return ("\n".join(lines) + "\n").encode()

    def boundary(self):
        return b"=_%016x_%08x" % (self.rng.getrandbits(64), self.rng.getrandbits(32))

    def small(self, number):
        body = self.bodies[self.rng.randrange(len(self.bodies))]
        return self.header(number) + body.replace(b"BOUNDARY", self.boundary())

    def mid(self, number):
        image = (f'Content-Type: image/jpeg; name="photo {number}.jpg"\nContent-Transfer-Encoding: base64\n'
                 f'Content-Disposition: attachment; filename="photo {number}.jpg"\n\n').encode()
        body = self.multipart("mixed", [self.alternative(9000).replace(b"BOUNDARY", self.boundary()),
                                        image + self.attachment(self.rng.randint(40_000, 53_000))])
        return self.header(number) + body.replace(b"BOUNDARY", self.boundary())

    def write_big(self, path, octets):
        boundary = self.boundary()
        with open(path, "wb") as out:
            out.write(self.header(0) + b'Content-Type: multipart/mixed; boundary="%s"\n\n--%s\n' % (boundary, boundary))
            out.write(self.leaf(self.text("fr", 2000), "utf-8", "quoted-printable") + b"\n")
            for number in range(4):
                out.write(b"--%s\nContent-Type: application/zip\nContent-Transfer-Encoding: base64\n"
                          b'Content-Disposition: attachment; filename="part%d.zip"\n\n' % (boundary, number))
                left = octets // 4 // LINE
                while left > 0:
                    piece = self.blob[:left * LINE]
                    out.write(piece)
                    left -= len(piece) // LINE
                out.write(TAIL + b"\n")
            out.write(b"--%s--\n" % boundary)


def maildir(path):
    for name in ("cur", "new", "tmp"):
        (path / name).mkdir(parents=True)
    return path / "cur"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--scale", type=float, default=1.0)
    wanted = parser.parse_args()
    corpus = Corpus()
    count = max(10, int(40_000 * wanted.scale))
    cur = maildir(wanted.folder / "small")
    with open(wanted.folder / "small.mbox", "wb") as mbox, open(wanted.folder / "tenth.mbox", "wb") as tenth:
        for number in range(count):
            message = corpus.small(number)
            record = b"From bounce@crepes.fr Fri Nov 20 12:00:00 2026\n" + message + b"\n"
            mbox.write(record)
            if number < count // 10:
                tenth.write(record)
            if number < count // 4:
                (cur / f"1795000000.M{number:06}P1.host:2,S").write_bytes(message)
            if number == 0:
                (wanted.folder / "one.eml").write_bytes(message)
    cur = maildir(wanted.folder / "mid")
    for number in range(max(10, int(2_000 * wanted.scale))):
        (cur / f"1795000000.M{number:06}P1.host:2,S").write_bytes(corpus.mid(number))
    corpus.write_big(wanted.folder / "big.eml", int(200e6 * wanted.scale))
    (wanted.folder / "base64").write_bytes(corpus.attachment(int(50e6 * wanted.scale)).removesuffix(TAIL))


if __name__ == "__main__":
    main()
