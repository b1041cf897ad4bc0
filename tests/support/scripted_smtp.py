"""An SMTP or LMTP server on a free port of loopback that answers as a test tells it to.

    with SmtpServer(replies={"RCPT": {"carol@example.org": "550 5.1.1 no such user"}}) as server:
        ... run a client against server.port ...
    server.sessions[0].messages[0].octets

What a step of the dialogue is answered with is an Answer:

    "250 ok"          a line, or several ("250-a\\n250 b"); the line ends are put here
    b"25"             these octets as they are
    DROP, RESET       the connection closed, or torn down
    STALL             silence, until the client goes or the server is closed
    DEAF              the same, and nothing more is read
    ("354 go", DROP)  one after the other
    a function        of the session and the argument, which returns an Answer

`replies` maps a step to an Answer; to a list of them, one for each time the step comes in a session, the last
for all after; or to a dict by the address in RCPT and, with LMTP, in DOT. Steps: GREETING, each verb, AUTH-MORE
(what answers a challenge), DOT (the end of a message, by DATA or BDAT), BYE (after QUIT, instead of closing).
Everything without a reply of its own succeeds where RFC 5321 lets it.
"""

import socket

from scripted_server import ScriptedServer
from smtp_dialogue import DEAF, DROP, RESET, STALL, Dialogue, Message, Session  # noqa: F401: for the tests

EHLO = ("PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES")


class SmtpServer(ScriptedServer):
    def __init__(self, replies=None, ehlo=EHLO, *, lmtp=False, tls=None, certificate=None, users=None,
                 octet_by_octet=False, cut_sent=None, cut_received=None, keep=False, slow=None,
                 host="127.0.0.1"):
        """tls: None, "starttls" or "implicit", with certificate, a certificates.Certificate. users: {name:
        password}, offers AUTH PLAIN LOGIN and, as a server should, wants it before MAIL. cut_sent and
        cut_received: the connection is dropped after that many octets of a session. slow: (octets, seconds,
        until), no read takes more than so many octets, nor comes sooner, until so many are taken in all; over a line
        with the buffers and segments of a far one."""
        self.replies, self.lmtp, self.tls, self.users = replies or {}, lmtp, tls, users
        self.ehlo = list(ehlo)
        self.octet_by_octet, self.cut_sent, self.cut_received, self.keep = \
            octet_by_octet, cut_sent, cut_received, keep
        self.context = certificate.server_context() if certificate else None
        self.slow = slow
        self.script(Dialogue, Session, host, self.far_away if slow else None)

    def far_away(self, listener):
        """Connections have these of the listener, and clients buffer by the segments."""
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1400)

    # What the tests ask of all sessions together.

    @property
    def messages(self):
        """The messages that were answered with 2yz, in order of connections."""
        return [message for session in self.sessions for message in session.messages if message.accepted]

    @property
    def delivered_to(self):
        return [recipient for message in self.messages for recipient in message.recipients]

    @property
    def flights(self):
        return sum(session.flights for session in self.sessions)
