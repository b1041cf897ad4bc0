"""Signatures that send makes, checked by two other implementations and by parse."""

import os
import pathlib
import subprocess
import unittest

from support import LAB, LabTest, message

HERE = pathlib.Path(__file__).resolve().parent
DNS, DNS_PORT = LAB["LAB_DNS"].split(":")

BOTH = """\
[account.work]
from = "Alice <alice@crepes.fr>"
send = "mx"
[account.work.dkim]
selector = ["ed25519", "rsa"]
key = ["{keys}/ed25519.pem", "{keys}/rsa.pem"]
"""
RSA = BOTH.replace('["ed25519", "rsa"]', '"rsa"').replace(
    '["{keys}/ed25519.pem", "{keys}/rsa.pem"]', '"{keys}/rsa.pem"\ndomain = "crepes.fr"')


def dkimpy(text):
    """What dkimpy finds, by the Python that Debian's packages are for."""
    done = subprocess.run(["/usr/bin/python3", HERE / "dkimpy_verify.py", DNS, DNS_PORT],
                          input=text, stdout=subprocess.PIPE, check=True, timeout=60)
    return done.stdout.decode().splitlines()


def mail_dkim(text):
    """What Perl's Mail::DKIM finds: rsa-sha256 alone, it knows no other.

    It allows its look-up of the key ten seconds, which a machine that stands still for as long
    uses up: without the key there is no verdict, and it is asked again."""
    resolver = {"RES_NAMESERVERS": DNS, "RES_OPTIONS": f"port:{DNS_PORT}"}
    for _ in range(3):
        done = subprocess.run(["dkimproxy-verify"], input=text, stdout=subprocess.PIPE, check=True,
                              timeout=60, env={**os.environ, **resolver})
        found = [line.partition(": ")[2] for line in done.stdout.decode().splitlines()
                 if line.startswith("verify result: ")]
        if not any("DNS query timeout" in result for result in found):
            break
    return found


