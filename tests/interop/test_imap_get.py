"""mailtool imap get against Dovecot: parts, texts, files, and large messages over a line that is cut."""

import base64
import email.message
import email.policy
import os
import pty
import socket
import subprocess
import threading

from support import DOOR, LAB, MAILTOOL, LabTest
from listener import Listener  # support knows where
from test_imap_attachments import PDF, menu


class CuttingProxy(Listener):
    """Passes octets on to the server, and hangs up after so many from it, once for each of `cuts`."""

    def __init__(self, port, cuts):
        self.target, self.cuts = port, cuts
        self.listen(LAB["LAB_ADDRESS"])

    def serve(self, client):
        server = socket.create_connection((LAB["LAB_ADDRESS"], self.target))
        left = self.cuts.pop(0) if self.cuts else None
        threading.Thread(target=self.up, args=(client, server), daemon=True).start()
        self.down(server, client, left)

    @staticmethod
    def up(client, server):
        try:
            while octets := client.recv(65536):
                server.sendall(octets)
        except OSError:
            pass

    @staticmethod
    def down(server, client, left):
        try:
            while octets := server.recv(65536):
                client.sendall(octets if left is None else octets[:left])
                if left is not None:
                    left -= len(octets)
                    if left <= 0:
                        break
        except OSError:
            pass
        for end in (server, client):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()


