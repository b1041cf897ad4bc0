"""One script of every verb, whose results are to be the same whatever the server can do.

    results = Scenario(test, server).play()

`server` has url, options, password, named(name), which turns "Work/Late" into the server's manner, plain(name), which
turns it back, and says whether it moves and whether it expunges single messages. What a server need not tell (the UIDs
of copies) and what differs from one to the next (UIDVALIDITY, its folder names) is taken out of the results. What was
moved without being removed counts as gone: that is how --allow-marked leaves it.
"""

import hashlib
import itertools
import re

INBOX = 12
KOREAN, ODD = "Grüße/한국어 편지", 'a "quoted" 100% name'
QUERIES = [
    "subject:Lunch", "subject:Grüße", "from:carol", "to:bob", "body:Noon", "text:Late", "cc:dave",
    "id:3@crepes.example", "header:X-Color=green", "header:X-Color", "is:unread", "is:read", "is:flagged",
    "is:answered", "is:draft", "is:deleted", "kw:$Work", "not kw:$Work", "since:2026-11-05", "before:2026-11-05",
    "on:2026-11-07", "since:2026-11-03 before:2026-11-06", "older:1d", "newer:30s", "larger:1K", "smaller:1K",
    "uid:2:4", "uid:4,2", "uid:5:*", "from:carol subject:Lunch", "(from:carol or is:flagged)",
    "not from:carol", "-subject:Lunch", "not (is:flagged or is:answered)", '"Noon at"', 'subject:"Lunch 1"',
    r'subject:"a \"quoted\" one"', "body:Spaß", "raw:(UNSEEN NOT FROM carol)",
    "from:carol (subject:Lunch or larger:1K)"]


def letter(number):
    sender = "Carol <carol@hamburger.example>" if number % 3 == 0 else "Alice <alice@crepes.example>"
    subject = "=?utf-8?q?Gr=C3=BC=C3=9Fe?=" if number == 4 else f"Lunch {number}"
    more = f"X-Color: {'green' if number % 2 else 'red'}\n" * (number < 5) + "Cc: dave@crepes.example\n" * (number == 6)
    head = (f"From: {sender}\nTo: bob@hamburger.example\nSubject: {subject}\n"
            f"Date: Fri, {number} Nov 2026 12:00:00 +0100\nMessage-ID: <{number}@crepes.example>\n"
            f"{more}MIME-Version: 1.0\n")
    if number == 7:
        return head + ('Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain; charset=utf-8\n'
                       "Content-Transfer-Encoding: quoted-printable\n\nGr=C3=B6=C3=9Fe\n--b\nContent-Type: "
                       'application/octet-stream\nContent-Disposition: attachment; filename="a.bin"\n'
                       "Content-Transfer-Encoding: base64\n\nAAEC/w==\n--b--\n")
    text = ("Noon at the usual place?\n" + "Viel Spaß!\n" * (number == 9) +
            "A line that makes it larger.\n" * (60 if number == 8 else 0))
    return head + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + text


