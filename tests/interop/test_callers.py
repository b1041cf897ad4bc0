"""sendmail and mail as other programs call them: mutt, git and S-nail themselves, the others by their words.

Each is run with an environment of its own, through links in a folder of the test, and what it sends is looked for
in the mailbox of bob, who reads the mail of root.
"""

import email
import email.policy
import os
import pty
import shutil
import subprocess

from support import LAB, MAILTOOL, LabTest

CRON = """From: root (Cron Daemon)
To: root
Subject: Cron <root@apple> /usr/local/bin/backup
MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 8bit
X-Cron-Env: <SHELL=/bin/sh>
X-Cron-Env: <LOGNAME=root>

Sicherung läuft über
.
zwei Zeilen
"""


class CallerTest(LabTest):
    def setUp(self):
        super().setUp()
        self.bin = self.home / "bin"
        self.bin.mkdir()
        for name in ("sendmail", "mailq", "mail", "mailx"):
            (self.bin / name).symlink_to(MAILTOOL)
        (self.home / "aliases").write_text("postmaster: root\nroot: bob\n")
        config = self.home / ".config/mailtool"
        config.mkdir(parents=True)
        port = LAB["LAB_SMTPS_PORT"]
        (config / "config.toml").write_text(
            f'dns-server = "{LAB["LAB_DNS"]}"\n'
            f'domain = "hamburger.edu"\n'
            f'aliases = "{self.home}/aliases"\n'
            f'[account.main]\n'
            f'send = "smtps://alice%40crepes.fr@{LAB["LAB_HOST"]}:{port}"\n'
            f'tls-ca = "{LAB["LAB_CA"]}"\n'
            f'password-from = "file:{LAB["LAB_PASSWORDS"]}/alice"\n')
        self.environment = {"HOME": str(self.home), "PATH": f"{self.bin}:{os.environ['PATH']}"}

    def call(self, *words, input="", status=0, env=None, **more):
        """Runs a program by its name; success says nothing."""
        environment = {**self.environment, **(env or {})}
        path = self.bin / words[0]
        words = [str(path) if path.exists() else words[0],
                 *(word if isinstance(word, bytes) else str(word) for word in words[1:])]
        done = subprocess.run(words, input=input.encode() if isinstance(input, str) else input,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, timeout=60, **more)
        done.out, done.err = done.stdout.decode(), done.stderr.decode("utf-8", "replace")
        self.assertEqual(done.returncode, status, f"{words}\n{done.out}\n{done.err}")
        return done

    def call_silently(self, *words, **more):
        done = self.call(*words, **more)
        self.assertEqual(done.out + done.err, "")

    def arrived(self, user="bob@hamburger.edu"):
        """The one message in a mailbox."""
        self.wait_for(1, user=user)
        raw = self.imap("get", "1", user=user).stdout
        self.assertEqual(self.imap("search", "--count", user=user).out, "1\n")
        return email.message_from_bytes(raw, policy=email.policy.default)

    def text(self, part):
        """Of a part, whose line ends are CRLF where it came in base64."""
        return part.get_content().replace("\r\n", "\n")

    def expect(self, got, sender, **fields):
        self.assertEqual(got["Return-Path"], f"<{sender}>")
        for name, value in fields.items():
            self.assertEqual(got[name.replace("_", "-")], value, name)
        self.assertIsNotNone(got["Date"])
        self.assertIsNotNone(got["Message-ID"])


