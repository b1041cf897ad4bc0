"""A `mailtool imap watch` that runs while a test does something to its folders."""

import json
import subprocess
import threading

PATIENCE = 60  # seconds; what takes longer fails the test


class Watching:
    """`line()` is what it printed next; `heard(text)` waits for what -v shows or what it complains of."""

    def __init__(self, command, environment):
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.changed = threading.Condition()
        self.lines, self.taken, self.errors = [], 0, ""
        self.readers = [threading.Thread(target=self.read, args=(pipe, keep), daemon=True)
                        for pipe, keep in ((self.process.stdout, self.keep_line),
                                           (self.process.stderr, self.keep_error))]
        for reader in self.readers:
            reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for reader in self.readers:
            reader.join()
        self.process.stdout.close()
        self.process.stderr.close()

    def read(self, pipe, keep):
        for line in pipe:
            with self.changed:
                keep(line.decode("utf-8", "surrogateescape"))
                self.changed.notify_all()
        with self.changed:
            self.changed.notify_all()

    def keep_line(self, line):
        self.lines.append(line.rstrip("\n"))

    def keep_error(self, line):
        self.errors += line

    def wait_until(self, come, what):
        with self.changed:
            ended = lambda: not any(reader.is_alive() for reader in self.readers)
            for _ in range(PATIENCE * 10):
                if come() or ended():
                    break
                self.changed.wait(0.1)
            assert come(), f"{what} has not come:\n{self.lines}\n{self.errors}"

    def line(self):
        self.wait_until(lambda: len(self.lines) > self.taken, "a line")
        self.taken += 1
        return self.lines[self.taken - 1]

    def event(self):
        return json.loads(self.line())

    def heard(self, text, times=1):
        self.wait_until(lambda: self.errors.count(text) >= times, f"{times} times {text}")

    def end(self, signal=None):
        """Its exit status: -N when it died of signal N."""
        if signal is not None:
            self.process.send_signal(signal)
        status = self.process.wait(timeout=PATIENCE)
        for reader in self.readers:
            reader.join(timeout=PATIENCE)
        return status
