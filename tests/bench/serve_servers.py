"""The servers that serve_bench.py compares: each runs from start() to close(), in a folder on the disk.

smtp, pop3, imap are ports, or None; `lmtp` a socket's path. All keep mail for USER and OTHER at DOMAIN.
"""

import grp
import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import time

from certificates import Authority
from dovecot_pop3 import DovecotPop3
from ports import free_port

DOMAIN, USER, OTHER, PASSWORD = "example.test", "bob", "carol", "bench-4711"


def program(name):
    path = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    if path is None:
        raise FileNotFoundError(f"{name}: script/bootstrap --bench installs it")
    return path


def greeted(port, greeting, seconds=30):
    """Once a server greets."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
                if line.recv(200).startswith(greeting):
                    return
        except OSError:
            time.sleep(0.0005)
    raise RuntimeError(f"port {port}: no greeting")


class Server:
    name, smtp, pop3, imap, lmtp = "", None, None, None, None
    note = ""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        self.folder.chmod(0o755)
        self.process = None
        self.prepare()

    def prepare(self):
        pass

    def spawn(self, *words, **more):
        self.process = subprocess.Popen([*map(str, words)], stdin=subprocess.DEVNULL, start_new_session=True,
                                        **{"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **more})

    def close(self):
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        if self.process:
            self.process.wait()

    def mail(self):
        """The Maildir of USER."""
        raise NotImplementedError

    def delivered(self):
        """How many messages USER has."""
        return sum(len(list((self.mail() / name).iterdir())) for name in ("new", "cur") if (self.mail() / name).is_dir())

    def resident(self):
        """KiB of all its processes, shared pages by their share."""
        total = 0
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                if os.getsid(int(entry.name)) != self.process.pid:
                    continue
                total += next(int(line.split()[1]) for line in (entry / "smaps_rollup").read_text().splitlines()
                              if line.startswith("Pss:"))
            except (OSError, StopIteration):
                continue
        return total


class Mailtool(Server):
    name = "mailtool serve"
    path = None

    def start(self):
        users = (word for user in (USER, OTHER) for word in ("--user", f"{user}:env:PW"))
        self.spawn(self.path, "serve", "--root", self.folder / "root", "--domain", DOMAIN, "--port", "0", *users,
                   stdout=subprocess.PIPE, env={**os.environ, "HOME": str(self.folder), "PW": PASSWORD})
        ports = json.loads(self.process.stdout.readline())
        self.smtp, self.pop3, self.imap = ports["smtp"], ports["pop3"], ports["imap"]
        greeted(self.smtp, b"220")

    def mail(self):
        return self.folder / "root" / "mail" / USER / "Maildir"


class Dovecot(Server):
    name = "Dovecot"
    note = "mail comes by LMTP"

    def prepare(self):
        self.imap = free_port()
        settings = ("protocols = pop3 imap lmtp\nmail_max_userip_connections = 1000\nauth_username_format = %Ln\n"
                    "service imap-login {\n  inet_listener imap {\n    port = " f"{self.imap}\n  }}\n"
                    "  inet_listener imaps {\n    port = 0\n  }\n}\n")
        certificate = Authority(self.folder / "authority").certificate()
        self.server = DovecotPop3(self.folder / "d", certificate, settings, {USER: PASSWORD, OTHER: PASSWORD}, lmtp=True)
        self.server.close()
        self.pop3, self.lmtp = self.server.port, self.server.lmtp

    def start(self):
        self.spawn(program("dovecot"), "-F", "-c", self.folder / "d" / "dovecot.conf")
        greeted(self.pop3, b"+OK")

    def mail(self):
        return self.server.maildrop(USER)


MAIN = """compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
default_database_type = texthash
alias_maps =
alias_database =
myhostname = mx.{domain}
mydestination =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtpd_peername_lookup = no
disable_dns_lookups = yes
default_transport = error:none
smtpd_relay_restrictions = reject_unauth_destination
smtpd_client_connection_count_limit = 0
virtual_mailbox_domains = {domain}
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = inline:{{ {{ {user}@{domain} = {user}/ }} }}
virtual_mailbox_limit = 0
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
"""
MASTER = """127.0.0.1:{port} inet n - n - - smtpd
postlog unix-dgram n - n - 1 postlogd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
virtual unix - n n - - virtual
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
scache unix - - n - 1 scache
verify unix - - n - 1 verify
tlsmgr unix - - n 1000? 1 tlsmgr
"""


class Postfix(Server):
    name = "Postfix"
    note = "acknowledged when in its queue"
    private = "active bounce corrupt defer deferred flush hold incoming private saved trace".split()

    def prepare(self):
        self.smtp = free_port()
        nobody, postfix, postdrop = pwd.getpwnam("nobody"), pwd.getpwnam("postfix"), grp.getgrnam("postdrop").gr_gid
        words = {"folder": self.folder, "domain": DOMAIN, "user": USER, "uid": nobody.pw_uid, "gid": nobody.pw_gid,
                 "port": self.smtp}
        spool, conf = self.folder / "spool", self.folder / "conf"
        for path, mode, owner, group in [
                (conf, 0o755, -1, -1), (self.folder / "mail", 0o755, nobody.pw_uid, nobody.pw_gid),
                (spool, 0o755, -1, -1), (self.folder / "data", 0o700, postfix.pw_uid, -1), (spool / "pid", 0o755, -1, -1),
                *((spool / name, 0o700, postfix.pw_uid, -1) for name in self.private),
                (spool / "maildrop", 0o730, postfix.pw_uid, postdrop), (spool / "public", 0o710, postfix.pw_uid, postdrop)]:
            path.mkdir()
            path.chmod(mode)
            os.chown(path, owner, group)
        for name, text in (("main.cf", MAIN), ("master.cf", MASTER)):
            (conf / name).write_text(text.format(**words))
            os.utime(conf / name, (time.time() - 60,) * 2)  # it waits for files that have just changed to settle
        self.daemons = subprocess.run([program("postconf"), "-d", "-h", "daemon_directory"], check=True,
                                      capture_output=True, text=True).stdout.strip()

    def start(self):
        self.spawn(f"{self.daemons}/master", "-c", self.folder / "conf")
        greeted(self.smtp, b"220")

    def mail(self):
        return self.folder / "mail" / USER


class Aiosmtpd(Server):
    name = "aiosmtpd"
    note = "its handler Mailbox"

    def start(self):
        self.smtp = free_port()
        self.spawn("/usr/bin/python3", "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{self.smtp}", "-c", "aiosmtpd.handlers.Mailbox",
                   self.folder / "mail")
        greeted(self.smtp, b"220")

    def mail(self):
        return self.folder / "mail"
