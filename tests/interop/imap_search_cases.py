"""Mails, queries and orders, and what has to come of them on any server."""

PLAIN = "From: {sender}\nTo: {to}\nSubject: {subject}\nDate: {date}\n\n{text}\n"
MIXED = ("From: {sender}\nTo: {to}\nSubject: {subject}\nDate: {date}\nMIME-Version: 1.0\n"
         "List-Id: <crepes>\nContent-Type: multipart/mixed; boundary=x\n\n--x\n"
         "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}\n--x\n"
         "Content-Type: application/pdf\nContent-Disposition: attachment; filename=a.pdf\n\nx\n--x--\n")

# UID, form, sender, subject, Date, text, flags, arrival
MAILS = [
    (1, PLAIN, "alice@crepes.fr", "=?utf-8?B?7JWI64WV7ZWY7IS47JqU?=",
     "Thu, 19 Nov 2026 10:00:00 +0900", "점심", ["seen"], "2026-11-19T01:00Z"),
    (2, MIXED, "Bob <bob@hamburger.edu>", "Re: [list] =?iso-8859-1?Q?Gr=FC=DFe?=",
     "Thu, 19 Nov 2026 09:00:00 +0000", "Schöne Grüße", ["flagged"], "2026-11-19T23:59:59Z"),
    (3, PLAIN, "=?utf-8?Q?J=C3=BCrgen?= <j@example.org>", 'a "quoted" \\ word',
     "Wed, 18 Nov 2026 23:30:00 -0800", "lunch", ["$Junk", "seen"], "2026-11-20T00:00Z"),
    (4, MIXED, "carol@hamburger.edu", "Lunch", "Fri, 20 Nov 2026 00:00:00 +0000",
     "x" * 5000, [], "2026-11-20T23:59:59Z"),
    (5, PLAIN, "alice@crepes.fr", "Fwd: lunch", "", "안녕", ["seen", "flagged"],
     "2026-11-21T00:00Z"),
]

# A query, and the UIDs that it means with days in UTC.
QUERIES = [
    ("subject:안녕", {1}),
    ("subject:grüße", {2}),
    ("from:jürgen", {3}),
    ('subject:"\\"quoted\\" \\\\"', {3}),
    ("안녕", {1, 5}),
    ("body:Grüße or subject:안녕하", {1, 2}),
    ("header:List-Id=crepes", {2, 4}),
    ("header:List-Id", {2, 4}),
    ("-header:List-Id=crepes", {1, 3, 5}),
    ("kw:$Junk", {3}),
    ("-kw:$Junk is:read", {1, 5}),
    ("has:attachment", {2, 4}),
    ("-has:attachment", {1, 3, 5}),
    ("has:attachment or is:flagged", {2, 4, 5}),
    ("-(has:attachment or subject:안녕)", {3, 5}),
    ("(has:attachment is:flagged) or (-has:attachment from:alice)", {1, 2, 5}),
    ("larger:4K or (body:점심 -has:attachment)", {1, 4}),
    ("since:2026-11-20", {3, 4, 5}),
    ("-since:2026-11-20", {1, 2}),
    ("on:2026-11-20", {3, 4}),
    ("before:2026-11-20 or has:attachment", {1, 2, 4}),
    ("-(on:2026-11-20 or on:2026-11-19)", {5}),
    ("since:2026-11-21 or kw:$Junk", {3, 5}),
    ("uid:2:4 -(is:read or has:attachment)", set()),
    ("raw:(OR SEEN FLAGGED) -has:attachment", {1, 3, 5}),
    ("older:1000d", set()),
    ("-newer:1000d or has:attachment", {2, 4}),
]

# --sort KEY, and the UIDs in its order.
ORDERS = {
    "date": [1, 3, 2, 4, 5], "-date": [5, 4, 2, 3, 1], "arrival": [1, 2, 3, 4, 5],
    "-arrival": [5, 4, 3, 2, 1], "from": [1, 5, 2, 4, 3], "-from": [3, 4, 2, 1, 5],
    "subject": [3, 2, 4, 5, 1], "-subject": [1, 4, 5, 2, 3], "to": [1, 2, 3, 4, 5],
}


def appended():
    """Of each mail the words after `append INBOX`, and its octets."""
    for _, form, sender, subject, date, text, flags, arrival in MAILS:
        octets = form.format(sender=sender, to="x@x", subject=subject, date=date, text=text)
        words = [word for flag in flags for word in ("--flag", flag)]
        yield ["--date", arrival, *words], octets.replace("Date: \n", "")
