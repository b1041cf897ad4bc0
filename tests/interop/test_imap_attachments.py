"""mailtool imap attachments, and list of them, against Dovecot."""

import email.message
import email.policy
import os

from support import DOOR, LabTest

PDF = os.urandom(200_000)


def menu():
    """A text, a PDF with a Korean name, a picture that is shown, and a message with a file of its own."""
    inner = email.message.EmailMessage()
    inner["From"], inner["Subject"] = "carol@crepes.fr", "Inner"
    inner.set_content("Inside.\n")
    inner.add_attachment(b"zip", maintype="application", subtype="zip", filename="inner.zip")
    outer = email.message.EmailMessage()
    outer["From"], outer["To"], outer["Subject"] = "Alice <alice@crepes.fr>", "bob@hamburger.edu", "메뉴"
    outer["Message-ID"], outer["Date"] = "<menu@crepes.fr>", "Fri, 20 Nov 2026 12:00:00 +0100"
    outer.set_content("Bon appétit,\nAlice\n", cte="quoted-printable")
    outer.add_alternative("<p>Bon app&eacute;tit</p>", subtype="html")
    outer.add_attachment(PDF, maintype="application", subtype="pdf", filename="메뉴 안내.pdf")
    outer.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="../../evil.png")
    outer.add_attachment(inner)
    return outer


class Attachments(LabTest):
    def deliver_message(self, message):
        self.run_mailtool("send", *DOOR, "bob@hamburger.edu",
                          input=message.as_bytes(policy=email.policy.SMTP))

    def setUp(self):
        super().setUp()
        self.deliver_message(menu())

    def test_listed(self):
        rows = [line.split("\t") for line in self.imap("attachments", "1").out.splitlines()]
        self.assertEqual([row[:4] for row in rows],
                         [["1", "2", "메뉴 안내.pdf", "application/pdf"], ["1", "3", "evil.png", "image/png"],
                          ["1", "4", "part-4.eml", "message/rfc822"]])
        told = self.objects(self.imap("attachments", "1:*", "--json"))
        self.assertEqual((told[0]["part"], told[0]["name"], told[0]["media_type"]),
                         ("2", "메뉴 안내.pdf", "application/pdf"))
        self.assertEqual(told[-1], {"type": "summary", "exit": 0, "attachments": 3})

    def test_saved_and_never_outside_nor_over_another(self):
        folder = self.home / "in" / "box"
        done = self.imap("attachments", "1:*", "--save", folder)
        self.assertEqual(done.out.splitlines(),
                         [f"{folder}/메뉴 안내.pdf", f"{folder}/evil.png", f"{folder}/part-4.eml"])
        self.assertEqual((folder / "메뉴 안내.pdf").read_bytes(), PDF)
        self.assertEqual((folder / "evil.png").read_bytes(), b"\x89PNG")
        inner = (folder / "part-4.eml").read_bytes()
        self.assertIn(b"\nSubject: Inner\n", inner)
        self.assertNotIn(b"\r", inner)
        # What is there already is not saved again; over another file nothing is.
        before = (folder / "evil.png").stat()
        again = self.imap("attachments", "1", "--save", folder, "--glob", "*.PNG")
        self.assertEqual(again.out, f"{folder}/evil.png\n")
        after = (folder / "evil.png").stat()
        self.assertEqual((before.st_ino, before.st_mtime_ns), (after.st_ino, after.st_mtime_ns))
        (folder / "evil.png").write_bytes(b"\x89QNG")
        for _ in range(2):
            self.imap("attachments", "1", "--save", folder, "--glob", "*.PNG")
        self.assertEqual((folder / "evil.png").read_bytes(), b"\x89QNG")
        self.assertEqual((folder / "evil-2.png").read_bytes(), b"\x89PNG")
        self.assertEqual(sorted(path.name for path in folder.iterdir()),
                         sorted(["메뉴 안내.pdf", "evil.png", "evil-2.png", "part-4.eml"]))
        self.assertEqual(sorted(path.name for path in (self.home / "in").iterdir()), ["box"])
        self.assertEqual(self.imap("search", "--count", "is:unread").out.strip(), "1")

    def test_only_those_wanted_are_downloaded(self):
        folder, log = self.home / "out", self.home / "log"
        self.imap("attachments", "1", "--save", folder, "--type", "image/*", "--glob", "*.gif", "--glob", "*.png",
                  "--transcript", log)
        self.assertEqual([path.name for path in folder.iterdir()], ["evil.png"])
        asked = [line for line in log.read_text().splitlines() if line.startswith("C:") and "FETCH" in line]
        self.assertEqual(len(asked), 2, asked)
        self.assertRegex(asked[1], r"\(UID BINARY\.PEEK\[3\]\)")

    def test_dry_run_writes_nothing(self):
        folder = self.home / "out"
        done = self.imap("attachments", "-n", "1", "--save", folder)
        self.assertEqual(done.out.splitlines()[1], f"would save {folder}/evil.png")
        self.assertFalse(folder.exists())

    def test_the_same_as_parse_of_the_message(self):
        whole = self.home / "whole.eml"
        whole.write_bytes(self.imap("get", "1").stdout)
        self.run_mailtool("parse", whole, "--extract", self.home / "parsed")
        self.imap("attachments", "1", "--save", self.home / "saved")
        saved, parsed = ({path.name: path.read_bytes() for path in (self.home / name).iterdir()}
                         for name in ("saved", "parsed"))
        self.assertEqual(saved, parsed)

    def test_in_a_listing(self):
        done = self.imap("list", "--fields", "uid,attachments,preview,message-id")
        self.assertEqual(done.out, "1\t3: 메뉴 안내.pdf, ../../evil.png, message/rfc822\t"
                                   "Bon appétit, Alice\t<menu@crepes.fr>\n")
        row = self.objects(self.imap("list", "--json", "--fields", "preview,saved"))[0]
        self.assertEqual(row["attachment_names"], ["메뉴 안내.pdf", "../../evil.png", ""])
        self.assertEqual((row["preview"], row["attachments"]), ("Bon appétit, Alice", 3))
        self.assertIn("arrival", row)
        self.assertEqual(self.imap("search", "--count", "has:attachment").out.strip(), "1")

    def test_no_such_message(self):
        self.imap("attachments", "99", status=66)

    def test_a_listing_in_order(self):
        for subject in ("cherry", "Apple", "Re: banana"):
            self.deliver(subject)
        for fields in ("uid,subject", "uid,subject,preview"):
            lines = self.imap("list", "--sort", "subject", "--fields", fields, "--limit", "3").out.splitlines()
            self.assertEqual([line.split("\t")[1] for line in lines], ["Apple", "Re: banana", "cherry"])
        lines = self.imap("list", "--sort", "-size", "--fields", "uid").out.split()
        self.assertEqual(lines[0], "1")
        self.imap("list", "--sort", "colour", status=64)
