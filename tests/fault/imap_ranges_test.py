"""UID sets that reach to "*", and what is copied out of a folder that is read-only."""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from listener import Listener  # noqa: E402
from program import MAILTOOL  # noqa: E402

COUNT = 5


class Server(Listener):
    """INBOX holds the UIDs 1 to 5 and is read-only unless `access` says otherwise. One session, PREAUTH."""

    def __init__(self, capabilities, access):
        self.capabilities, self.access, self.commands = capabilities, access, []
        self.listen()

    def serve(self, connection):
        with connection.makefile("r", newline="\r\n") as lines:
            connection.sendall(f"* PREAUTH [CAPABILITY IMAP4rev1 {self.capabilities}] hi\r\n".encode())
            for line in lines:
                tag, _, command = line.rstrip("\r\n").partition(" ")
                self.commands.append(command)
                if command == "LOGOUT":
                    return
                connection.sendall("".join(part + "\r\n" for part in self.answer(tag, command)).encode())

    def among(self, text):
        """A range may be written backwards, and "*" is the last message: RFC 9051 section 9."""
        found = set()
        for part in text.split(","):
            ends = [COUNT if end == "*" else int(end) for end in part.split(":")]
            found |= {uid for uid in range(1, COUNT + 1) if min(ends) <= uid <= max(ends)}
        return ",".join(map(str, sorted(found)))

    def answer(self, tag, command):
        if command.startswith(("SELECT", "EXAMINE")):
            return [f"* {COUNT} EXISTS", "* OK [UIDVALIDITY 7] valid", f"{tag} OK [{self.access}] open"]
        if command.startswith("UID SEARCH"):
            asked = re.search(r"UID ([0-9:,*]+)$", command)
            found = self.among(asked[1]) if asked else ""
            return [f'* ESEARCH (TAG "{tag}") UID' + (f" ALL {found}" if found else ""), f"{tag} OK done"]
        if command.startswith("UID EXPUNGE"):
            return ["* 1 EXPUNGE"] * len(self.among(command.split()[2]).split(",")) + [f"{tag} OK done"]
        if command.startswith("UID COPY"):
            uids = self.among(command.split()[2])
            return [f"{tag} OK [COPYUID 9 {uids} {uids}] done"]
        if command.startswith("UID MOVE"):
            uids = self.among(command.split()[2])
            return [f"* OK [COPYUID 9 {uids} {uids}] done", *["* 1 EXPUNGE"] * len(uids.split(",")), f"{tag} OK done"]
        return [f"{tag} OK done"]


def run(*words, capabilities="ESEARCH SEARCHRES UIDPLUS MOVE", access="READ-WRITE"):
    server = Server(capabilities, access)
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run([MAILTOOL, "imap", server.url, "--tls", "off", *words],
                              env={"HOME": home, "LC_ALL": "C.UTF-8"}, capture_output=True, text=True, timeout=60)
    server.close()
    return done, [each for each in server.commands if re.match("UID (MOVE|COPY|STORE|EXPUNGE)", each)]


class Ranges(unittest.TestCase):
    def test_nothing_below_the_first_is_touched(self):
        for words in (["delete", "5000:*", "--permanent"], ["move", "5000:*", "--to", "Archive"],
                      ["copy", "6:*", "--to", "Archive"], ["flag", "+seen", "6:*"], ["move", "9,20:*", "--to", "Archive"]):
            with self.subTest(words):
                done, changes = run(*words)
                self.assertEqual(done.returncode, 66, done.stderr)
                self.assertEqual(changes, [])

    def test_what_is_there_is_changed(self):
        for uids, named in (("4:*", "4:5"), ("2,9:*", "2"), ("*", "5"), ("5:*", "5")):
            with self.subTest(uids):
                done, changes = run("move", uids, "--to", "Archive", capabilities="ESEARCH UIDPLUS MOVE")
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(changes, [f"UID MOVE {named} Archive"])

    def test_a_copy_out_of_a_read_only_folder(self):
        done, changes = run("copy", "1:3", "--to", "Archive", capabilities="ESEARCH UIDPLUS MOVE", access="READ-ONLY")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(changes, ["UID COPY 1:3 Archive"])
        done, changes = run("flag", "+seen", "1:3", access="READ-ONLY")
        self.assertEqual((done.returncode, changes), (77, []))


if __name__ == "__main__":
    unittest.main()
