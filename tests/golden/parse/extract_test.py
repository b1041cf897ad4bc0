"""`mailtool parse --extract` into folders that are not empty, or not friendly."""

import base64
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

MAILTOOL = sys.argv[1]
PART = b"--b\nContent-Type: application/pdf; name=%s\n\nfile %d\n"


def message(*names):
    parts = b"".join(PART % (name.encode(), i) for i, name in enumerate(names))
    return b"Content-Type: multipart/mixed; boundary=b\n\n" + parts + b"--b--\n"


class Extract(unittest.TestCase):
    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        self.root = pathlib.Path(temp.name)
        self.folder = self.root / "files"

    def extract(self, octets, *options, before=None):
        return subprocess.run([MAILTOOL, "parse", "--extract", "files", *options], input=octets, cwd=self.root,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=before, timeout=60)

    def names(self):
        return sorted(os.listdir(self.folder))

    def test_no_existing_file_is_touched(self):
        self.folder.mkdir()
        (self.folder / "menu.pdf").write_text("mine")
        (self.folder / "menu-3.pdf").write_text("mine, too")
        done = self.extract(message("menu.pdf", "menu.pdf", "menu.pdf"))
        self.assertEqual(done.stdout.decode().split(), ["files/menu-2.pdf", "files/menu-4.pdf", "files/menu-5.pdf"])
        self.assertEqual((self.folder / "menu.pdf").read_text(), "mine")
        self.assertEqual((self.folder / "menu-3.pdf").read_text(), "mine, too")

    def test_symbolic_links_in_the_folder_are_not_followed(self):
        self.folder.mkdir()
        (self.folder / "menu.pdf").symlink_to(self.root / "outside")
        (self.folder / "menu-2.pdf").symlink_to("nowhere")
        self.assertEqual(self.extract(message("menu.pdf")).stdout, b"files/menu-3.pdf\n")
        self.assertFalse((self.root / "outside").exists())

    def test_the_folder_itself_may_be_a_link(self):
        (self.root / "real").mkdir()
        self.folder.symlink_to("real")
        self.assertEqual(self.extract(message("menu.pdf")).returncode, 0)
        self.assertEqual(os.listdir(self.root / "real"), ["menu.pdf"])

    def test_a_file_in_place_of_the_folder(self):
        self.folder.write_text("no folder")
        done = self.extract(message("menu.pdf"))
        self.assertEqual(done.returncode, 73)
        self.assertEqual(self.folder.read_text(), "no folder")

    def test_a_dry_run_numbers_as_the_run_would(self):
        self.folder.mkdir()
        (self.folder / "menu.pdf").write_text("mine")
        octets = message("menu.pdf", "menu-2.pdf", "menu.pdf", "new.pdf", "new.pdf")
        planned = self.extract(octets, "--dry-run").stdout.decode().replace("would write ", "")
        self.assertEqual(self.names(), ["menu.pdf"])
        self.assertEqual(self.extract(octets).stdout.decode(), planned)

    def test_a_dry_run_creates_no_folder(self):
        self.assertEqual(self.extract(message("a.pdf"), "--dry-run").stdout, b"would write files/a.pdf\n")
        self.assertFalse(self.folder.exists())

    # A message of 9,000 equal names, and then another: looking from 1 each time would be 40 million looks.
    def test_thousands_of_one_name(self):
        octets = message(*["menu.pdf"] * 9000)
        self.assertEqual(self.extract(octets).returncode, 0)
        last = self.extract(octets).stdout.decode().split()[-1]
        self.assertEqual(last, "files/menu-18000.pdf")
        self.assertEqual(len(self.names()), 18000)

    def test_a_failed_write_leaves_nothing(self):
        def small_files():
            import resource
            import signal
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

        octets = message("menu.pdf").replace(b"file 0", b"x" * 5000)
        (self.root / "message.eml").write_bytes(octets)
        done = subprocess.run([MAILTOOL, "parse", "--extract", "files", "message.eml"], cwd=self.root,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=small_files, timeout=60)
        self.assertEqual(done.returncode, 74)
        self.assertIn(b"cannot write files/menu.pdf: ", done.stderr)
        self.assertEqual(self.names(), [])

    # 9,900 files in one body of base64, as one other reader sees it: decoded once, not once for each.
    def test_files_within_one_encoded_body(self):
        def little_time():
            import resource
            resource.setrlimit(resource.RLIMIT_CPU, (10, 10))

        inside = b"".join(PART % (b"f%d.pdf" % i, i) + b"x" * 1000 + b"\n" for i in range(9900)) + b"--b--\n"
        octets = (b"Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n" +
                  base64.encodebytes(inside))
        (self.root / "message.eml").write_bytes(octets)
        done = subprocess.run([MAILTOOL, "parse", "--views", "--extract", "files", "message.eml"], cwd=self.root,
                              stdout=subprocess.PIPE, preexec_fn=little_time, timeout=60)
        self.assertEqual(done.returncode, 0)
        self.assertEqual(len(self.names()), 9900)
        self.assertEqual((self.folder / "f9899.pdf").read_bytes(), b"file 9899\n" + b"x" * 1000)

    def test_what_an_option_cannot_mean_is_refused(self):
        for option, value, says in (("--max-depth", "100001", "takes a number from 0 to 100000"),
                                    ("--max-parts", "10000001", "takes a number from 0 to 10000000"),
                                    ("--max-header", "2G", "takes a size of at most 1G"),
                                    ("--header", "a b", '"a b" is no name of a header field'),
                                    ("--header", "Subject:", '"Subject:" is no name of a header field'),
                                    ("--header", "", '"" is no name of a header field'),
                                    ("--part", "", "takes the number of a part, such as 2.1")):
            done = subprocess.run([MAILTOOL, "parse", option, value], input=message("a.pdf"), stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, timeout=60)
            self.assertEqual((done.returncode, done.stdout), (64, b""), option)
            self.assertEqual(done.stderr.decode(), f"mailtool: parse: {option}: {says}\n")
        for option, value in (("--max-depth", "100000"), ("--max-header", "1G"), ("--max-parts", "10000000"), ("--header", "X-Any!"), ("--part", "1")):
            done = subprocess.run([MAILTOOL, "parse", option, value], input=message("a.pdf"), stdout=subprocess.PIPE, timeout=60)
            self.assertEqual(done.returncode, 0, option)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
