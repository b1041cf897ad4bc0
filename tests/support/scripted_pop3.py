"""A POP3 server on a free port of loopback that answers as a test tells it to.

    with Pop3Server([Mail(b"Subject: Lunch\\r\\n\\r\\nNoon?\\r\\n", "uid-1")]) as server:
        ... run a client against server.port, as alice with the password of program.py ...
    server.sessions[0].commands, server.left(), server.times("RETR")

The maildrop outlives a session: what a session marked with DELE goes when QUIT is read, and in no other way.

What a step of the dialogue is answered with is an Answer:

    "+OK go on"           a line, or several ("+OK\\n1 120\\n."); the line ends are put here
    b"+O"                 these octets as they are
    DROP, RESET           the connection closed, or torn down
    STALL                 silence, until the client goes or the server is closed
    DEAF                  the same, and nothing more is read
    Usual(...)            what the server says anyway: cut off, dripped or edited
    ("+OK", DROP)         one after the other
    a function            of the session and the argument, which returns an Answer
    a generator           its Answers, until the client goes

`replies` maps a step to an Answer; to a list of them, one for each time the step comes in a session, the last
for all after; or to a dict by the first number of the argument, as in {"RETR": {3: "-ERR no"}}. Steps: GREETING,
each verb, AUTH-MORE (what answers a challenge), AUTH-END. It may be replaced between two sessions.
"""

import dataclasses
import threading

from pop3_dialogue import DEAF, DROP, RESET, STALL, Dialogue, Session, Usual  # noqa: F401: for the tests
from program import SECRET
from scripted_server import ScriptedServer

CAPA = ("TOP", "UIDL", "USER", "SASL PLAIN", "RESP-CODES", "PIPELINING")


@dataclasses.dataclass(eq=False)
class Mail:
    content: bytes             # CRLF line ends, dots not stuffed; sent as it is, were it nonsense
    uid: str = ""              # "": UIDL leaves it out
    size: int = None           # what LIST and STAT say; None: the truth
    deleted: bool = False

    def octets(self):
        return len(self.content) if self.size is None else self.size


def mails(count, octets=200, prefix="uid-"):
    """Ordinary messages, each of about so many octets: Subject and Message-ID end in their number, from 1."""
    made = []
    for number in range(1, count + 1):
        header = (f"From: alice@example.com\r\nTo: bob@example.org\r\nSubject: Lunch {number}\r\n"
                  f"Message-ID: <{prefix}{number}@mail.example>\r\n\r\n").encode()
        body = (b"%d. Noon, at the usual place?\r\n" % number) * max(1, (octets - len(header)) // 33)
        made.append(Mail(header + body, f"{prefix}{number}"))
    return made


def for_uid(uid, answer):
    """The Answer to a command about that message, whatever its number; others are answered as usual."""
    def choose(session, argument):
        number = int(argument.split(" ")[0])
        return answer if session.drop[number - 1].uid == uid else Usual()
    return choose


class Pop3Server(ScriptedServer):
    def __init__(self, maildrop=(), replies=None, capa=CAPA, *, users=None, tls=None, certificate=None,
                 apop=False, lf_only=False, discards=False, exclusive=False, without=(), drip=None,
                 deletes_at_quit=True, host="127.0.0.1"):
        """users: {name: password}, by default alice with program.SECRET. tls: None, "stls" or "implicit", with
        certificate, a certificates.Certificate. lf_only: no answer has a CR before its line ends. discards: what
        came in one segment after a first command is lost, as where PIPELINING does not work. exclusive: one
        session at a time, others hear [IN-USE]. without: verbs that are unknown here. drip: octets a second, of
        everything. deletes_at_quit: False where QUIT is lost before it is heard."""
        self.maildrop, self.replies, self.capa = list(maildrop), replies or {}, list(capa)
        self.users = {"alice": SECRET} if users is None else users
        self.tls, self.context = tls, certificate.server_context() if certificate else None
        self.apop, self.lf_only, self.discards, self.exclusive = apop, lf_only, discards, exclusive
        self.without, self.drip, self.deletes_at_quit = set(without), drip, deletes_at_quit
        self.deleted = []  # the Mails that went, in order
        self.lock = threading.Lock()
        self.holder = None  # the session that has the maildrop
        self.script(Dialogue, Session, host)

    # What the tests ask.

    def left(self):
        """The unique-ids that are still there."""
        return [mail.uid for mail in self.maildrop if not mail.deleted]

    def times(self, verb):
        """How often it came, in all sessions."""
        return sum(session.verbs().count(verb) for session in self.sessions)

    @property
    def flights(self):
        return sum(len(session.flights) for session in self.sessions)
