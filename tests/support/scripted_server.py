"""The half of a scripted server that knows no protocol: its sessions."""

import threading

from listener import Listener


class ScriptedServer(Listener):
    """`dialogue(session, client)` is what runs a connection, `session(number)` what is known of it afterwards."""

    def script(self, dialogue, session, host, prepare=None):
        """prepare(listener): before the first connection can come."""
        self.new_dialogue, self.new_session = dialogue, session
        self.sessions = []
        self.closing = threading.Event()
        self.listen(host, prepare)

    def begin(self, client):
        session = self.new_session(len(self.sessions))
        self.sessions.append(session)
        return self.new_dialogue(self, session, client).run

    def close(self):
        """Ends all sessions; then `sessions` is complete."""
        self.closing.set()
        super().close()

    @property
    def commands(self):
        return [line for session in self.sessions for line in session.commands]
