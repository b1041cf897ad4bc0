"""Threads of a folder that changes meanwhile, or that the server tells of in part: what is in no thread is never guessed."""

import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from listener import Listener  # noqa: E402
from moving_imap import as_set, numbers  # noqa: E402
from program import ProgramTest  # noqa: E402

# UID 4 is answered by 5, and by 6 when that comes; 1, 2 and 3 stand alone.
HEADERS = {uid: f"Message-ID: <m{uid}@x>\r\n" for uid in range(1, 5)}
HEADERS[5] = "Message-ID: <m5@x>\r\nReferences: <m4@x>\r\n"
HEADERS[6] = "Message-ID: <m6@x>\r\nReferences: <m4@x>\r\n"


class Folder(Listener):
    """INBOX of 1 to 5. `threads`: the answer to THREAD, None for a server without; `silent`: UIDs of which FETCH does not
    tell headers; `arrives`: message 6 comes before the second EXAMINE or SELECT; `uidnext`: it is told; `messages`: so many are
    told of, whatever EXISTS says."""

    def __init__(self, threads=None, silent=(), arrives=False, uidnext=True, exists=5, messages=0):
        self.told, self.silent, self.arrives, self.uidnext, self.exists = threads, silent, arrives, uidnext, exists
        self.messages = messages
        self.uids, self.said, self.opened = [*range(1, (messages or 5) + 1)], [], 0
        self.listen()

    def serve(self, connection):
        offers = " THREAD=REFS" if self.told is not None else ""
        connection.sendall(f"* PREAUTH [CAPABILITY IMAP4rev1 ESEARCH MOVE UIDPLUS{offers}] hi\r\n".encode())
        with connection.makefile("rb") as lines:
            for line in lines:
                tag, _, text = line.decode().strip().partition(" ")
                self.said.append(text)
                if text == "LOGOUT":
                    return
                for said in self.answer(tag, text):
                    connection.sendall(said.encode() + b"\r\n")
                connection.sendall(f"{tag} OK done\r\n".encode())

    def answer(self, tag, text):
        if text.startswith(("EXAMINE", "SELECT")):
            self.opened += 1
            if self.arrives and self.opened == 2:
                self.uids.append(6)
            yield f"* {self.exists if self.messages else max(self.exists, len(self.uids))} EXISTS"
            yield "* OK [UIDVALIDITY 7] x"
            if self.uidnext:
                yield f"* OK [UIDNEXT {self.uids[-1] + 1}] x"
        elif text.startswith("UID THREAD"):
            yield from self.told
        elif text.startswith("UID SEARCH"):
            found = as_set(self.found(text))
            yield f'* ESEARCH (TAG "{tag}") UID' + (f" ALL {found}" if found else "")
        elif text.startswith("UID FETCH"):
            yield from self.rows(text)

    def found(self, text):
        """NOT UID, UID and no other key."""
        uids = set(self.uids)
        for negated, words in re.findall(r"(NOT )?UID ([\d:,]+)", text):
            named = set(numbers(words))
            uids = uids - named if negated else uids & named
        if text.endswith("NOT ALL") or "NOT ALL " in text:
            uids -= set(self.uids)
        return sorted(uids)

    def rows(self, text):
        asked = set(numbers(re.match(r"UID FETCH (\S+)", text)[1].replace("*", "99999")))
        for at, uid in enumerate(self.uids, 1):
            if uid not in asked or ("REFERENCES" in text and uid in self.silent):
                continue
            if "REFERENCES" in text:
                octets = HEADERS.get(uid, "Date: x\r\n") + "\r\n"
                yield (f'* {at} FETCH (UID {uid} INTERNALDATE "20-Nov-2026 12:00:0{uid % 10} +0000" BODY[HEADER.FIELDS (DATE)] '
                       f"{{{len(octets)}}}\r\n{octets})")
            else:
                yield f"* {at} FETCH (UID {uid} FLAGS () RFC822.SIZE 9)"


