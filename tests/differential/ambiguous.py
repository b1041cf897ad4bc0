"""Messages that readers take apart differently. Each hides a harmless text, PAYLOAD and its name,
in an attachment that some reader finds and another does not.

`MESSAGES` maps a name, GROUP-NUMBER, to the octets; `EXCEPTIONS` those that hide nothing, whatever
one reader makes of them, to the reason.
"""

import base64
import binascii

MESSAGES = {}
EXCEPTIONS = {}
HEAD = b"From: alice@crepes.fr\nDate: Fri, 20 Nov 2026 12:00:00 +0100\nMIME-Version: 1.0\n"
FILE = b"Content-Type: application/octet-stream; name=x.bin\nContent-Disposition: attachment; filename=x.bin\n"
BASE64 = b"Content-Transfer-Encoding: base64\n"
TEXT = b"Content-Type: text/plain\n\nSee below.\n"


def payload(name):
    return f"PAYLOAD-{name} is harmless text.\n".encode()


def b64(name):
    return base64.encodebytes(payload(name))


def add(group, make):
    name = f"{group}-{sum(one.rsplit('-', 1)[0] == group for one in MESSAGES)}"
    MESSAGES[name] = make(name)


def attached(name, encoding=BASE64, body=None):
    return FILE + encoding + b"\n" + (b64(name) if body is None else body)


def mixed(name, content_type=b"Content-Type: multipart/mixed; boundary=foo\n", part=None, open_=b"--foo\n", close=b"--foo--\n", text=TEXT, more=b""):
    part = attached(name) if part is None else part
    return HEAD + content_type + more + b"\n" + open_ + text + b"\n" + open_ + part + b"\n" + close


def types(group, *values):
    for value in values:
        add(group, lambda name: mixed(name, b"Content-Type: " + value + b"\n"))


# --- Where the boundary is said.
types("boundary-2231",
      b"multipart/mixed; boundary*=us-ascii''foo", b"multipart/mixed; boundary*=''foo", b"multipart/mixed; boundary*=utf-8'en'%66oo",
      b"multipart/mixed; boundary*0=fo; boundary*1=o", b"multipart/mixed; boundary*0*=''f; boundary*1*=%6F; boundary*2=o",
      b"multipart/mixed; boundary*1=oo; boundary*0=f", b"multipart/mixed; boundary*=foo", b"multipart/mixed; boundary=bar; boundary*=''foo",
      b"multipart/mixed; boundary*=''foo; boundary=bar", b"multipart/mixed; boundary*0=foo; boundary=bar", b"multipart/mixed; boundary=bar; boundary*0=foo",
      b"multipart/mixed; boundary*0=foo; boundary*2=bar", b"multipart/mixed; boundary*00=foo", b"multipart/mixed; boundary*1=foo",
      b"multipart/mixed; boundary=foo; boundary*=''bar", b"multipart/mixed; boundary*0=foo; boundary*0=bar")
types("comment",
      b"(c) multipart/mixed; boundary=foo", b"multipart (c)/mixed; boundary=foo", b"multipart/(c)mixed; boundary=foo", b"multipart/mixed (c); boundary=foo",
      b"multipart/mixed; (c) boundary=foo", b"multipart/mixed; boundary(c)=foo", b"multipart/mixed; boundary=(c)foo", b"multipart/mixed; boundary=foo(c)",
      b"multipart/mixed; boundary=foo (c)", b"multipart/mixed; boundary=\"foo\"(c)", b"multipart/mixed; (a(b)c) boundary=foo",
      b"multipart/mixed; (; boundary=bar) boundary=foo", b"multipart/mixed; (\\) boundary=bar) boundary=foo", b"multipart/mixed; (\") boundary=foo",
      b"multipart/mixed; boundary=foo (", b"multipart/mixed; boundary=(\"bar\")\"foo\"")
