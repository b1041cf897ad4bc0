"""imap list of folders too large to be held, read by nobody, or told of oddly."""

import json
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from program import MAILTOOL, ProgramTest  # noqa: E402
from reading_server import ReadingServer  # noqa: E402

MEASURE = os.environ["MEASURE"]
SANITIZED = bool(os.environ.get("MAILTOOL_SANITIZE"))
ENVELOPE = ('ENVELOPE ("Fri, 20 Nov 2026 12:00:00 +0100" "=?UTF-8?B?R3LDvMOfZQ==?= %d" ((NIL NIL "alice" "crepes.fr")) '
            'NIL NIL ((NIL NIL "bob" "hamburger.edu")) NIL NIL NIL "<%d@crepes.fr>")')


def row(uid, more=ENVELOPE):
    more = more % ((uid,) * more.count("%d"))
    return (f'* {uid} FETCH (UID {uid} FLAGS (\\Seen) INTERNALDATE "20-Nov-2026 12:00:00 +0100" '
            f"RFC822.SIZE {uid} {more})\r\n").encode()


class List(ProgramTest):
    def server(self, count, fetch, **more):
        server = ReadingServer(count, fetch, **more)
        self.addCleanup(server.close)
        return server

    def rows(self, count, peak, answer, *words):
        """All rows arrive, and mailtool takes at most `peak` MiB meanwhile."""
        server = self.server(count, answer)
        report, told = os.pipe()
        with subprocess.Popen([MEASURE, "--to", str(told), MAILTOOL, "imap", server.url, "--tls", "off", "list", *words],
                              pass_fds=[told], stdout=subprocess.PIPE,
                              env={"HOME": str(self.folder), "LC_ALL": "C.UTF-8"}) as run:
            os.close(told)
            seen = 0
            for line in run.stdout:
                seen += 1
                self.assertIn("Grüße".encode(), line)
        with open(report) as measured:
            numbers = measured.read().split()
        self.assertEqual(run.returncode, 0)
        self.assertEqual(seen, count)
        if not SANITIZED:
            self.assertLess(int(numbers[3]), peak * 1024)

    def test_a_hundred_thousand_rows(self):
        def answer(number, uids, items, send):
            for start in range(0, len(uids), 1000):
                send(b"".join(row(uid) for uid in uids[start:start + 1000]))
            return ""
        self.rows(100_000, 64, answer)

    def test_a_hundred_thousand_rows_in_an_order_of_their_own(self):
        def scattered(uid):
            return row(uid).replace(b"20 Nov 2026 12:00:00", b"20 Nov 2026 12:%02d:%02d" % divmod(uid * 7919 % 3600, 60))

        def answer(number, uids, items, send):
            for start in range(0, len(uids), 1000):
                if "REFERENCES" in items:
                    send(b"".join(b'* %d FETCH (UID %d INTERNALDATE "20-Nov-2026 12:00:00 +0100" '
                                  b"BODY[HEADER.FIELDS (DATE)] {35}\r\nReferences: <a@x> <%06d@b.ex>\r\n\r\n)\r\n"
                                  % (uid, uid, uid * 7919 % 50_000) for uid in uids[start:start + 1000]))
                else:
                    send(b"".join(map(scattered, uids[start:start + 1000])))
            return ""
        self.rows(100_000, 64, answer, "--sort", "date")
        self.rows(100_000, 64, answer, "--thread")

    def test_rows_that_are_never_complete_are_not_held(self):
        def answer(number, uids, items, send):
            for start in range(0, len(uids), 1000):
                send(b"".join(row(uid).replace(b"RFC822.SIZE %d " % uid, b"") for uid in uids[start:start + 1000]))
            return ""
        self.rows(100_000, 64, answer)

    def test_long_references_are_not_held(self):
        def answer(number, uids, items, send):
            for uid in uids:
                if "REFERENCES" not in items:
                    send(row(uid))
                    continue
                ids = b"".join(b" <%d-%d-%s@x>\r\n" % (uid, at, b"a" * 9000) for at in range(20))
                send(b'* %d FETCH (UID %d INTERNALDATE "20-Nov-2026 12:00:00 +0100" BODY[HEADER.FIELDS (DATE)] {%d}\r\n'
                     b"References:%s\r\n)\r\n" % (uid, uid, len(ids) + 13, ids))
            return ""
        self.rows(1000, 48, answer, "--thread")

    def test_a_reader_that_goes_ends_it_quietly(self):
        def answer(number, uids, items, send):
            for start in range(0, len(uids), 1000):
                send(b"".join(row(uid) for uid in uids[start:start + 1000]))
            return ""
        server = self.server(100_000, answer)
        with subprocess.Popen([MAILTOOL, "imap", server.url, "--tls", "off", "list"], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env={"HOME": str(self.folder)}) as run:
            self.assertTrue(run.stdout.readline().startswith(b"1\t"))
            run.stdout.close()
            self.assertEqual(run.stderr.read(), b"")
            self.assertEqual(run.wait(timeout=60), -13)

    def listed(self, server, *more, status=0):
        done = self.mailtool("imap", server.url, "--tls", "off", "list", *more, env={"TZ": "UTC"})
        self.assertEqual(done.status, status, done)
        return done

    def test_an_odd_field_does_not_lose_the_row(self):
        good = ' BODYSTRUCTURE ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 7 1)'
        odd = ["ENVELOPE NIL" + good, "ENVELOPE (NIL)" + good, 'ENVELOPE "x"' + good, ENVELOPE + " BODYSTRUCTURE NIL",
               ENVELOPE + ' BODYSTRUCTURE ("ALTERNATIVE")']

        def answer(number, uids, items, send):
            for uid in uids:
                send(row(uid, odd[uid - 1]))
            return ""
        done = self.listed(self.server(len(odd), answer), "--json")
        rows = [each for each in done.objects() if each["type"] == "message"]
        self.assertEqual([each["uid"] for each in rows], [1, 2, 3, 4, 5])
        for each in rows:
            self.assertTrue(each["warnings"], each)
        self.assertEqual(rows[3]["subject"], "Grüße 4")
        self.assertEqual(rows[3]["attachments"], None)
        self.assertEqual(json.loads(done.out.splitlines()[-1]), {"type": "summary", "exit": 0})

    def test_what_the_server_does_not_offer_is_not_asked_for(self):
        def answer(number, uids, items, send):
            for uid in uids:
                send(row(uid))
            return ""
        server = self.server(1, answer)
        done = self.listed(server, "--fields", "uid,saved,email-id,thread-id,subject")
        self.assertEqual(done.out, "1\t-\t\t\tGrüße 1\n")
        self.assertEqual(done.err.splitlines(),
                         ["mailtool: imap: the server has no SAVEDATE: saved is not known",
                          "mailtool: imap: the server has no OBJECTID: email-id and thread-id are not known"])
        asked = [text for text in server.said if "FETCH" in text]
        self.assertEqual(asked, ["UID FETCH 1 (UID ENVELOPE)"])
        row_ = self.listed(server, "--fields", "email-id,saved", "--json", "-q").objects()[0]
        self.assertEqual((row_["email_id"], row_["saved"]), (None, None))

    def test_what_the_server_offers(self):
        def answer(number, uids, items, send):
            for uid in uids:
                send(row(uid, ENVELOPE + ' SAVEDATE "21-Nov-2026 08:00:00 +0000" EMAILID (M%d) THREADID (T1) '
                                         'PREVIEW "Noon?"'))
            return ""
        server = self.server(2, answer, capabilities="SAVEDATE OBJECTID PREVIEW")
        done = self.listed(server, "--fields", "uid,saved,email-id,thread-id,preview,message-id,to")
        self.assertEqual(done.out.splitlines()[1],
                         "2\t2026-11-21 08:00\tM2\tT1\tNoon?\t<2@crepes.fr>\tbob@hamburger.edu")
        self.assertEqual(done.err, "")
        first = self.listed(server, "--fields", "saved,email-id,preview", "--json").objects()[0]
        self.assertEqual((first["saved"], first["email_id"], first["preview"]),
                         ("2026-11-21T08:00:00Z", "M1", "Noon?"))

    def test_previews_that_the_server_does_not_make(self):
        text = b"SGVsbG8s\r\nICAgd29y\r\nbGQh"

        def answer(number, uids, items, send):
            for uid in uids:
                if "BODYSTRUCTURE" in items:
                    send(row(uid, ENVELOPE + ' BODYSTRUCTURE ("TEXT" "PLAIN" NIL NIL NIL "BASE64" 99 1)'))
                elif uid != 3:
                    self.assertIn("BODY.PEEK[1]<0.", items)
                    send(b"* %d FETCH (UID %d BODY[1]<0> {%d}\r\n%s)\r\n" % (uid, uid, len(text), text))
            return ""
        done = self.listed(self.server(450, answer), "--fields", "uid,preview")
        lines = done.out.splitlines()
        self.assertEqual(len(lines), 450)
        self.assertEqual(lines[0], "1\tHello, world!")
        self.assertEqual(lines[2], "3\t")

    def test_a_server_that_stops_at_a_number_of_messages(self):
        def answer(number, uids, items, send):
            last = uids[-100:]
            for uid in last:
                send(row(uid))
            return f"OK [MESSAGELIMIT 100 {last[0]}] some" if len(uids) > 100 else ""
        done = self.listed(self.server(250, answer))
        self.assertEqual(sorted(int(line.split("\t")[0]) for line in done.out.splitlines()), list(range(1, 251)))

    def test_a_part_that_cannot_be_gone_on_from_is_said(self):
        def answer(number, uids, items, send):
            send(row(uids[-1]))
            return "OK [MESSAGELIMIT 1] some"
        done = self.listed(self.server(3, answer), status=69)
        self.assertEqual(len(done.out.splitlines()), 1)
        self.assertIn("the server did only a part of it", done.err)

    def test_a_connection_cut_in_the_middle(self):
        def answer(number, uids, items, send):
            send(row(1) + row(2)[:40])
            return None
        done = self.listed(self.server(3, answer), status=75)
        self.assertEqual(len(done.out.splitlines()), 1)

    def test_what_is_held_is_shown_before_a_refusal(self):
        """One FETCH of 200 is refused: what came before it is shown, and what was asked for behind it."""
        def answer(number, uids, items, send):
            if "BODY.PEEK[1]" in items:
                send(b"* %d FETCH (UID %d BODY[1]<0> {5}\r\nhello)\r\n" % (uids[0], uids[0]))
            elif "ENVELOPE" in items and 350 in uids:
                return "NO [SERVERBUG] one is damaged"
            else:
                send(b"".join(row(uid, ENVELOPE + ' BODYSTRUCTURE ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 5 1)') for uid in uids))
            return ""
        for fields in ("uid,subject", "uid,subject,preview"):
            with self.subTest(fields):
                done = self.listed(self.server(900, answer), "--sort", "size", "--fields", fields, status=75)
                uids = [int(line.split("\t")[0]) for line in done.out.splitlines()]
                self.assertEqual(uids[:200], list(range(1, 201)))
                self.assertFalse(set(uids) & set(range(201, 401)))
                self.assertEqual("preview" in fields, done.out.splitlines()[0].endswith("\thello"))
                self.assertEqual(done.err.count("NO [SERVERBUG] one is damaged"), 1)

    def test_rows_that_never_come(self):
        """Said, where a search still finds them; not of what has gone meanwhile."""
        for words in ((), ("--sort", "date"), ("--fields", "uid,preview")):
            for text, gone, status in (("OK done", (), 66), ("OK done", (3, 4), 0), ("NO [EXPUNGEISSUED] x", (3, 4), 0)):
                with self.subTest(words=words, text=text, gone=gone):
                    server = self.server(9, lambda number, uids, items, send: send(b"".join(
                        row(uid, ENVELOPE + " BODYSTRUCTURE NIL") for uid in uids if uid not in (3, 4))) or text)
                    searches, answered = [], server.answer

                    def answer(text, send, tag):
                        if "SEARCH" not in text:
                            return answered(text, send, tag)
                        searches.append(text)
                        found = "1:2,5:9" if gone and len(searches) > 1 else "1:9"
                        send(b'* ESEARCH (TAG "%s") UID ALL %s\r\n' % (tag, found.encode()))
                        return "OK done"
                    server.answer = answer
                    done = self.listed(server, *words, status=status)
                    self.assertEqual(len(done.out.splitlines()), 7)
                    self.assertEqual("2 messages found, and not told of: UIDs 3:4" in done.err, status == 66)

    def test_previews_that_are_refused(self):
        def answer(number, uids, items, send):
            if "BODYSTRUCTURE" not in items:
                return "NO [SERVERBUG] x"
            send(b"".join(row(uid, ENVELOPE + ' BODYSTRUCTURE ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 5 1)') for uid in uids))
            return ""
        done = self.listed(self.server(3, answer), "--fields", "uid,preview", status=75)
        self.assertEqual(done.out, "1\t\n2\t\n3\t\n")
        self.assertIn("3 previews refused: server said: NO [SERVERBUG] x", done.err)


if __name__ == "__main__":
    unittest.main()