class Threads(ProgramTest):
    def server(self, **more):
        server = Folder(**more)
        self.addCleanup(server.close)
        return server

    def imap(self, server, *words, status=0):
        done = self.mailtool("imap", server.url, "--tls", "off", *words)
        self.assertEqual(done.status, status, done)
        return done

    def moved(self, **more):
        """What is moved where the thread of 4 is to stay."""
        server = self.server(**more)
        self.imap(server, "move", "--to", "T", "--", "-thread:4")
        sets = [text.split(" ")[2] for text in server.said if text.startswith("UID MOVE")]
        return [list(numbers(each)) for each in sets]

    def test_a_reply_that_comes_meanwhile(self):
        for threads in (["* THREAD (1)(2)(3)(4 5)"], None):
            for uidnext in (True, False):
                with self.subTest(threads=threads, uidnext=uidnext):
                    self.assertEqual(self.moved(threads=threads, arrives=True, uidnext=uidnext), [[1, 2, 3]])

    def test_it_comes_before_there_is_a_thread(self):
        server = self.server(arrives=True)
        self.imap(server, "move", "--to", "T", "--", "-(thread:9 or uid:1)")
        self.assertIn("UID MOVE 2:5 T", server.said)

    def test_without_uidnext_the_last_one_is_not_known(self):
        server = self.server(uidnext=False)
        done = self.imap(server, "move", "--to", "T", "--", "-thread:9", status=76)
        self.assertIn("UIDNEXT", done.err)

    def test_no_threads_told_of(self):
        for threads in ([], ["* THREAD"]):
            for query in ("thread:4", "-thread:4"):
                with self.subTest(threads=threads, query=query):
                    server = self.server(threads=threads)
                    self.imap(server, "move", "--to", "T", "--", query, status=76)
                    self.assertFalse([text for text in server.said if "MOVE" in text])
        self.imap(self.server(threads=[]), "list", "--thread", status=76)

    def test_threads_told_of_in_part(self):
        self.assertEqual(self.moved(silent=(3,)), [[1, 2]])
        for more in ({"threads": ["* THREAD (1)(2 3)"], "silent": (4,)}, {"silent": (4, 5)}, {"silent": (3, 4)}):
            server = self.server(**more)
            self.assertIn("UID 4", self.imap(server, "move", "--to", "T", "--", "-thread:4", status=75).err)
            self.assertFalse([text for text in server.said if "MOVE" in text])
        found = self.imap(self.server(threads=["* THREAD (1)(2 3)"]), "search", "thread:4").out
        self.assertIn("\n4\n", found)

    def test_what_the_threads_leave_out_is_looked_at_here(self):
        """Once, and for verbs that change messages as for those that read."""
        for threads in (["* THREAD (1)(2)(4 5)"], ["* THREAD (1)(2 3)"], ["* THREAD (1)(2)(3)(4)"]):
            with self.subTest(threads=threads):
                self.assertEqual(self.moved(threads=threads), [[1, 2, 3]])
                server = self.server(threads=threads)
                self.assertIn("\n1:3\n", self.imap(server, "search", "--", "-thread:4").out)
                self.assertEqual(len([text for text in server.said if "FETCH" in text]), 1)
        whole = self.server(threads=["* THREAD (1)(2)(3)(4 5)"])
        self.imap(whole, "search", "--", "-thread:4")
        self.assertFalse([text for text in whole.said if "FETCH" in text])

    def test_what_is_read_leaves_nothing_out(self):
        """What no thread has, the server's or ours, is found as a thread of its own."""
        for threads in (["* THREAD (1)(2)"], None):
            for silent, found in (((3,), "1:3"), ((4,), "1:3,5")):
                with self.subTest(threads=threads, silent=silent):
                    server = self.server(threads=threads, silent=silent)
                    self.assertIn(f"\n{found}\n", self.imap(server, "search", "--", "-thread:4").out)
        for read_only in (True, False):  # 9 is not there: nothing is in doubt
            server = self.server(threads=["* THREAD (1)(2)"])
            self.imap(server, *(["search"] if read_only else ["move", "--to", "T"]), "--", "-thread:9")
            self.assertIn("UID 1:5", "".join(server.said))

    def test_rows_whose_header_is_not_told(self):
        rows = self.imap(self.server(silent=(2, 4)), "list", "--thread", "--fields", "uid").out
        self.assertEqual(rows.split(), ["1", "2", "3", "4", "5"])

    def test_rows_that_the_threads_leave_out(self):
        for threads, rows in ((["* THREAD (1)(4 5)"], ["1", "2", "3", "4", "5"]),
                              (["* THREAD (5)(4)(3)(2)(1)"], ["5", "4", "3", "2", "1"])):
            for query, left in (((), "12345"), (("uid:2:4",), "234")):
                with self.subTest(threads=threads, query=query):
                    server = self.server(threads=threads)
                    if query:  # what it is asked for does not change what it says of threads
                        server.told = ["* THREAD " + "".join(f"({uid})" for uid in rows if uid in left and uid != "3")]
                    listed = self.imap(server, "list", "--thread", "--fields", "uid", *query).out.split()
                    self.assertEqual(sorted(listed), list(left))
                    if not query:
                        self.assertEqual(listed, rows)
                    else:
                        self.assertEqual(listed[1], "3")
        depths = self.imap(self.server(threads=["* THREAD (1)(4 5)"]), "list", "--thread", "--json").objects()
        self.assertEqual([(row["uid"], row["thread"], row["depth"]) for row in depths if row["type"] == "message"],
                         [(1, 1, 0), (2, 2, 0), (3, 3, 0), (4, 4, 0), (5, 4, 1)])

    def test_the_newest_rows_where_the_threads_leave_some_out(self):
        """30 has replied to 11, so that its thread is the last; 7 was dated late."""
        threads = ["* THREAD " + "".join(f"({uid})" for uid in range(12, 29)) + "(7)(11 30)"]
        for limit, rows in (("3", "29 11 30"), ("5", "28 7 29 11 30")):
            server = self.server(threads=threads, messages=30, exists=30)
            listed = self.imap(server, "list", "--thread", "--fields", "uid", "--limit", limit).out.split()
            self.assertEqual(listed, rows.split())

    def test_it_is_one_flight(self):
        server = self.server(threads=["* THREAD (1)(4 5)"])
        self.imap(server, "list", "--thread", "--fields", "uid", "uid:2:4")
        self.assertEqual([text.split(" ")[1] for text in server.said[1:4]], ["THREAD", "SEARCH", "FETCH"])

    def test_more_rows_than_there_are(self):
        for words in (["list", "--thread"], ["list", "--sort", "date"], ["search", "thread:1"]):
            with self.subTest(words=words):
                done = self.imap(self.server(messages=10_006, exists=5), *words, status=76)
                self.assertIn("more messages than there are", done.err)
                self.assertEqual(done.out, "")
        self.imap(self.server(messages=2_005, exists=5), "list", "--thread", "--fields", "uid")

    def test_more_than_there_are(self):
        lots = ["* THREAD " + "".join(f"({uid})" for uid in range(start, start + 1000))
                for start in range(1, 40_000, 1000)]
        for words in (["list", "--thread"], ["search", "thread:1"]):
            done = self.imap(self.server(threads=lots), *words, status=76)
            self.assertIn("more than there are", done.err)


if __name__ == "__main__":
    unittest.main()
