"""Messages made at random, each with what it means: the tree, the names, the decoded octets.

`tags` of a message and of a part name what is unusual about it. Where a text is legal and a
reader's answer differs from the meaning, the reader is wrong; where it is not, the meaning is
what the rules of mailtool-parse(1) say.
"""

import base64
import binascii
import dataclasses
import datetime
import hashlib
import quopri
import random
import typing

import header_values


@dataclasses.dataclass
class Part:
    depth: int
    type: str
    name: typing.Optional[str] = ""  # "": has none; None: nobody knows
    sha256: typing.Optional[str] = None  # of the decoded leaf
    tags: set = dataclasses.field(default_factory=set)


@dataclasses.dataclass
class Message:
    octets: bytes
    parts: list
    subject: typing.Optional[str]
    addresses: dict  # field name: [(name, address)]
    date: typing.Optional[datetime.datetime]
    tags: dict  # field name: set


def sha256(octets):
    return hashlib.sha256(octets).hexdigest()


class Generator:
    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.end = self.rng.choice((b"\n", b"\n", b"\r\n"))
        self.boundaries = 0
        self.parts = []
        self.odd = self.rng.random() < 0.4

    def lines(self, octets):
        return octets.replace(b"\n", self.end)

    def chance(self, odds):
        return self.rng.random() < odds

    # --- Leaves.
    def text(self, charset):
        rng = self.rng
        phrase = header_values.TEXTS[charset]
        rows = []
        for _ in range(rng.randint(0, 12)):
            rows.append(rng.choice((phrase, phrase + " and more = of it", "From here on", ".", "", "> quoted", "-- ", "--", "x" * rng.randint(60, 300),
                                    "a\tb", "--no-boundary", "trailing")))
        return "\n".join(rows) + ("\n" if rows and self.chance(0.8) else "")

    def quoted_printable(self, octets, tags):
        encoded = quopri.encodestring(octets)
        if not octets.endswith(b"\n") and encoded.endswith(b"=\n"):
            encoded = encoded[:-2]
        if self.odd and self.chance(0.3):
            kind = self.rng.randrange(4)
            if kind == 0:
                tags.add("blanks at the end of a QP line")
                return encoded + b"end \t\nlast\n", octets + b"end\nlast\n"
            if kind == 1:
                tags.add("invalid QP")
                return encoded + b"a=zzb\n", octets + b"a=zzb\n"
            if kind == 2:
                tags.add("QP in lower case")
                return encoded + b"=c3=a9\n", octets + b"\xc3\xa9\n"
            tags.add("QP soft break with blanks")
            return encoded + b"ab= \t\ncd\n", octets + b"abcd\n"
        return encoded, octets

    def base64(self, octets, tags):
        width = self.rng.choice((57, 57, 45, 54, 3, 600))
        encoded = b"".join(binascii.b2a_base64(octets[i:i + width]) for i in range(0, len(octets), width))
        if self.odd and self.chance(0.3):
            kind = self.rng.randrange(4)
            if kind == 0:
                tags.add("junk in base64")
                return encoded.replace(b"\n", b" !\n", 3), octets
            if kind == 1 and len(octets) % 3 != 0 and width % 3 == 0:
                tags.add("base64 without padding")
                return encoded.rstrip(b"=\n") + b"\n", octets
            if kind == 2:
                tags.add("base64 beyond its padding")
                return b"YQ==\n" + encoded, b"a" + octets
            tags.add("blank lines in base64")
            return b"\n" + encoded + b"\n\n", octets
        return encoded, octets

    def body(self, octets, encoding, tags):
        """Gives the body as it stands, and its meaning, both with the line ends of this message."""
        if encoding == "base64":
            encoded, meant = self.base64(octets, tags)
            return self.lines(encoded), meant
        if encoding == "quoted-printable":
            encoded, meant = self.quoted_printable(octets, tags)
            return self.lines(encoded), self.lines(meant)
        return self.lines(octets), self.lines(octets)

    def leaf(self, depth, default="text/plain"):
        rng = self.rng
        tags, fields = set(), []
        if self.chance(0.6):
            charset = rng.choice(sorted(header_values.TEXTS))
            octets = self.text(charset).encode(charset)
            type_ = rng.choice(("text/plain", "text/plain", "text/html", "text/calendar"))
            ascii_ = octets.isascii()
            encoding = rng.choice(("base64", "quoted-printable", "7bit" if ascii_ else "8bit", None if ascii_ else "8bit"))
            typed = f"{rng.choice((type_, type_.upper(), type_.title()))}; charset={rng.choice((charset, charset.upper(), chr(34) + charset + chr(34)))}"
            if self.chance(0.1):
                typed += "; format=flowed"
        else:
            octets = rng.randbytes(rng.choice((0, 1, 2, 3, 50, 500, 3000)))
            type_ = rng.choice(("application/octet-stream", "image/png", "application/pdf", "application/x-long.name+xml", "audio/x-wav"))
            typed, encoding = type_, "base64"
        name = ""
        if type_.startswith("text/") is False or self.chance(0.2):
            if self.chance(0.8):
                parameters, name, unusual = header_values.file_name(rng, "filename")
                tags |= unusual
                if not self.odd and unusual & ODD:
                    parameters, name, tags = "filename=plain.bin", "plain.bin", tags - unusual
                fields.append(f"Content-Disposition: {rng.choice(('attachment', 'inline', 'Attachment'))};{rng.choice((' ', chr(10) + ' '))}{parameters}")
            elif self.chance(0.5):
                parameters, name, unusual = header_values.file_name(rng, "name")
                tags |= unusual
                if not self.odd and unusual & ODD:
                    parameters, name, tags = "name=plain.bin", "plain.bin", tags - unusual
                typed += "; " + parameters
        if type_ != default or encoding or ";" in typed or self.chance(0.5):
            fields.insert(rng.randint(0, len(fields)), f"Content-Type: {typed}")
        else:
            type_ = default
        if encoding:
            fields.append(f"{rng.choice(('Content-Transfer-Encoding', 'content-transfer-encoding'))}: {rng.choice((encoding, encoding.upper()))}")
        if self.odd and self.chance(0.1) and fields:
            tags.add("comment in Content-Transfer-Encoding")
            fields = [field + " (comment)" if field.lower().startswith("content-transfer") else field for field in fields]
        body, meant = self.body(octets, encoding, tags)
        self.parts.append(Part(depth, type_, name, sha256(meant), tags))
        return fields, body

    # --- What holds others.
    def boundary(self):
        self.boundaries += 1
        rng = self.rng
        text = f"{rng.choice(('b', '=_', '----=_Part_', chr(39) + 'q', 'a b', '(c)', '..'))}{self.boundaries}_{rng.randrange(10 ** 6)}"
        if self.boundaries > 1 and self.chance(0.1):
            text = self.last_boundary + "x"  # one is a prefix of the other
        self.last_boundary = text
        return text

    def multipart(self, depth):
        rng = self.rng
        subtype = rng.choice(("mixed", "mixed", "alternative", "related", "digest", "parallel", "x-odd"))
        part = Part(depth, "multipart/" + subtype)
        self.parts.append(part)
        boundary = self.boundary()
        mark = b"--" + boundary.encode()
        body = self.lines(b"A preamble.\n--not this\n\n") if self.chance(0.4) else b""
        for _ in range(rng.randint(1, 4)):
            padding = rng.choice((b"", b"", b"", b" ", b" \t"))
            body += mark + padding + self.end
            body += self.part(depth + 1, "message/rfc822" if subtype == "digest" else "text/plain") + self.end
        if self.odd and self.chance(0.1):
            part.tags.add("not closed")
            body = body[:-len(self.end)]  # it would be the part's own
        else:
            body += mark + b"--" + self.end
            if self.chance(0.3):
                body += self.lines(b"An epilogue.\n--not this either\n")
        parameter = f'boundary="{boundary}"'
        if self.odd and self.chance(0.1):
            part.tags.add("boundary as RFC 2231 has it")
            parameter = "boundary*=us-ascii''" + "".join(f"%{ord(c):02X}" for c in boundary)
        elif self.odd and self.chance(0.05):
            part.tags.add("boundary in sections")
            parameter = f'boundary*0="{boundary[:2]}"; boundary*1="{boundary[2:]}"'
        fields = [f"Content-Type: {rng.choice(('multipart/', 'Multipart/'))}{subtype};{rng.choice((' ', chr(10) + chr(9)))}{parameter}"]
        if self.odd and self.chance(0.1):
            fields.append("Content-Transfer-Encoding: 8bit")
        return fields, body

    def embedded(self, depth, default):
        type_ = self.rng.choice(("message/rfc822", "message/rfc822", "message/global"))
        fields = [] if default == "message/rfc822" and self.chance(0.7) else [f"Content-Type: {type_}"]
        self.parts.append(Part(depth, type_ if fields else "message/rfc822"))
        fields_inside, body = self.entity(depth + 1, "text/plain")
        subject, _, _ = header_values.subject(self.rng)
        inside = [f"Subject: {subject}", "From: inner@example.org", *fields_inside]
        self.rng.shuffle(inside)
        return fields, self.header(inside) + body

    def entity(self, depth, default):
        roll = self.rng.random()
        if default == "message/rfc822" and roll < 0.7 and depth < 6:
            return self.embedded(depth, default)
        if depth < 5 and roll < (0.75 if depth == 0 else 0.2):
            return self.multipart(depth)
        if 0 < depth < 5 and roll < 0.3:
            return self.embedded(depth, default)
        return self.leaf(depth, default)

    def part(self, depth, default):
        fields, body = self.entity(depth, default)
        return self.header(fields) + body

    def header(self, fields):
        return self.lines("".join(field + "\n" for field in fields).encode() + b"\n")

    def message(self):
        rng = self.rng
        subject, meaning, odd = header_values.subject(rng)
        tags = {"subject": odd}
        fields = [f"Subject: {subject}", "MIME-Version: 1.0"]
        addresses = {}
        for name, most in (("From", 1), ("To", 5), ("Cc", 3)):
            if name == "Cc" and self.chance(0.5):
                addresses["cc"], tags["cc"] = [], set()
                continue
            text, addresses[name.lower()], tags[name.lower()] = header_values.address_list(rng, most)
            fields.append(f"{name}: {text}")
        text, when, tags["date"] = header_values.date(rng)
        fields.append(f"Date: {text}")
        fields += [f"X-Field-{n}: value {n}" for n in range(rng.randint(0, 3))]
        more, body = self.entity(0, "text/plain")
        if self.odd and self.chance(0.05):
            tags["subject"].add("field twice")
            fields = [fields[0], "X-Between: x", "Subject: another", *fields[1:]]
        else:
            rng.shuffle(fields)
        octets = self.header(fields + more) + body
        return Message(octets, self.parts, meaning, addresses, when, tags)


# Names that break a rule, and are left out of a message that is to be legal.
ODD = {"both forms of a name", "word in a name", "raw utf-8 in a name", "semicolon at the end", "name without quotes",
       "gap between sections", "parameter twice", "unknown charset in a name", "extended name without a charset", "empty name",
       "comment in parameters", "blanks around ="}


def generate(seed):
    return Generator(seed).message()
