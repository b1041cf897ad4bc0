"""One connection of scripted_pop3.Pop3Server: the dialogue, and what it brought."""

import base64
import dataclasses
import hashlib
import socket
import time
import types

from smtp_dialogue import DEAF, DROP, RESET, STALL, Gone

TIMESTAMP = "<1896.697170952@mail.example>"


@dataclasses.dataclass
class Usual:
    """What the server says anyway: changed by edit, a function of its octets; cut off after so many octets or, of
    a float, after that part, and then followed by an Answer; so many octets a second."""
    cut: object = None
    then: object = DROP
    drip: float = None
    edit: object = None


class Session:
    """What one connection brought."""

    def __init__(self, number):
        self.number = number
        self.commands = []   # lines without CRLF, credentials included
        self.segments = []   # the octets of each read, after TLS is taken off
        self.flights = []    # the commands, in lists: those of one came without waiting for an answer to another.
        # Where the client is slower to write than this to answer, a flight is seen as two: what is to be exact
        # is counted by delay_proxy.
        self.sent = 0
        self.tls = None      # the version
        self.user = None     # logged in
        self.drop = []       # the Mails as this session numbers them, from 1
        self.marked = {}     # the numbers of DELE, in order
        self.usual = b""     # what the command at hand is answered with, if nothing else is wanted
        self.end = None      # QUIT, EOF (the client closed), DROPPED (we did), or an error

    def verbs(self):
        return [line.split(" ")[0].upper() for line in self.commands]


