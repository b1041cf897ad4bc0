"""mailtool parse: attachments on disk, pipes, and what is not a message."""

import email.message
import os

from support import LabTest


def with_attachments(*names):
    mail = email.message.EmailMessage()
    mail["From"] = "alice@crepes.fr"
    mail["Subject"] = "Files"
    mail.set_content("see below\n")
    for number, name in enumerate(names):
        mail.add_attachment(bytes([number]) * 1000, "application", "octet-stream", filename=name)
    return mail.as_bytes()


class Extract(LabTest):
    def test_files_never_leave_the_folder_and_never_replace_another(self):
        folder = self.home / "out"
        folder.mkdir()
        (folder / "a.txt").write_text("mine")
        (folder / "link").symlink_to(self.home / "elsewhere")
        done = self.run_mailtool("parse", "--extract", folder, input=with_attachments(
            "../../a.txt", "a.txt", ".bashrc", "-rf", "link", "/etc/passwd"))
        self.assertEqual(sorted(os.listdir(folder)),
                         ["a-2.txt", "a-3.txt", "a.txt", "bashrc", "link", "link-2", "passwd", "rf"])
        self.assertEqual((folder / "a.txt").read_text(), "mine")
        self.assertFalse((self.home / "elsewhere").exists())
        self.assertEqual((folder / "a-3.txt").read_bytes(), b"\1" * 1000)
        self.assertEqual(len(done.out.splitlines()), 6)

    def test_dry_run_writes_nothing(self):
        folder = self.home / "none"
        done = self.run_mailtool("parse", "-n", "--extract", folder,
                                 input=with_attachments("menu.pdf"))
        self.assertEqual(done.out, f"would write {folder}/menu.pdf\n")
        self.assertFalse(folder.exists())


class Input(LabTest):
    def test_empty_is_65_and_absent_is_66(self):
        done = self.run_mailtool("parse", input=b"", status=65)
        self.assertEqual(done.err, "mailtool: parse: stdin: is empty, not a message\n")
        self.run_mailtool("parse", self.home / "none", status=66)
        self.run_mailtool("parse", self.home, status=66)

    def test_one_bad_file_does_not_stop_the_others(self):
        good = self.home / "good"
        good.write_bytes(with_attachments())
        done = self.run_mailtool("parse", "--count", self.home / "none", good, status=66)
        self.assertEqual(done.out, "1\n")

    def test_a_large_pipe_is_spooled_and_read_again(self):
        body = b"0123456789abcdef\n" * 300_000
        done = self.run_mailtool("parse", "--part", "1", input=b"Subject: x\n\n" + body)
        self.assertEqual(done.stdout, body)

    def test_strict(self):
        self.run_mailtool("parse", "--strict", "--count", input=with_attachments("a"))
        self.run_mailtool("parse", "--strict", "--count", status=65, input=(
            b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nnever closed\n"))
