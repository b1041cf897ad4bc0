"""The listening half of a scripted server: a free port of loopback, and a thread for each connection."""

import socket
import threading


class ScriptedServer:
    """`dialogue(session, client)` is what runs a connection, `session(number)` what is known of it afterwards."""

    def listen(self, dialogue, session, host, prepare=None):
        """prepare(listener): before the first connection can come."""
        self.new_dialogue, self.new_session = dialogue, session
        self.sessions = []
        self.threads = []
        self.closing = threading.Event()
        self.listener = socket.create_server((host, 0), backlog=256)
        if prepare:
            prepare(self.listener)
        self.port = self.listener.getsockname()[1]
        self.acceptor = threading.Thread(target=self.accept, daemon=True)
        self.acceptor.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Ends all sessions; then `sessions` is complete."""
        self.closing.set()
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.acceptor.join()
        self.listener.close()
        self.wait()

    def wait(self):
        """Until all sessions that there are have ended."""
        for thread in self.threads:
            thread.join()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            session = self.new_session(len(self.sessions))
            self.sessions.append(session)
            thread = threading.Thread(target=self.new_dialogue(self, session, client).run, daemon=True)
            self.threads.append(thread)
            thread.start()

    @property
    def commands(self):
        return [line for session in self.sessions for line in session.commands]