class Dialogue:
    """One connection, from the greeting to its end."""

    def __init__(self, server, session, client):
        self.server, self.session, self.client = server, session, client
        self.counts = {}
        self.pending = bytearray()
        self.answers = bytearray()  # not sent yet: what belongs to one flight goes together
        self.spoke = True

    def run(self):
        try:
            self.client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.client.settimeout(0.2)  # how often it looks whether the server is closing
            if self.server.tls == "implicit":
                self.secure()
            self.answer("GREETING", "+OK mail.example ready" + (" " + TIMESTAMP if self.server.apop else ""))
            while self.one_command():
                pass
            self.flush()
        except Gone as gone:
            self.session.end = self.session.end or str(gone)
        except OSError as error:
            self.session.end = self.session.end or type(error).__name__
        finally:
            with self.server.lock:
                if self.server.holder is self.session:
                    self.server.holder = None
            self.client.close()

    # Octets

    def read(self):
        self.flush()
        while True:
            try:
                data = self.client.recv(65536)
                break
            except TimeoutError:
                if self.server.closing.is_set():
                    raise Gone("CLOSING") from None
        if not data:
            raise Gone("EOF")
        self.session.segments.append(data)
        if self.spoke:
            self.session.flights.append([])
            self.spoke = False
        return data

    def line(self):
        while (end := self.pending.find(b"\r\n")) < 0:
            if len(self.pending) > 100_000:
                raise Gone("a line without end")
            self.pending += self.read()
        line = bytes(self.pending[:end])
        del self.pending[:end + 2]
        if self.server.discards:
            self.pending.clear()
        return line.decode("utf-8", "surrogateescape")

    def write(self, octets, drip=None):
        if not (drip or self.server.drip):
            self.answers += octets
            if len(self.answers) >= 65536:
                self.flush()
            return
        self.flush()
        rate = drip or self.server.drip
        step = max(1, round(rate / 50))
        for start in range(0, len(octets), step):
            self.send(octets[start:start + step])
            if self.server.closing.wait(step / rate):
                raise Gone("CLOSING")

    def flush(self):
        if self.answers:
            octets, self.answers = bytes(self.answers), bytearray()
            self.send(octets)

    def send(self, octets):
        self.spoke = True
        rest = memoryview(octets)
        while rest:
            try:
                rest = rest[self.client.send(rest):]
            except TimeoutError:
                if self.server.closing.is_set():
                    raise Gone("CLOSING") from None
        self.session.sent += len(octets)

    def secure(self):
        self.client.settimeout(10)
        self.client = self.server.context.wrap_socket(self.client, server_side=True)
        self.session.tls = self.client.version()
        self.client.settimeout(0.2)

    # Answers

    def answer(self, step, usual, argument=""):
        """Gives the Answer for this step; True when it starts with a "+"."""
        self.session.usual = self.octets(usual)
        chosen = self.server.replies.get(step, usual)
        if isinstance(chosen, dict):
            number = argument.split(" ")[0]
            chosen = chosen.get(int(number) if number.isdigit() else number, usual)
        if isinstance(chosen, list):
            count = self.counts[step] = self.counts.get(step, -1) + 1
            chosen = chosen[min(count, len(chosen) - 1)]
        return self.say(chosen, argument, usual)

    def say(self, what, argument="", usual=None):
        if callable(what):
            return self.say(what(self.session, argument), argument, usual)
        if isinstance(what, tuple):
            return [self.say(each, argument, usual) for each in what][0]
        if isinstance(what, types.GeneratorType):
            for each in what:
                self.say(each, argument, usual)
                self.flush()
            return True
        if isinstance(what, Usual):
            return self.say_usual(what, argument, usual)
        if what in (DROP, RESET):
            self.flush()
            if what is RESET:
                self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            raise Gone("DROPPED")
        if what is STALL:
            while True:
                self.read()  # the client may go on; nobody answers
        if what is DEAF:
            self.flush()
            self.server.closing.wait()
            raise Gone("CLOSING")
        self.write(self.octets(what))
        return what[:1] in ("+", b"+")

    def octets(self, what):
        if isinstance(what, str):
            what = "".join(line + "\r\n" for line in what.split("\n")).encode("utf-8", "surrogateescape")
        return what.replace(b"\r\n", b"\n") if self.server.lf_only else what

    def say_usual(self, how, argument, usual):
        octets = self.octets(usual)
        if how.edit:
            octets = how.edit(octets)
        if how.cut is not None:
            octets = octets[:round(how.cut * len(octets)) if isinstance(how.cut, float) else how.cut]
        self.write(octets, how.drip)
        if how.cut is not None:
            self.say(how.then, argument, usual)
        return octets[:1] == b"+"

    # Commands

    def one_command(self):
        line = self.line()
        self.session.commands.append(line)
        self.session.flights[-1].append(line)
        verb, _, argument = line.partition(" ")
        verb = verb.upper()
        take = getattr(self, "take_" + verb.lower(), None)
        if take is None or verb in self.server.without:
            self.answer(verb, "-ERR unknown command", argument)
            return True
        if verb in ("STAT", "LIST", "UIDL", "RETR", "TOP", "DELE", "RSET", "NOOP") and not self.session.user:
            self.answer(verb, "-ERR not logged in", argument)
            return True
        return take(argument) is not False

    def take_capa(self, argument):
        lines = ["+OK", *self.server.capa]
        if self.server.tls == "stls" and not self.session.tls:
            lines.append("STLS")
        self.answer("CAPA", "\n".join([*lines, "."]), argument)

    def take_stls(self, argument):
        usual = "+OK begin" if self.server.tls == "stls" and not self.session.tls else "-ERR no"
        if self.answer("STLS", usual, argument) and self.server.context:
            self.flush()
            if self.pending:
                raise Gone("octets after STLS: " + repr(bytes(self.pending)))
            self.secure()

    def take_user(self, argument):
        self.named = argument
        self.answer("USER", "+OK name it", argument)

    def take_pass(self, argument):
        self.log_in("PASS", getattr(self, "named", ""), argument)

    def take_apop(self, argument):
        user, _, digest = argument.partition(" ")
        password = self.server.users.get(user, "")
        good = hashlib.md5((TIMESTAMP + password).encode()).hexdigest() == digest
        self.log_in("APOP", user, password if good else None)

    def take_auth(self, argument):
        if "AUTH" in self.server.replies:
            self.answer("AUTH", "-ERR no", argument)
            return
        mechanism, _, initial = argument.partition(" ")
        if mechanism.upper() != "PLAIN":
            self.answer("AUTH-END", "-ERR unknown mechanism", argument)
            return
        if not initial:
            self.answer("AUTH-MORE", "+ ")
            initial = self.line()
        _, user, password = base64.b64decode(initial).decode().split("\0")
        self.log_in("AUTH-END", user, password)

    def log_in(self, step, user, password):
        usual = "+OK welcome"
        if user not in self.server.users or self.server.users[user] != password:
            usual = "-ERR [AUTH] no"
        with self.server.lock:
            if usual[0] == "+" and self.server.exclusive and self.server.holder:
                usual = "-ERR [IN-USE] another session has it"
            elif usual[0] == "+":
                self.server.holder = self.session
        if self.answer(step, usual, user):
            self.session.user = user
            self.session.drop = [mail for mail in self.server.maildrop if not mail.deleted]

    def mail(self, argument):
        number = argument.split(" ")[0]
        index = int(number) - 1 if number.isdigit() else -1
        if not 0 <= index < len(self.session.drop) or index + 1 in self.session.marked:
            return None
        return self.session.drop[index]

    def there(self):
        return [(number, mail) for number, mail in enumerate(self.session.drop, 1)
                if number not in self.session.marked]

    def take_stat(self, argument):
        there = self.there()
        self.answer("STAT", f"+OK {len(there)} {sum(mail.octets() for _, mail in there)}", argument)

    def listing(self, verb, argument, word):
        if argument:
            mail = self.mail(argument)
            self.answer(verb, f"+OK {argument} {word(mail)}" if mail else "-ERR no such message", argument)
            return
        lines = [f"{number} {word(mail)}" for number, mail in self.there() if word(mail) != ""]
        self.answer(verb, "\n".join(["+OK", *lines, "."]), argument)

    def take_list(self, argument):
        self.listing("LIST", argument, lambda mail: mail.octets())

    def take_uidl(self, argument):
        self.listing("UIDL", argument, lambda mail: mail.uid)

    def content(self, verb, argument, octets):
        if octets is None:
            self.answer(verb, "-ERR no such message", argument)
            return
        stuffed = (b"." if octets.startswith(b".") else b"") + octets.replace(b"\r\n.", b"\r\n..")
        end = b".\r\n" if not stuffed or stuffed.endswith(b"\r\n") else b"\r\n.\r\n"
        self.answer(verb, b"+OK here it comes\r\n" + stuffed + end, argument)

    def take_retr(self, argument):
        mail = self.mail(argument)
        self.content("RETR", argument, mail and mail.content)

    def take_top(self, argument):
        mail, lines = self.mail(argument), int((argument + " 0").split(" ")[1])
        if mail is None:
            self.content("TOP", argument, None)
            return
        header, empty, body = mail.content.partition(b"\r\n\r\n")
        kept = b"".join(line + b"\r\n" for line in body.split(b"\r\n")[:lines])
        self.content("TOP", argument, header + empty + kept)

    def take_dele(self, argument):
        if self.answer("DELE", "+OK marked" if self.mail(argument) else "-ERR no such message", argument):
            self.session.marked[int(argument)] = True

    def take_rset(self, argument):
        self.session.marked.clear()
        self.answer("RSET", "+OK", argument)

    def take_noop(self, argument):
        self.answer("NOOP", "+OK", argument)

    def take_utf8(self, argument):
        self.answer("UTF8", "+OK" if "UTF8" in self.server.capa else "-ERR no", argument)

    def take_lang(self, argument):
        self.answer("LANG", "+OK" if argument else "+OK\nen English\n.", argument)

    def take_quit(self, argument):
        if self.session.user and self.server.deletes_at_quit:
            with self.server.lock:
                for number in self.session.marked:
                    mail = self.session.drop[number - 1]
                    mail.deleted = True
                    self.server.deleted.append(mail)
        self.session.end = "QUIT"
        self.answer("QUIT", "+OK bye", argument)
        self.flush()
        return False