types("key",
      b"multipart/mixed; BOUNDARY=foo", b"multipart/mixed; boundary =foo", b"multipart/mixed; boundary\t=\tfoo", b"multipart/mixed; boundary=\n foo",
      b"multipart/mixed;\n boundary\n =foo", b"multipart/mixed; \"boundary\"=foo", b"multipart/mixed;; ;boundary=foo", b"multipart/mixed boundary=foo",
      b"multipart/mixed, boundary=foo", b"multipart/mixed; x; boundary=foo", b"multipart/mixed; =; boundary=foo", b"multipart/mixed; a=b c; boundary=foo",
      b"multipart/mixed; a=\"; boundary=bar\"; boundary=foo", b"multipart/mixed; a=\"b; boundary=foo", b"multipart/mixed; bound\0ary=foo",
      b"multipart/mixed; \xa0boundary=foo", b"multipart/mixed; xboundary=bar; boundary=foo", b"multipart/mixed; boundary==foo", b"multipart/mixed;boundary=foo;")
types("value",
      b"multipart/mixed; boundary=\"foo", b"multipart/mixed; boundary=foo\"", b"multipart/mixed; boundary=\"f\\oo\"", b"multipart/mixed; boundary='foo'",
      b"multipart/mixed; boundary=\"foo \"", b"multipart/mixed; boundary=\" foo\"", b"multipart/mixed; boundary=foo bar", b"multipart/mixed; boundary=\"fo\n o\"",
      b"multipart/mixed; boundary=\"=?utf-8?q?foo?=\"", b"multipart/mixed; boundary=\"foo\"bar", b"multipart/mixed; boundary=f\\oo", b"multipart/mixed; boundary=foo;bar",
      b"multipart/mixed; boundary=", b"multipart/mixed; boundary=\"\"", b"multipart/mixed; boundary", b"multipart/mixed",
      b"multipart/mixed; boundary=bar; boundary=foo", b"multipart/mixed; boundary=foo; boundary=bar", b"multipart/mixed; boundary=foo\0bar", b"multipart/mixed; boundary=FOO")
types("type",
      b"multipart / mixed; boundary=foo", b"multipart; boundary=foo", b"multipart/; boundary=foo", b"multipart\\mixed; boundary=foo", b"/mixed; boundary=foo",
      b"multipart/mixed/x; boundary=foo", b"\"multipart/mixed\"; boundary=foo", b"multipart/x-none; boundary=foo", b"Content-Type: multipart/mixed; boundary=foo",
      b"multi\n part/mixed; boundary=foo", b"text/plain, multipart/mixed; boundary=foo", b"multipart/mixed;\n\n boundary=foo", b"multipart/mixed; charset=\"utf-7\"; boundary=foo")

# --- Fields given twice, and what stands where fields end.
TYPE = b"Content-Type: multipart/mixed; boundary=foo\n"
PLAIN = b"Content-Type: text/plain\n"
for both in (PLAIN + TYPE, TYPE + PLAIN, TYPE + b"Content-Type: multipart/mixed; boundary=bar\n", b"Content-Type: multipart/mixed; boundary=bar\n" + TYPE,
             PLAIN + b"X: y\n" + TYPE, b"Content-Type:\n" + TYPE, TYPE + b"Content-Type:\n"):
    add("type-twice", lambda name: mixed(name, both))
for both in (b"Content-Transfer-Encoding: 7bit\n" + BASE64, BASE64 + b"Content-Transfer-Encoding: 7bit\n", b"Content-Transfer-Encoding: quoted-printable\n" + BASE64,
             BASE64 + b"Content-Transfer-Encoding: quoted-printable\n", b"Content-Transfer-Encoding:\n" + BASE64, BASE64 + b"Content-Transfer-Encoding: x\n"):
    add("encoding-twice", lambda name: mixed(name, part=attached(name, both)))
for junk in (b"this is no field\n", b"no field either:\n no\nreally\n", b" \n", b"\t\n", b" begins with a blank\n", b": empty name\n", b"From x@y Fri Nov 20 12:00:00 2026\n",
             b"X Y: z\n", b"X\0Y: z\n", b"\r", b"\r\n\r", b"\x0c\n", b"X: y\r", b"--foo\n", b"X:\n \n y\n", b"\xef\xbb\xbfX: y\n", b">From x\n"):
    add("junk-in-header", lambda name: mixed(name, junk + TYPE))
    add("junk-in-part-header", lambda name: mixed(name, part=FILE + junk + BASE64 + b"\n" + b64(name)))

