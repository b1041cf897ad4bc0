"""The clients of others, and mailtool's own, at work on one `mailtool serve`: each has a user of its own."""

import imaplib
import json
import os
import pathlib
import poplib
import pty
import select
import shutil
import smtplib
import ssl
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from serving import SECRET, Serving, ServeTest, environment, fast_folder  # noqa: E402

TIMEOUT = 60
USERS = ["curl", "swaks", "msmtp", "mpop", "fetchmail", "mbsync", "mutt", "python", "mailtool"]
BODY = "Noon?\r\n.a dot\r\n..two\r\n"


class Clients(ServeTest):
    @classmethod
    def setUpClass(cls):
        cls.home = fast_folder()
        cls.addClassCleanup(shutil.rmtree, cls.home, ignore_errors=True)
        cls.serving = Serving(cls.home / "root", users=USERS)
        cls.addClassCleanup(cls.serving.stop)

    def setUp(self):
        super().setUp()
        self.ca = self.serving.ca
        self.ports = {name: self.serving.port(name) for name in self.serving.ready["urls"]}
        self.context = ssl.create_default_context(cafile=self.ca)

    def message(self, user, subject="lunch"):
        return (f"From: alice@crepes.test\r\nTo: {user}@crepes.test\r\nSubject: {subject}\r\n"
                f"Date: Fri, 20 Nov 2026 12:00:00 +0100\r\nMessage-ID: <{subject}@crepes.test>\r\n\r\n{BODY}")

    def deliver(self, user, *subjects):
        with smtplib.SMTP("127.0.0.1", self.ports["smtp"], timeout=TIMEOUT) as client:
            for subject in subjects or ["lunch"]:
                client.sendmail("alice@crepes.test", [f"{user}@crepes.test"], self.message(user, subject))

    def stored(self, user, folder=""):
        """What lies in a folder of the user's, octet by octet."""
        files = (self.serving.root / "mail" / user / "Maildir" / folder / "cur").iterdir()
        return [path.read_bytes() for path in sorted(files, key=lambda path: path.name.split("U")[-1])]

    def has_one(self, user, subject="lunch", sender="alice@crepes.test"):
        kept = [text for text in self.stored(user) if f"Subject: {subject}\r\n".encode() in text]
        self.assertEqual(len(kept), 1, self.stored(user))
        self.assertTrue(kept[0].startswith(f"Return-Path: <{sender}>\r\nDelivered-To: {user}@crepes.test\r\n".encode()))
        self.assertTrue(kept[0].endswith(b"\r\n\r\n" + BODY.encode()), kept[0])

    def file(self, name, text, mode=0o600):
        path = self.folder / name
        path.write_text(text, newline="")
        path.chmod(mode)
        return path

    # --- mailtool ------------------------------------------------------------------

    def test_mailtool(self):
        secure = ["--tls-ca", self.ca, "--password-from", "env:PW"]
        clear = ["--tls", "off", "--password-from", "env:PW"]
        message = self.message("mailtool").encode()
        for number, (name, options) in enumerate([("smtps", secure), ("submission", secure), ("submission", clear),
                                                  ("smtp", clear)]):
            self.mailtool("send", "--server", self.serving.url(name, "mailtool"), *options, "-f", "mailtool@crepes.test",
                          "mailtool@crepes.test", input=message.replace(b"lunch", b"lunch%d" % number))
            self.has_one("mailtool", f"lunch{number}", sender="mailtool@crepes.test")
        for name, options in [("imaps", secure), ("imap", secure), ("imap", clear)]:
            server = [self.serving.url(name, "mailtool"), *options]
            self.assertEqual(self.mailtool("imap", *server, "search", "--count", "subject:lunch").out, "4\n")
            uids = [str(json.loads(line)["uid"])
                    for line in self.mailtool("imap", *server, "search", "--json").out.splitlines()[:-1]]
            text = self.mailtool("imap", *server, "get", uids[0], "--text").out
            self.assertEqual(text, BODY.replace("\r\n", "\n"))
            self.mailtool("imap", *server, "flag", "+flagged", "+$Label1", uids[0])
            self.assertEqual(self.mailtool("imap", *server, "search", "--count", "is:flagged kw:$Label1").out, "1\n")
            self.mailtool("imap", *server, "flag", "-flagged", "-$Label1", uids[0])
            self.mailtool("imap", *server, "move", ",".join(uids), "--to", "@archive", "--expect", "4")
            self.mailtool("imap", *server, "undo")
            self.assertEqual(self.mailtool("imap", *server, "search", "--count", "-f", "@archive").out, "0\n")
        for number, (name, options) in enumerate([("pop3s", secure), ("pop3", secure), ("pop3", clear)]):
            target = self.folder / f"fetched{number}"
            self.mailtool("fetch", self.serving.url(name, "mailtool"), *options, "--all", "--to", f"maildir:{target}",
                          env={"XDG_STATE_HOME": str(self.folder / f"state{number}")})
            self.assertEqual(len(list((target / "new").iterdir())), 4)
        self.mailtool("fetch", self.serving.url("pop3s", "mailtool"), *secure, "--delete", "--to",
                      f"maildir:{self.folder / 'all'}")
        self.assertEqual(self.stored("mailtool"), [])

    # --- Python ------------------------------------------------------------------

    def test_smtplib(self):
        for number, connect in enumerate([
                lambda: smtplib.SMTP_SSL("localhost", self.ports["smtps"], timeout=TIMEOUT, context=self.context),
                lambda: smtplib.SMTP("localhost", self.ports["submission"], timeout=TIMEOUT),
                lambda: smtplib.SMTP("localhost", self.ports["smtp"], timeout=TIMEOUT)]):
            with connect() as client:
                if number > 0:
                    client.starttls(context=self.context)
                client.login("python", SECRET)
                client.sendmail("alice@crepes.test", ["python@crepes.test"],
                                self.message("python", f"smtplib{number}"))
            self.has_one("python", f"smtplib{number}")

    def test_poplib(self):
        self.deliver("python", "poplib")
        plain = poplib.POP3("localhost", self.ports["pop3"], timeout=TIMEOUT)
        plain.stls(context=self.context)
        for client in (plain, poplib.POP3_SSL("localhost", self.ports["pop3s"], timeout=TIMEOUT, context=self.context)):
            client.user("python")
            client.pass_(SECRET)
            self.assertIn("UIDL", client.capa())
            last = len(client.list()[1])
            self.assertIn(b"Subject: poplib", client.top(last, 0)[1])
            self.assertEqual(client.retr(last)[1][-3:], [line.encode() for line in BODY.split("\r\n")[:3]])
            self.assertEqual(len(client.uidl()[1]), last)
            client.quit()

    def test_imaplib(self):
        plain = imaplib.IMAP4("localhost", self.ports["imap"], timeout=TIMEOUT)
        plain.starttls(ssl_context=self.context)
        for number, client in enumerate([plain, imaplib.IMAP4_SSL("localhost", self.ports["imaps"], timeout=TIMEOUT,
                                                                  ssl_context=self.context)]):
            with client:
                client.login("python", SECRET)
                folder = f"imaplib{number}"
                self.assertEqual(client.create(folder)[0], "OK")
                self.assertEqual(client.append(folder, r"(\Flagged)", None, self.message("python").encode())[0], "OK")
                self.assertEqual(client.select(folder)[1], [b"1"])
                self.assertEqual(client.search(None, "FLAGGED", "SUBJECT", "lunch")[1], [b"1"])
                self.assertEqual(client.fetch("1", "(BODY[TEXT])")[1][0][1], BODY.encode())
                self.assertEqual(client.copy("1", "Archive")[0], "OK")
                self.assertEqual(client.store("1", "+FLAGS", r"(\Deleted)")[0], "OK")
                self.assertEqual(client.expunge()[1], [b"1"])
                self.assertIn(folder.encode(), b" ".join(client.list()[1]))

    # --- others ------------------------------------------------------------------

    def test_curl(self):
        curl = ["curl", "-sS", "--max-time", TIMEOUT, "--cacert", self.ca, "--ssl-reqd", "-K",
                self.file("curlrc", f'user = "curl:{SECRET}"\n')]
        text = self.file("message", self.message("curl"))
        for name in ("smtps", "submission"):
            scheme = "smtps" if name == "smtps" else "smtp"
            self.run_program(*curl, f"{scheme}://localhost:{self.ports[name]}/client.test", "--mail-from",
                             "alice@crepes.test", "--mail-rcpt", "curl@crepes.test", "-T", text)
        # Line ends of Unix are refused, with the word that helps; with --crlf they are none.
        unix = self.file("unix", self.message("curl", "unix").replace("\r\n", "\n"))
        words = [f"smtp://localhost:{self.ports['smtp']}/client.test", "--mail-from", "alice@crepes.test", "--mail-rcpt",
                 "curl@crepes.test", "-T", unix]
        refused = subprocess.run([str(word) for word in [*curl, "-v", *words]], capture_output=True, check=False)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn(b"send CRLF (curl: --crlf)", refused.stderr)
        self.assertEqual(len(self.stored("curl")), 2)
        self.run_program(*curl, "--crlf", *words)
        self.assertEqual(len(self.stored("curl")), 3)
        for scheme in ("pop3s", "pop3"):
            url = f"{scheme}://localhost:{self.ports[scheme]}/"
            self.assertEqual(len(self.run_program(*curl, url).out.splitlines()), 3)
            self.assertTrue(self.run_program(*curl, url + "1").stdout.endswith(b"\r\n\r\n" + BODY.encode()))
        for number, scheme in enumerate(["imaps", "imap"]):
            url = f"{scheme}://localhost:{self.ports[scheme]}/"
            self.assertIn("INBOX", self.run_program(*curl, url).out)
            got = self.run_program(*curl, url + "INBOX;MAILINDEX=1").stdout
            self.assertTrue(got.endswith(b"\r\n\r\n" + BODY.encode()), got)
            self.run_program(*curl, url + "Drafts", "-T", text)
            self.assertEqual(self.stored("curl", ".Drafts")[number], text.read_bytes())
            found = self.run_program(*curl, url + "INBOX", "-X", "UID SEARCH SUBJECT lunch").out
            self.assertEqual(found.split(), ["*", "SEARCH", "1", "2"])

    def test_swaks(self):
        data = self.file("message", self.message("swaks"))
        auth = self.file("auth", f"auth-user swaks\nauth-password {SECRET}\n")
        for number, (port, how, mechanism) in enumerate([("submission", "--tls", "PLAIN"),
                                                         ("smtps", "--tls-on-connect", "LOGIN")]):
            self.run_program("swaks", "--config", auth, "--server", "localhost", "--port", self.ports[port], how,
                             "--tls-verify", "--tls-ca-path", self.ca, "--auth", mechanism,
                             "--hide-all", "--from", "alice@crepes.test", "--to", "swaks@crepes.test", "--data", f"@{data}")
            self.assertEqual(len(self.stored("swaks")), number + 1)
        done = self.run_program("swaks", "--server", "localhost", "--port", self.ports["smtp"], "--hide-all", "--from",
                                "alice@crepes.test", "--to", "nobody@crepes.test", status=24)
        self.assertEqual(done.out, "")

    def test_msmtp(self):
        common = ["--host=localhost", "--tls=on", f"--tls-trust-file={self.ca}", "--user=msmtp", "--passwordeval=echo $PW",
                  "--from=alice@crepes.test", "--file=/dev/null"]
        for number, (port, more) in enumerate([("submission", ["--auth=plain", "--tls-starttls=on"]),
                                               ("smtps", ["--auth=login", "--tls-starttls=off"])]):
            self.run_program("msmtp", *common, *more, f"--port={self.ports[port]}", "--", "msmtp@crepes.test",
                             input=self.message("msmtp", f"msmtp{number}").replace("\r\n", "\n").encode())
            self.has_one("msmtp", f"msmtp{number}")

    def test_mpop(self):
        self.deliver("mpop", "one", "two")
        common = ["--host=localhost", "--tls=on", f"--tls-trust-file={self.ca}", "--user=mpop", "--passwordeval=echo $PW",
                  "--keep=on", "--file=/dev/null"]
        for port, more in [("pop3", ["--tls-starttls=on", "--auth=user"]), ("pop3s", ["--tls-starttls=off", "--auth=plain"])]:
            target = self.folder / port
            for name in ("tmp", "new", "cur"):
                (target / name).mkdir(parents=True)
            again = ["mpop", *common, *more, f"--port={self.ports[port]}", f"--uidls-file={self.folder / port}.uidls",
                     f"--delivery=maildir,{target}"]
            self.run_program(*again)
            self.assertEqual(len(list((target / "new").iterdir())), 2)
            self.run_program(*again)  # nothing is new
            self.assertEqual(len(list((target / "new").iterdir())), 2)
        self.run_program("mpop", *common[:-2], "--keep=off", "--file=/dev/null", "--tls-starttls=off", "--auth=user",
                         f"--port={self.ports['pop3s']}", f"--uidls-file={self.folder}/last.uidls",
                         f"--delivery=mbox,{self.folder}/mbox")
        self.assertEqual(self.stored("mpop"), [])

    def test_fetchmail(self):
        for number, (protocol, port, wrapped) in enumerate([("pop3", "pop3", False), ("pop3", "pop3s", True),
                                                            ("imap", "imap", False), ("imap", "imaps", True)]):
            self.deliver("fetchmail", f"fetchmail{number}")
            got = self.folder / f"got{number}"
            rc = self.file("fetchmailrc", f'poll localhost protocol {protocol} port {self.ports[port]}\n'
                           f'  user "fetchmail" password "{SECRET}" {"ssl" if wrapped else "sslproto TLS1.2+"}\n'
                           f'  sslcertck sslcertfile "{self.ca}" no rewrite mda "cat >> {got}"\n')
            self.run_program("fetchmail", "-f", rc, "--nosyslog", "--pidfile", self.folder / "pid", "-i", self.folder / "ids",
                             env={"FETCHMAILHOME": str(self.folder)})
            self.assertIn(f"Subject: fetchmail{number}\n", got.read_text())
            self.assertEqual(self.stored("fetchmail"), [])

    def test_mbsync(self):
        self.deliver("mbsync", "one", "two")
        near = self.folder / "near"
        near.mkdir()
        for port, kind in [("imaps", "IMAPS"), ("imap", "STARTTLS")]:
            self.file("mbsyncrc", f"IMAPAccount far\nHost localhost\nPort {self.ports[port]}\nUser mbsync\n"
                      f"PassCmd \"echo $PW\"\nSSLType {kind}\nCertificateFile {self.ca}\nAuthMechs LOGIN\n\n"
                      f"IMAPStore far\nAccount far\n\nMaildirStore near\nPath {near}/\nInbox {near}/INBOX\nSubFolders Verbatim\n\n"
                      "Channel all\nFar :far:\nNear :near:\nPatterns INBOX Archive\nCreate Both\nExpunge Both\nSyncState *\n")
            self.run_program("mbsync", "-q", "-c", self.folder / "mbsyncrc", "all")
            if port == "imap":
                break
            (near / "Archive").mkdir(exist_ok=True)
            here = [path for name in ("new", "cur") for path in (near / "INBOX" / name).iterdir()]
            self.assertEqual(len(here), 2)
            # One goes here; one is flagged here; one comes to the archive here.
            here[0].unlink()
            here[1].rename(near / "INBOX/cur" / (here[1].name.partition(":")[0] + ":2,FS"))
            (near / "Archive/new" / "1.new").write_text(self.message("mbsync", "archived").replace("\r\n", "\n"))
        self.assertEqual(len(self.stored("mbsync")), 1)
        names = [path.name for path in (self.serving.root / "mail/mbsync/Maildir/cur").iterdir()]
        self.assertTrue(names[0].endswith(":2,FS"), names)
        self.assertIn(b"Subject: archived\r\n", self.stored("mbsync", ".Archive")[0])

    def test_mutt(self):
        url = f"localhost:{self.ports['smtps']}/"
        settings = (f"set ssl_starttls=yes\nset ssl_force_tls=yes\nset ssl_ca_certificates_file={self.ca}\nset ssl_verify_host=yes\n"
                    f"set imap_user=mutt\nset imap_pass={SECRET}\nset smtp_pass={SECRET}\n"
                    f"set smtp_url=smtps://mutt@{url}\nset from=mutt@crepes.test\nset use_from=yes\nset copy=no\n"
                    "set smtp_authenticators=plain\nset imap_authenticators=login\nset quit=yes\nset mail_check=1\n"
                    "set header_cache=\nset confirmappend=no\nset confirmcreate=no\nset timeout=5\nset wait_key=no\nset delete=yes\n")
        rc = self.file("muttrc", settings)
        self.run_program("mutt", "-n", "-F", rc, "-s", "from mutt", "mutt@crepes.test", input=b"Noon?\n")
        self.assertIn(b"Subject: from mutt\r\n", self.stored("mutt")[0])
        got, copy = self.folder / "got", self.folder / "copy"
        reading = self.file("reading", settings + f"push '<pipe-message>cat > {got}<enter><flag-message><copy-message>{copy}<enter>"
                            "<save-message>=Archive<enter><sync-mailbox><quit>'\n"
                            f"set folder=imap://localhost:{self.ports['imap']}/\n")
        self.on_terminal("mutt", "-n", "-F", reading, "-f", f"imap://localhost:{self.ports['imap']}/INBOX")
        self.assertIn("from mutt", got.read_text())
        self.assertIn("Noon?", copy.read_text())
        self.assertEqual(self.stored("mutt"), [])
        self.assertIn(b"Subject: from mutt\r\n", self.stored("mutt", ".Archive")[0])

    def on_terminal(self, *words):
        ours, theirs = pty.openpty()
        process = subprocess.Popen([str(word) for word in words], stdin=theirs, stdout=theirs, stderr=theirs,
                                   env={**environment(self.folder), "TERM": "vt100"}, start_new_session=True)
        self.addCleanup(process.kill)
        os.close(theirs)
        shown, until = b"", time.monotonic() + TIMEOUT
        with os.fdopen(ours, "rb", buffering=0) as screen:
            while time.monotonic() < until:
                if not select.select([screen], [], [], 1)[0]:
                    continue
                try:
                    more = screen.read(4096)
                except OSError:
                    more = b""
                shown += more
                if not more:
                    break
            if process.poll() is None and time.monotonic() >= until:
                process.kill()
            self.assertEqual(process.wait(TIMEOUT), 0, shown)


if __name__ == "__main__":
    unittest.main()