class Get(LabTest):
    def deliver_message(self, message):
        self.run_mailtool("send", *DOOR, "bob@hamburger.edu",
                          input=message.as_bytes(policy=email.policy.SMTP))

    def test_parts_and_text(self):
        self.deliver_message(menu())
        self.assertEqual(self.imap("get", "1", "--text").out, "Bon appétit,\nAlice\n")
        self.assertEqual(self.imap("get", "1", "--part", "2").stdout, PDF)
        self.assertTrue(self.imap("get", "1", "--part", "2", "--raw").out.isascii())
        self.assertEqual(self.imap("get", "1", "--part", "1.2").out, "<p>Bon app&eacute;tit</p>\n")
        self.assertEqual(self.imap("get", "1", "--part", "4.1").out, "Inside.\n")
        self.assertEqual(self.imap("get", "1", "--part", "4.2").stdout, b"zip")
        self.assertIn("Subject: Inner\n", self.imap("get", "1", "--part", "4").out)
        done = self.imap("get", "1", "--part", "9", status=66)
        self.assertIn("hint: its parts are 1.1 text/plain, 1.2 text/html, 2 application/pdf", done.err)
        self.imap("get", "1", "--part", "9.", status=64)
        self.imap("get", "7", "--text", status=66)

    def test_only_the_part_is_downloaded(self):
        self.deliver_message(menu())
        log = self.home / "log"
        self.imap("get", "1", "--text", "--transcript", log)
        self.assertLess(log.stat().st_size, 20_000)

    def test_into_files_with_names_of_any_kind(self):
        self.imap("folder", "create", "보관/2026")
        self.deliver(count=3)
        self.imap("move", "1:3", "--to", "보관/2026")
        folder = self.home / "out"
        self.imap("get", "1:*", "-f", "보관/2026", "-o", folder)
        names = sorted(path.name for path in folder.iterdir())
        self.assertEqual(names, [f"보관%2F2026-{uid}.eml" for uid in (1, 2, 3)])
        self.assertTrue((folder / names[0]).read_text().endswith("\nNoon?\n"))
        self.imap("get", "1:*", "-f", "보관/2026", "-o", folder)
        self.imap("get", "1:2", "-f", "보관/2026", "-o", folder, "--headers")
        self.imap("get", "1", "-f", "보관/2026", "-o", folder, "--text")
        self.assertEqual((folder / "보관%2F2026-1.txt").read_text(), "Noon?\n")
        done = self.imap("get", "-n", "1:*", "-f", "보관/2026", "-o", self.home / "other")
        self.assertEqual(len(done.out.splitlines()), 3)
        self.assertFalse((self.home / "other").exists())
        self.assertEqual(self.imap("search", "--count", "is:unread", "-f", "보관/2026").out.strip(), "3")

    def test_a_file_of_something_else_is_left_alone(self):
        self.deliver_message(menu())
        folder = self.home / "out"
        for words, name in ((["--part", "1.1"], "INBOX-1.part-1.1"), (["--text"], "INBOX-1.txt"),
                            (["--bytes", "0:10"], "INBOX-1.eml.bytes-0-10"), (["--headers"], "INBOX-1.headers")):
            with self.subTest(name):
                words = ["get", "1", "-o", folder, *words]
                self.imap(*words)
                # What is there in the end, downloaded or not, is told.
                row, summary = self.objects(self.imap(*words, "--json"))
                size = (folder / name).stat().st_size
                self.assertEqual((row["type"], row["folder"], row["uid"], row["path"], row["size"]),
                                 ("message", "INBOX", 1, str(folder / name), size))
                self.assertEqual(summary, {"type": "summary", "exit": 0})
                (folder / name).write_text("mine\n")
                done = self.imap(*words, status=73)
                self.assertIn(f"{folder}/{name}: a file of another message is there\n", done.err)
                self.assertEqual((folder / name).read_text(), "mine\n")
                self.assertEqual(self.objects(self.imap(*words, "--json", status=73)),
                                 [{"type": "summary", "exit": 73}])
        self.imap("get", "1", "-o", folder, "--part", "2")
        self.imap("get", "1", "-o", folder, "--part", "2", "--raw")
        self.assertEqual((folder / "INBOX-1.part-2").read_bytes(), PDF)
        self.assertEqual(base64.b64decode((folder / "INBOX-1.part-2.raw").read_bytes()), PDF)

    def test_slices_are_the_whole(self):
        self.deliver_message(menu())
        for words in ([], ["--headers"], ["--part", "1.1"], ["--part", "2"]):
            with self.subTest(words):
                whole = self.imap("get", "1", *words, *(["--raw"] if "--part" in words else [])).stdout
                octets = whole.replace(b"\n", b"\r\n")
                step = len(octets) // 5 + 1
                slices = b"".join(self.imap("get", "1", *words, "--bytes", f"{at}:{step}").stdout
                                  for at in range(0, len(octets), step))
                self.assertEqual(slices, octets)
        self.assertEqual(self.imap("get", "1", "--part", "2", "--bytes", "0:8").stdout, base64.b64encode(PDF)[:8])

    def test_json_is_of_files(self):
        self.deliver(count=2)
        done = self.imap("get", "1", "--json", status=64)
        self.assertEqual(self.objects(done), [{"type": "summary", "exit": 64}])
        self.assertIn("--output", done.err)
        folder = self.home / "out"
        for words, size in ((["-n"], False), ([], True), ([], True)):
            *rows, summary = self.objects(self.imap(*words, "get", "1:2", "-o", folder, "--json"))
            paths = [folder / f"INBOX-{uid}.eml" for uid in (1, 2)]
            self.assertEqual([(row["uid"], row["path"], row["size"]) for row in rows],
                             [(uid, str(path), path.stat().st_size if size else None)
                              for uid, path in enumerate(paths, 1)])
            self.assertEqual(summary, {"type": "summary", "exit": 0})

    def test_nothing_acts_on_a_terminal(self):
        self.deliver("Bell", "a\x1b]0;x\x07b\n")
        ours, theirs = pty.openpty()
        for words in ([], ["--text"], ["--part", "1"]):
            subprocess.run([MAILTOOL, "imap", *map(str, self.server("imaps", "bob@hamburger.edu")), "get", "1", *words],
                           stdin=subprocess.DEVNULL, stdout=theirs, check=True,
                           env={"HOME": str(self.home), "LC_ALL": "C.UTF-8"})
            shown = os.read(ours, 65536)
            self.assertIn(b"a\\x1b]0;x\\x07b\r\n", shown)
            self.assertNotIn(b"\x1b", shown)
            self.assertIn("a\x1b]0;x\x07b\n", self.imap("get", "1", *words).out)
        os.close(ours)
        os.close(theirs)

    def test_mark_seen(self):
        self.deliver(count=2)
        self.imap("get", "1:2", "-o", self.home / "out", "--mark-seen")
        self.assertEqual(self.imap("search", "--count", "is:unread").out.strip(), "0")

    def test_a_large_message_over_a_line_that_is_cut(self):
        large = email.message.EmailMessage()
        large["From"], large["Subject"], large["Message-ID"] = "alice@crepes.fr", "large", "<large@crepes.fr>"
        large.set_content("x" * 70 + "\n" + "0123456789abcdef\n" * 200_000)
        self.deliver_message(large)
        expected = self.imap("get", "1").stdout
        proxy = CuttingProxy(int(LAB["LAB_IMAPS_PORT"]), [2_000_000, 1_000_000])
        folder = self.home / "out"
        words = self.server("imaps", "bob@hamburger.edu")
        words[0] = words[0].replace(":" + LAB["LAB_IMAPS_PORT"], f":{proxy.port}")
        statuses = []
        for status in (75, 75, 0):
            log = self.home / f"log{len(statuses)}"
            self.run_mailtool("imap", *words, "get", "1", "-o", folder, "--transcript", log, status=status)
            statuses.append(log.read_text())
            if status:
                self.assertFalse((folder / "INBOX-1.eml").exists())
        self.assertEqual((folder / "INBOX-1.eml").read_bytes(), expected)
        self.assertRegex(statuses[2], r"BODY\.PEEK\[\]<2\d{6}\.")
        self.assertEqual([path.name for path in folder.iterdir()], ["INBOX-1.eml"])
