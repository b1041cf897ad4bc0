"""mailtool with a terminal for its output."""

import os
import pty
import select
import subprocess

from program import MAILTOOL

ERASE = "\r\x1b[K"


class Terminal:
    """Runs mailtool in `home`, which has a folder and an environment(), with a terminal for stdout and stderr, or for
    stderr alone. `watch` is called with all that came so far."""

    def __init__(self, home, *words, stdout=True, watch=None, term="xterm", columns=100):
        primary, secondary = pty.openpty()
        environment = {**home.environment(), "TERM": term, "COLUMNS": str(columns)}
        self.process = subprocess.Popen([MAILTOOL, *map(str, words)], env=environment, cwd=home.folder,
                                        stdin=subprocess.DEVNULL, stderr=secondary,
                                        stdout=secondary if stdout else subprocess.PIPE)
        os.close(secondary)
        self.octets = b""
        while True:
            ready, _, _ = select.select([primary], [], [], 60)
            if not ready:
                self.process.kill()
                raise AssertionError(f"hangs: {self.octets!r}")
            try:
                octets = os.read(primary, 65536)
            except OSError:  # EIO: the other end is closed
                octets = b""
            if not octets:
                break
            self.octets += octets
            if watch:
                watch(self.text())
        os.close(primary)
        self.out = b"" if stdout else self.process.stdout.read()
        if not stdout:
            self.process.stdout.close()
        self.status = self.process.wait(60)

    def text(self):
        return self.octets.decode("utf-8", "replace").replace("\r\n", "\n")

    def shown(self):
        """What still stands there at the end: a line that was erased does not."""
        return "\n".join(line.split(ERASE)[-1] for line in self.text().split("\n"))
