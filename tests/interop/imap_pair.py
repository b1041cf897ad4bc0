"""The same commands for `mailtool serve` and for Dovecot, and what they say compared."""

import datetime
import itertools
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from certificates import Authority
from dovecot_imap import DovecotImap
from fast_place import fast_place
from imap_answers import RawImap, pairs
from program import SECRET, ProgramTest
from serve_boxes import ServeImap

# The folders that serve makes for each user.
FOLDERS = "".join(f"  mailbox {name} {{\n    auto = create\n    special_use = \\{name}\n  }}\n"
                  for name in ("Drafts", "Junk", "Sent"))
SETTINGS = f"mail_fsync = never\nnamespace inbox {{\n{FOLDERS}}}\n"
# Codes of which one server has more than the other; the RFCs leave them to it.
OPTIONAL_CODES = {"HIGHESTMODSEQ", "NOMODSEQ", "MAILBOXID", "CLIENTBUG", "CLOSED", "SERVERBUG", "MODIFIED", "LIMIT"}
ROLES = {"\\archive", "\\drafts", "\\junk", "\\sent", "\\trash"}
OPTIONAL_MARKS = {"\\hasnochildren", "\\haschildren", "\\marked", "\\unmarked", "\\noinferiors"}


def flags(words):
    return sorted(word for word in words if word.lower() != "\\recent")


def date(text):
    """An INTERNALDATE in UTC: the zone in which a server tells it is its own."""
    when = datetime.datetime.strptime(text.decode().strip(), "%d-%b-%Y %H:%M:%S %z")
    return when.astimezone(datetime.timezone.utc).isoformat()


def item(name, value):
    if name == "FLAGS":
        return flags(value)
    if name == "INTERNALDATE":
        return date(value)
    if name.startswith("BODY["):
        # A section that is not there; and Dovecot counts the line end before a boundary to the part above it where
        # that is a multipart (RFC 2046 section 5.1.1 does not).
        return (value or b"").rstrip(b"\r\n") + b"\r\n"
    if name in ("BODY", "BODYSTRUCTURE"):
        return structure(value)
    return value


def structure(value):
    """Without what a server may add for itself, and the sizes of messages within, for the reason above."""
    if not isinstance(value, list):
        return value
    if value == [b"charset", b"us-ascii"]:
        return None
    if len(value) > 9 and value[:2] == [b"message", b"rfc822"]:
        value = value[:6] + ["octets"] + value[7:9] + ["lines"] + value[10:]
    return [structure(each) for each in value]


def untagged(kind, row, uids=True, marks=True):
    """In the form that is compared; None where it is not."""
    if kind == "FETCH":
        return kind, row[0], sorted((name, item(name, value)) for name, value in pairs(row[1]).items()
                                    if name != "MODSEQ" and (uids or name != "UID"))
    if kind == "FLAGS":
        return kind, flags(row[0])
    if kind in ("OK", "NO"):
        if not row or row[0] in OPTIONAL_CODES:
            return None
        if row[0] == "UIDVALIDITY":
            return kind, row[:1]
        if row[0] in ("COPYUID", "APPENDUID"):
            return kind, row[0], row[2:]
        return (kind, row[0], flags(row[1])) if row[0] == "PERMANENTFLAGS" else (kind, row)
    if kind in ("LIST", "LSUB"):
        told = sorted(mark.lower() for mark in row[0] if mark.lower() not in OPTIONAL_MARKS | (set() if marks else ROLES))
        more = [[named(item) for item in items[:1]] + items[1:] for items in row[3:]]
        return kind, told, row[1], named(row[2]), [items for items in more if items]
    if kind == "STATUS":
        values = pairs(row[1])
        name = named(row[0])
        return kind, "INBOX" if name.upper() == "INBOX" else name, sorted((name, 0 if name in ("UIDVALIDITY", "HIGHESTMODSEQ", "RECENT") else value)
                                           for name, value in values.items())
    if kind == "ESEARCH":
        return kind, results(row[1:] if row and isinstance(row[0], list) else row)
    if kind in ("RECENT", "CAPABILITY"):
        return None
    return kind, row


