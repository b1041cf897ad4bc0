"""Where passwords and tokens come from, as the man page shows it; with a real keyring, gnome-keyring on a
session bus of its own."""

import os
import pathlib
import signal
import subprocess
import time
import unittest

from support import LAB, MAILTOOL, LabTest, message

PASSWORDS = pathlib.Path(LAB["LAB_PASSWORDS"])
BOB = "bob@hamburger.edu"


class Keyring(LabTest):
    def setUp(self):
        super().setUp()
        runtime = self.home / "run"
        runtime.mkdir(mode=0o700)
        self.session = {"PATH": os.environ["PATH"], "HOME": str(self.home), "LC_ALL": "C.UTF-8",
                        "XDG_RUNTIME_DIR": str(runtime)}

    def start_bus(self):
        bus = subprocess.Popen(["dbus-daemon", "--session", "--nofork", "--print-address"],
                               env=self.session, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.addCleanup(bus.stdout.close)
        self.addCleanup(bus.wait)
        self.addCleanup(bus.terminate)  # what hangs on the bus ends with it
        self.session["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().decode().strip()

    def unlock(self):
        subprocess.run(["gnome-keyring-daemon", "--unlock", "--components=secrets"], input=b"unlock",
                       env=self.session, check=True, timeout=20, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    def store(self, secret, protocol, user=BOB, server=None):
        """As mailtool(1) says a user does it."""
        subprocess.run(["secret-tool", "store", "--label=mail", "--", "protocol", protocol, "server",
                        server or LAB["LAB_HOST"], "user", user], input=secret, env=self.session,
                       check=True, timeout=20)

    def search(self, *more, scheme="imaps", user=BOB, source="--password-from", status=0, **options):
        port = LAB[f"LAB_{scheme.upper()}_PORT"]
        url = f"{scheme}://{user.replace('@', '%40')}@{LAB['LAB_HOST']}:{port}"
        return self.run_mailtool("imap", url, "search", "--count", "--tls-ca", LAB["LAB_CA"],
                                 "--dns-server", LAB["LAB_DNS"], source, "keyring", *more,
                                 env=self.session, status=status, **options)

    def test_a_password_for_each_protocol(self):
        self.start_bus()
        self.unlock()
        secret = (PASSWORDS / "bob").read_bytes().strip()
        self.store(b"of another protocol", "smtp")
        self.store(b"of another server", "imap", server="mail.example")
        self.store(b"of another user", "imap", user="carol@hamburger.edu")
        done = self.search(status=77)
        self.assertIn(f"secret from keyring: no secret there for bob@hamburger.edu at {LAB['LAB_HOST']}",
                      done.err)
        self.assertIn("secret-tool store --label='mail of bob@hamburger.edu' protocol imap server "
                      f"{LAB['LAB_HOST']} user bob@hamburger.edu", done.err)
        self.store(secret, "imap")
        self.assertEqual(self.search().out, "0\n")
        self.assertEqual(self.search(scheme="imap").out, "0\n")
        self.store(secret, "pop3")
        self.run_mailtool("fetch", f"pop3s://bob%40hamburger.edu@{LAB['LAB_HOST']}:{LAB['LAB_POP3S_PORT']}",
                          "--list", "--tls-ca", LAB["LAB_CA"], "--dns-server", LAB["LAB_DNS"],
                          "--password-from", "keyring", env=self.session)

    def test_a_password_in_utf8_from_the_config_file(self):
        self.start_bus()
        self.unlock()
        self.store((PASSWORDS / "dave").read_bytes().strip(), "smtp", user="dave@hamburger.edu")
        path = self.home / ".config/mailtool/config.toml"
        path.parent.mkdir(parents=True)
        path.write_text(f'''[account.dave]
send = "smtps://dave%40hamburger.edu@{LAB['LAB_HOST']}:{LAB['LAB_SMTPS_PORT']}"
password-from = "keyring"
tls-ca = "{LAB['LAB_CA']}"
dns-server = "{LAB['LAB_DNS']}"
''')
        self.run_mailtool("send", BOB, input=message(), env=self.session)
        self.wait_for(1)

    def test_a_token(self):
        self.start_bus()
        self.unlock()
        self.store(b"no token", "imap")
        self.store(pathlib.Path(LAB["LAB_TOKENS"], "bob").read_bytes().strip(), "oauth2")
        self.assertEqual(self.search(source="--token-from").out, "0\n")

    def test_a_locked_keyring(self):
        self.start_bus()
        self.unlock()
        self.store(b"geheim", "imap")
        # Nobody can answer the question to unlock it: there is no display.
        subprocess.run(["dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.secrets",
                        "/org/freedesktop/secrets", "org.freedesktop.Secret.Service.Lock",
                        "array:objpath:/org/freedesktop/secrets/collection/login"],
                       env=self.session, check=True, timeout=20, stdout=subprocess.DEVNULL)
        done = self.search(status=77)
        self.assertIn("secret from keyring: it is locked", done.err)
        self.assertIn("hint: unlock the keyring", done.err)

    def test_no_session_bus(self):
        done = self.search(status=77)
        self.assertIn("secret from keyring: secret-tool says: ", done.err)
        self.assertIn("DBUS_SESSION_BUS_ADDRESS", done.err)


class Sources(LabTest):
    def search(self, *more, status=0, **options):
        url = f"imaps://bob%40hamburger.edu@{LAB['LAB_HOST']}:{LAB['LAB_IMAPS_PORT']}"
        return self.run_mailtool("imap", url, "search", "--count", "--tls-ca", LAB["LAB_CA"],
                                 "--dns-server", LAB["LAB_DNS"], *more, status=status, **options)

    def test_netrc(self):
        netrc = self.home / ".netrc"
        netrc.write_text("# Mail.\nmachine elsewhere.example login bob@hamburger.edu password no\n"
                         f"machine {LAB['LAB_HOST']} login carol@hamburger.edu password no\n"
                         f"machine {LAB['LAB_HOST']}\n  login {BOB}\n  password bob-secret\n")
        netrc.chmod(0o600)
        self.assertEqual(self.search("--password-from", "netrc").out, "0\n")
        moved = netrc.rename(self.home / "moved")
        self.assertEqual(self.search("--password-from", "netrc", env={"NETRC": str(moved)}).out, "0\n")
        self.search("--password-from", "netrc", status=66)
        moved.chmod(0o644)
        done = self.search("--password-from", "netrc", env={"NETRC": str(moved)}, status=78)
        self.assertIn("others may read the file", done.err)

    def test_a_token_by_a_program(self):
        token = f"{LAB['LAB_TOKENS']}/bob"
        self.assertEqual(self.search("--token-from", f"cmd:cat '{token}'").out, "0\n")
        done = self.search("--token-from", "cmd:sh -c 'exit 4'", status=77)
        self.assertIn("'sh': ended with status 4", done.err)

    def test_a_signal_ends_the_wait_for_a_program(self):
        begun, ended = self.home / "begun", self.home / "ended"
        script = self.home / "ask"
        script.write_text(f"#!/bin/sh\ntrap 'touch {ended}; exit 1' TERM\ntouch {begun}\n"
                          "while :; do sleep 0.05; done\n")
        script.chmod(0o700)
        url = f"imaps://bob%40hamburger.edu@{LAB['LAB_HOST']}:{LAB['LAB_IMAPS_PORT']}"
        run = subprocess.Popen([MAILTOOL, "imap", url, "search", "--tls-ca", LAB["LAB_CA"], "--dns-server",
                                LAB["LAB_DNS"], "--password-from", f"cmd:{script}"],
                               env={"PATH": os.environ["PATH"], "HOME": str(self.home)},
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while not begun.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        run.terminate()
        self.assertEqual(run.wait(timeout=20), -signal.SIGTERM)
        self.assertTrue(ended.exists(), "the program was left behind")

    def test_a_program_in_the_config_file(self):
        path = self.home / ".config/mailtool/config.toml"
        path.parent.mkdir(parents=True)
        path.write_text(f'''[account.bob]
imap = "imaps://bob%40hamburger.edu@{LAB['LAB_HOST']}:{LAB['LAB_IMAPS_PORT']}"
token-from = "cmd:cat {LAB['LAB_TOKENS']}/bob"
tls-ca = "{LAB['LAB_CA']}"
dns-server = "{LAB['LAB_DNS']}"
''')
        self.assertEqual(self.run_mailtool("imap", "search", "--count").out, "0\n")


if __name__ == "__main__":
    unittest.main()
