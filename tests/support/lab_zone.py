"""A name server for the lab by `mailtool serve`: names of the lab's zones that serve does not have; others it is asked for.

    with LabZone(serve_dns_port) as dns:
        dns.read(path, "test")
        dns.address
"""

import ipaddress
import re
import socket
import struct

from scripted_dns import CODES, NameServer
from scripted_zone import MX, question_name, wire_name

A, CNAME, TXT, AAAA = 1, 5, 16, 28
KINDS = {"A": A, "AAAA": AAAA, "MX": MX, "CNAME": CNAME, "TXT": TXT}
CLASS_IN, TTL, TIMEOUT = 1, 60, 5


class LabZone(NameServer):
    def __init__(self, others):
        """`others`: the port of the server that knows all other names."""
        self.others = ("127.0.0.1", others)
        self.names = {}  # {name: [(kind, data)]}
        self.broken = {}  # {name: code}
        super().__init__("NOERROR")

    def read(self, path, origin, words=None, only=""):
        """A zone as the lab has it, with its @WORDS@; the names that have `only` in them."""
        text = re.sub(r"@(\w+)@", lambda found: str((words or {}).get(found[1], found[0])), path.read_text())
        owner = ""
        for line in text.splitlines():
            found = re.match(r"(\S*)\s+(\w+)\s+(.*)", line.partition(";")[0] if '"' not in line else line)
            if not found or line.startswith("$"):
                continue
            owner = self.absolute(found[1], origin) if found[1] else owner
            if found[2] in KINDS and only in owner:
                data = self.data(found[2], found[3].strip(), origin)
                self.names.setdefault(owner, []).append((KINDS[found[2]], data))

    @staticmethod
    def absolute(name, origin):
        if name == "@":
            return origin
        return name.rstrip(".").lower() if name.endswith(".") else f"{name}.{origin}".lower()

    def data(self, kind, text, origin):
        if kind in ("A", "AAAA"):
            return ipaddress.ip_address(text).packed
        if kind == "TXT":
            return b"".join(bytes([len(part)]) + part.encode() for part in re.findall(r'"([^"]*)"', text))
        preference, _, host = text.rpartition(" ")
        host = wire_name(self.absolute(host, origin))
        return struct.pack(">H", int(preference)) + host if kind == "MX" else host

    def answer(self, question):
        name, end = question_name(question)
        if name in self.broken:
            return self.made(question, end, CODES[self.broken[name]], [])
        if name not in self.names:
            return self.asked(question)
        kind = struct.unpack(">H", question[end:end + 2])[0]
        return self.made(question, end, 0, [row for row in self.names[name] if row[0] in (kind, CNAME)])

    @staticmethod
    def made(question, end, code, rows):
        head = question[:2] + bytes([question[2] | 0x80, 0x80 | code]) + struct.pack(">HHHH", 1, len(rows), 0, 0)
        return head + question[12:end + 4] + b"".join(
            b"\xc0\x0c" + struct.pack(">HHIH", kind, CLASS_IN, TTL, len(data)) + data for kind, data in rows)

    def asked(self, question):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
            end.settimeout(TIMEOUT)
            end.sendto(question, self.others)
            try:
                return end.recv(4096)
            except OSError:
                return self.made(question, question_name(question)[1], CODES["SERVFAIL"], [])
