"""A raw client of IMAP, and its server's answers in a form in which those of two servers can be compared.

    client = RawImap(port, "bob", "secret")
    answer = client.ask("FETCH 1 (FLAGS)")
    answer.status, answer.code, answer.data
"""

import re
import socket

LITERAL = re.compile(rb"(~?)\{(\d+)\}\r\n\Z")
TOKEN = re.compile(rb'[()]|"(?:[^"\\]|\\.)*"|\0\d+\0|[^()" \0\[]+(?:\[[^\]]*\](?:<\d+>)?)?|\[[^\]]*\]')
TIMEOUT = 20


class Answer:
    """Of one command: OK, NO or BAD, the code in brackets, and the data before that as nested lists."""

    def __init__(self, status, code, data, text):
        self.status, self.code, self.data, self.text = status, code, data, text

    def of(self, kind):
        """The data of one kind, such as FETCH or EXISTS, without that word."""
        return [row for name, row in self.data if name == kind]


def tokens(line, literals):
    """Nested lists of a response; strings of any form are bytes, atoms str, NIL is None."""
    stack = [[]]
    for token in TOKEN.findall(line):
        if token == b"(":
            stack.append([])
        elif token == b")":
            if len(stack) == 1:
                raise ValueError(f"too many parentheses: {line}")
            done = stack.pop()
            stack[-1].append(done)
        elif token.startswith(b'"'):
            stack[-1].append(re.sub(rb"\\(.)", rb"\1", token[1:-1]))
        elif token.startswith(b"\0"):
            stack[-1].append(literals[int(token[1:-1])])
        else:
            word = token.decode("utf-8", "surrogateescape")
            stack[-1].append(None if word.upper() == "NIL" else word)
    if len(stack) != 1:
        raise ValueError(f"a parenthesis is not closed: {line}")
    return stack[0]


class RawImap:
    def __init__(self, port, user=None, password=None):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
        self.file = self.socket.makefile("rb")
        self.greeting = self.file.readline()
        self.number = 0
        if user:
            answer = self.ask(f'LOGIN {user} "{password}"')
            if answer.status != "OK":
                raise RuntimeError(answer.text)

    def close(self):
        self.file.close()
        self.socket.close()

    def response(self):
        """One response: its line with literals taken out, and they."""
        line, literals = b"", []
        while True:
            part = self.file.readline()
            if not part.endswith(b"\r\n"):
                raise EOFError(f"the server has hung up behind {line + part}")
            found = LITERAL.search(part)
            if not found:
                return line + part[:-2], literals
            size = int(found[2])
            literal = self.file.read(size)
            if len(literal) != size:
                raise EOFError("the server has hung up within a literal")
            line += part[:found.start()] + b"\0%d\0" % len(literals)
            literals.append(literal)

    def send(self, command, tag=None):
        """`command`: octets or text, or a list of them, between which the server has to say that it goes on."""
        self.number += 1
        tag = tag or f"t{self.number}"
        parts = command if isinstance(command, list) else [command]
        parts = [part.encode() if isinstance(part, str) else part for part in parts]
        before = []
        for at, part in enumerate(parts):
            self.socket.sendall((tag.encode() + b" " if at == 0 else b"") + part + b"\r\n")
            while at + 1 < len(parts):
                line, literals = self.response()
                if line.startswith(b"+"):
                    break
                before.append((line, literals))
                if line.startswith(tag.encode() + b" "):
                    return tag, before
        return tag, before

    def ask(self, command, tag=None):
        tag, before = self.send(command, tag)
        return self.finish(tag, before)

    def finish(self, tag, before=()):
        """Reads up to the tagged response of one command."""
        data, before = [], list(before)
        while True:
            line, literals = before.pop(0) if before else self.response()
            if line.startswith(b"* "):
                data.append(self.untagged(line[2:], literals))
            elif line.startswith(tag.encode() + b" "):
                _, status, text = (line + b" ").split(b" ", 2)
                code = re.match(rb"\[([^ \]]+)([^\]]*)\]", text)
                return Answer(status.decode(), code and (code[1].decode().upper(), code[2].decode().strip()), data,
                              line.decode("utf-8", "replace"))
            elif not line.startswith(b"+"):
                raise ValueError(f"{line} is no answer to {tag}")

    def finish_all(self, tags):
        """{tag: answer} of commands sent at once, in whatever order they end; the data is that before each end."""
        answers, data = {}, []
        while len(answers) < len(tags):
            line, literals = self.response()
            if line.startswith(b"* "):
                data.append(self.untagged(line[2:], literals))
                continue
            tag = line.split(b" ")[0].decode()
            if tag not in tags or tag in answers:
                raise ValueError(f"{line} is no answer to {tags}")
            answers[tag] = self.finish(tag, [(line, literals)])
            answers[tag].data, data = data, []
        return answers

    @staticmethod
    def untagged(line, literals):
        word, _, rest = line.partition(b" ")
        if word.isdigit():
            kind, _, rest = rest.partition(b" ")
            return kind.decode().upper(), [int(word), *tokens(rest, literals)]
        word = word.decode().upper()
        if word in ("OK", "NO", "BAD", "BYE", "PREAUTH"):
            code = re.match(rb"\[([^ \]]+) ?([^\]]*)\]", rest)
            return word, [code[1].decode().upper(), *tokens(code[2], literals)] if code else []
        return word, tokens(rest, literals)


def pairs(items):
    """{NAME: value} of what FETCH and STATUS have in parentheses."""
    if len(items) % 2:
        raise ValueError(f"not in pairs: {items}")
    return {str(name).upper(): value for name, value in zip(items[::2], items[1::2])}
