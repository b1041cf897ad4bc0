"""The programs of imap_bench.py: how each is told to do a task, as well as its documentation allows. A program that
has no way, or one of a command a message, has no row."""

import os
import shutil
import sys

MATCH = "carol@"


class Client:
    """Gets a home of its own, empty before each run but for what an earlier run of the same task is to leave."""

    def __init__(self, program, place):
        self.program, self.place = program, place
        self.home = place.folder / f"home-{type(self).__name__}"

    def present(self):
        return shutil.which(str(self.program)) is not None

    def begin(self, keep=False):
        if not keep:
            shutil.rmtree(self.home, ignore_errors=True)
            self.home.mkdir()

    def write(self, path, text):
        path = self.home / path
        path.write_text(text)
        path.chmod(0o600)
        return path

    def can(self, task):
        return hasattr(self, task)

    def mirrored(self):
        """The files that a mirror has brought."""
        return [path for name in ("new", "cur") for path in (self.home / "Mail/INBOX" / name).glob("*")]


class Mailtool(Client):
    name = "mailtool"

    def base(self, port, verb, *words):
        password = self.write("password", self.place.password + "\n")
        return [self.program, "imap", f"imaps://{self.place.user}@127.0.0.1:{port}", "--tls-ca", self.place.authority,
                "--password-from", f"file:{password}", verb, *words]

    def folders(self, port):
        return self.base(port, "folders", "--status")

    def move(self, port):
        return self.base(port, "move", f"from:{MATCH}", "--to", "Archive")

    def flag(self, port):
        return self.base(port, "flag", "+flagged", "1:*")

    def envelopes(self, port):
        return self.base(port, "list")

    def mirror(self, port):
        return self.base(port, "export", "INBOX", "--to", f"maildir:{self.home}/Mail")


class Mbsync(Client):
    """Mirrors, and nothing else."""

    name = "mbsync"

    def mirror(self, port):
        (self.home / "Mail").mkdir(exist_ok=True)
        config = self.write("mbsyncrc", (
            f"IMAPAccount bench\nHost 127.0.0.1\nPort {port}\nUser {self.place.user}\nPass {self.place.password}\n"
            f"SSLType IMAPS\nSystemCertificates no\nCertificateFile {self.place.certificate}\n\n"
            f"IMAPStore far\nAccount bench\n\nMaildirStore near\nPath {self.home}/Mail/\nInbox {self.home}/Mail/INBOX\n"
            "SubFolders Verbatim\n\nChannel all\nFar :far:\nNear :near:\nPatterns INBOX\nSync Pull\nCreate Near\n"
            "SyncState *\n"))
        return [self.program, "-c", config, "-q", "all"]


class Imapfilter(Client):
    name = "imapfilter"

    def script(self, port, text):
        config = self.write("config.lua", (
            "options.certificates = true\noptions.hostnames = false\noptions.timeout = 600\n"
            f"far = IMAP {{ server = '127.0.0.1', port = {port}, username = '{self.place.user}', "
            f"password = '{self.place.password}', ssl = 'auto' }}\n{text}"))
        return [self.program, "-c", config, "-t", self.place.authority]

    def folders(self, port):
        return self.script(port, "for _, name in ipairs(({far:list_all()})[1]) do\n  far[name]:check_status()\nend\n")

    def move(self, port):
        return self.script(port, f"far.INBOX:contain_from('{MATCH}'):move_messages(far.Archive)\n")

    def flag(self, port):
        return self.script(port, "far.INBOX:select_all():mark_flagged()\n")


