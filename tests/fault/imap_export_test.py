"""imap export: what a mirror brings, keeps and removes, whatever the server can do, and whatever it says."""

import fcntl
import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import unittest

from export_home import STATE, MirrorTest
from scripted_imap import ALL, Folder, ImapServer

MODES = {"all": ALL, "condstore": "CONDSTORE LIST-STATUS LIST-EXTENDED", "plain": ""}


def texts(count, size=200):
    return [b"Subject: %d\r\nMessage-ID: <%d@mail.example>\r\n\r\nText\r\n%b\r\n" % (each, each, b"x" * size)
            for each in range(count)]


def objects(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


class Export(MirrorTest):
    def test_changes_in_every_mode(self):
        for mode, capabilities in MODES.items():
            with self.subTest(mode), ImapServer({"INBOX": Folder(texts(6))}, capabilities) as server:
                self.mirror = self.home / mode
                folder = server.folders["INBOX"]
                folder.flag(2, "\\Seen", "$Work", "\\Recent")
                self.export(server)
                self.equal(server)
                bodies = server.times("UID FETCH 1:* (UID FLAGS INTERNALDATE BODY.PEEK[])")
                self.assertEqual(bodies, 1)
                folder.flag(1, "\\Seen", "\\Flagged")
                folder.flag(2)
                folder.expunge(3, 5)
                folder.add(texts(1)[0], ["\\Draft"])
                done = self.export(server, "--json")
                self.equal(server, kept=(3, 5))
                row = objects(done)[0]
                self.assertEqual({name: row[name] for name in ("messages", "fetched", "changed", "removed", "gone")},
                                 {"messages": 5, "fetched": 1, "changed": 2, "removed": 0, "gone": 2})
                self.assertEqual(server.times("UID FETCH 7:*"), 1)
                self.export(server, "--delete")
                self.equal(server)
                folder.expunge(1, 7)
                self.assertEqual(objects(self.export(server, "--delete", "--json"))[0]["removed"], 2)
                self.equal(server)
                self.assertFalse([said for said in server.said if said.startswith(("SELECT", "UID STORE"))])

    def test_nothing_new_is_one_flight_for_all_folders(self):
        names = ["INBOX", *(f"Archive/{year}" for year in range(2000, 2020))]
        with ImapServer({name: Folder(texts(2)) for name in names}) as server:
            self.command(server, "export", "INBOX", "Archive/*", "--to", f"maildir:{self.mirror}")
            server.said = []
            done = self.command(server, "export", "INBOX", "Archive/*", "--to", f"maildir:{self.mirror}", "--json")
            self.assertEqual(objects(done)[-1]["folders"], 21)
            self.assertEqual(server.commands(), ["ENABLE", "LIST", "LIST", "LOGOUT"])
            self.assertEqual((done.stderr, len(list(self.mirror.glob("Archive%2F*")))), ("", 20))

    def test_the_date_and_the_octets(self):
        content = b"Subject: x\r\n\r\nline\r\nbare\rcr\r\nno end"
        with ImapServer({"INBOX": Folder()}) as server:
            server.folders["INBOX"].add(content, date="17-Jul-1996 02:44:25 -0700")
            self.export(server)
            self.equal(server)
            path, = (self.mirror / "INBOX/cur").iterdir()
            self.assertEqual(path.stat().st_mtime, 837596665)
            self.assertEqual(path.stat().st_mode & 0o777, 0o600)

    def test_another_uidvalidity_touches_nothing(self):
        for capabilities in (ALL, ""):
            with self.subTest(capabilities), ImapServer({"INBOX": Folder(texts(3))}, capabilities) as server:
                self.mirror = self.home / f"mirror{len(capabilities)}"
                self.export(server)
                before = self.files()
                state = (self.mirror / "INBOX" / STATE).read_bytes()
                server.folders["INBOX"].uidvalidity = 8
                server.folders["INBOX"].expunge(1)
                done = self.export(server, "--delete", status=65)
                self.assertIn("UIDVALIDITY was 7 and is 8", done.stderr)
                self.assertIn("hint: to start afresh move ", done.stderr)
                self.assertEqual((self.files(), (self.mirror / "INBOX" / STATE).read_bytes()), (before, state))

    def test_the_mirror_of_another(self):
        with ImapServer({"INBOX": Folder(texts(2))}) as server, ImapServer({"INBOX": Folder(texts(2))}) as other:
            self.export(server)
            other.url = other.url.replace("bob@", "carol@")
            done = self.export(other, status=65)
            self.assertRegex(done.stderr, "is the mirror of INBOX of bob@127.0.0.1")
            (self.mirror / "INBOX" / STATE).unlink()
            self.export(other)
            self.assertEqual(other.times("UID FETCH 1:* (UID FLAGS INTERNALDATE"), 0)
            self.equal(other)

    def test_a_state_that_is_gone_or_damaged(self):
        with ImapServer({"INBOX": Folder(texts(5))}) as server:
            self.export(server)
            state = self.mirror / "INBOX" / STATE
            whole = state.read_bytes()
            for damaged in (None, whole[:-3], whole.replace(b"+3", b"\0\0"), whole + b"+99", whole + b"!?\n"):
                if damaged is None:
                    state.unlink()
                else:
                    state.write_bytes(damaged)
                server.said = []
                self.export(server)
                self.equal(server)
                self.assertFalse([said for said in server.said if "BODY" in said], damaged)
            state.write_bytes(b"something else\n")
            self.assertIn("is no state of a mirror", self.export(server, status=65).stderr)

    def test_what_is_done_here(self):
        """What was removed here does not come again, and flags set here stay until the server's change."""
        with ImapServer({"INBOX": Folder(texts(3))}) as server:
            self.export(server)
            first, second, _ = sorted((self.mirror / "INBOX/cur").iterdir(), key=lambda path: path.name.split("U")[1])
            first.unlink()
            second.rename(str(second) + "RSa")
            server.folders["INBOX"].add(texts(1)[0])
            self.export(server)
            self.assertEqual({uid: letters for uid, (_, letters) in self.files().items()}, {2: "RSa", 3: "", 4: ""})
            server.folders["INBOX"].flag(2, "\\Flagged")
            self.export(server)
            self.assertEqual(self.files()[2][1], "Fa")

    def test_names_of_folders(self):
        names = ["../../out", "..", ".", ".hidden", "a%2Fb", "a/b", '50% "off"', "x" * 300, "x" * 299 + "y", "cur",
                 "\x01\x1b[31m", "&1VyuAA-"]
        with ImapServer({name: Folder(texts(1)) for name in names}) as server:
            self.export(server, folder="*")
            made = sorted(path.name for path in self.mirror.iterdir() if path.name != ".mailtool-lock")
            self.assertEqual(len(made), len(names))
            self.assertTrue({"%2E.%2F..%2Fout", "%2E.", "%2E", "%2Ehidden", "a%252Fb", "a%2Fb", '50%25 "off"', "cur",
                             "%01%1B[31m", "한글"} <= set(made), made)
            self.assertEqual([path for path in self.home.iterdir()], [self.mirror])
            self.assertTrue(all(len(name.encode()) <= 255 for name in made))
            server.said = []
            self.export(server, folder="*")
            self.assertEqual(server.times("EXAMINE"), 0)

    def test_a_name_that_looks_like_a_pattern(self):
        with ImapServer({name: Folder(texts(1)) for name in ("50%", "500", "Work")}) as server:
            self.export(server, folder="50%")
            self.assertEqual([path.name for path in self.mirror.iterdir() if path.is_dir()], ["50%25"])
            done = self.command(server, "export", "Work", "Nope", "No*", "--to", f"maildir:{self.mirror}", status=66)
            self.assertEqual(done.stderr.count("no such folder"), 1)
            self.assertTrue((self.mirror / "Work").is_dir())

    def test_a_pattern_that_matches_nothing(self):
        # "Archive/*" of a mailbox whose Archive has no folders in it ended with 66, each night.
        with ImapServer({name: Folder(texts(1)) for name in ("INBOX", "Archive")}) as server:
            for words, status, said in ((["INBOX", "Archive", "Archive/*"], 0, ""), (["No*"], 66, "No*: no such folder"),
                                        (["No*", "Nope"], 66, "No*: no such folder")):
                with self.subTest(words):
                    done = self.command(server, "export", *words, "--to", f"maildir:{self.mirror}", status=status)
                    self.assertIn(said, done.stderr)
                    self.assertEqual(bool(done.stderr), bool(said))

    def test_a_lock(self):
        self.mirror.mkdir()
        with ImapServer({"INBOX": Folder(texts(1))}) as server, open(self.mirror / ".mailtool-lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.assertIn("another run", self.export(server, status=75).stderr)
            self.export(server, "--dry-run")
            self.assertEqual(server.times("LIST"), 1)

    def test_dry_run(self):
        with ImapServer({"INBOX": Folder(texts(4))}) as server:
            self.assertEqual(self.export(server, "-n").stdout, "would fetch 4 messages of INBOX\n")
            self.assertFalse(self.mirror.exists())
            self.export(server)
            server.folders["INBOX"].flag(1, "\\Seen")
            server.folders["INBOX"].expunge(2)
            server.folders["INBOX"].add(texts(1)[0])
            before = self.files()
            self.assertEqual(self.export(server, "-n", "--delete").stdout,
                             "would fetch 1 message of INBOX\nwould change the flags of 1 message in INBOX\n"
                             "would remove 1 message from the mirror of INBOX\n")
            row = objects(self.export(server, "-n", "--json"))[0]
            self.assertEqual((row["to_fetch"], row["fetched"], row["changed"]), (1, 0, 0))
            self.assertEqual(self.files(), before)

    def test_what_is_wrong_is_said_before_a_login(self):
        with ImapServer() as server:
            for to in ("mbox:x", "x", "-"):
                self.command(server, "export", "INBOX", "--to", to, status=64)
            self.command(server, "export", "INBOX", status=64)
            self.command(server, "export", "--to", "maildir:x", status=64)
            self.assertEqual(server.said, [])


def body(number, uid, content, flags=""):
    return b"* %d FETCH (UID %d FLAGS (%b) BODY[] {%d}\r\n%b)\r\n" % (number, uid, flags.encode(), len(content), content)


class Hostile(MirrorTest):
    def answered(self, reply, folder, *arguments, capabilities=ALL, status=0):
        """What comes of UID FETCH being answered by `reply`."""
        replies = {b"UID FETCH": lambda server, folder, words: reply}
        with ImapServer({"INBOX": folder}, capabilities, replies=replies) as server:
            done = self.export(server, *arguments, status=status)
            server.replies.clear()
            return done, server

    def test_odd_answers(self):
        text = b"Subject: a\r\n\r\nb\r\n"
        whole = [
            body(1, 1, text) + body(1, 1, b"again\r\n") + body(1, 2, text) + b"TAG OK done\r\n",
            body(1, 2, text) + body(1, 1, text) + b"TAG OK done\r\n",
            body(9, 9, b"other\r\n") * 3 + body(1, 1, text) + body(2, 2, text) + b"TAG OK done\r\n",
            b"* 1 FETCH (BODY[] {18}\r\n" + text + b"\n UID 1)\r\n".replace(b"\n UID", b" UID") +
            body(2, 2, text) + b"TAG OK done\r\n",
            b"* 1 FETCH (UID 1 FLAGS ())\r\n* 1 FETCH (BODY[] {17}\r\n" + text + b")\r\n" + body(2, 2, text) +
            b"TAG OK done\r\n",
            b"* 1 FETCH (UID 0 BODY[] {5}\r\nzero\n)\r\n" + body(1, 1, text) + body(2, 2, text) + b"TAG OK done\r\n",
            body(1, 1, text) + body(2, 2, text) + body(3, 4294967295, text) + b"TAG OK done\r\n",
        ]
        whole[3] = b"* 1 FETCH (BODY[] {17}\r\n" + text + b" UID 1)\r\n" + body(2, 2, text) + b"TAG OK done\r\n"
        for number, reply in enumerate(whole):
            with self.subTest(number):
                self.mirror = self.home / str(number)
                # 9 is asked for by "1:*" and therefore kept, were it not that the server has no such message.
                folder = Folder([text, text])
                done, server = self.answered(reply, folder)
                found = self.files()
                self.assertEqual({found[uid][0] for uid in (1, 2)}, {text.replace(b"\r\n", b"\n")})
                self.assertLessEqual(set(found), {1, 2, 9})
                self.assertEqual(self.leftovers(), [])

    def test_messages_that_do_not_come(self):
        text = b"Subject: a\r\n\r\nb\r\n"
        for number, odd in enumerate((b"* 2 FETCH (UID 2 BODY[] NIL)\r\n", b"", b"* 2 FETCH (UID 2 BODY[] {0}\r\n)\r\n",
                                      b'* 2 FETCH (UID 2 BODY[] "")\r\n')):
            with self.subTest(odd):
                self.mirror = self.home / str(number)
                done, server = self.answered(body(1, 1, text) + odd + body(3, 3, text) + b"TAG OK done\r\n",
                                             Folder([text] * 3), status=75)
                self.assertIn("did not send 1 message: UID 2", done.stderr)
                self.assertEqual(set(self.files()), {1, 3})
                with ImapServer(server.folders) as well:
                    self.export(well)
                    self.equal(well)
                    self.assertTrue([said for said in well.said if said.startswith("UID FETCH 2 (")])

    def test_a_quoted_body(self):
        reply = b'* 1 FETCH (UID 1 FLAGS (\\Seen) BODY[] "Subject: x")\r\nTAG OK done\r\n'
        self.answered(reply, Folder([b"Subject: x"]))
        self.assertEqual(self.files(), {1: (b"Subject: x", "S")})

    def test_one_message_that_spoils_the_answer(self):
        """The server says NO at the second of four, whenever it is asked for."""
        def answer(server, folder, words):
            said = b""
            for number, message in folder.within(words[2]):
                if message.uid == 2:
                    return said + b"TAG NO [SERVERBUG] cannot read UID 2\r\n"
                said += body(number, message.uid, message.content)
            return said + b"TAG OK done\r\n"
        with ImapServer({"INBOX": Folder(texts(4))}, replies={b"UID FETCH": answer}) as server:
            done = self.export(server, status=75)
            self.assertIn("cannot read UID 2", done.stderr)
            self.assertEqual(set(self.files()), {1, 3, 4})
            server.replies.clear()
            server.said = []
            self.export(server)
            self.equal(server)
            self.assertEqual([said for said in server.said if "BODY" in said],
                             ["UID FETCH 2 (UID FLAGS INTERNALDATE BODY.PEEK[])"])

    def test_flags_that_are_refused(self):
        """Said, once: nothing else tells that the mirror is behind; and not where they come when asked for alone."""
        for mode in ("condstore", "plain"):
            for said, refusals, status in ((b"NO [SERVERBUG] x", 9, 75), (b"NO x", 9, 69), (b"NO x", 1, 0)):
                with self.subTest(mode=mode, said=said, refusals=refusals), \
                        ImapServer({"INBOX": Folder(texts(4))}, MODES[mode]) as server:
                    self.mirror = self.home / f"{mode}{status}"
                    folder, left = server.folders["INBOX"], [refusals]
                    self.export(server)
                    folder.flag(2, "\\Seen")
                    folder.add(texts(1)[0])

                    def answer(server, folder, words):
                        if b"BODY" in b" ".join(words):
                            return b"".join(body(number, each.uid, each.content)
                                            for number, each in folder.within(words[2])) + b"TAG OK x\r\n"
                        if left[0] > 0:
                            left[0] -= 1
                            return b"TAG " + said + b"\r\n"
                        return b"".join(b"* %d FETCH (UID %d FLAGS (%b))\r\n" % (
                            number, each.uid, " ".join(each.flags).encode())
                            for number, each in folder.within(words[2])) + b"TAG OK x\r\n"
                    server.replies = {b"UID FETCH": answer}
                    done = self.export(server, "--json", status=status)
                    line = "INBOX: the server did not tell all flags: some here may be old: server said: " + said.decode()
                    self.assertEqual(done.stderr.count(line), 1 if status else 0, done.stderr)
                    self.assertEqual(line in (objects(done)[0].get("error") or ""), bool(status))
                    self.assertEqual(len(self.files()), 5)
                    server.replies = {}
                    self.export(server)
                    self.equal(server)

    def test_lies_about_what_has_gone(self):
        """Nothing is removed unless it all adds up."""
        for mode, replies in {
            "all": {b"EXAMINE": lambda *_: b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 4] x\r\n"
                                           b"* OK [HIGHESTMODSEQ 9] x\r\n* VANISHED (EARLIER) 1:4294967295\r\nTAG OK x\r\n",
                    b"UID SEARCH": lambda *_: b"* ESEARCH UID ALL 1:3\r\nTAG OK x\r\n"},
            "plain": {b"UID FETCH": lambda *_: b"* 1 FETCH (UID 1 FLAGS ())\r\nTAG OK x\r\n"}}.items():
            with self.subTest(mode), ImapServer({"INBOX": Folder(texts(3))}, MODES[mode]) as server:
                self.mirror = self.home / mode
                self.export(server)
                server.folders["INBOX"].modseq += 1
                server.replies = replies
                self.export(server, "--delete", status=None)
                server.replies = {}
                self.export(server, "--delete")
                self.equal(server)
        with ImapServer({"INBOX": Folder(texts(3))}, "") as server:
            self.mirror = self.home / "both"
            self.export(server)
            server.replies = {b"UID FETCH": lambda *_: b"TAG OK x\r\n", b"UID SEARCH": lambda *_: b"* SEARCH\r\nTAG OK x\r\n"}
            done = self.export(server, "--delete", status=75)
            self.assertIn("the server lists 0 of 3 messages: nothing is taken for gone", done.stderr)
            self.equal(server)

    def test_a_folder_that_cannot_be_opened(self):
        with ImapServer({"INBOX": Folder(texts(3)), "Work": Folder(texts(2))}) as server:
            self.export(server)
            server.folders["INBOX"].expunge(1)
            for code, status in (("UNAVAILABLE", 75), ("NOPERM", 77), ("CANNOT", 69)):
                server.replies = {b"EXAMINE": lambda *_: b"TAG NO [%b] x\r\n" % code.encode(),
                                  b"UID FETCH": lambda *_: b"TAG BAD no folder\r\n"}
                done = self.export(server, "--delete", "Work", status=status)
                self.assertEqual(done.stderr.count(f"refused: server said: NO [{code}] x"), 2)
                self.assertEqual(set(self.files()), {1, 2, 3})
            server.replies = {}
            self.export(server, "--delete")
            self.equal(server)

    def test_no_uids(self):
        opened = {b"EXAMINE": lambda *_: b"* 1 EXISTS\r\n* OK [UIDNEXT 2] x\r\nTAG OK x\r\n",
                  b"UID FETCH": lambda *_: body(1, 1, b"Subject: x\r\n") + b"TAG OK x\r\n"}
        with ImapServer({"INBOX": Folder(texts(1))}, "", replies=opened) as server:
            self.assertIn("keeps no UIDs", self.export(server, status=69).stderr)
            self.assertFalse((self.mirror / "INBOX").exists())

    def test_no_uidnext(self):
        opened = {b"EXAMINE": None}
        def examine(server, folder, words):
            return b"* %d EXISTS\r\n* OK [UIDVALIDITY 7] x\r\nTAG OK x\r\n" % len(server.folders["INBOX"].messages)
        opened[b"STATUS"] = lambda *_: b'* STATUS "INBOX" (MESSAGES 3)\r\nTAG OK x\r\n'
        def fetch(server, folder, words):
            return b"".join(body(number, each.uid, each.content) if b"BODY" in b" ".join(words) else
                            b"* %d FETCH (UID %d FLAGS ())\r\n" % (number, each.uid)
                            for number, each in server.folders["INBOX"].within(words[2])) + b"TAG OK x\r\n"
        opened.update({b"EXAMINE": examine, b"UID FETCH": fetch, b"UID SEARCH": lambda server, *_: b"* SEARCH " + b" ".join(
            b"%d" % each.uid for each in server.folders["INBOX"].messages) + b"\r\nTAG OK x\r\n"})
        with ImapServer({"INBOX": Folder(texts(3))}, "", replies=opened) as server:
            self.export(server)
            self.equal(server)
            server.folders["INBOX"].add(texts(1)[0])
            server.folders["INBOX"].expunge(1)
            self.export(server, "--delete")
            self.equal(server)

    def test_a_server_that_was_put_back(self):
        """Its numbers of changes are lower than they were: all is compared."""
        with ImapServer({"INBOX": Folder(texts(3))}) as server:
            server.folders["INBOX"].modseq = 90
            self.export(server)
            server.folders["INBOX"].modseq = 50
            server.folders["INBOX"].flag(2, "\\Answered")
            self.export(server)
            self.equal(server)

    def test_very_many_uids(self):
        count = 200_000
        listing = b"".join(b"* %d FETCH (UID %d FLAGS (\\Seen k%d))\r\n" % (each, 7 * each, each) for each in range(1, count))
        with ImapServer({"INBOX": Folder(texts(2))}, "", replies={
                b"UID FETCH": lambda *_: listing + b"TAG OK x\r\n",
                b"UID SEARCH": lambda *_: b"* SEARCH 1:4294967295 0\r\nTAG OK x\r\n"}) as server:
            self.export(server, status=None)
            self.assertEqual(self.files(), {})
            server.replies = {}
            self.export(server)
            self.equal(server)


if __name__ == "__main__":
    unittest.main()
