"""A Dovecot of one's own for POP3, on two free ports of loopback, with any setting one likes.

    server = DovecotPop3(folder, authority.certificate(), settings="pop3_lock_session = yes", password="...")
    server.port, server.tls_port
    server.fill("bob", [b"Subject: one\r\n\r\n", ...])
    server.close()

A maildrop is a Maildir below folder/mail. The folder is to be one that no other server uses, with a short name, since
sockets lie in it; everybody may pass through it, since Dovecot leaves root for users of its own.
"""

import getpass
import grp
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

from ports import free_port

CONFIG = """
protocols = {protocol}{protocols}
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
instance_name = {folder}
log_path = {folder}/log
mail_location = maildir:~/Maildir
mail_uid = {user}
mail_gid = {group}
mail_home = {folder}/mail/%Ln
mail_max_userip_connections = 100
auth_mechanisms = plain login cram-md5 apop scram-sha-1 scram-sha-256
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%Ln {folder}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%Ln
}}
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
namespace inbox {{
  inbox = yes
  separator = /
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service {protocol}-login {{
  service_count = 0
  inet_listener {protocol} {{
    port = {port}
  }}
  inet_listener {protocol}s {{
    port = {tls_port}
    ssl = yes
  }}
}}
"""
# For who is not root, all runs as himself and nothing is chrooted.
ROOTLESS = """
first_valid_uid = 1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
service anvil {{
  chroot =
}}
service {protocol}-login {{
  chroot =
}}
service stats {{
  chroot =
}}
"""
LMTP = """
service lmtp {{
  unix_listener {folder}/lmtp {{
    mode = 0666
  }}
}}
"""


class DovecotPop3:
    """Runs from the constructor to close()."""

    protocol, greeting = "pop3", b"+OK"

    def __init__(self, folder, certificate, settings="", users=None, lmtp=False):
        """`users`: {name: password}."""
        self.folder = pathlib.Path(folder)
        self.with_lmtp, self.lmtp = lmtp, self.folder / "lmtp"
        self.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        self.folder.chmod(0o755)
        self.user = "nobody" if os.geteuid() == 0 else getpass.getuser()
        self.group = grp.getgrgid(os.getgid()).gr_name if os.geteuid() else "nogroup"
        self.port, self.tls_port = free_port(), free_port()
        self.certificate = certificate
        users = users or {"bob": "bob-secret"}
        (self.folder / "users").write_text("".join(f"{name}:{{PLAIN}}{password}\n" for name, password in users.items()))
        for name in users:
            self.own(self.maildrop(name))
        self.start(settings)

    def start(self, settings=""):
        words = {"folder": self.folder, "user": self.user, "group": self.group, "port": self.port,
                 "tls_port": self.tls_port, "certificate": self.certificate.path, "key": self.certificate.key,
                 "protocol": self.protocol, "protocols": " lmtp" if self.with_lmtp else ""}
        parts = CONFIG + (ROOTLESS if os.geteuid() else "") + (LMTP if self.with_lmtp else "")
        (self.folder / "dovecot.conf").write_text(parts.format(**words) + settings + "\n")
        self.process = subprocess.Popen([self.program("dovecot"), "-F", "-c", self.folder / "dovecot.conf"],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, start_new_session=True)
        self.wait_until_up()

    def restart(self, settings):
        """With the same maildrops, on the same ports."""
        self.close()
        self.start(settings)

    @staticmethod
    def program(name):
        path = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin")
        if path is None:
            raise FileNotFoundError(f"{name}: script/bootstrap --lab installs it")
        return path

    def wait_until_up(self):
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=5) as end:
                    if end.recv(100).startswith(self.greeting):
                        return
            except OSError:
                time.sleep(0.02)
        log = self.folder / "log"
        said = log.read_text() if log.exists() else ""
        self.close()
        raise RuntimeError(f"Dovecot did not come up: {said}")

    def close(self):
        """All at once and unasked, since a master that is asked takes seconds: by then every session has ended."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def maildrop(self, user="bob"):
        return self.folder / "mail" / user / "Maildir"

    def own(self, maildrop):
        for name in ("cur", "new", "tmp"):
            (maildrop / name).mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", f"{self.user}:{self.group}", maildrop.parent], check=True)

    def fill(self, messages, user="bob", first=1):
        """Puts messages (of LF, octets) into a maildrop, in this order; the names tell Dovecot the sizes."""
        maildrop = self.maildrop(user)
        for number, message in enumerate(messages, first):
            path = maildrop / "tmp" / f"{number}"
            path.write_bytes(message)
            path.rename(self.name(maildrop, number, len(message), message.count(b"\n")))
        self.own(maildrop)

    def messages(self, user="bob"):
        """The files in the maildrop, in no order."""
        return [path for name in ("cur", "new") for path in (self.maildrop(user) / name).iterdir()]

    def filled(self, user="bob"):
        return bool(self.messages(user))

    @staticmethod
    def name(maildrop, number, size, lines):
        return maildrop / "cur" / f"{1_700_000_000 + number}.M{number}P1.mail.example,S={size},W={size + lines}:2,"

    def doveadm(self, *words):
        return subprocess.run([self.program("doveadm"), "-c", self.folder / "dovecot.conf", *words], check=True,
                              capture_output=True, text=True).stdout