class Curl(Client):
    """One connection, and the commands spelled out: the search leaves its result on the server (SEARCHRES)."""

    name = "curl, raw commands"

    def base(self, port, folder, *commands):
        url = f"imaps://127.0.0.1:{port}/{folder}"
        config = self.write("curlrc", f'user = "{self.place.user}:{self.place.password}"\n')
        argv = [self.program, "-sS", "-K", config, "--cacert", self.place.authority]
        for number, command in enumerate(commands):
            argv += ["--next", "-K", config, "--cacert", self.place.authority] * (number > 0) + ["-X", command, url]
        return argv

    def folders(self, port):
        return self.base(port, "", 'LIST "" "*" RETURN (STATUS (MESSAGES UNSEEN SIZE))')

    def move(self, port):
        return self.base(port, "INBOX", f"UID SEARCH RETURN (SAVE) FROM {MATCH}", "UID MOVE $ Archive")

    def flag(self, port):
        return self.base(port, "INBOX", "UID STORE 1:* +FLAGS.SILENT (\\Flagged)")

    def envelopes(self, port):
        return self.base(port, "INBOX", "UID FETCH 1:* (UID FLAGS RFC822.SIZE ENVELOPE)")


class Imaplib(Client):
    """The script that one would write with Python's own library and some knowledge of the RFCs."""

    name = "Python imaplib"
    HEAD = """
import imaplib, os, pathlib, re, ssl, sys
imaplib._MAXLINE = 1 << 24
context = ssl.create_default_context(cafile={authority!r})
far = imaplib.IMAP4_SSL("127.0.0.1", {port}, ssl_context=context)
far.login({user!r}, {password!r})
def uid(*words):
    state, data = far.uid(*words)
    if state != "OK":
        sys.exit(f"{{words[0]}}: {{data}}")
    return data
"""
    MIRROR = """
folder = pathlib.Path(sys.argv[1])
for name in ("cur", "new", "tmp"):
    (folder / name).mkdir(parents=True, exist_ok=True)
far.select("INBOX", readonly=True)
validity = int(far.response("UIDVALIDITY")[1][0])
known = folder / f"known-{validity}"
done = set(known.read_text().split()) if known.exists() else set()
new = [word for word in uid("SEARCH", "ALL")[0].decode().split() if word not in done]
with open(known, "a") as note:
    for at in range(0, len(new), 500):
        for row in uid("FETCH", ",".join(new[at:at + 500]), "(BODY.PEEK[])"):
            if not isinstance(row, tuple):
                continue
            number = re.search(rb"UID (\\d+)", row[0])[1].decode()
            path = folder / "tmp" / number
            with open(path, "wb") as file:
                file.write(row[1].replace(b"\\r\\n", b"\\n"))
                file.flush()
                os.fsync(file.fileno())
            path.rename(folder / "new" / number)
            note.write(number + "\\n")
"""

    def script(self, port, text, *words):
        head = self.HEAD.format(authority=str(self.place.authority), port=port, user=self.place.user,
                                password=self.place.password)
        return [self.program, self.write("script.py", f"{head}{text}far.logout()\n"), *words]

    def folders(self, port):
        return self.script(port, 'far.xatom("LIST", \'""\', "*", "RETURN (STATUS (MESSAGES UNSEEN SIZE))")\n'
                           'print(*far.response("STATUS")[1], sep="\\n")\n')

    def move(self, port):
        return self.script(port, f'far.select("INBOX")\nfound = uid("SEARCH", "FROM", "{MATCH}")[0].decode()\n'
                           'uid("MOVE", found.replace(" ", ","), "Archive")\n')

    def flag(self, port):
        return self.script(port, 'far.select("INBOX")\nuid("STORE", "1:*", "+FLAGS.SILENT", "(\\\\Flagged)")\n')

    def envelopes(self, port):
        return self.script(port, 'far.select("INBOX", readonly=True)\n'
                           'print(*uid("FETCH", "1:*", "(UID FLAGS RFC822.SIZE ENVELOPE)"), sep="\\n")\n')

    def mirror(self, port):
        return self.script(port, self.MIRROR, self.home / "Mail/INBOX")


def clients(mailtool, place):
    return [Mailtool(mailtool, place), Mbsync("mbsync", place), Imapfilter("imapfilter", place), Curl("curl", place),
            Imaplib(sys.executable if os.path.exists(sys.executable) else "python3", place)]
