"""Cyrus, an IMAP server with nearly every extension there is. It cannot be installed beside Dovecot, so that
script/bootstrap --lab only unpacks it, below build/servers.
"""

import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import threading
import time

from other_servers import Root
from ports import free_port

CYRUS, MAIL = 60_200, 60_201
PROGRAMS = "/usr/lib/cyrus/bin"
SETTINGS = """
configdirectory: /var/lib/cyrus
defaultpartition: default
partition-default: /var/spool/cyrus
proc_path: /run/cyrus/proc
mboxname_lockpath: /run/cyrus/lock
servername: mail.example
allowplaintext: yes
sasl_mech_list: PLAIN
sasl_pwcheck_method: saslauthd
sasl_saslauthd_path: /run/saslauthd/mux
autocreate_quota: 0
autocreate_inbox_folders: Trash | Archive
autocreate_subscribe_folders: Trash | Archive
xlist-trash: Trash
xlist-archive: Archive
unixhierarchysep: yes
altnamespace: yes
specialusealways: yes
skiplist_unsafe: 1
"""
SERVICES = """
START {{
  recover cmd="{programs}/ctl_cyrusdb -r"
}}
SERVICES {{
  imap cmd="{programs}/imapd -U 200" listen="127.0.0.1:{port}" prefork=2
}}
EVENTS {{
}}
"""


class Cyrus(Root):
    """Runs from the constructor to close(), in a root of its own. One user, bob, whose password a thread here knows."""

    options = ("--tls", "off", "--allow-cleartext-password")
    moves = expunges = True

    def __init__(self, folder, password):
        super().__init__(folder, "cyrus-imapd")
        self.password = password
        self.bring(self.unpacked("usr/lib/cyrus/bin/imapd"), f"{PROGRAMS}/imapd")
        self.package = "cyrus-common"
        for program in ("master", "ctl_cyrusdb"):
            self.bring(self.unpacked(f"usr/lib/cyrus/bin/{program}"), f"{PROGRAMS}/{program}")
        for plugin in pathlib.Path("/usr/lib").glob("*/sasl2/libplain.so.2"):
            self.bring(plugin, plugin)
        self.users({"cyrus": CYRUS, "mail": MAIL})
        self.folders("etc", "dev", "tmp", "run/cyrus/proc", "run/cyrus/lock", "run/cyrus/socket", "var/spool/cyrus", *(
            f"var/lib/cyrus/{name}" for name in ("db", "log", "msg", "proc", "ptclient", "quota", "socket", "user")))
        for path in (self.root / "run/cyrus", self.root / "var/spool/cyrus", self.root / "var/lib/cyrus"):
            for each in (path, *path.rglob("*")):
                os.chown(each, CYRUS, MAIL)
        (self.root / "dev/null").touch(mode=0o666)
        self.write("usr/share/zoneinfo/zone.tab", "FR\t+4852+00220\tEurope/Paris\n")  # it wants one
        self.port = free_port()
        self.url = f"imap://bob@127.0.0.1:{self.port}"
        self.write("etc/imapd.conf", SETTINGS)
        self.write("etc/cyrus.conf", SERVICES.format(programs=PROGRAMS, port=self.port))
        self.judge = self.judge_passwords()
        self.process = subprocess.Popen(
            ["chroot", str(self.root), f"{PROGRAMS}/master", "-C", "/etc/imapd.conf", "-M", "/etc/cyrus.conf"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        self.wait_until_up()

    def judge_passwords(self):
        """What saslauthd does: four counted strings come, a counted yes or no goes."""
        path = self.root / "run/saslauthd"
        path.mkdir()
        listener = socket.socket(socket.AF_UNIX)
        here = os.open(path, os.O_RDONLY)
        listener.bind(f"/proc/self/fd/{here}/mux")  # the path itself may be too long
        os.close(here)
        (path / "mux").chmod(0o666)
        listener.listen(64)
        threading.Thread(target=self.answer, args=(listener,), daemon=True).start()
        return listener

    def answer(self, listener):
        while True:
            try:
                end, _ = listener.accept()
            except OSError:
                return
            with end, end.makefile("rb") as said:
                words = [said.read(struct.unpack("!H", said.read(2))[0]).decode() for _ in range(4)]
                verdict = b"OK" if words[:2] == ["bob", self.password] else b"NO"
                end.sendall(struct.pack("!H", len(verdict)) + verdict)

    def wait_until_up(self):
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=5) as end:
                    if end.recv(500).startswith(b"* OK"):
                        return
            except OSError:
                time.sleep(0.02)
        self.close()
        raise RuntimeError("Cyrus did not come up")

    def close(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.judge.shutdown(socket.SHUT_RDWR)
        self.judge.close()
        shutil.rmtree(self.root, ignore_errors=True)

    # Names may not have these.
    REFUSED, TAKEN = '"%', "'#"

    @classmethod
    def named(cls, name):
        return name.translate(str.maketrans(cls.REFUSED, cls.TAKEN))

    @classmethod
    def plain(cls, name):
        return name.translate(str.maketrans(cls.TAKEN, cls.REFUSED))