class Daemons(CallerTest):
    """What each hands to sendmail or mail, word for word."""

    def test_cron(self):
        self.call_silently("sendmail", "-FCronDaemon", "-i", "-B8BITMIME", "-oem", "root", input=CRON,
                           env={"LOGNAME": "root", "SHELL": "/bin/sh", "PATH": "/usr/bin:/bin"})
        got = self.arrived()
        self.expect(got, "root@hamburger.edu", To="root@hamburger.edu",
                    Subject="Cron <root@apple> /usr/local/bin/backup")
        self.assertIn(("From", "root@hamburger.edu (Cron Daemon)"), got.raw_items())
        self.assertEqual(self.text(got), "Sicherung läuft über\n.\nzwei Zeilen\n")

    def test_cron_without_an_environment(self):
        config = self.home / ".config/mailtool/config.toml"
        done = subprocess.run([self.bin / "sendmail", "-FCronDaemon", "-i", "-oem", "root"],
                              input=CRON.encode(), env={"MAILTOOL_CONFIG": str(config)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))
        self.arrived()

    def test_anacron(self):
        self.call_silently("sendmail", "-FAnacron", "-odi", "root",
                           input="From: Anacron <root>\nTo: root\nSubject: Anacron job 'cron.daily' on apple\n\ndone\n")
        self.expect(self.arrived(), "root@hamburger.edu", From="Anacron <root@hamburger.edu>",
                    Subject="Anacron job 'cron.daily' on apple")

    def test_unattended_upgrades(self):
        self.call_silently("sendmail", "-oi", "-t",
                           input="Subject: unattended-upgrades result for apple: SUCCESS\nFrom: root\nTo: root\n"
                                 "Auto-Submitted: auto-generated\nMIME-Version: 1.0\n"
                                 'Content-Type: text/plain; charset="utf-8"\nContent-Transfer-Encoding: 8bit\n\n'
                                 "Pakete aktualisiert: größer\n")
        got = self.arrived()
        self.expect(got, "root@hamburger.edu", From="root@hamburger.edu", To="root@hamburger.edu",
                    Auto_Submitted="auto-generated")
        self.assertEqual(self.text(got), "Pakete aktualisiert: größer\n")

    def test_mdadm(self):
        self.call_silently("sendmail", "-t",
                           input="From: mdadm monitoring <root>\nTo: root\nSubject: DegradedArray event on /dev/md0\n\n"
                                 "This is an automatically generated mail message.\n")
        self.expect(self.arrived(), "root@hamburger.edu", From="mdadm monitoring <root@hamburger.edu>",
                    Subject="DegradedArray event on /dev/md0")

    def test_fail2ban(self):
        self.call_silently("sendmail", "-f", "fail2ban@apple.hamburger.edu", "root",
                           input="Subject: [Fail2Ban] sshd: banned 192.0.2.7 from apple\n"
                                 "Date: Fri, 20 Nov 2026 12:00:00 +0000\n"
                                 "From: Fail2Ban <fail2ban@apple.hamburger.edu>\nTo: root\n\nHi,\n")
        self.expect(self.arrived(), "fail2ban@apple.hamburger.edu", From="Fail2Ban <fail2ban@apple.hamburger.edu>",
                    Date="Fri, 20 Nov 2026 12:00:00 +0000")

    def test_php(self):
        self.call_silently("sendmail", "-t", "-i", "-fwww-data@crepes.fr",
                           input="To: bob@hamburger.edu\nSubject: Order\nBcc: carol@hamburger.edu\n\n.\nThanks\n")
        got = self.arrived()
        self.expect(got, "www-data@crepes.fr", From="www-data@crepes.fr", Bcc=None)
        self.assertEqual(self.text(got), ".\nThanks\n")
        self.arrived("carol@hamburger.edu")

    def test_recipients_beside_those_of_the_header(self):
        self.call_silently("sendmail", "-t", "carol@hamburger.edu", input="From: alice@crepes.fr\nTo: bob\n\nx\n")
        self.arrived()
        self.arrived("carol@hamburger.edu")

    def test_a_session_on_stdin(self):
        """As PHP's mailers do; one recipient is refused and the session goes on."""
        replies = self.call("sendmail", "-bs", input=(
            "EHLO apple\r\nMAIL FROM:<alice@crepes.fr> SIZE=100\r\nRCPT TO:<nobody@hamburger.edu>\r\nDATA\r\n"
            "Subject: lost\r\n\r\nx\r\n.\r\nMAIL FROM:<alice@crepes.fr>\r\nRCPT TO:<root>\r\n"
            "RCPT TO:<carol@hamburger.edu>\r\nDATA\r\nSubject: found\r\n\r\n..\r\nx\r\n.\r\n"
            "MAIL FROM:<alice@crepes.fr>\r\nRCPT TO:<@apple:carol@hamburger.edu>\r\nDATA\r\n"
            "Subject: found\r\n\r\nx\r\n.\r\nQUIT\r\n"))
        codes = [line[:3] for line in replies.out.split("\r\n") if line[3:4] == " "]
        self.assertEqual(codes, ["220", "250", "250", "250", "354", "550", "250", "250", "452", "354", "250",
                                 "250", "250", "354", "250", "221"])
        self.assertIn("nobody@hamburger.edu", replies.err)
        got = self.arrived()
        self.expect(got, "alice@crepes.fr", From="alice@crepes.fr", Subject="found")
        self.assertEqual(self.text(got), ".\nx\n")
        self.arrived("carol@hamburger.edu")

    def test_smartd(self):
        self.call_silently("mail", "-s", "SMART error (CurrentPendingSector) detected on host: apple", "root",
                           input="This message was generated by the smartd daemon.\n")
        got = self.arrived()
        self.assertEqual(str(got["To"]), "root@hamburger.edu")
        self.assertEqual(got["Subject"], "SMART error (CurrentPendingSector) detected on host: apple")
        self.assertEqual(self.text(got), "This message was generated by the smartd daemon.\n")
        self.assertTrue(str(got["From"]).endswith("@hamburger.edu>") or str(got["From"]).endswith("@hamburger.edu"))

    def test_apticron(self):
        self.call_silently("mailx", "-s", "3 Debian package update(s) for apple",
                           "-a", "MIME-Version: 1.0", "-a", "Content-type: text/plain; charset=UTF-8",
                           "-a", "Content-transfer-encoding: 8bit", "root", input="größer\n")
        got = self.arrived()
        self.assertEqual(got["Subject"], "3 Debian package update(s) for apple")
        self.assertEqual(self.text(got), "größer\n")