class Scenario:
    def __init__(self, test, server):
        self.test, self.server = test, server
        self.results = []
        self.dialogues = []

    def imap(self, *words, folder=None, status=0, input=b""):
        transcript = self.test.folder / f"transcript-{id(self)}-{len(self.dialogues)}"
        options = ["--password-from", "env:PW", *self.server.options, "--transcript", transcript]
        if folder:
            options += ["-f", self.server.named(folder)]
        verb, *rest = words
        run = self.test.mailtool("imap", self.server.url, verb, *options, *rest, input=input,
                                 env={
            "PW": self.server.password, "XDG_STATE_HOME": f"{self.test.folder}/state-{id(self)}"})
        self.dialogues.append(transcript.read_text(errors="replace") if transcript.exists() else "no connection")
        transcript.unlink(missing_ok=True)
        right = status if isinstance(status, tuple) else (status,)
        self.test.assertIn(run.status, right, f"{run}\n{self.dialogues[-1]}")
        return run

    def do(self, *words, keep=("exit", "matched", "changed"), **more):
        """A change: what its summary says."""
        run = self.imap(*words, "--json", **more)
        summary = run.objects()[-1] if run.out else {}
        self.results.append((words[0], run.status, {key: summary.get(key) for key in keep}))

    def uids(self, *query, folder=None):
        done = self.imap("search", "--", *query, folder=folder)
        match = re.fullmatch(r"#mailtool-uids v1 folder=.* uidvalidity=\d+ n=(\d+)\n((?:[\d,:]+\n)?)#end n=\1\n",
                             done.out)
        self.test.assertTrue(match, done)
        return match[2].strip()

    def look(self, *query, folder=None):
        self.results.append((query, folder, self.uids(*query, folder=folder)))

    def contents(self, folder):
        """The Message-IDs of what is there and not marked, whatever the UIDs."""
        done = self.imap("list", "not is:deleted", "--json", folder=folder)
        rows = [row for row in done.objects() if row["type"] == "message"]
        said = sorted((row["subject"], row["size"], sorted(self.flags(row)), row["from"][0]["address"],
                       row["attachments"], row["warnings"], row["date"]) for row in rows)
        self.results.append((folder, said))

    @staticmethod
    def flags(row):
        return [flag for flag in row["flags"] if flag not in ("\\Recent", "\\Deleted")]

    def folders(self, *options):
        """{name: facts}, names as in the script."""
        rows = {}
        for row in self.imap("folders", "--json", *options).objects():
            if row["type"] == "folder":
                rows[self.server.plain(row["name"])] = [row["subscribed"], row.get("messages"), row.get("unseen")]
        return rows

    def play(self):
        for part in (self.fill, self.read, self.refuse, self.change, self.take_back, self.rearrange, self.together):
            part()
        return self.results

    def fill(self):
        for number in range(1, INBOX + 1):
            flags = [word for flag, chosen in (("seen", number % 2 == 0), ("flagged", number in (2, 3)),
                                               ("answered", number == 5), ("draft", number == 9), ("$Work", number > 9))
                     for word in ("--flag", flag) if chosen]
            self.imap("append", "INBOX", "--date", f"2026-11-{number:02}T12:00Z", *flags, input=letter(number).encode())
        several = self.test.folder / f"mbox-{id(self)}"
        separator = "From alice@crepes.example Fri Nov 20 12:00:00 2026\n"
        several.write_text("".join(f"{separator}{letter(number)}\n" for number in range(1, 4)))
        self.do("append", self.server.named("Several"), "--create", several, keep=("exit", "appended", "failed"))
        self.contents("Several")

    def read(self):
        for query in QUERIES:
            self.look(query)
        for words in (("--count",), ("--count", "is:unread")):
            self.results.append((words, self.imap("search", *words).out))
        self.imap("search", "--exit-code", "subject:none", status=1)
        self.contents("INBOX")
        for words in ((), ("--headers",), ("--part", "1"), ("--part", "2"), ("--text",), ("--bytes", "5:300")):
            run = self.imap("get", "7", *words)
            self.results.append(("get", words, hashlib.sha256(run.stdout).hexdigest()))
        self.look("is:unread")
        rows = self.folders("--status")
        self.results.append([(name, rows[name][1:]) for name in ("INBOX", "Several")])

    def refuse(self):
        """What fails, and changes nothing."""
        to = self.server.named("Several")
        # Courier's refusal to delete a folder does not say why.
        for words, status in ((("move", "1:*", "--to", to, "--expect", "3"), 65), (("copy", "77", "--to", to), 66),
                              (("move", "1", "--allow-marked", "--to", self.server.named("Nowhere")), 66),
                              (("get", "99"), 66),
                              (("search", "-f", self.server.named("Nowhere")), 66),
                              (("append", self.server.named("Nowhere")), 66),
                              (("folder", "delete", self.server.named("Nowhere")), (66, 69)),
                              (("move", "-", "--to", to), 65)):
            self.imap(*words, status=status, input=b'#mailtool-uids v1 folder="INBOX" uidvalidity=7 n=1\n1\n#end n=1\n'
                      if "-" in words else b"Subject: x\n\nx\n")
        self.imap("move", "1:3", "--to", to, "-n")
        self.look("uid:1:*")
        self.contents("Several")

    def change(self):
        marked = () if self.server.moves else ("--allow-marked",)
        self.do("flag", "+flagged", "-seen", "+$Lunch", "subject:Lunch")
        self.look("kw:$Lunch")
        self.look("is:flagged is:unread")
        self.do("flag", "-flagged", "uid:1:3")
        self.do("copy", "from:carol", "--to", self.server.named("Several"))
        self.contents("Several")
        found = self.imap("search", "is:flagged").out
        self.do("move", "-", "--to", self.server.named(KOREAN), "--create", *marked, input=found.encode())
        self.contents(KOREAN)
        self.contents("INBOX")
        self.do("move", "1,3", "--to", self.server.named(ODD), "--create", "--expect", "2", *marked)
        self.contents(ODD)
        self.do("delete", "1:*", "--permanent", *(() if self.server.expunges else ("--allow-marked",)), folder=ODD)
        self.contents(ODD)
        self.contents("INBOX")

    def take_back(self):
        """Flags come back everywhere; what was copied or moved where the server tells where it went."""
        self.do("flag", "+answered", "-seen", "1:*", folder="Several")
        self.contents("Several")
        self.imap("undo")
        self.contents("Several")
        before = self.results[-1]
        for words in (("copy",), ("move", *(() if self.server.moves else ("--allow-marked",)))):
            self.imap(*words, "2:3", "--to", self.server.named("Undone"), "--create", folder="Several")
            if self.server.expunges:
                self.imap("undo")
                self.contents("Several")
                self.test.assertEqual(self.results.pop(), before)
            elif words[0] == "move":
                self.imap("undo", status=(0, 69))

    def together(self):
        """Several verbs on one connection, and what the server says of itself."""
        batch = self.test.folder / f"batch-{id(self)}"
        batch.write_text("folders\nsearch --count\nflag +seen 1:*\nsearch --count is:unread\n")
        said = self.imap("batch", batch).out.splitlines()
        self.results.append(("batch", said[-1]))
        self.test.assertIn("UIDPLUS" if self.server.expunges else "IMAP4REV1", self.imap("caps").out.upper())

    def rearrange(self):
        old, new = self.server.named("Old"), self.server.named("New name")
        before = set(self.folders())
        for words in (("create", old, self.server.named("Old/Within")), ("subscribe", old), ("rename", old, new)):
            self.imap("folder", *words)
        self.results.append(sorted(set(self.folders()) - before))
        self.imap("folder", "unsubscribe", old)
        self.imap("folder", "subscribe", new)
        self.results.append(sorted(set(self.folders("--subscribed")) & {"Old", "New name"}))
        status = self.imap("folder", "status", self.server.named(KOREAN), "--json").objects()[0]
        self.results.append((status["messages"], status["unseen"]))
        self.imap("folder", "unsubscribe", new)
        self.imap("folder", "delete", self.server.named("New name/Within"), new)
        self.results.append(sorted(set(self.folders()) - before))


