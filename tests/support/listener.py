"""The listening half of a server in a test: a free port of loopback, and a thread for each connection."""

import functools
import socket
import threading


class Listener:
    """A class of servers says in serve(connection) what it does with one; that the peer hangs up is no fault of it."""

    def listen(self, host="127.0.0.1", prepare=None):
        """prepare(listener): before the first connection can come."""
        self.threads = []
        self.listener = socket.create_server((host, 0), backlog=256)
        if prepare:
            prepare(self.listener)
        self.port = self.listener.getsockname()[1]
        self.url = f"imap://bob@{host}:{self.port}"
        self.acceptor = threading.Thread(target=self.accept, daemon=True)
        self.acceptor.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def begin(self, connection):
        """What a thread of its own is to run; called in the order of the connections."""
        return functools.partial(self.serve, connection)

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self.run, args=(connection, self.begin(connection)), daemon=True)
            self.threads.append(thread)
            thread.start()

    @staticmethod
    def run(connection, serve):
        with connection:
            try:
                serve()
            except OSError:
                pass

    def close(self):
        """No more connections; waits for those that there are."""
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.acceptor.join()
        self.listener.close()
        self.wait()

    def wait(self):
        """Until all connections that there are have ended."""
        for thread in self.threads:
            thread.join(timeout=20)
