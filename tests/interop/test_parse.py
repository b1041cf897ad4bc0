"""mailtool parse: attachments on disk, pipes, and what is not a message."""

import email.message
import os
import signal
import subprocess

from support import MAILTOOL, LabTest


def with_attachments(*names):
    mail = email.message.EmailMessage()
    mail["From"] = "alice@crepes.fr"
    mail["Date"] = "Fri, 20 Nov 2026 12:00:00 +0100"
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

    def test_a_folder_without_mail_is_66_and_an_empty_one_holds_none(self):
        (self.home / "empty").mkdir()
        done = self.run_mailtool("parse", "--count", self.home / "empty")
        self.assertEqual(done.out, "0\n")
        done = self.run_mailtool("parse", self.home, status=66)
        self.assertIn("holds no mail\nhint: mail is taken from", done.err)
        self.assertIn("--recursive", done.err)

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


class Many(LabTest):
    def maildir(self, count):
        for part in ("cur", "new", "tmp"):
            (self.home / "Mail" / part).mkdir(parents=True)
        for number in range(count):
            (self.home / "Mail/cur" / f"{number:04}:2,S").write_text(f"Subject: {number}\n\nx\n")
        return self.home / "Mail"

    def mbox(self, count):
        path = self.home / "mbox"
        with open(path, "w") as mbox:
            for number in range(count):
                text = "From here\n" * 600
                mbox.write(f"From x Fri Nov 20 12:00:00 2026\nSubject: {number}\n"
                           f"Content-Length: {len(text)}\n\n{text}\n")
        return path

    def test_threads_keep_the_order(self):
        inputs = [self.home / "none", self.mbox(800), self.maildir(300), self.mbox(800)]
        alone = self.run_mailtool("parse", "--json", "--jobs", 1, *inputs, status=66)
        self.assertEqual([o["subject"] for o in self.objects(alone) if o["type"] == "message"],
                         [str(n) for count in (800, 300, 800) for n in range(count)])
        for jobs in (2, 7, 64):
            done = self.run_mailtool("parse", "--json", "--jobs", jobs, *inputs, status=66)
            self.assertEqual(done.stdout, alone.stdout)
            self.assertEqual(done.err, alone.err)
        for wrong in ("0", "65", "x"):
            self.run_mailtool("parse", "--jobs", wrong, inputs[1], status=64)

    def test_an_mbox_is_the_same_from_file_and_pipe(self):
        path = self.mbox(300)
        for form in (["--text"], ["--part", "1"], ["--header", "Subject"], ["--count"]):
            of_file = self.run_mailtool("parse", *form, path)
            of_pipe = self.run_mailtool("parse", *form, input=path.read_bytes())
            self.assertEqual(of_file.stdout, of_pipe.stdout)

    def test_the_names_of_extracted_files_do_not_depend_on_threads(self):
        folder = self.maildir(0)
        for number in range(200):
            (folder / "cur" / f"{number:03}").write_bytes(with_attachments("a", "b"))
        listed = [self.run_mailtool("parse", "--extract", self.home / f"out{jobs}", "--jobs", jobs,
                                    folder).out.replace(f"out{jobs}", "out") for jobs in (1, 8)]
        self.assertEqual(listed[0], listed[1])

    def test_a_reader_that_leaves_ends_the_run(self):
        path = self.mbox(800)
        done = subprocess.run(f"'{MAILTOOL}' parse --json --jobs 4 {path} {path} {path} | head -c 100",
                              shell=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        self.assertEqual((len(done.stdout), done.stderr), (100, b""))

    def test_a_signal_ends_threads(self):
        os.mkfifo(self.home / "fifo")
        path = self.mbox(800)
        with open(os.devnull, "wb") as nowhere:
            run = subprocess.Popen([MAILTOOL, "parse", "--json", "--jobs", "4", path, self.home / "fifo",
                                    path], stdout=nowhere, stderr=subprocess.PIPE)
            with open(self.home / "fifo", "wb") as fifo:  # it is being read now
                fifo.write(b"Subject: x\n")
                fifo.flush()
                run.send_signal(signal.SIGINT)
                _, errors = run.communicate(timeout=20)
        self.assertEqual(run.returncode, -signal.SIGINT)
        self.assertEqual(errors, b"")

    def test_pieces_are_joined_from_pipe_and_files(self):
        def piece(number, body):
            return ("From x Fri Nov 20 12:00:00 2026\nFrom: a@crepes.fr\nSubject: outer\nContent-Type: message/partial; "
                    f'id="x@crepes.fr"; number={number}; total=2\n\n{body}\n')
        (self.home / "two").write_text(piece(2, "and end\n"))
        one = piece(1, "Subject: whole\n\nbegin\n")
        done = self.run_mailtool("parse", "--join", "--text", self.home / "two", "-", input=one)
        self.assertEqual(done.out, "begin\nand end\n")
        done = self.run_mailtool("parse", "--join", "--header", "Subject", input=one)
        self.assertEqual((done.out, done.err), (
            "Subject: outer\n", "mailtool: parse: piece 2 of 2 of <x@crepes.fr> is missing\n"))

    def test_progress_goes_to_stderr_and_is_taken_away(self):
        path = self.mbox(800)
        done = self.run_mailtool("parse", "--json", "--progress", "always", *[path] * 20)
        shown = done.err.split("\r\x1b[K")
        self.assertEqual((shown[0], shown[-1]), ("", ""))
        for line in shown[1:-1]:
            self.assertRegex(line, r"^[0-9,]+ messages?, [0-9.]+ [KMG]?B, [0-9.]+ [KMG]?B/s$")
        done = self.run_mailtool("parse", "--json", *[path] * 20)
        self.assertEqual(done.err, "")