def differences(results, expected):
    """What the two say of the same step, where they do not say the same."""
    return [(result, wanted) for result, wanted in itertools.zip_longest(results, expected) if result != wanted]


# What a command needs that the server has to have announced.
NEEDS = {
    "MOVE": r"^UID MOVE ", "UIDPLUS": r"^UID EXPUNGE ", "ESEARCH": r"^UID SEARCH RETURN \(",
    "LIST-EXTENDED": r"^LIST .*RETURN \(|^LIST \(", "SEARCHRES": r"RETURN \([^)]*SAVE|^UID \w+ \$",
    "LIST-STATUS": r"^LIST .*STATUS \(", "SPECIAL-USE": r"^LIST .*SPECIAL-USE", "STATUS=SIZE": r"STATUS .*\bSIZE\b",
    "LITERAL+": r"\{\d+\+\}$", "WITHIN": r"^UID SEARCH .*\b(OLDER|YOUNGER) ", "SASL-IR": r"^AUTHENTICATE \S+ \S",
    "ENABLE": r"^ENABLE ", "ID": r"^ID ", "IDLE": r"^IDLE$",
    "COMPRESS=DEFLATE": r"^COMPRESS ",
    "CONDSTORE": r"\b(CONDSTORE|MODSEQ|CHANGEDSINCE|UNCHANGEDSINCE)\b", "QRESYNC": r"\bQRESYNC\b",
    "BINARY": r"\bBINARY\b", "NOTIFY": r"^NOTIFY ", "UNSELECT": r"^UNSELECT$", "SORT": r"^UID SORT ",
    "THREAD=REFERENCES": r"^UID THREAD REFERENCES ", "THREAD=REFS": r"^UID THREAD REFS ",
    "NAMESPACE": r"^NAMESPACE$", "SAVEDATE": r"\bSAVED", "PREVIEW": r"^UID FETCH .*\bPREVIEW\b", "QUOTA": r"^GETQUOTA",
    "METADATA": r"^GETMETADATA", "MULTISEARCH": r"^ESEARCH ", "OBJECTID": r"\b(EMAILID|THREADID|MAILBOXID)\b"}


def unannounced(dialogue):
    """Commands in a transcript that need what the server had not announced, by its last word before them."""
    offered, found = set(), []
    for line in dialogue.splitlines():
        if announced := re.match(r"S: (?:\* CAPABILITY |\S+ OK \[CAPABILITY )([^\]]*)", line):
            offered = set(announced[1].upper().split())
        command = re.match(r"C: [A-Z]+\d+ (.*)", line)
        if command is None:
            continue
        found += [line for name, pattern in NEEDS.items()
                  if name not in offered and re.search(pattern, command[1]) and "IMAP4REV2" not in offered]
        # Nothing may ever remove what others have marked.
        found += [line for verb in ("EXPUNGE", "CLOSE") if command[1] == verb]
    return found
