"""The forms of `mailtool parse` agree with each other, and with the man page, about every message here."""

import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).parent
MAILTOOL = sys.argv[1]
MANUAL = pathlib.Path(sys.argv[2]).read_text()
MESSAGES = sorted(HERE.glob("*.eml"))


def parse(*options, locale="C.UTF-8", stdin=None, cwd=HERE):
    return subprocess.run([MAILTOOL, "parse", *map(str, options)], cwd=cwd, input=stdin, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, env={"PATH": os.environ["PATH"], "LC_ALL": locale}, timeout=30)


def objects(*options, cwd=HERE):
    return [json.loads(line) for line in parse(*options, cwd=cwd).stdout.splitlines()]


def keys(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys(inner)


class Agree(unittest.TestCase):
    def test_each_part_has_the_octets_that_json_digests(self):
        seen = 0
        for message in MESSAGES:
            octets = message.read_bytes()
            (dump,) = objects("--json", message)
            for part in dump["parts"]:
                with self.subTest(message=message.name, part=part["id"]):
                    if "sha256" in part:
                        got = parse("--part", part["id"], message).stdout
                        self.assertEqual(hashlib.sha256(got).hexdigest(), part["sha256"])
                        self.assertEqual(len(got), part["decoded_size"])
                        seen += 1
                    if "sha256_raw" in part and part["offset"] is not None:
                        got = parse("--part", part["id"], "--raw", message).stdout
                        self.assertEqual(hashlib.sha256(got).hexdigest(), part["sha256_raw"])
                        self.assertEqual(got, octets[part["offset"]:part["offset"] + part["size"]])
        self.assertGreater(seen, 30)

    def test_each_id_of_the_tree_is_one_of_json(self):
        for message in MESSAGES:
            (dump,) = objects("--json", message)
            for locale in ("C.UTF-8", "C"):
                tree = parse("--tree", message, locale=locale).stdout.decode()
                found = re.findall(r"^(?:[│|├└─`\- ]*)([0-9][0-9.]*) [a-z]+/", tree, re.M)
                self.assertEqual(found, [part["id"] for part in dump["parts"]], message.name)

    def test_ascii_lines_where_the_locale_is_not_utf8(self):
        for locale in ("C", "POSIX", "de_DE.ISO-8859-1"):
            tree = parse("--tree", "digest.eml", locale=locale).stdout
            self.assertIn(b"\n|- 1 message/rfc822", tree)
            self.assertIn(b"\n   `- 2.1 text/plain", tree)
            self.assertTrue(tree.isascii())
        self.assertIn("└─ 2.1 text/plain", parse("--tree", "digest.eml", locale="de_DE.utf8").stdout.decode())

    def test_what_is_extracted_is_what_json_calls_an_attachment(self):
        for message in MESSAGES:
            (dump,) = objects("--json", message)
            with tempfile.TemporaryDirectory() as folder:
                planned = objects("--extract", "files", "--json", "--dry-run", message, cwd=folder)
                self.assertEqual(os.listdir(folder), [])
                files = objects("--extract", "files", "--json", message, cwd=folder)
                self.assertEqual([file["part"] for file in files], dump["attachments"], message.name)
                self.assertEqual([{**file, "written": True} for file in planned if file["sha256"]],
                                 [file for file in files
                                  if any(p["id"] == file["part"] and "sha256" in p for p in dump["parts"])],
                                 message.name)
                self.assertEqual([file["path"] for file in planned], [file["path"] for file in files])
                for file in files:
                    octets = (pathlib.Path(folder) / file["path"]).read_bytes()
                    self.assertEqual((len(octets), hashlib.sha256(octets).hexdigest()),
                                     (file["size"], file["sha256"]))

    def test_every_key_stands_in_the_manual(self):
        documented = {word for line in re.findall(r"^\.(?:It )?Va (.+)$", MANUAL, re.M)
                      for word in re.findall(r"[a-z][a-z0-9_]*", line)}
        found = set()
        for message in MESSAGES:
            found.update(keys(objects("--json", message)))
            with tempfile.TemporaryDirectory() as folder:
                found.update(keys(objects("--extract", folder, "--json", message)))
        self.assertEqual(found - documented, set())
        self.assertGreater(len(found), 60)

    def test_strict_names_the_first_defect(self):
        done = parse("--tree", "--strict", "hostile.eml")
        self.assertEqual(done.returncode, 65)
        self.assertRegex(done.stderr.decode(),
                         r"^mailtool: parse: hostile\.eml: defects were found: [a-z0-9-]+ and \d+ more\n$")
        self.assertEqual(parse("--count", "--strict", "plain.eml").returncode, 0)

    def test_a_part_that_is_not_there(self):
        done = parse("--part", "7.7", "mixed.eml")
        self.assertEqual((done.returncode, done.stdout), (66, b""))
        self.assertIn(b"there is no part 7.7\nhint: mailtool parse --tree lists the parts\n", done.stderr)

    def test_a_pipe_gives_the_same(self):
        for message in MESSAGES:
            for form in ("--tree", "--text", "--html", "--headers", "--json"):
                piped = parse(form, stdin=message.read_bytes()).stdout
                if form == "--json":
                    piped = piped.replace(b'"source":"stdin"', b'"source":"' + message.name.encode() + b'"')
                self.assertEqual(piped, parse(form, message.name).stdout, (message.name, form))

    def test_values_off_a_terminal_hold_no_line_break_and_no_nul(self):
        message = b"Subject: =?utf-8?q?a=0D=0AB:_c=00d?=\r\nX: a\x00b\rc\r\n\r\n"
        self.assertEqual(parse("--headers", stdin=message).stdout.decode(),
                         "Subject: a\ufffd\ufffdB: c\ufffdd\nX: a\ufffdbc\n")

    def test_colors_only_when_asked_for(self):
        self.assertNotIn(b"\x1b", parse("--tree", "mixed.eml").stdout)
        self.assertIn(b"\x1b[1mFrom:\x1b[0m", parse("--tree", "--color", "always", "mixed.eml").stdout)
        colored = parse("--tree", "--color", "always", "hostile.eml").stdout
        plain = parse("--tree", "hostile.eml").stdout
        self.assertEqual(re.sub(rb"\x1b\[[0-9]+m", b"", colored), plain)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
