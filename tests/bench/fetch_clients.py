"""The programs of fetch_bench.py: how each is told to empty a maildrop into a folder, or to look whether anything is
new, and where it remembers what it has."""

import os
import shutil
import subprocess
import tempfile


class Client:
    """Gets a home of its own, made anew for each run; those of earlier runs stay until the end, since ext4 is slow to
    create files where many were deleted a moment ago.

    `synced` says whether a message is on the disk, by fsync of the program or of the one it hands the message to,
    when it is deleted on the server.
    """

    synced = "yes"

    def __init__(self, program, place):
        self.program, self.place = program, place
        self.home = place.folder / "home"

    def present(self):
        return shutil.which(str(self.program)) is not None

    def begin(self):
        if self.home.exists():
            self.home.rename(tempfile.mkdtemp(dir=self.place.folder) + "/home")
        for name in ("cur", "new", "tmp"):
            (self.home / "Mail" / name).mkdir(parents=True)

    def write(self, path, text):
        path = self.home / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o600)
        return path

    def delivered(self):
        return sum(1 for _ in (self.home / "Mail/new").iterdir())

    def empty(self, tls, port):
        """argv to fetch all and delete it there."""

    def look(self, tls, port, uids):
        """argv to look for news and leave all there, where `uids` were fetched before."""

    def found_nothing(self, status):
        return status == 0


class Mailtool(Client):
    name = "mailtool"

    def base(self, tls, port):
        url = f"pop3{'s' * tls}://{self.place.user}@127.0.0.1:{port}"
        password = self.write("password", self.place.password + "\n")
        return [self.program, "fetch", url, "--password-from", f"file:{password}", "--state", self.home / "state",
                *(["--tls-ca", self.place.authority] if tls else ["--tls", "off", "--allow-cleartext-password"]),
                "--to", f"maildir:{self.home}/Mail"]

    def empty(self, tls, port):
        return [*self.base(tls, port), "--delete"]

    def look(self, tls, port, uids):
        argv = [str(word) for word in self.base(tls, port)]
        subprocess.run([*argv, "--adopt"], check=True, env={**os.environ, "HOME": str(self.home)})
        return argv


class MailtoolWarm(Mailtool):
    """A later run of an account: it is remembered what the server can do, and nothing else."""

    name = "mailtool, a later run"

    def begin(self):
        remembered = [(path.name, path.read_bytes()) for path in (self.home / "state").glob("server.*")]
        super().begin()
        (self.home / "state").mkdir(mode=0o700)
        for name, octets in remembered:
            self.write(f"state/{name}", octets.decode())


class Mpop(Client):
    name = "mpop"

    def config(self, tls, port, keep):
        return self.write("mpoprc", (
            f"account default\nhost 127.0.0.1\nport {port}\nuser {self.place.user}\n"
            f"password {self.place.password}\nuidls_file {self.home}/uidls\ntls {'on' if tls else 'off'}\n"
            f"tls_starttls off\ntls_trust_file {self.place.authority}\nauth {'on' if tls else 'user'}\nkeep {keep}\n"
            f"delivery maildir {self.home}/Mail\nreceived_header off\n"))

    def empty(self, tls, port):
        return [self.program, "-C", self.config(tls, port, "off"), "-q"]

    def look(self, tls, port, uids):
        self.write("uidls", f"# \n {len(uids)} 127.0.0.1 {self.place.user}\n" + "".join(
            f"{uid}\n" for uid in sorted(uids)))
        return [self.program, "-C", self.config(tls, port, "on"), "-q"]


class Fetchmail(Client):
    """Has no Maildir: hands each message to a deliverer."""

    name = "fetchmail, to maildrop"

    def config(self, tls, port, keep):
        security = f"ssl sslcommonname mail.example sslcertfile {self.place.authority}" if tls else 'sslproto ""'
        return self.write("fetchmailrc", (
            f"set idfile {self.home}/fetchids\nset no bouncemail\nset invisible\n"
            f"poll 127.0.0.1 protocol pop3 port {port} {'uidl' if keep else ''} user {self.place.user} password "
            f"{self.place.password} {security} {'keep' if keep else 'fetchall nokeep'} no rewrite "
            f"mda \"/usr/bin/maildrop {self.write('mailfilter', f'to {self.home}/Mail')}\"\n"))

    def argv(self, config):
        return [self.program, "-f", config, "-s", "--nosyslog", "--pidfile", self.home / "pid"]

    def empty(self, tls, port):
        return self.argv(self.config(tls, port, False))

    def look(self, tls, port, uids):
        self.write("fetchids", "".join(f"{self.place.user}@127.0.0.1 {uid}\n" for uid in uids))
        return self.argv(self.config(tls, port, True))

    def found_nothing(self, status):
        return status == 1


class Getmail(Client):
    name = "getmail6"

    def begin(self):
        """It does not deliver as root."""
        super().begin()
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", self.place.owner, self.home / "Mail"], check=True)

    def config(self, tls, port, delete):
        self.write("getmailrc", (
            f"[retriever]\ntype = SimplePOP3{'SSL' * tls}Retriever\nserver = 127.0.0.1\nport = {port}\n"
            f"username = {self.place.user}\npassword = {self.place.password}\n"
            + (f"ca_certs = {self.place.authority}\n" if tls else "") +
            f"[destination]\ntype = Maildir\npath = {self.home}/Mail/\nuser = {self.place.owner}\n"
            f"[options]\nverbose = 0\ndelete = {delete}\nread_all = false\nreceived = false\n"
            "delivered_to = false\n"))
        return [self.program, "--getmaildir", self.home, "--rcfile", "getmailrc"]

    def empty(self, tls, port):
        return self.config(tls, port, True)

    def look(self, tls, port, uids):
        self.write(f"oldmail-127.0.0.1-{port}-{self.place.user}", "".join(f"{uid}\0001795000000\n" for uid in uids))
        return self.config(tls, port, False)


class Curl(Client):
    """Remembers nothing and syncs nothing: asks for the listing, then for all it names, then deletes all of it."""

    name, synced = "curl, a script", "no"

    def base(self, tls, port):
        config = self.write("curlrc", (
            f"user = \"{self.place.user}:{self.place.password}\"\ncacert = {self.place.authority}\nsilent\nshow-error\n"
            f"login-options = \"AUTH=PLAIN\"\n"))
        return [self.program, "-K", config, f"pop3{'s' * tls}://127.0.0.1:{port}"]

    def empty(self, tls, port):
        config, url = self.base(tls, port)[2:]
        script = (f"set -e\ncd {self.home}\n"
                  f"count=$({self.program} -K {config} {url}/ | wc -l)\n"
                  f"{self.program} -K {config} \"{url}/[1-$count]\" -o 'Mail/new/#1' "
                  f"--next -K {config} -I -X DELE \"{url}/[1-$count]\"\n")
        return ["sh", "-c", script]

    def look(self, tls, port, uids):
        return [*self.base(tls, port)[:-1], "-X", "UIDL", self.base(tls, port)[-1] + "/", "-o", self.home / "uidl"]


def clients(mailtool, place):
    return [Mailtool(mailtool, place), MailtoolWarm(mailtool, place), Mpop("mpop", place), Fetchmail("fetchmail", place),
            Getmail("getmail", place), Curl("curl", place)]
