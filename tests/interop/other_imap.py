"""Courier, an IMAP server unlike Dovecot: every folder lies within INBOX, "." is the delimiter, and of the extensions
it knows those of the nineties. It cannot be installed beside Dovecot, so that script/bootstrap --lab only unpacks it,
below build/servers.
"""

import os
import shutil
import signal
import socket
import subprocess
import threading
import time

from other_pop3 import hashed
from other_servers import Root

BOB = 60_100
CAPABILITY = "IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA IDLE"
ENVIRONMENT = {
    "IMAP_CAPABILITY": CAPABILITY, "IMAP_KEYWORDS": "1", "IMAP_ACL": "0", "IMAP_IDLE_TIMEOUT": "1",
    "IMAP_CHECK_ALL_FOLDERS": "0", "IMAP_OBSOLETE_CLIENT": "0", "IMAP_USELOCKS": "0", "IMAP_UMASK": "022",
    "IMAP_TRASHFOLDERNAME": "Trash", "IMAP_EMPTYTRASH": "", "IMAP_MOVE_EXPUNGE_TO_TRASH": "0", "IMAP_TLS_REQUIRED": "0",
    "MAILDIRPATH": "Maildir", "LC_ALL": "C.UTF-8", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}


class Courier(Root):
    """One user, bob. A process for each connection, as inetd starts it, in a root of its own; and the daemon that knows
    the password."""

    options = ("--tls", "off", "--allow-cleartext-password")

    def __init__(self, folder, password, capability=CAPABILITY):
        super().__init__(folder, "courier-imap")
        self.password, self.capability = password, capability
        self.expunges = self.moves = "UIDPLUS" in capability
        for program in ("usr/lib/courier/courier/imaplogin", "usr/bin/imapd"):
            self.bring(self.unpacked(program), program)
        self.package = "courier-authlib-userdb"
        module = "usr/lib/courier-authlib/libauthuserdb.so.0"
        self.bring(self.unpacked(module), module)
        self.package = "courier-authlib"
        daemon = "usr/lib/courier/courier-authlib/authdaemond"
        self.bring(self.unpacked(daemon), daemon)
        self.users({"courier": BOB - 1})
        self.folders("etc/courier", "run/courier/authdaemon", "dev", "tmp", *(
            f"home/bob/Maildir/{name}" for name in ("cur", "new", "tmp")))
        for path in (self.root / "home/bob", *(self.root / "home/bob").rglob("*")):
            os.chown(path, BOB, BOB)
        (self.root / "dev/null").touch()
        self.know_password()
        self.processes = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url = f"imap://bob@127.0.0.1:{self.port}"
        self.watcher = self.watch_files()
        self.start(["/" + daemon])
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()
        self.wait_for_daemon()

    def watch_files(self):
        """Courier asks a daemon to watch its folders, and waits for a second where there is none: it gets one that
        hangs up, and goes on without."""
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(b"\0" + f"/tmp/fam--{self.port}".encode().ljust(107, b"\0"))
        listener.listen(64)
        threading.Thread(target=self.hang_up, args=(listener,), daemon=True).start()
        return listener

    @staticmethod
    def hang_up(listener):
        while True:
            try:
                listener.accept()[0].close()
            except OSError:
                return

    def know_password(self):
        self.write("etc/courier/authdaemonrc", 'authmodulelist="authuserdb"\nauthmodulelistorig="authuserdb"\n'
                   'daemons=1\nauthdaemonvar=/run/courier/authdaemon\nDEBUG_LOGIN=0\nDEFAULTOPTIONS=""\n')
        maker = self.unpacked("usr/lib/courier/courier-authlib/makedatprog")
        for name, facts in (("userdb", f"uid={BOB}|gid={BOB}|home=/home/bob|mail=Maildir"),
                            ("userdbshadow", f"systempw={hashed(self.password)}")):
            path = self.root / f"etc/courier/{name}.dat"
            subprocess.run([maker, "-", f"{path}.new", path], input=f"bob\t{facts}\n.\n", text=True, check=True)

    def start(self, command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL):
        # The environment of a server is its configuration.
        settings = {**ENVIRONMENT, "IMAP_CAPABILITY": self.capability, "GAM_CLIENT_ID": str(self.port)}
        self.processes.append(subprocess.Popen(["chroot", str(self.root), *command], env=settings, stdin=stdin,
                                               stdout=stdout, stderr=subprocess.DEVNULL, start_new_session=True))

    def accept(self):
        while True:
            try:
                end, _ = self.listener.accept()
            except OSError:
                return
            with end:
                self.start(["/usr/lib/courier/courier/imaplogin", "/usr/bin/imapd", "Maildir"], stdin=end, stdout=end)

    def wait_for_daemon(self):
        deadline = time.monotonic() + 20
        path = str(self.root / "run/courier/authdaemon/socket")
        while time.monotonic() < deadline:
            try:
                with socket.socket(socket.AF_UNIX) as end:
                    end.connect(path)
                    return
            except OSError:
                time.sleep(0.02)
        self.close()
        raise RuntimeError("Courier's authdaemond did not come up")

    def close(self):
        for listener in (self.watcher, self.listener):
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        self.thread.join()
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        shutil.rmtree(self.root, ignore_errors=True)

    @staticmethod
    def named(name):
        return name if name == "INBOX" else "INBOX." + name.replace("/", ".")

    @staticmethod
    def plain(name):
        return name.removeprefix("INBOX.").replace(".", "/")