# --- Delimiters.
for open_, close in ((b"--foo \t\n", b"--foo--\n"), (b"--foobar\n", b"--foobar--\n"), (b" --foo\n", b"--foo--\n"), (b"--foo\r", b"--foo--\n"), (b"--foo\0\n", b"--foo--\n"),
                     (b"--foo\x0b\n", b"--foo--\n"), (b"-- foo\n", b"--foo--\n"), (b"--FOO\n", b"--FOO--\n"), (b"--foo-\n", b"--foo--\n"), (b"--foo\r\r\n", b"--foo--\n"),
                     (b"--foo", b"--foo--\n"), (b"text--foo\n", b"--foo--\n"), (b"--foo (comment)\n", b"--foo--\n"), (b"--foo\xc2\xa0\n", b"--foo--\n")):
    add("delimiter", lambda name: mixed(name, open_=open_, close=close))
    add("delimiter", lambda name: HEAD + TYPE + b"\n--foo\n" + TEXT + b"\n" + open_ + attached(name) + b"\n" + close)
for close in (b"", b"--foo", b"--foo-\n", b"--foo-- x\n", b"--foo--x\n"):
    add("not-closed", lambda name: mixed(name, close=close))
for between in (b"--foo--\n", b"--foo--\n\n", b"--foo--", b"--foo-- \n", b"\r--foo--\r", b"--foo--\0\n", b"x--foo--\n"):
    add("after-close", lambda name: HEAD + TYPE + b"\n--foo\n" + TEXT + b"\n" + between + b"\n--foo\n" + attached(name) + b"\n--foo--\n")
add("no-blank-line", lambda name: HEAD + TYPE + b"--foo\n" + attached(name) + b"\n--foo--\n")
add("no-blank-line", lambda name: mixed(name, part=FILE + BASE64 + b64(name)))
add("no-blank-line", lambda name: mixed(name, part=FILE + BASE64 + b" \n" + b64(name)))


def nest(inner, mark):
    return lambda name: mixed(name, part=b"Content-Type: multipart/mixed; boundary=" + inner + b"\n\n" + mark + b"\n" + attached(name) + b"\n" + mark + b"--\n")


for inner in (b"foo", b"foobar", b"fo", b"FOO", b"\"foo \"", b"foo--", b"-foo"):
    add("nested", nest(inner, b"--" + inner.strip(b'"')))
add("nested-not-closed", lambda name: HEAD + TYPE + b"\n--foo\nContent-Type: multipart/mixed; boundary=bar\n\n--bar\n" + TEXT + b"\n--foo\n" + attached(name) + b"\n--foo--\n")
add("nested-not-closed", lambda name: HEAD + TYPE + b"\n--foo\nContent-Type: multipart/mixed; boundary=bar\n\n--foo\n" + attached(name) + b"\n--bar--\n--foo--\n")
add("nested-not-closed", lambda name: HEAD + TYPE + b"\n--foo\nContent-Type: message/rfc822\n\nContent-Type: multipart/mixed; boundary=foo\n\n--foo\n" + attached(name) + b"\n--foo--\n--foo--\n")
add("line-ends", lambda name: mixed(name).replace(b"\n", b"\r"))
add("line-ends", lambda name: mixed(name).replace(b"\n", b"\r\r\n"))
add("line-ends", lambda name: mixed(name).replace(b"\n", b"\r\n").replace(b"\r\n\r\n", b"\n\r\n\r"))
add("line-ends", lambda name: mixed(name, part=attached(name).replace(b"\n", b"\r")))
add("line-ends", lambda name: mixed(name).replace(b"foo\n", b"foo\r"))
add("line-ends", lambda name: mixed(name).replace(b"\n", b"\n\0", 5))

# --- Encodings.
for value in (b" base64;", b" \"base64\"", b" base64 x", b"base64", b"\n base64", b" BASE64", b" base-64", b" b64", b" x-base64", b" (c) base64", b" base64 (c)", b" base(c)64",
              b" x-unknown", b" base64\0", b" =?utf-8?q?base64?=", b" base64,7bit", b" quoted-printable, base64", b"\t base64 \t", b" ba\n se64"):
    add("encoding", lambda name: mixed(name, part=attached(name, b"Content-Transfer-Encoding:" + value + b"\n")))