def results(row):
    """Of ESEARCH without its tag, in whatever order; what PARTIAL was of may be told with its smaller number first."""
    of_uids, row = row[:1] == ["UID"], row[row[:1] == ["UID"]:]
    told = pairs(row)
    if "PARTIAL" in told:
        told["PARTIAL"] = [sorted(map(int, told["PARTIAL"][0].split(":"))), *told["PARTIAL"][1:]]
    return of_uids, sorted(told.items())


def expunged(data):
    """EXPUNGE in whatever order, as the numbers that the messages had before the first of them."""
    gone, rest = [], []
    for each in data:
        if each[0] == "EXPUNGE":
            number = each[1][0]
            for before in sorted(gone):
                number += before <= number
            gone.append(number)
        else:
            rest.append(each)
    return [("EXPUNGE", sorted(gone)), *rest] if gone else rest


def named(name):
    return name.decode() if isinstance(name, bytes) else name


class PairTest(ProgramTest):
    """Both servers for the class, a user of both for each test, and a session with each."""

    maxDiff = 4000
    users = 48

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        work = tempfile.TemporaryDirectory(prefix="mailtool-pair-", dir=fast_place())
        cls.addClassCleanup(work.cleanup)
        root = pathlib.Path(work.name)
        root.chmod(0o755)
        cls.unused = (f"user{number}" for number in itertools.count())
        users = {f"user{number}": SECRET for number in range(cls.users)}
        certificate = Authority(cls.folder / "authority").certificate()
        cls.servers = []
        for kind, name in ((ServeImap, "serve"), (DovecotImap, "dovecot")):
            cls.servers.append(kind(root / name, certificate, SETTINGS if kind is DovecotImap else "", users))
            cls.addClassCleanup(cls.servers[-1].close)

    def setUp(self):
        self.user = next(self.unused)
        self.both = self.sessions()

    def sessions(self):
        """One more with each."""
        made = []
        for server in self.servers:
            made.append(RawImap(server.port, self.user, SECRET))
            self.addCleanup(made[-1].close)
        return made

    @staticmethod
    def normal(answer, ordered=False, uids=True, opens=False, marks=True):
        data = [each for each in (untagged(kind, row, uids, marks) for kind, row in answer.data) if each]
        data = expunged(data)
        if not opens:  # a server may tell the keywords there are whenever it likes
            data = [each for each in data if each[0] != "FLAGS" and each[:2] != ("OK", "PERMANENTFLAGS")]
        code = answer.code[0] if answer.code and answer.code[0] not in OPTIONAL_CODES | {"CAPABILITY"} else None
        return answer.status, code, data if ordered else sorted(data, key=repr)

    def same(self, command, both=None, ordered=False, codes=True):
        """Both say the same to it: the answers, serve's first."""
        answers = [client.ask(command) for client in both or self.both]
        # A server may give UIDs unasked.
        uids = "UID" in str(command)
        opens = str(command).startswith(("SELECT", "EXAMINE"))
        # The roles of mailboxes are told by LIST as it was, and where they are asked for.
        marks = "RETURN" not in str(command) and "LIST (" not in str(command) or "SPECIAL-USE" in str(command)
        marks = marks and 'LIST "" (' not in str(command)
        here, there = (self.normal(answer, ordered, uids, opens, marks) for answer in answers)
        if not codes:
            here, there = ((status, data) for status, _, data in (here, there))
        self.assertEqual(here, there, f"{command}\nserve: {answers[0].text}\nDovecot: {answers[1].text}")
        return answers

    def each(self, commands, **more):
        for command in commands:
            with self.subTest(str(command)[:100]):
                self.same(command, **more)

    def append(self, message, box="INBOX", words="", both=None):
        if isinstance(message, str):
            message = message.encode()
        return self.same([f"APPEND {box} {words}{{{len(message)}}}", message], both)

    def open_with(self, messages, name="INBOX"):
        """Selected, with these messages."""
        for message in messages:
            self.append(message, name)
        return self.same(f"SELECT {name}")


def letter(number, text="Noon?\r\n", header=""):
    return (f"From: Alice <alice@crepes.example>\r\nTo: bob@hamburger.example\r\nSubject: Lunch {number}\r\n"
            f"Date: Fri, {number % 28 + 1} Nov 2026 12:00:00 +0100\r\nMessage-ID: <{number}@crepes.example>\r\n{header}"
            f"\r\n{text}")
