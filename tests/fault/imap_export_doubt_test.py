"""imap export of a mailbox that does not add up: told gone and there, put back from a backup, busy."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import unittest

from export_home import MirrorTest
from scripted_imap import ALL, Folder, ImapServer

MODES = {"all": ALL, "condstore": "CONDSTORE LIST-STATUS LIST-EXTENDED", "plain": ""}


def texts(count, word="old"):
    return [b"Subject: %b %d\r\n\r\nText\r\n" % (word.encode(), each) for each in range(count)]


def opened(server, extra=b""):
    folder = server.folders["INBOX"]
    return (b"* %d EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT %d] x\r\n* OK [HIGHESTMODSEQ %d] x\r\n%bTAG OK x\r\n"
            % (len(folder.messages), folder.uidnext, folder.modseq, extra))


class Doubt(MirrorTest):
    def lie(self, server, uid, *arguments):
        """A run in which a message is said to have vanished that is listed all the same."""
        folder = server.folders["INBOX"]

        def fetch(server, _, words):
            return b"".join(b"* %d FETCH (UID %d FLAGS (%b))\r\n" % (number, each.uid, " ".join(each.flags).encode())
                            if b"BODY" not in b" ".join(words) else
                            b"* %d FETCH (UID %d FLAGS (%b) BODY[] {%d}\r\n%b)\r\n" % (
                                number, each.uid, " ".join(each.flags).encode(), len(each.content), each.content)
                            for number, each in folder.within(words[2])) + b"TAG OK x\r\n"

        def search(*_):
            return b"* ESEARCH UID ALL %b\r\nTAG OK x\r\n" % b",".join(b"%d" % each.uid for each in folder.messages)
        folder.modseq += 1
        server.replies = {b"EXAMINE": lambda server, *_: opened(server, b"* VANISHED (EARLIER) %d\r\n" % uid),
                          b"UID FETCH": fetch, b"UID SEARCH": search}
        done = self.export(server, *arguments)
        server.replies = {}
        return done

    def test_told_gone_and_listed(self):
        for arguments in ((), ("--delete",)):
            with self.subTest(arguments), ImapServer({"INBOX": Folder(texts(5))}) as server:
                self.mirror = self.home / ("mirror" + "".join(arguments))
                server.folders["INBOX"].flag(3, "\\Seen", "$Work")
                self.export(server)
                self.lie(server, 3, *arguments)
                self.equal(server)
                lines = (self.mirror / "INBOX/.mailtool-mirror").read_text().splitlines()
                of_three = [line for line in lines if line[1:].split(" ")[0] == "3"]
                self.assertEqual((of_three[0], of_three[-1]), ("+3 S $Work", "+3 S $Work"))
                server.folders["INBOX"].add(texts(1)[0])
                self.export(server, "--delete")
                self.equal(server)

    def test_told_gone_and_its_file_is_lost(self):
        with ImapServer({"INBOX": Folder(texts(5))}) as server:
            self.export(server)
            next((self.mirror / "INBOX/cur").glob("*U3.*")).unlink()
            self.lie(server, 3)
            self.equal(server)

    def test_numbers_that_are_given_again(self):
        """A backup was put back: the same UIDVALIDITY, and UIDs that were other messages'."""
        for mode, capabilities in MODES.items():
            with self.subTest(mode), ImapServer({"INBOX": Folder(texts(10))}, capabilities) as server:
                self.mirror = self.home / mode
                folder = server.folders["INBOX"]
                self.export(server)
                before = self.files()
                folder.messages, folder.uidnext, folder.modseq = folder.messages[:5], 6, 3
                for _ in range(2):
                    for arguments in ((), ("--delete",), ("-n",)):
                        done = self.export(server, *arguments, status=65)
                        self.assertIn("UIDNEXT was 11 and is 6: the server gives numbers a second time", done.stderr)
                        self.assertIn("hint: to start afresh move ", done.stderr)
                    self.assertEqual(self.files(), before)
                for content in texts(4, "new"):
                    folder.add(content)
                self.assertIn("UIDNEXT was 11 and is 10", self.export(server, "--delete", status=65).stderr)
                self.assertEqual(self.files(), before)

    def busy(self, server, arrivals):
        """As many messages come, one a search, told before it is completed."""
        folder = server.folders["INBOX"]

        def search(*_):
            uids = b" ".join(b"%d" % each.uid for each in folder.messages)
            told = b""
            if arrivals and arrivals.pop():
                folder.add(texts(1, "late")[0])
                told = b"* %d EXISTS\r\n" % len(folder.messages)
            return b"* SEARCH " + uids + b"\r\n" + told + b"TAG OK x\r\n"
        server.replies = {b"UID SEARCH": search}

    def test_mail_that_comes_while_it_is_listed(self):
        with ImapServer({"INBOX": Folder(texts(5))}, MODES["condstore"]) as server:
            self.export(server)
            server.folders["INBOX"].expunge(2)
            self.busy(server, [True] * 20)
            self.export(server, "--delete")
            server.replies = {}
            self.export(server, "--delete")
            self.equal(server)

    def test_mail_that_comes_and_goes_while_it_is_listed(self):
        """Listed again, until it adds up."""
        with ImapServer({"INBOX": Folder(texts(5))}, MODES["condstore"]) as server:
            self.export(server)
            folder = server.folders["INBOX"]
            folder.expunge(2)
            looks = []

            def search(*_):
                looks.append(1)
                gone = come = b""
                if len(looks) < 3:
                    folder.expunge(folder.messages[0].uid)
                    gone = b"* 1 EXPUNGE\r\n"
                uids = b" ".join(b"%d" % each.uid for each in folder.messages)
                if len(looks) < 3:
                    folder.add(texts(1, "late")[0])
                    come = b"* %d EXISTS\r\n" % len(folder.messages)
                return gone + b"* SEARCH " + uids + b"\r\n" + come + b"TAG OK x\r\n"
            server.replies = {b"UID SEARCH": search}
            self.export(server, "--delete")
            server.replies = {}
            self.assertEqual(len(looks), 3)
            self.export(server, "--delete")
            self.equal(server)


if __name__ == "__main__":
    unittest.main()
