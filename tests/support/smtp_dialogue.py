"""One connection of scripted_smtp.SmtpServer: the dialogue, and what it brought."""

import base64
import dataclasses
import re
import socket



class Act:
    """What a server may do instead of answering."""

    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return self.name


DROP, RESET, STALL, DEAF = map(Act, ("DROP", "RESET", "STALL", "DEAF"))
LARGE = 256 * 1024  # a message over this is counted, and kept only where `keep` is set


@dataclasses.dataclass
class Message:
    sender: str
    parameters: str          # of MAIL
    recipients: list         # those accepted
    octets: bytes = b""      # without the dots that were stuffed
    size: int = 0            # with them
    accepted: bool = False


class Session:
    """What one connection brought."""

    def __init__(self, number):
        self.number = number
        self.commands = []      # lines without CRLF, credentials included
        self.received = b""     # every octet after TLS is taken off, large bodies cut
        self.messages = []
        self.sent = self.taken = 0  # octets, without those of TLS
        self.flights = 0        # times that the client had to wait for us before it went on
        self.tls = None         # the version
        self.server_name = None
        self.user = None        # logged in
        self.password = None
        self.end = None         # QUIT, EOF (the client closed), DROPPED (we did), or an error

    def verbs(self):
        return [line.split(" ")[0].upper() for line in self.commands]


class Gone(Exception):
    """The connection is over."""