for field in (b"Content-Transfer-Encoding : base64\n", b"Content-Transfer-Encoding\n : base64\n", b"Content Transfer-Encoding: base64\n", 
              b"CONTENT-TRANSFER-ENCODING: base64\n", b" Content-Transfer-Encoding: base64\n", b"Content-Transfer-Encoding= base64\n",
              b"Content-Transfer\0-Encoding: base64\n"):
    add("encoding-field", lambda name: mixed(name, part=attached(name, field)))


def changed(change):
    return lambda name: mixed(name, part=attached(name, body=change(base64.b64encode(payload(name)))))


def every(octets, count, between):
    return between.join(octets[i:i + count] for i in range(0, len(octets), count))


for change in (lambda o: every(o, 4, b"="), lambda o: every(o, 4, b"=="), lambda o: every(o, 4, b"===="), lambda o: b"====" + o, lambda o: b"=" + o,
               lambda o: o[:8] + b"==" + o[8:], lambda o: o[:8] + b"==\n" + o[8:], lambda o: o[:8] + b"====\n" + o[8:], lambda o: o[:8] + b"\n=\n" + o[8:], lambda o: o.rstrip(b"="),
               lambda o: o + b"====", lambda o: base64.b64encode(b"x") + b"\n" + o, lambda o: base64.b64encode(b"xy") + o):
    add("padding", changed(lambda octets, change=change: change(octets) + b"\n"))
for change in (lambda o: every(o, 2, b"="), lambda o: every(o, 3, b"="), lambda o: every(o, 1, b"="), lambda o: o[:5] + b"=" + o[5:], lambda o: o[:6] + b"==" + o[6:], lambda o: o[:7] + b"=" + o[7:],
               lambda o: o[:9] + b"\n=\n" + o[9:]):
    add("equals-inside", changed(lambda octets, change=change: change(octets) + b"\n"))
for between in (b" ", b"\n", b"\r", b"\0", b"!", b"\xff", b".", b"<b>", b"-", b"_", b"\n\n", b"> ", b",", b"\n--\n"):
    add("base64-junk", changed(lambda octets, between=between: every(octets, 4, between) + b"\n"))
add("base64-junk", changed(lambda octets: b"This is base64:\n" + octets + b"\n"))
add("base64-junk", changed(lambda octets: octets + b"\n-- \nThe list of lists\n"))
QP = b"Content-Transfer-Encoding: quoted-printable\n"
for make in (lambda o: every(o, 1, b"=\n"), lambda o: every(o, 3, b"= \t\n"), lambda o: b"".join(b"=%02x" % c for c in o), lambda o: b"".join(b"=%02X" % c for c in o), lambda o: every(o, 5, b"=\r\r\n"),
             lambda o: every(o, 5, b"=\r"), lambda o: every(o, 4, b"=Z"), lambda o: every(o, 4, b"=\0\n"), lambda o: o[:9] + b"=5" + o[9:]):
    add("qp", lambda name: mixed(name, part=attached(name, QP, make(payload(name)))))


# --- Older than MIME.
def uu(name, head=b"begin 644 x.bin\n", end=b"`\nend\n"):
    octets = payload(name)
    return head + b"".join(binascii.b2a_uu(octets[i:i + 45]) for i in range(0, len(octets), 45)) + end


for value in (b"x-uuencode", b"uuencode", b"x-uue", b"uue", b"UUENCODE"):
    add("uuencode", lambda name: mixed(name, part=attached(name, b"Content-Transfer-Encoding: " + value + b"\n", uu(name))))
for head, end in ((b"begin 644 x.bin\n", b"`\nend\n"), (b"begin 644 x.bin\n", b""), (b"begin 0644 x.bin\n", b" \nend\n"), (b"begin 644 \n", b"`\nend\n"), (b"BEGIN 644 x.bin\n", b"`\nEND\n")):
    add("uuencode", lambda name: HEAD + PLAIN + b"\nSee below.\n\n" + uu(name, head, end))
    add("uuencode", lambda name: mixed(name, part=TEXT + uu(name, head, end)))
