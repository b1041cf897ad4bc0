"""`mailtool serve`, and what changes its mailboxes: other programs, several clients, a crash."""

import glob
import imaplib
import os
import re
import shutil
import socket
import threading
import time

from serve_case import Serving, address


class Changes(Serving):
    def enter(self, server, mailbox="INBOX"):
        client = imaplib.IMAP4(*address(server, "imap"), timeout=60)
        self.addCleanup(client.sock.close)
        client.login("bob", "secret")
        self.assertEqual(client.select(mailbox)[0], "OK")
        return client

    def begin(self, *words):
        server = self.serve("--tls", "off", "--user", "bob", *words)
        self.enter(server)
        [self.maildir] = glob.glob(os.path.join(server["root"], "**", "bob", "Maildir"), recursive=True)
        return server

    def put(self, name, text="Subject: other\n\nx\n"):
        with open(os.path.join(self.maildir, "tmp", name), "w", encoding="ascii") as file:
            file.write(text)
        os.rename(os.path.join(self.maildir, "tmp", name), os.path.join(self.maildir, "new", name))

    def modseqs(self, client):
        return [int(found) for line in client.fetch("1:*", "(MODSEQ)")[1] for found in re.findall(rb"MODSEQ \((\d+)\)", line)]

    def uidvalidity(self, client, name):
        return int(re.findall(rb"UIDVALIDITY (\d+)", client.status(name, "(UIDVALIDITY)")[1][0])[0])

    def highest(self, client):
        return int(re.findall(rb"HIGHESTMODSEQ (\d+)", client.status("INBOX", "(HIGHESTMODSEQ)")[1][0])[0])

    def test_idle_is_told_of_what_others_do(self):
        client = self.enter(self.begin())
        client.send(b"i IDLE\r\n")
        self.assertEqual(client.readline(), b"+ idling\r\n")
        self.put("1.other.host")
        self.assertEqual(client.readline(), b"* 1 EXISTS\r\n")
        [path] = glob.glob(os.path.join(self.maildir, "new", "*"))
        os.rename(path, os.path.join(self.maildir, "cur", os.path.basename(path) + ":2,F"))
        self.assertEqual(client.readline(), b"* 1 FETCH (UID 1 FLAGS (\\Flagged))\r\n")
        [path] = glob.glob(os.path.join(self.maildir, "cur", "*"))
        os.unlink(path)
        self.assertEqual(client.readline(), b"* 1 EXPUNGE\r\n")
        client.send(b"DONE\r\n")
        self.assertEqual(client.readline(), b"i OK done\r\n")

    def test_a_file_written_to_is_fetched_as_it_is(self):
        client = self.enter(self.begin())
        for text in (b"Subject: a\r\n\r\nsome text\r\n", b"Subject: b\r\n\r\n"):
            client.append("INBOX", None, None, text)
        client.noop()
        [path] = glob.glob(os.path.join(self.maildir, "cur", "*U1.*"))
        os.truncate(path, 12)
        kind, found = client.fetch("1:*", "(RFC822.SIZE BODY.PEEK[])")
        self.assertEqual(kind, "OK")
        self.assertEqual(found[0], (b"1 (UID 1 RFC822.SIZE 12 BODY[] {12}", b"Subject: a\r\n"))
        self.assertEqual(found[2][1], b"Subject: b\r\n\r\n")
        self.assertEqual(client.noop()[0], "OK")

    # The server took no mail for a user whose folders had been removed, and CREATE made nothing.
    def test_folders_are_removed_beneath_it(self):
        server = self.begin()
        idle, client = self.enter(server), self.enter(server)
        before = self.uidvalidity(client, "INBOX")
        self.send(server)
        idle.noop()
        idle.send(b"i IDLE\r\n")
        self.assertEqual(idle.readline(), b"+ idling\r\n")
        shutil.rmtree(os.path.dirname(self.maildir))
        self.assertEqual(idle.readline(), b"* BYE [UNAVAILABLE] the mailbox that is selected was deleted\r\n")
        self.send(server, subject="supper")
        self.assertEqual(self.subjects(server), ["supper"])
        client = self.enter(server)
        self.assertGreater(self.uidvalidity(client, "INBOX"), before)
        self.assertEqual(len(client.list()[1]), 6)
        self.assertEqual(client.create("a")[0], "OK")
        client.append("a", None, None, b"Subject: a\r\n\r\n")
        other = self.enter(server, "a")
        before = self.uidvalidity(client, "a")
        shutil.rmtree(os.path.join(self.maildir, ".a"))
        with self.assertRaises(imaplib.IMAP4.abort) as gone:
            other.noop()
        self.assertIn("was deleted", str(gone.exception))
        self.assertEqual(client.create("a")[0], "OK")
        self.assertEqual(client.append("a", None, None, b"Subject: b\r\n\r\n")[0], "OK")
        self.assertEqual(client.select("a"), ("OK", [b"1"]))
        self.assertGreater(self.uidvalidity(client, "a"), before)
        for path in glob.glob(os.path.join(self.maildir, "cur", "*")) + glob.glob(os.path.join(self.maildir, "new", "*")):
            os.unlink(path)
        self.assertEqual(self.messages(server), [])

    # What serve keeps of a mailbox was written where a link leads that had taken its place.
    def test_links_beneath_it_are_not_followed(self):
        server = self.begin()
        client = self.enter(server)
        outside = os.path.join(self.folder, "outside")
        for part in ("", "cur", "new", "tmp"):
            os.makedirs(os.path.join(outside, part), exist_ok=True)
        for part in ("", "cur"):
            client.create("a")
            client.append("a", None, None, b"Subject: a\r\n\r\n")
            other = self.enter(server, "a")
            other.fetch("1", "(MODSEQ)")
            path = os.path.join(self.maildir, ".a", part).rstrip("/")
            os.rename(path, os.path.join(self.folder, "away"))
            os.symlink(os.path.join(outside, part), path)
            self.assertEqual(client.append("a", None, None, b"Subject: b\r\n\r\n")[0], "NO")
            with self.assertRaises(imaplib.IMAP4.abort):
                other.store("1", "+FLAGS", "(word)")
            self.assertEqual([files for _, _, files in os.walk(outside) if files], [])
            os.unlink(path)
            shutil.rmtree(os.path.join(self.folder, "away"))
            shutil.rmtree(os.path.join(self.maildir, ".a"), ignore_errors=True)

    def test_modseqs_outlive_the_server(self):
        server = self.begin()
        client = self.enter(server)
        for _ in range(3):
            client.append("INBOX", None, None, b"Subject: a\r\n\r\n")
        client.noop()
        client.store("2", "+FLAGS", r"(\Seen)")
        before, highest = self.modseqs(client), self.highest(client)
        self.assertEqual(before[1], max(before))
        client.logout()
        self.end(server["process"])
        root = ("--root", server["root"])
        server = self.serve("--tls", "off", "--user", "bob", *root)
        client = self.enter(server)
        self.assertEqual(self.modseqs(client), before)
        self.assertEqual(self.highest(client), highest)
        client.store("1", "+FLAGS", r"(\Seen)")
        given = self.highest(client)
        self.assertGreater(given, highest)
        server["process"].kill()
        server["process"].wait(60)
        client = self.enter(self.serve("--tls", "off", "--user", "bob", *root))
        self.assertGreater(min(self.modseqs(client)), given)

    def test_a_long_change_keeps_nobody_waiting(self):
        server = self.begin()
        for i in range(1500):
            self.put(f"{i}.other.host")
        client = self.enter(server)
        other = self.enter(server, "Drafts")
        done, rounds = threading.Event(), []

        def remove_all():
            client.store("1:*", "+FLAGS.SILENT", r"(\Deleted)")
            return client.close()

        def work():
            for command in (lambda: client.copy("1:*", "Archive"), lambda: client.store("1:*", "+FLAGS.SILENT", r"(\Deleted)"),
                            client.expunge, lambda: client.select("Archive"), remove_all):
                rounds.append(command()[0])
            done.set()

        thread = threading.Thread(target=work)
        thread.start()
        answered = 0
        while not done.is_set():
            self.assertEqual(other.noop()[0], "OK")
            answered += 1
        thread.join()
        self.assertEqual(rounds, ["OK"] * 5)
        self.assertGreater(answered, 10)
        self.assertEqual(client.select("INBOX")[1], [b"0"])
        self.assertEqual(client.select("Archive")[1], [b"0"])
        self.assertEqual(glob.glob(os.path.join(self.maildir, "cur", "*")), [])

    def test_what_others_deliver_by_the_thousand(self):
        server = self.begin()
        idle, polling = self.enter(server), self.enter(server)
        # Nobody looks before: of so many, what comes within some milliseconds of a look is seen with the next one.
        for i in range(10000, 11500):
            self.put(f"{i}.other.host", f"Subject: {i}\n\nx\n")
        idle.send(b"i IDLE\r\n")
        self.assertEqual(idle.readline(), b"+ idling\r\n")
        # All of them, whoever asks.
        self.assertEqual(self.enter(server).status("INBOX", "(MESSAGES)")[1], [b'"INBOX" (MESSAGES 1500)'])
        self.assertEqual(self.enter(server).select()[1], [b"1500"])
        self.assertEqual(len(self.messages(server)), 1500)
        told = [0]
        while told[-1] < 1500:
            told.append(int(re.fullmatch(rb"\* (\d+) EXISTS\r\n", idle.readline())[1]))
        self.assertEqual(told, sorted(set(told)))
        polling.noop()
        self.assertEqual(polling.untagged_responses["EXISTS"][-1], b"1500")
        found = polling.fetch("1:*", "(UID BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1][::2]
        self.assertEqual([int(re.search(rb"UID (\d+)", one[0])[1]) for one in found], list(range(1, 1501)))
        self.assertEqual([int(re.search(rb"\d+", one[1])[0]) for one in found], list(range(10000, 11500)))

    def test_a_deleted_mailbox_stays_deleted(self):
        server = self.begin()
        client = self.enter(server)
        client.create("Big")
        cur = os.path.join(self.maildir, ".Big", "cur")
        for i in range(3000):
            with open(os.path.join(cur, f"{i}.other.host:2,"), "w", encoding="ascii") as file:
                file.write("Subject: other\n\nx\n")
        self.assertEqual(client.select("Big")[1], [b"3000"])
        client.unselect()
        self.assertEqual(client.delete("Big")[0], "OK")
        server["process"].kill()
        server["process"].wait(60)
        client = self.enter(self.serve("--tls", "off", "--user", "bob", "--root", server["root"]))
        self.assertEqual(client.list('""', "Big")[1], [None])
        self.assertEqual(client.create("Big")[0], "OK")
        self.assertEqual(client.select("Big")[1], [b"0"])
        while [name for name in os.listdir(self.maildir) if name.startswith("removed-")]:
            client.noop()

    def test_inbox_renamed_beside_a_copy_into_it(self):
        server = self.begin()
        client, other = self.enter(server, "Archive"), self.enter(server, "Drafts")
        cur = os.path.join(self.maildir, ".Archive", "cur")
        for i in range(1500):
            with open(os.path.join(cur, f"{i}.other.host:2,"), "w", encoding="ascii") as file:
                file.write(f"Subject: {i}\n\nx\n")
        self.assertEqual(client.select("Archive")[1], [b"1500"])
        for number, (verb, stays) in enumerate([("COPY", False), ("COPY", True), ("MOVE", True)]):
            client = self.enter(server, "Archive")
            client.send(f"c {verb} 1:* INBOX\r\n".encode())
            if not stays:
                client.sock.shutdown(socket.SHUT_RDWR)
            while other.rename("INBOX", f"old{number}")[0] != "OK":
                pass
            if stays:
                while not (line := client.readline()).startswith(b"c "):
                    pass
                self.assertTrue(line.startswith(b"c OK"), line)
            # All of them in one mailbox, or none: the client may have gone too soon, or have come too late. Then what it
            # has copied so far is there until the server sees that it has gone.
            deadline = time.monotonic() + (0 if stays else 60)
            while True:
                counts = sorted(int(other.select(name)[1][0]) for name in ("INBOX", f"old{number}"))
                if counts in ([[0, 1500]] if stays else [[0, 0], [0, 1500]]):
                    break
                self.assertLess(time.monotonic(), deadline, (verb, counts))
            if other.select("INBOX")[1] != [b"0"]:
                other.store("1:*", "+FLAGS.SILENT", r"(\Deleted)")
            other.close()
        self.assertEqual(other.select("Archive")[1], [b"0"])

    def test_a_copy_of_a_client_that_goes_is_none(self):
        server = self.begin()
        for i in range(1500):
            self.put(f"{i}.other.host")
        client = self.enter(server)
        client.send(b"c COPY 1:* Archive\r\n")
        client.sock.shutdown(socket.SHUT_RDWR)
        other = self.enter(server, "Archive")
        # All or none: the server may have been done before it was gone.
        while (count := other.select("Archive")[1]) not in ([b"0"], [b"1500"]):
            self.assertEqual(other.noop()[0], "OK", count)

    def flags(self, client):
        """Of each message."""
        return re.findall(r"FLAGS \((.*?)\)", str(client.fetch("1:*", "(FLAGS)")[1]))

    def test_letters_that_mean_nothing_are_no_keyword_that_is_made_later(self):
        server = self.begin()
        client, other = self.enter(server), self.enter(server)
        for _ in range(2):
            client.append("INBOX", None, None, b"Subject: a\r\n\r\nx\r\n")
        client.noop()
        [path] = glob.glob(os.path.join(self.maildir, "cur", "*U2.*"))
        os.rename(path, path + "c")
        self.assertEqual(client.store("1", "+FLAGS", "(k0 k1 k2 k3 k4)")[0], "OK")
        for one in (client, other):
            one.noop()
            self.assertEqual(self.flags(one), ["k0 k1 k2 k3 k4", ""])
        self.assertEqual(client.store("2", "FLAGS", "(k3)")[0], "OK")
        self.assertEqual(self.flags(self.enter(server)), ["k0 k1 k2 k3 k4", "k3"])

    def test_keywords_are_made_all_or_none(self):
        client = self.enter(self.begin())
        client.append("INBOX", None, None, b"Subject: a\r\n\r\nx\r\n")
        client.noop()
        kind, [why] = client.store("1", "+FLAGS", "(" + " ".join(f"q{i}" for i in range(27)) + ")")
        self.assertEqual((kind, why), ("NO", b"[LIMIT] no room for another keyword"))
        client.select("INBOX")
        self.assertNotIn(b"q0", client.response("FLAGS")[1][0])
        self.assertEqual(client.store("1", "+FLAGS", "(" + " ".join(f"q{i}" for i in range(26)) + ")")[0], "OK")

    def test_keywords_that_messages_get_while_they_go_out_of_inbox(self):
        server = self.begin()
        client, other = self.enter(server), self.enter(server)
        for _ in range(40):
            client.send(b"a APPEND INBOX" + 100 * b" {9+}\r\nA: b\r\n\r\nx" + b"\r\n")
            while not (line := client.readline()).startswith(b"a "):
                pass
            self.assertTrue(line.startswith(b"a OK"), line)
        client.store("1", "+FLAGS", "(known)")
        other.noop()
        client.send(b"r RENAME INBOX old\r\n")
        while self.enter(server, "INBOX").response("EXISTS")[1] == [b"4000"]:
            pass
        for flag in ("known", "new"):
            other.uid("STORE", "3995:4000", "+FLAGS", f"({flag})")
        while not (line := client.readline()).startswith(b"r "):
            pass
        self.assertTrue(line.startswith(b"r OK"), line)
        self.assertEqual(client.select("old")[1], [b"4000"])
        # They may have gone before they got any.
        self.assertIn(self.flags(client)[-6:], [6 * [""], 6 * ["known"]])
        self.assertEqual(client.store("1", "FLAGS", "(other)")[0], "OK")
        self.assertEqual(client.search(None, "KEYWORD", "other")[1], [b"1"])


if __name__ == "__main__":
    import unittest

    unittest.main()