class Mail(CallerTest):
    def test_all_a_script_may_say(self):
        file = self.home / "report: final.txt"
        file.write_text("figures\n")
        self.call_silently("mail", "-n", "-s", "Größe", "-c", "carol@hamburger.edu", "-b", "dave@hamburger.edu", "-r",
                           "Al <alice@crepes.fr>", "-a", "X-Job: 7", "-a", file, "bob@hamburger.edu", input="text\n")
        got = self.arrived()
        self.expect(got, "alice@crepes.fr", From="Al <alice@crepes.fr>", To="bob@hamburger.edu",
                    Cc="carol@hamburger.edu", Subject="Größe", X_Job="7")
        text, attached = got.iter_parts()
        self.assertEqual(self.text(text), "text\n")
        self.assertEqual(attached.get_filename(), "report: final.txt")
        self.arrived("carol@hamburger.edu")
        self.assertNotIn("dave", str(self.arrived("dave@hamburger.edu"))
                         .replace("Delivered-To: <dave", "").replace("Delivered-To: dave", ""))

    def test_html(self):
        self.call_silently("mail", "-s", "x", "-a", "Content-Type: text/html; charset=UTF-8", "bob",
                           input="<p>größer</p>\n")
        got = self.arrived()
        self.assertEqual(got.get_content_type(), "text/html")
        self.assertEqual(self.text(got), "<p>größer</p>\n")

    def test_flags_of_sendmail_behind_the_recipients(self):
        self.call_silently("mail", "-s", "x", "bob", "--", "-f", "alice@crepes.fr", "-FAl", input="y\n")
        self.expect(self.arrived(), "alice@crepes.fr", From="Al <alice@crepes.fr>")

    def test_a_whole_message(self):
        self.call_silently("mail", "-t", input="From: alice@crepes.fr\nTo: bob\nSubject: whole\n\nx\n")
        self.assertEqual(self.arrived()["Subject"], "whole")

    def test_no_text(self):
        self.call_silently("mail", "-E", "-s", "nothing", "bob")
        self.call_silently("mail", "-s", "empty", "bob")
        self.assertEqual(self.arrived()["Subject"], "empty")

    def test_text_of_the_locale(self):
        self.call_silently("mail", "-s", b"caf\xe9", "bob", input=b"20 \xa4\n", env={"LC_ALL": "de_DE.ISO-8859-15"})
        got = self.arrived()
        self.assertEqual(got["Subject"], "café")
        self.assertEqual(self.text(got), "20 €\n")

    def type(self, text, *words):
        """What mail says when `text` is typed at its terminal."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen([self.bin / "mail", *words], stdin=theirs, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, env=self.environment)
        os.close(theirs)
        os.write(ours, text.encode())
        out, err = process.communicate(timeout=60)
        os.close(ours)
        self.assertEqual((process.returncode, out), (0, b""), err)
        return err.decode()

    def test_typed_at_a_terminal(self):
        self.assertIn("Ctrl-D", self.type("one\n..\n.\nnever read\n", "-s", "typed", "bob"))
        got = self.arrived()
        self.assertEqual(got["Subject"], "typed")
        self.assertEqual(self.text(got), "one\n..\n")

    def test_the_subject_is_asked_for(self):
        self.assertTrue(self.type("Größe\none\n\x04", "bob").startswith("Subject: "))
        got = self.arrived()
        self.assertEqual(got["Subject"], "Größe")
        self.assertEqual(self.text(got), "one\n")


class Programs(CallerTest):
    """The programs themselves."""

    def test_mutt(self):
        settings = self.home / "muttrc"
        settings.write_text(f'set sendmail="{self.bin}/sendmail -oem -oi"\nset copy=no\nset use_envelope_from=yes\n'
                            f'set from="Alice <alice@crepes.fr>"\nset realname="Alice"\n')
        self.call_silently("mutt", "-n", "-F", settings, "-s", "Von mutt", "-c", "carol@hamburger.edu", "--",
                           "bob@hamburger.edu", input="größer\n.\nend\n", env={"LC_ALL": "C.UTF-8", "TERM": "dumb"})
        got = self.arrived()
        self.expect(got, "alice@crepes.fr", From="Alice <alice@crepes.fr>", Cc="carol@hamburger.edu",
                    Subject="Von mutt")
        self.assertEqual(self.text(got), "größer\n.\nend\n")
        self.arrived("carol@hamburger.edu")

    def test_git_send_email(self):
        repository = self.home / "repository"
        repository.mkdir()
        names = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
                 for what, value in (("NAME", "Alice Ü"), ("EMAIL", "alice@crepes.fr"))}
        names["GIT_CONFIG_NOSYSTEM"] = "1"
        (repository / "file").write_text("größer\n")
        for words in (["init", "-q"], ["add", "file"], ["commit", "-q", "-m", "Make it größer"]):
            self.call("git", *words, cwd=repository, env=names)
        self.call("git", "send-email", f"--smtp-server={self.bin}/sendmail", "--envelope-sender=auto",
                  "--from=Alice Ü <alice@crepes.fr>", "--to=bob@hamburger.edu", "--cc=carol@hamburger.edu",
                  "--suppress-cc=all", "--confirm=never", "--quiet", "--8bit-encoding=UTF-8", "-1", cwd=repository, env=names)
        got = self.arrived()
        self.expect(got, "alice@crepes.fr", From="Alice Ü <alice@crepes.fr>", To="bob@hamburger.edu",
                    Cc="carol@hamburger.edu", Subject="[PATCH] Make it größer")
        self.assertIn("+größer\n", self.text(got))
        self.arrived("carol@hamburger.edu")

    def test_s_nail(self):
        # For root it takes the home folder of the user database, and no other.
        self.call_silently("s-nail", "-:/", "-Sv15-compat", f"-Smta={self.bin}/sendmail", "-Ssendwait", "-Snosave",
                           "-Sr-option-implicit", "-s", "Von S-nail", "-r", "alice@crepes.fr", "bob@hamburger.edu",
                           input="größer\n.\nend\n",
                           env={"LC_ALL": "C.UTF-8", "MAILTOOL_CONFIG": f"{self.home}/.config/mailtool/config.toml"})
        got = self.arrived()
        self.expect(got, "alice@crepes.fr", From="alice@crepes.fr", Subject="Von S-nail")
        self.assertEqual(self.text(got), "größer\n.\nend\n")


class Refusals(CallerTest):
    def test_statuses(self):
        for status, words in ((64, ["sendmail"]), (64, ["sendmail", "-bd"]), (64, ["sendmail", "-z", "bob"]),
                              (64, ["mail"]), (64, ["mail", "-f"]), (67, ["sendmail", "nobody@hamburger.edu"]),
                              (75, ["sendmail", "later@hamburger.edu"]), (64, ["sendmail", "bob\nroot"]),
                              (64, ["mail", "-s", "a\nBcc: eve@hamburger.edu", "bob"])):
            with self.subTest(words):
                done = self.call(*words, input="From: alice@crepes.fr\n\nx\n", status=status)
                self.assertEqual(done.out, "")
                self.assertTrue(done.err.startswith("mailtool: "), done.err)

    def test_what_does_nothing(self):
        self.assertEqual(self.call("mailq").out, "Mail queue is empty\n")
        self.assertEqual(self.call("sendmail", "-bp").out, "Mail queue is empty\n")
        self.call_silently("sendmail", "-q")
        self.call_silently("sendmail", "-bi")
        self.assertEqual(self.call("sendmail", "-bv", "postmaster", "carol").out,
                         "postmaster: bob@hamburger.edu\ncarol: carol@hamburger.edu\n")

    def test_without_an_account_it_says_what_to_write(self):
        (self.home / ".config/mailtool/config.toml").unlink()
        done = self.call("sendmail", "root", input=CRON, status=78)
        self.assertIn("[account.main]", done.err)
        self.assertIn("/etc/xdg/mailtool/config.toml", done.err)

    def test_an_alias_that_is_a_program(self):
        (self.home / "aliases").write_text('root: "|/bin/touch /tmp/x"\n')
        done = self.call("sendmail", "root", input=CRON, status=78)
        self.assertIn("none is run", done.err)

    def test_ten_thousand_recipients_that_are_one(self):
        words = ["root", "ROOT", "postmaster", "bob@hamburger.edu"] * 2500
        self.call_silently("sendmail", "-i", *words, input=CRON)
        self.arrived()

    def test_a_word_that_was_smuggled_in_writes_no_file(self):
        trap = self.home / "x.php"
        self.call_silently("sendmail", "-t", f"-X{trap}", f"-C{trap}", f"-OQueueDirectory={self.home}",
                           input="From: alice@crepes.fr\nTo: bob\n\n<?php\n")
        for word in (f"--transcript={trap}", f"--password-from=cmd:touch {trap}"):
            self.call("sendmail", "-t", word, input="From: alice@crepes.fr\nTo: bob\n\nx\n", status=64)
            self.call("mail", word, "bob", status=64)
        self.assertFalse(trap.exists())
        self.arrived()

    def test_closed_descriptors(self):
        for closed in ("0", "1", "2", "0 1 2"):
            with self.subTest(closed):
                redirections = " ".join(f"{n}>&-" for n in closed.split())
                done = subprocess.run(["sh", "-c", f'exec "$0" "$@" {redirections}', self.bin / "sendmail", "root"],
                                      input=CRON.encode(), env=self.environment, stdout=subprocess.PIPE,
                                      stderr=subprocess.PIPE, timeout=60)
                # Without stdin there is no message; the others are not needed.
                self.assertEqual(done.returncode, 74 if "0" in closed else 0, done.stderr)

    def test_an_account_that_is_no_one(self):
        """No entry in the user database, as in a container."""
        for folder in (self.home, self.home / ".config", self.home / ".config/mailtool"):
            folder.chmod(0o755)
        shutil.copy(f"{LAB['LAB_PASSWORDS']}/alice", self.home / "password")
        os.chown(self.home / "password", 54321, 54321)
        (self.home / "password").chmod(0o600)
        program = self.home / "sendmail"
        shutil.copy(MAILTOOL, program)
        program.chmod(0o755)
        config = self.home / ".config/mailtool/config.toml"
        config.write_text(config.read_text().replace(f"{LAB['LAB_PASSWORDS']}/alice", str(self.home / "password")))
        config.chmod(0o644)

        def become():
            os.setgroups([])
            os.setgid(54321)
            os.setuid(54321)

        done = subprocess.run([program, "root"], input=b"Subject: x\n\ny\n", env={"HOME": str(self.home)},
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, preexec_fn=become)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.expect(self.arrived(), "uid-54321@hamburger.edu", From="uid-54321@hamburger.edu")
