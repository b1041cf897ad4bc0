"""A name server on a free port of loopback, UDP alone, with MX records.

    with MxZone({"example.org": [(10, "mx1.example.org"), (20, "mx2.example.org")]}) as dns:
        ... --dns-server dns.address ...

All other questions about these names have no answer (NOERROR), and other names do not exist.
"""

import struct

from scripted_dns import NameServer

MX = 15


def wire_name(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".") if label) + b"\0"


def question_name(question):
    labels, at = [], 12
    while question[at]:
        labels.append(question[at + 1:at + 1 + question[at]].decode("ascii", "replace").lower())
        at += 1 + question[at]
    return ".".join(labels), at + 1


class MxZone(NameServer):
    def __init__(self, zone):
        self.zone = zone
        super().__init__("NOERROR")

    def answer(self, question):
        name, end = question_name(question)
        kind = struct.unpack(">H", question[end:end + 2])[0]
        code = 0 if name in self.zone else 3
        records = self.zone.get(name, []) if kind == MX else []
        flags = bytes([question[2] | 0x80, 0x80 | code])
        head = question[:2] + flags + struct.pack(">HHHH", 1, len(records), 0, 0)
        answers = b""
        for preference, host in records:
            data = struct.pack(">H", preference) + wire_name(host)
            answers += b"\xc0\x0c" + struct.pack(">HHIH", MX, 1, 60, len(data)) + data
        return head + question[12:end + 4] + answers