class Dkim(LabTest):
    def configure(self, text=BOTH):
        path = self.home / ".config/mailtool/config.toml"
        path.parent.mkdir(parents=True)
        path.write_text(text.format(keys=LAB["LAB_DKIM"]))

    def send(self, *args, **more):
        return self.run_mailtool("send", "--dns-server", LAB["LAB_DNS"], "--mx-port",
                                 LAB["LAB_SMTP_PORT"], *args, **more)

    def verify(self, text, *args, status=0):
        done = self.run_mailtool("parse", "--verify", "--json", "--dns-server", LAB["LAB_DNS"],
                                 *args, input=text, status=status)
        return [(result["result"], result["algorithm"])
                for result in self.objects(done)[0]["verification"]["dkim"]]

    def hold(self, text):
        """Holds both signatures of `text` to be good."""
        self.assertEqual(dkimpy(text), ["pass ed25519-sha256", "pass rsa-sha256"], text)
        self.assertEqual(mail_dkim(text)[1:], ["pass"], text)
        self.assertEqual(self.verify(text),
                         [("pass", "ed25519-sha256"), ("pass", "rsa-sha256")], text)

    def test_composed_messages_hold(self):
        self.configure()
        page = self.home / "page.html"
        page.write_text("<p>Süß</p>\n")
        data = self.home / "dätä.bin"
        data.write_bytes(bytes(range(256)) * 300)
        for options, text in [
                (["-s", "Lunch"], "Noon?\n"),
                (["-s", "Übergrößenträger " * 20], "Süße Grüße\n"),
                (["-s", ""], ""),
                (["-s", "x"], "no final line end"),
                (["-s", "x"], "\n\n.\n..dot \t\n\n\n"),
                (["-s", "x", "--cc", "carol@hamburger.edu", "--bcc", "dave@hamburger.edu"], "x\n"),
                (["-s", "x", "--html", page], "Süß\n"),
                (["-s", "x", "--attach", data, "--attach", page], "see there\n"),
        ]:
            with self.subTest(options=options, text=text):
                done = self.send("--print", "--to", "bob@hamburger.edu", *options, input=text)
                self.hold(done.stdout)

    def test_ready_messages_hold(self):
        self.configure()
        for text in [
                message(),
                message(subject="Grüße", text="Süß \n \t\n\n\n"),
                message(text=".\n..\n.x\n"),
                message(text=""),
                message(text="no line end"),
                message().replace("\n", "\r\n"),
                message().replace("Subject:", "Subject:\n \t\n  "),
                message().replace("To:", "Cc: \nList-Id: <a.crepes.fr>\nResent-To: x@crepes.fr\nTo:"),
        ]:
            with self.subTest(text=text):
                done = self.send("--print", "bob@hamburger.edu", input=text)
                self.hold(done.stdout)

    def test_a_message_holds_where_it_arrives(self):
        self.configure()
        self.send("--to", "bob@hamburger.edu", "-s", "Grüße", input="Süß\n.\n\n" + "x" * 2000 + "\n\n\n")
        self.wait_for(1)
        self.fetch("--to", f"maildir:{self.home}/Maildir")
        arrived, = (self.home / "Maildir/new").iterdir()
        text = arrived.read_bytes()
        self.assertIn(b"Received:", text)
        self.assertEqual(self.verify(text), [("pass", "ed25519-sha256"), ("pass", "rsa-sha256")])
        self.hold(text.replace(b"\n", b"\r\n"))

    def test_changes_are_seen(self):
        self.configure(RSA)
        text = self.send("--print", "bob@hamburger.edu", input=message()).stdout
        self.assertEqual(dkimpy(text), ["pass rsa-sha256"])
        self.assertEqual(mail_dkim(text), ["pass"])
        for changed in [
                text.replace(b"Noon?", b"None?"),
                text.replace(b"Lunch", b"lunch"),
                b"From: Mallory <m@evil.example>\r\n" + text,
                text.replace(b"\r\n\r\n", b"\r\nSubject: Other\r\n\r\n"),
                text.replace(b"\r\n\r\n", b"\r\nCc: other@evil.example\r\n\r\n"),
        ]:
            with self.subTest(changed=changed):
                self.assertNotEqual(changed, text)
                self.assertNotEqual(dkimpy(changed), ["pass rsa-sha256"])
                self.assertNotEqual(mail_dkim(changed), ["pass"])
                self.assertEqual(self.verify(changed), [("fail", "rsa-sha256")])

    def test_no_dkim_leaves_it_out(self):
        self.configure()
        done = self.send("--no-dkim", "--print", "bob@hamburger.edu", input=message())
        self.assertNotIn("DKIM-Signature", done.out)
        self.assertIn("Subject: Lunch", done.out)

    def test_explain_names_the_keys(self):
        self.configure()
        done = self.send("--explain", "bob@hamburger.edu", input=message())
        self.assertIn("ed25519._domainkey.crepes.fr (ed25519-sha256)", done.out)
        self.assertIn("rsa._domainkey.crepes.fr (rsa-sha256)\n", done.out)

    def test_explain_tells_of_a_weak_key(self):
        key = self.home / "weak.pem"
        subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024",
                        "-out", key], check=True, stderr=subprocess.DEVNULL)
        key.chmod(0o600)
        self.configure(RSA.replace("{keys}/rsa.pem", str(key)))
        done = self.send("--explain", "bob@hamburger.edu", input=message())
        self.assertIn("(rsa-sha256); a key of 1024 bits is weak: use 2048", done.out)

    def test_a_key_that_others_may_read_is_refused(self):
        key = self.home / "key.pem"
        key.write_bytes(pathlib.Path(LAB["LAB_DKIM"], "rsa.pem").read_bytes())
        key.chmod(0o640)
        self.configure(RSA.replace("{keys}/rsa.pem", str(key)))
        done = self.send("--print", "bob@hamburger.edu", input=message(), status=78)
        self.assertEqual(done.out, "")
        self.assertIn(f"DKIM key {key}: others may read the file", done.err)
        self.assertIn("hint: chmod 600", done.err)
        key.chmod(0o600)
        self.send("--print", "bob@hamburger.edu", input=message())
        key.unlink()
        done = self.send("--print", "bob@hamburger.edu", input=message(), status=78)
        self.assertIn(f"DKIM key {key}: No such file", done.err)


if __name__ == "__main__":
    unittest.main()
