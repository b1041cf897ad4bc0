"""Every bomb of parse_bombs.py through `mailtool parse`, in all its forms.

  parse_bombs_test.py MAILTOOL MEASURE [--no-memory-limit] [--only TEXT]

Asked for: no crash, the exit status of the contract, at most 64 MiB resident, no control character
but line end and tab on stdout, valid UTF-8 and valid JSON. The time is printed and not judged; a
limit of 20 CPU seconds finds what hangs.
"""

import argparse
import codecs
import concurrent.futures
import json
import os
import pathlib
import pty
import re
import subprocess
import sys
import tempfile
import tty

import parse_bombs

LIMIT = 64 * 1024  # KiB resident
FORMS = {"tree": ["--tree"], "json": ["--json"], "headers": ["--headers"], "text": ["--text"], "strict": ["--strict", "--count"]}
# C0 and DEL but tab and line end; C1 as UTF-8 has it.
C0 = bytes(octet for octet in (*range(32), 127) if octet not in b"\t\n")
C1 = re.compile(rb"\xc2[\x80-\x9f]")


def controls(octets):
    return len(octets.translate(None, C0)) != len(octets) or (b"\xc2" in octets and C1.search(octets) is not None)


# A process of its own, beside the thread that reads.
def check_json(needed):
    rules = set()
    for line in sys.stdin.buffer:
        entry = json.loads(line)
        rules.update(defect["rule"] for defect in entry.get("defects", ()))
    missing = set(needed) - rules
    if missing:
        print("no defect", *sorted(missing), "but", *sorted(rules))


class Output:
    """What comes on stdout, judged piece by piece."""

    def __init__(self, reader=None):
        self.reader, self.faults, self.last = reader, set(), b""
        self.utf8 = codecs.getincrementaldecoder("utf-8")()

    def take(self, piece):
        if controls(self.last + piece):
            self.faults.add("control characters on stdout")
        try:
            self.utf8.decode(piece)
        except UnicodeDecodeError as wrong:
            self.faults.add(f"not UTF-8 on stdout: {wrong.reason}")
            self.utf8.reset()
        self.last = piece[-1:]
        if self.reader:
            self.reader.stdin.write(piece)


def pieces(descriptor):
    while True:
        try:
            piece = os.read(descriptor, 262_144)
        except OSError:  # a terminal whose other end was closed
            return
        if not piece:
            return
        yield piece


class Runner:
    def __init__(self, mailtool, measure, limited):
        self.mailtool, self.measure, self.limited = mailtool, measure, limited
        self.failures = []

    def command(self, form, path, report):
        # 1 GiB of addresses: far above what is resident, and finite.
        limits = "ulimit -t 20; " + ("ulimit -v 1048576; " if self.limited else "")
        return ["sh", "-c", limits + 'exec "$@"', "sh", self.measure, "--to", str(report), self.mailtool, "parse", *FORMS[form], path]

    def run(self, bomb, form, path):
        reader = None
        if form == "json":
            reader = subprocess.Popen([sys.executable, __file__, "--check-json", *bomb.rules], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        output = Output(reader)
        # Text is data in a pipe and made safe on a terminal; the strict run reads a pipe.
        ours, theirs = pty.openpty() if form == "text" else os.pipe()
        feeder = None
        if form == "text":
            tty.setraw(theirs)
        if form == "strict":
            feeder = subprocess.Popen(["cat", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        with tempfile.TemporaryFile() as errors, tempfile.TemporaryFile() as report:
            process = subprocess.Popen(self.command(form, "-" if feeder else path, report.fileno()),
                                       stdin=feeder.stdout if feeder else subprocess.DEVNULL, stdout=theirs, stderr=errors,
                                       pass_fds=[report.fileno()], env={**os.environ, "NO_COLOR": "1", "LC_ALL": "C.UTF-8"})
            os.close(theirs)
            if feeder:
                feeder.stdout.close()
            for piece in pieces(ours):
                output.take(piece)
            os.close(ours)
            process.wait()
            errors.seek(0)
            said = errors.read(2000)
            report.seek(0)
            user, system, _, resident, status = (int(word) for word in report.read().split())
        if feeder:
            feeder.wait()
        if reader:
            wrong = reader.communicate()[0].decode(errors="replace").strip()
            if wrong:
                output.faults.add("JSON: " + wrong.splitlines()[-1])
        self.judge(bomb, form, status, resident, output, said)
        return (user + system) / 1e6, resident

    def judge(self, bomb, form, status, resident, output, said):
        faults = sorted(output.faults)
        expected = {0} if form != "strict" else {0, 65} if bomb.strict is None else {bomb.strict}
        if status not in expected:
            faults.append(f"status {status}, expected {sorted(expected)}: {said[-500:]!r}")
        if self.limited and resident > LIMIT:
            faults.append(f"{resident // 1024} MiB resident")
        if controls(said):
            faults.append(f"control on stderr: {said!r}")
        self.failures += [f"{bomb.name}: --{form}: {fault}" for fault in faults]

    def bomb(self, bomb, folder):
        path = os.path.join(folder, f"{parse_bombs.BOMBS.index(bomb)}.eml")
        parse_bombs.write(bomb, path)
        size = os.path.getsize(path)
        figures = [self.run(bomb, form, path) for form in FORMS]
        if bomb is parse_bombs.EXTRACT:
            self.extract(path, pathlib.Path(folder) / "extracted")
        os.unlink(path)
        return bomb.name, size, figures

    # Whatever a name says, it is one plain file of this folder.
    def extract(self, path, folder):
        outside = folder / "outside"
        target = outside / "in"
        outside.mkdir(parents=True)
        done = subprocess.run([self.mailtool, "parse", "--extract", target, path], capture_output=True)
        names = os.listdir(target)
        wrong = [name for name in names if name.startswith((".", "-")) or len(os.fsencode(name)) > 200 or
                 controls(os.fsencode(name)) or "\u202e" in name or "\n" in name or not (target / name).is_file()]
        if done.returncode != 0 or os.listdir(outside) != ["in"] or wrong or len(names) != 3 * len(parse_bombs.NAMES):
            self.failures.append(f"--extract: status {done.returncode}, beside it {os.listdir(outside)}, "
                                 f"{len(names)} files of {3 * len(parse_bombs.NAMES)}, bad names {wrong[:5]}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("mailtool")
    parser.add_argument("measure")
    parser.add_argument("--no-memory-limit", action="store_true")
    parser.add_argument("--only", default="")
    wanted = parser.parse_args()
    runner = Runner(os.path.abspath(wanted.mailtool), os.path.abspath(wanted.measure), not wanted.no_memory_limit)
    bombs = [bomb for bomb in parse_bombs.BOMBS if wanted.only in bomb.name]
    print(f"{'CPU s of each form':52} {'MB':>6} " + " ".join(f"{form:>7}" for form in FORMS) + "  peak MiB")
    with tempfile.TemporaryDirectory(prefix="mailtool-bombs-") as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, size, figures in pool.map(lambda bomb: runner.bomb(bomb, folder), bombs):
            print(f"{name[:52]:52} {size / 1e6:6.1f} " + " ".join(f"{cpu:7.3f}" for cpu, _ in figures) +
                  f"  {max(resident for _, resident in figures) / 1024:8.1f}", flush=True)
    print(f"{len(bombs)} bombs, {len(runner.failures)} failures", *runner.failures, sep="\n")
    return 1 if runner.failures or not bombs else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--check-json"]:
        check_json(sys.argv[2:])
    else:
        sys.exit(main())