add("uuencode", lambda name: HEAD + PLAIN + b"\nbegin-base64 644 x.bin\n" + b64(name) + b"====\n")
add("uuencode", lambda name: HEAD + PLAIN + BASE64 + b"\n" + base64.encodebytes(b"See below.\n\n" + uu(name)))


def yenc(name, tail=True):
    octets = payload(name)
    body = b"".join(b"=" + bytes([(c + 106) % 256]) if (c + 42) % 256 in (0, 10, 13, 61) else bytes([(c + 42) % 256]) for c in octets)
    end = b"\n=yend size=%d crc32=%08x\n" % (len(octets), binascii.crc32(octets)) if tail else b"\n"
    return b"=ybegin line=128 size=%d name=x.bin\n" % len(octets) + body + end


for tail in (True, False):
    add("yenc", lambda name: HEAD + PLAIN + b"\nSee below.\n" + yenc(name, tail))
    add("yenc", lambda name: mixed(name, part=attached(name, b"Content-Transfer-Encoding: x-yenc\n", yenc(name, tail))))


# --- Encoded what must not be.
def inner(name):
    return b"--foo\n" + TEXT + b"\n--foo\n" + attached(name) + b"\n--foo--\n"


for field, encode in ((BASE64, base64.encodebytes), (QP, lambda o: o.replace(b"=", b"=3D")), (b"Content-Transfer-Encoding: x-none\n", lambda o: o), (BASE64, lambda o: o)):
    add("encoded-multipart", lambda name: HEAD + TYPE + field + b"\n" + encode(inner(name)))
    add("encoded-multipart", lambda name: HEAD + b"Content-Type: multipart/mixed; boundary=bar\n\n--bar\n" + TYPE + field + b"\n" + encode(inner(name)) + b"\n--bar--\n")
    for type_ in (b"message/rfc822", b"message/global", b"message/x-none"):
        add("encoded-message", lambda name: HEAD + b"Content-Type: " + type_ + b"\n" + field + b"\n" + encode(HEAD + TYPE + b"\n" + inner(name)))
add("partial", lambda name: HEAD + b"Content-Type: message/partial; id=a; number=1; total=2\n\n" + HEAD + TYPE + b"\n" + inner(name))
add("external", lambda name: HEAD + b"Content-Type: message/external-body; access-type=x\n\n" + FILE + BASE64 + b"\n" + b64(name))
add("no-version", lambda name: mixed(name).replace(b"MIME-Version: 1.0\n", b""))
add("no-version", lambda name: mixed(name).replace(b"MIME-Version: 1.0\n", b"MIME-Version: 2.0\n"))

# --- Names of files.
for disposition in (b"attachment; filename=x.bin", b"attachment; filename*=''x.bin", b"attachment; filename=a.txt; filename=x.bin", b"attachment; filename=a.txt; filename*=''x.bin", b"attachment",
                    b"inline; filename=\"x.bin", b"x-none; filename=x.bin", b"attachment; filename=\"x.bin\0.txt\"", b"attachment; filename=x (c).bin", b"attachment; filename=\"=?utf-8?q?x=2Ebin?=\"",
                    b"attachment; filename==?utf-8?q?x=2Ebin?=", b"attachment; filename*0=x; filename*2=.txt; filename*1=.bin", b"filename=x.bin", b"attachment filename=x.bin", b"attachment; filename=x.bin; name=y.txt",
                    b"attachment; filename=\"x.bin \"", b"attachment; filename=x.bin.", b"attachment; filename=\"x\n .bin\"", b"attachment; \"filename\"=x.bin", b"attachment; filename=\"\xe2\x80\xaenib.x\""):
    add("name", lambda name: mixed(name, part=b"Content-Type: application/octet-stream\nContent-Disposition: " + disposition + b"\n" + BASE64 + b"\n" + b64(name)))

# --- What one reader makes a file of, and nobody need.
LINE = "a delimiter is a line: RFC 2046 section 5.1.1"
EXCEPTIONS.update({
    "delimiter-5": LINE,  # blanks before it
    "delimiter-23": LINE,  # text before it
    "uuencode-11": "no file name, no file",
    "uuencode-12": "no file name, no file",
    "uuencode-13": "begin is written in lower case",
    "uuencode-14": "begin is written in lower case",
})
