"""A line to an IMAP server that announces fewer capabilities than it has, as Dovecot's imap_capability does.

    with Announcing(server.port, "IMAP4rev1 UIDPLUS") as line:
        ... run a client against line.port ...

The server still obeys what is not announced, so that a test has to look whether that was asked for.
"""

import re
import socket
import threading

from listener import Listener

CHUNK = 256 * 1024
# A literal may have such a line, too: not in these tests.
ANNOUNCED = re.compile(rb"^((?:\*|\S+ OK|\* OK|\* PREAUTH) \[?CAPABILITY )([^\]\r\n]*)", re.MULTILINE)


class Announcing(Listener):
    def __init__(self, port, words):
        self.target, self.words = ("127.0.0.1", port), words.encode().split()
        self.listen()

    def serve(self, client):
        with socket.create_connection(self.target) as server:
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            up = threading.Thread(target=self.commands, args=(client, server), daemon=True)
            up.start()
            self.responses(server, client)
            # Nobody is there to say anything to.
            client.shutdown(socket.SHUT_RDWR)
            up.join()

    @staticmethod
    def commands(client, server):
        try:
            while data := client.recv(CHUNK):
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it is gone, which the other direction tells

    def responses(self, server, client):
        """Whole lines, and at the end what there is."""
        rest = b""
        while data := server.recv(CHUNK):
            lines, end, rest = (rest + data).rpartition(b"\n")
            client.sendall(self.narrowed(lines + end))
        client.sendall(rest)

    def narrowed(self, lines):
        """The mechanisms are the server's own."""
        return ANNOUNCED.sub(lambda found: found[1] + b" ".join(
            self.words + [word for word in found[2].split() if word.startswith(b"AUTH=")]), lines)
