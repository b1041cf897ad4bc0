"""Exim and OpenSMTPD, each in a root of its own.

Their packages cannot be installed beside Postfix, so script/bootstrap only unpacks them, below build/servers. A
root is the program, the libraries it is linked with, the users it wants, and a configuration: what it accepts it
passes on to a port of loopback.
"""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

from ports import free_port

SERVERS = pathlib.Path(os.environ.get("OTHER_SERVERS", "build/servers")).resolve()

EXIM = """
primary_hostname = mail.example
daemon_smtp_ports = {port} : {tls_port}
tls_on_connect_ports = {tls_port}
local_interfaces = 127.0.0.1
spool_directory = /spool
log_file_path = /log/%slog
pid_file_path = /log/pid
keep_environment =
add_environment = PATH=/usr/sbin
tls_advertise_hosts = *
tls_certificate = /tls/server.pem
tls_privatekey = /tls/server.key
auth_advertise_hosts = *
chunking_advertise_hosts = *
smtputf8_advertise_hosts = *
dsn_advertise_hosts = *
recipients_max = 100
message_size_limit = 1M
acl_smtp_mail = mail
acl_smtp_rcpt = rcpt
acl_smtp_data = data
never_users =

begin acl
mail:
  deny senders = mallory@example.com
       message = 5.7.1 not from you
  accept
rcpt:
  deny local_parts = nobody
       message = 5.1.1 nobody here
  defer local_parts = later
       message = 4.2.1 come later
  accept
data:
  deny condition = ${{if match{{$h_Subject:}}{{Spam}}}}
       message = 5.7.1 this is spam
  defer condition = ${{if match{{$h_Subject:}}{{Busy}}}}
       message = 4.3.2 busy
  accept

begin routers
on:
  driver = manualroute
  route_list = * 127.0.0.1
  self = send
  transport = on

begin transports
on:
  driver = smtp
  port = {onward}
  allow_localhost
  hosts_try_chunking =

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and{{{{eq{{$auth2}}{{alice}}}}{{eq{{$auth3}}{{{secret}}}}}}}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${{if and{{{{eq{{$auth1}}{{alice}}}}{{eq{{$auth2}}{{{secret}}}}}}}}}
  server_set_id = $auth1
cram:
  driver = cram_md5
  public_name = CRAM-MD5
  server_secret = ${{if eq{{$auth1}}{{alice}}{{{secret}}}fail}}
  server_set_id = $auth1
"""

# Without TLS, and so without a login: this version's keys and OpenSSL 3 do not agree.
OPENSMTPD = """
smtp max-message-size "1M"
listen on 127.0.0.1 port {port} hostname mail.example
action "on" relay host smtp://127.0.0.1:{onward}
match from any for domain "example.org" action "on"
"""


def libraries(program):
    """{where it lies: where the loader finds it in a root}, those of unpacked packages too."""
    folders = [str(folder) for folder in (*SERVERS.glob("*/usr/lib"), *SERVERS.glob("*/usr/lib/*-linux-gnu"))]
    done = subprocess.run(["ldd", program], check=True, capture_output=True, text=True,
                          env={**os.environ, "LD_LIBRARY_PATH": ":".join(folders)})
    missing = [line.split()[0] for line in done.stdout.splitlines() if "not found" in line]
    if missing:
        raise FileNotFoundError(f"{program} needs {missing}: script/bootstrap --lab")
    paths = [word for word in done.stdout.split() if word.startswith("/")]
    return {path: f"/usr/lib/{pathlib.Path(path).name}" if path.startswith(str(SERVERS)) else path for path in paths}


class Root:
    """A folder that a server, started as root, takes for `/`: programs, with the libraries they are linked with, and
    users."""

    def __init__(self, folder, package):
        if os.geteuid() != 0:
            raise PermissionError(f"{package} starts for root alone")
        self.root, self.package = pathlib.Path(folder), package

    def unpacked(self, path):
        source = SERVERS / self.package / path
        if not source.exists():
            raise FileNotFoundError(f"{source}: script/bootstrap --lab brings it")
        return source

    def bring(self, source, target):
        """A program or a library, and those that it needs."""
        self.copy(source, target)
        for library, place in libraries(source).items():
            self.copy(library, place)

    def copy(self, source, target):
        target = self.root / str(target).lstrip("/")
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
            target.chmod(0o755)

    def folders(self, *names):
        for name in names:
            (self.root / name).mkdir(parents=True, exist_ok=True)

    def write(self, path, text, mode=0o644):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        target.chmod(mode)

    def users(self, numbers):
        self.write("etc/passwd", "root:x:0:0::/:/bin/sh\n" + "".join(
            f"{name}:x:{number}:{number}::/nowhere:/bin/false\n" for name, number in numbers.items()))
        self.write("etc/group", "root:x:0:\n" + "".join(f"{name}:x:{number}:\n" for name, number in numbers.items()))


class OtherServer(Root):
    """Runs from the constructor to close()."""

    def __init__(self, root, package, program, command, users, folders):
        super().__init__(root, package)
        for path in (self.unpacked(program), *SERVERS.glob(f"{package}/usr/sbin/smtpctl")):
            self.bring(path, f"usr/sbin/{path.name}")
        self.folders("etc", "dev", "tmp", "run", "tls", *folders)
        (self.root / "dev/null").touch()
        self.users(users)
        self.write("etc/hosts", "127.0.0.1 localhost\n")
        self.write("etc/resolv.conf", "nameserver 127.0.0.1\n")
        self.command = ["chroot", str(self.root), *command]
        self.process = None

    def start(self, port):
        """Waits for the greeting."""
        self.log = open(self.root / "output", "wb")
        # A session of its own, so that close() ends all its processes.
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=self.log,
                                        stderr=subprocess.STDOUT, start_new_session=True)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=5) as end:
                    if end.recv(100).startswith(b"220 "):
                        end.sendall(b"QUIT\r\n")
                        return self
            except OSError:
                time.sleep(0.02)
        said = (self.root / "output").read_text()
        self.close()
        raise RuntimeError(f"{self.command} did not come up: {said}")

    def close(self):
        if self.process is not None:
            for number in (signal.SIGTERM, signal.SIGKILL):
                try:
                    os.killpg(self.process.pid, number)
                except ProcessLookupError:
                    break
                try:
                    self.process.wait(timeout=5)
                except subprocess.TimeoutExpired:
                    continue
            self.log.close()
            self.process = None
        shutil.rmtree(self.root, ignore_errors=True)


def exim(root, certificate, onward, secret):
    server = OtherServer(root, "exim4-daemon-light", "usr/sbin/exim4", ["/usr/sbin/exim4", "-bdf"],
                         {"Debian-exim": 65533}, ["spool", "log"])
    server.port, server.tls_port = free_port(), free_port()
    server.write("etc/exim4/exim4.conf", EXIM.format(port=server.port, tls_port=server.tls_port, onward=onward,
                                                     secret=secret))
    server.write("tls/server.pem", certificate.path.read_text())
    server.write("tls/server.key", certificate.key.read_text())
    for folder in ("spool", "log"):
        os.chown(server.root / folder, 65533, 65533)
    return server.start(server.port)


def opensmtpd(root, onward):
    server = OtherServer(root, "opensmtpd", "usr/sbin/smtpd", ["/usr/sbin/smtpd", "-d"],
                         {"opensmtpd": 65531, "opensmtpq": 65532},
                         ["var/spool", "var/run", "var/lib/opensmtpd/empty"])
    server.port = free_port()
    server.write("etc/smtpd.conf", OPENSMTPD.format(port=server.port, onward=onward))
    return server.start(server.port)