class Dialogue:
    """One connection, from the greeting to its end."""

    def __init__(self, server, session, client):
        self.server, self.session, self.client = server, session, client
        self.counts = {}
        self.pending = bytearray()
        self.spoke = False
        self.message = None

    def run(self):
        try:
            self.client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.client.settimeout(0.2)  # how often it looks whether the server is closing
            if self.server.tls == "implicit":
                self.secure()
            self.answer("GREETING", "220 mail.example ESMTP")
            while self.one_command():
                pass
        except Gone as gone:
            self.session.end = self.session.end or str(gone)
        except OSError as error:
            self.session.end = self.session.end or type(error).__name__
        finally:
            self.client.close()

    # Octets

    def read(self, octets=65536):
        if self.session.tls:
            octets = 16384  # a record holds no more, and the buffer is made for each
        if self.server.slow and self.session.taken < self.server.slow[2]:
            octets = min(octets, self.server.slow[0])
            self.server.closing.wait(self.server.slow[1])
        while True:
            try:
                data = self.client.recv(octets)
                break
            except TimeoutError:
                if self.server.closing.is_set():
                    raise Gone("CLOSING") from None
        if not data:
            raise Gone("EOF")
        if self.spoke:
            self.session.flights += 1
            self.spoke = False
        limit = self.server.cut_received
        if limit is not None and self.session.taken + len(data) >= limit:
            data = data[:limit - self.session.taken]
            self.keep(data)
            raise Gone("DROPPED")
        self.session.taken += len(data)
        return data

    def keep(self, data):
        if self.server.keep or len(self.session.received) < LARGE:
            self.session.received += data

    def line(self):
        while (end := self.pending.find(b"\r\n")) < 0:
            if len(self.pending) > 1_000_000:
                raise Gone("a line without end")
            self.pending += self.read()
        line = bytes(self.pending[:end])
        del self.pending[:end + 2]
        self.keep(line + b"\r\n")
        return line.decode("utf-8", "surrogateescape")

    def write(self, octets):
        self.spoke = True
        limit = self.server.cut_sent
        if limit is not None:
            octets = octets[:limit - self.session.sent]
        step = 1 if self.server.octet_by_octet else max(1, len(octets))
        for start in range(0, len(octets), step):
            rest = memoryview(octets)[start:start + step]
            while rest:
                try:
                    rest = rest[self.client.send(rest):]
                except TimeoutError:
                    if self.server.closing.is_set():
                        raise Gone("CLOSING") from None
        self.session.sent += len(octets)
        if limit is not None and self.session.sent >= limit:
            raise Gone("DROPPED")

    def secure(self):
        if not self.server.context:
            raise Gone("no certificate")
        self.client.settimeout(10)
        self.client = self.server.context.wrap_socket(self.client, server_side=True)
        self.session.tls = self.client.version()
        self.session.server_name = self.client.asked_name
        self.client.settimeout(0.2)

    # Answers

    def answer(self, step, default, key=None, argument=""):
        """Gives the Answer for this step; returns its first digit."""
        chosen = self.server.replies.get(step, default)
        if isinstance(chosen, dict):
            chosen = chosen.get(key, default)
        if isinstance(chosen, list):
            count = self.counts[step] = self.counts.get(step, -1) + 1
            chosen = chosen[min(count, len(chosen) - 1)]
        return self.say(chosen, argument)

    def say(self, what, argument=""):
        if callable(what):
            return self.say(what(self.session, argument), argument)
        if isinstance(what, tuple):
            return [self.say(each, argument) for each in what][0]
        if what is DROP:
            raise Gone("DROPPED")
        if what is RESET:
            self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            raise Gone("DROPPED")
        if what is STALL:
            while True:
                self.read()  # the client may go on; nobody answers
        if what is DEAF:
            self.server.closing.wait()
            raise Gone("CLOSING")
        if isinstance(what, str):
            what = "".join(line + "\r\n" for line in what.split("\n")).encode("utf-8", "surrogateescape")
        self.write(what)
        return chr(what[0]) if what else ""

    # Commands

    def one_command(self):
        line = self.line()
        self.session.commands.append(line)
        verb, _, argument = line.partition(" ")
        verb = verb.upper()
        take = getattr(self, "take_" + verb.lower(), None)
        if take is None:
            self.answer(verb, "500 5.5.1 unknown command", None, argument)
            return True
        return take(argument)

    def take_ehlo(self, argument, verb="EHLO"):
        self.message = None
        lines = ["mail.example", *self.server.ehlo]
        if self.server.tls == "starttls" and not self.session.tls:
            lines.append("STARTTLS")
        if self.server.users is not None and (self.session.tls or not self.server.tls):
            lines.append("AUTH PLAIN LOGIN")
        text = "\n".join("250" + ("-" if line is not lines[-1] else " ") + line for line in lines)
        self.answer(verb, text, None, argument)
        return True

    def take_lhlo(self, argument):
        return self.take_ehlo(argument, "LHLO")

    def take_helo(self, argument):
        self.answer("HELO", "250 mail.example", None, argument)
        return True

    def take_starttls(self, argument):
        if self.answer("STARTTLS", "220 2.0.0 go ahead", None, argument) == "2":
            if self.pending:
                raise Gone("octets after STARTTLS: " + repr(bytes(self.pending)))
            self.secure()
        return True

    def take_auth(self, argument):
        mechanism, _, initial = argument.partition(" ")
        chosen = self.server.replies.get("AUTH")
        if chosen is not None:
            self.answer("AUTH", None, None, argument)
            return True
        if mechanism.upper() == "PLAIN":
            _, user, password = self.response(initial or self.challenge("")).split("\0")
        elif mechanism.upper() == "LOGIN":
            user = self.response(initial or self.challenge("VXNlcm5hbWU6"))
            password = self.response(self.challenge("UGFzc3dvcmQ6"))
        else:
            self.say("504 5.5.4 unknown mechanism")
            return True
        if (self.server.users or {}).get(user) == password:
            self.session.user, self.session.password = user, password
            self.answer("AUTH-END", "235 2.7.0 welcome")
        else:
            self.answer("AUTH-END", "535 5.7.8 credentials refused")
        return True

    def challenge(self, text):
        self.answer("AUTH-MORE", "334 " + text)
        return self.line()

    def response(self, text):
        return base64.b64decode(text).decode()

    def take_mail(self, argument):
        match = re.match(r"FROM:<(.*?)>(?: (.*))?$", argument, re.I)
        default = "250 2.1.0 ok" if match else "501 5.5.4 syntax"
        if self.server.users and not self.session.user:
            default = "530 5.7.0 authentication required"
        elif self.message:
            default = "503 5.5.1 nested MAIL"
        if self.answer("MAIL", default, None, argument) == "2":
            self.message = Message(match[1] if match else "?", match and match[2] or "", [])
        return True

    def take_rcpt(self, argument):
        match = re.match(r"TO:<(.*?)>(?: (.*))?$", argument, re.I)
        address = match[1] if match else argument
        default = "250 2.1.5 ok" if self.message else "503 5.5.1 need MAIL"
        if self.answer("RCPT", default, address, argument) == "2" and self.message:
            self.message.recipients.append(address)
        return True

    def take_data(self, argument):
        default = "354 go ahead"
        if not self.message or not self.message.recipients:
            default = "503 5.5.1 no valid recipients"
        if self.answer("DATA", default, None, argument) == "3":
            self.body()
            self.end_of_message()
        return True

    def body(self):
        """RFC 5321 section 4.5.2, without holding what nobody asked to keep."""
        message = self.message = self.message or Message("?", "", [])
        kept = bytearray()
        window = bytearray(b"\r\n")  # so that a dot alone at once is the end, too
        while (end := window.find(b"\r\n.\r\n")) < 0:
            done = max(0, len(window) - 4)  # what follows may be the start of the end
            message.size += done
            if self.server.keep or len(kept) < LARGE:
                kept += window[:done]
            del window[:done]
            if not self.pending:
                self.pending += self.read(1 << 20)
            window += self.pending
            self.pending.clear()
        message.size += end
        kept += window[:end + 2]
        self.pending += window[end + 5:]
        self.keep(bytes(kept[2:]) + b".\r\n")
        message.octets = bytes(kept).replace(b"\r\n.", b"\r\n")[2:]

    def take_bdat(self, argument):
        words = argument.upper().split()
        left, last = int(words[0]), words[1:] == ["LAST"]
        message = self.message = self.message or Message("?", "", [])
        message.size += left
        while left:
            if not self.pending:
                self.pending += self.read(1 << 20)
            chunk = bytes(self.pending[:left])
            del self.pending[:left]
            left -= len(chunk)
            if self.server.keep or len(message.octets) < LARGE:
                message.octets += chunk
        default = "250 2.0.0 octets received" if message.recipients else "503 5.5.1 no valid recipients"
        if last:
            self.end_of_message("DOT" if message.recipients else "BDAT", default)
        else:
            self.answer("BDAT", default, None, argument)
        return True

    def end_of_message(self, step="DOT", default=None):
        message, self.message = self.message, None
        self.session.messages.append(message)
        number = len(self.session.messages)
        default = default or f"250 2.0.0 ok: queued as Q{self.session.number + 1}N{number}"
        if self.server.lmtp:
            took = [each for each in message.recipients if self.answer(step, default, each) == "2"]
            message.accepted, message.recipients = bool(took), took
        else:
            message.accepted = self.answer(step, default) == "2"

    def take_rset(self, argument):
        self.message = None
        self.answer("RSET", "250 2.0.0 ok", None, argument)
        return True

    def take_noop(self, argument):
        self.answer("NOOP", "250 2.0.0 ok", None, argument)
        return True

    def take_quit(self, argument):
        self.session.end = "QUIT"
        self.answer("QUIT", "221 2.0.0 bye", None, argument)
        return "BYE" in self.server.replies and self.answer("BYE", None) is not None
