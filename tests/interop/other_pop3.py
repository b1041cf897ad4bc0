"""popa3d and mpopd, two small POP3 servers unlike Dovecot.

popa3d knows RFC 1939 and nothing since: no CAPA, no TLS, no SASL; a maildrop is an mbox, and a unique-id the hash of a
header. mpopd serves Maildirs of the user it runs as. script/bootstrap --lab unpacks both below build/servers.
"""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import threading
import time

from other_servers import SERVERS, Root, libraries
from ports import free_port

PAM_MODULES = "/lib/x86_64-linux-gnu/security"


def hashed(password):
    return subprocess.run(["openssl", "passwd", "-6", "-stdin"], input=password, check=True, capture_output=True,
                          text=True).stdout.strip()


class Popa3d(Root):
    """Started anew for each connection, as inetd does it, in a root of its own."""

    def __init__(self, root, users):
        """`users`: {name: password}, some of them at once."""
        super().__init__(root, "popa3d")
        modules = next(folder for folder in (pathlib.Path(PAM_MODULES), *pathlib.Path("/lib").glob("*/security"))
                       if (folder / "pam_unix.so").exists())
        self.bring(self.unpacked("usr/sbin/popa3d"), "usr/sbin/popa3d")
        self.bring(modules / "pam_unix.so", modules / "pam_unix.so")
        numbers = {name: 60_000 + at for at, name in enumerate(["popa3d", *users])}
        self.users(numbers)
        self.write("etc/shadow", "".join(f"{name}:{hashed(password)}:19000:0:99999:7:::\n"
                                         for name, password in users.items()), 0o600)
        self.write("etc/pam.d/popa3d", "auth required pam_unix.so\naccount required pam_unix.so\n")
        self.folders("var/mail", "var/empty", "var/lib/popa3d", "dev", "tmp")
        self.spool, self.numbers = self.root / "var/mail", numbers
        self.processes = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()

    def accept(self):
        while True:
            try:
                end, _ = self.listener.accept()
            except OSError:
                return
            with end:
                self.processes.append(subprocess.Popen(["chroot", str(self.root), "/usr/sbin/popa3d"], stdin=end,
                                                       stdout=end, stderr=subprocess.DEVNULL, start_new_session=True))

    def fill(self, user, messages):
        path = self.spool / user
        with open(path, "ab") as mbox:
            for message in messages:
                mbox.write(b"From alice@example.com Fri Nov 20 12:00:00 2026\n" + message + b"\n")
        os.chown(path, self.numbers[user], self.numbers[user])
        path.chmod(0o600)

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.listener.close()
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        shutil.rmtree(self.root, ignore_errors=True)


class Mpopd:
    """Runs from the constructor to close()."""

    def __init__(self, folder, user, password):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        source = SERVERS / "mpop/usr/bin/mpopd"
        if not source.exists():
            raise FileNotFoundError(f"{source}: script/bootstrap --lab brings it")
        libraries(source)
        self.maildrop = self.folder / "Maildir"
        for name in ("cur", "new", "tmp"):
            (self.maildrop / name).mkdir(parents=True)
        (self.folder / "password").write_text(password + "\n")
        self.port = free_port()
        self.process = subprocess.Popen(
            [source, "--interface=127.0.0.1", f"--port={self.port}", f"--log={self.folder}/log",
             f"--auth={user},cat {self.folder}/password", f"--maildir={self.maildrop}"], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=5) as end:
                    if end.recv(100).startswith(b"+OK"):
                        end.sendall(b"QUIT\r\n")
                        end.recv(100)
                        return
            except OSError:
                time.sleep(0.02)
        self.close()
        raise RuntimeError("mpopd did not come up")

    def fill(self, messages, first=1):
        for number, message in enumerate(messages, first):
            (self.maildrop / "new" / f"{1_700_000_000 + number}.{number}.mail.example").write_bytes(message)

    def close(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process.stderr.close()
        shutil.rmtree(self.folder, ignore_errors=True)
