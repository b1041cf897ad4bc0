"""A line to a server with a delay in each direction, which counts round trips.

    with DelayProxy(server.port, delay=0.025) as line:
        ... run a client against line.port ...
    line.round_trips

Octets keep their order and are not slowed down otherwise. A round trip is counted each time that the client hears
the server after it had to wait: for the greeting, for the answers to a flight of commands, for a flight of TLS, but
not for answers that come while it goes on sending, nor for those that come when it has gone. What TCP itself needs to
connect is neither delayed nor counted. With a delay of some milliseconds and more the count is exact: an answer to
the last that was said cannot come sooner than twice the delay.
"""

import collections
import socket
import threading
import time

from listener import Listener

CHUNK = 256 * 1024


class DelayProxy(Listener):
    def __init__(self, port, delay=0.0, host="127.0.0.1"):
        self.target, self.delay = (host, port), delay
        self.round_trips = self.connections = 0
        self.sent = self.received = 0  # octets, as the client sees it
        self.lock = threading.Lock()
        self.listen(host)

    def reset(self):
        """Starts to count anew, once the lines that are up have ended."""
        self.wait()
        self.threads.clear()
        self.round_trips = self.connections = self.sent = self.received = 0

    def serve(self, client):
        server = socket.create_connection(self.target)
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line = Line(self)
        halves = [threading.Thread(target=line.carry, args=(source, sink, heard, spoken), daemon=True)
                  for source, sink, heard, spoken in ((client, server, line.client_spoke, None),
                                                      (server, client, None, line.server_heard))]
        for half in halves:
            half.start()
        for half in halves:
            half.join()
        client.close()
        server.close()
        with self.lock:
            self.connections += 1
            self.round_trips += line.round_trips
            self.sent += line.sent
            self.received += line.received


class Line:
    """One connection, seen from the client's end."""

    def __init__(self, proxy):
        self.delay = proxy.delay
        self.round_trips = self.sent = self.received = 0
        self.client_last = True
        self.client_gone = False
        self.spoke_at = float("-inf")

    def client_spoke(self, octets):
        self.sent += octets
        self.client_last = True
        self.spoke_at = time.monotonic()

    def server_heard(self, octets):
        self.received += octets
        if self.client_last and not self.client_gone and time.monotonic() - self.spoke_at >= 2 * self.delay:
            self.client_last = False
            self.round_trips += 1

    def carry(self, source, sink, on_read, on_write):
        """Two threads a direction: one reads and notes the time, one waits and writes."""
        queue, ready = collections.deque(), threading.Condition()

        def read():
            while True:
                try:
                    data = source.recv(CHUNK)
                except OSError:
                    data = b""
                if data and on_read:
                    on_read(len(data))
                if not data and on_read:
                    self.client_gone = True
                with ready:
                    queue.append((time.monotonic() + self.delay, data))
                    ready.notify()
                if not data:
                    return

        threading.Thread(target=read, daemon=True).start()
        while True:
            with ready:
                while not queue:
                    ready.wait()
                due, data = queue.popleft()
            if (left := due - time.monotonic()) > 0:
                time.sleep(left)
            try:
                if not data:
                    sink.shutdown(socket.SHUT_WR)
                    return
                if on_write:
                    on_write(len(data))
                sink.sendall(data)
            except OSError:
                # A sink that is gone: its source is to hear of it.
                try:
                    source.shutdown(socket.SHUT_RD)
                except OSError:
                    pass
                return
