"""A name server on a free port of loopback, UDP alone, that answers every question with one code.

    with NameServer("NXDOMAIN") as dns:
        ... --dns-server dns.address ...
"""

import socket
import threading

CODES = {"NOERROR": 0, "SERVFAIL": 2, "NXDOMAIN": 3, "REFUSED": 5}


class NameServer:
    def __init__(self, code, host="127.0.0.1"):
        """code: one of CODES, or None, which never answers. NOERROR has no records."""
        self.code = code
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host, 0))
        self.address = "{}:{}".format(*self.socket.getsockname())
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while True:
            question, client = self.socket.recvfrom(4096)
            if not question:
                return
            if self.code is not None and len(question) > 12:
                self.socket.sendto(self.answer(question), client)

    def answer(self, question):
        """RFC 1035 section 4.1: the question again, and no records."""
        end = question.index(b"\0", 12) + 5
        flags = bytes([question[2] | 0x80, 0x80 | CODES[self.code]])
        return question[:2] + flags + b"\0\1" + bytes(6) + question[12:end]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
            end.sendto(b"", self.socket.getsockname())
        self.thread.join()
        self.socket.close()
