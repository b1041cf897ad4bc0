"""Times `mailtool parse` beside other programs, in turns, and prints Markdown tables.

  parse_bench.py --mailtool PROGRAM --peers FOLDER [--data FOLDER] [--scale F] [--rounds N]

--peers holds `measure` and the drivers of libraries (target parse_peers). CPU is user and system
time of the whole process; each figure is the median over the rounds. MB/s is input octets by CPU
second, 1 MB = 10^6. "x mailtool" is the CPU time for an octet over that of the first row. Readers
that would take minutes read a sample of the same messages, and say so under "data".
"""

import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
HEADERS = ["--header", "From", "--header", "To", "--header", "Subject"]
# One process a message; the shell's own share is a fork.
EACH = 'for file; do {} < "$file" > /dev/null; done'

# MAILTOOL PARSE FORM... -- FILE...: one base64 body of all the files.
PIPE = """
tool=; while [ "$1" != -- ]; do tool="$tool $1"; shift; done; shift
{ printf 'Content-Type: application/zip\\nContent-Transfer-Encoding: base64\\n\\n'; cat "$@"; } | $tool
"""


class Case:
    def __init__(self, task, label, data, command, *, again=1):
        self.task, self.label, self.data, self.again = task, label, data, again
        self.command = [str(word) for word in command]
        self.runs = []

    @property
    def present(self):
        return shutil.which(self.command[0]) is not None

    def run(self, measure, folder):
        done = subprocess.run([measure, str(self.again), *self.command], cwd=folder, check=True,
                              capture_output=True, text=True)
        self.runs += [[int(word) for word in line.split()] for line in done.stdout.splitlines()]

    def median(self, column):
        return statistics.median(column(run) for run in self.runs)

    @property
    def cpu(self):
        return self.median(lambda run: run[0] + run[1]) / 1e6

    @property
    def failures(self):
        return sorted({run[4] for run in self.runs} - {0})


class Data:
    def __init__(self, name, paths, messages):
        self.name, self.paths, self.messages = name, paths, messages
        self.octets = sum(os.path.getsize(path) for path in paths)


def load(folder):
    def maildir(name, limit=None):
        return sorted((folder / name / "cur").iterdir())[:limit]

    def mbox(name):
        path = folder / name
        with open(path, "rb") as file:
            return Data(name, [path], sum(line.startswith(b"From ") for line in file))

    small, mid = maildir("small"), maildir("mid")
    few, some = small[:len(small) // 10], mid[:len(mid) // 10]
    return {"mbox": mbox("small.mbox"), "tenth": mbox("tenth.mbox"),
            "small": Data("small/", small, len(small)), "few": Data("small/ (tenth)", few, len(few)),
            "mid": Data("mid/", mid, len(mid)), "some": Data("mid/ (tenth)", some, len(some)),
            "base64": Data("base64", [folder / "base64"], 1),
            "big": Data("big.eml", [folder / "big.eml"], 1), "one": Data("one.eml", [folder / "one.eml"], 1)}


def python(mode, policy, data):
    return [sys.executable, "-I", HERE / "python_bench.py", mode, policy, *data.paths]


def each(command, data):
    return ["sh", "-c", EACH.format(command), "sh", *data.paths]


# Its one fault is seen by who decodes the base64 and converts the text: half a character.
HALF = (b"From: a@b.example\nDate: Fri, 20 Nov 2026 12:00:00 +0100\nContent-Type: text/plain; charset=utf-8\n"
        b"Content-Transfer-Encoding: base64\n\nww==\n")


def decodes(mailtool, form):
    """A walk that skips the work is not to be compared with those that do it."""
    done = subprocess.run([mailtool, "parse", "--strict", form], input=HALF, capture_output=True)
    return "" if done.returncode == 65 else " (DOES NOT DECODE)"


def cases(mailtool, peers, folder, data):
    tool = [mailtool, "parse"]
    strict = "mailtool --strict --count" + decodes(mailtool, "--count")
    gmime, vmime = peers / "gmime_bench", peers / "vmime_bench"
    library = peers / "mailtool_bench"
    mbox, tenth, small, few, mid, some, big, one = (
        data[name] for name in ("mbox", "tenth", "small", "few", "mid", "some", "big", "one"))
    task = "Headers of an mbox: From, To, Subject, decoded"
    yield Case(task, "mailtool --header", mbox, [*tool, *HEADERS, *mbox.paths])
    yield Case(task, "mailtool --header --jobs 2", mbox, [*tool, *HEADERS, "--jobs", "2", *mbox.paths])
    yield Case(task, "mailtool, the library", mbox, [library, "headers", *mbox.paths])
    yield Case(task, "GMime", mbox, [gmime, "headers", *mbox.paths])
    yield Case(task, "VMime", tenth, [vmime, "headers", *tenth.paths])
    yield Case(task, "Python compat32", tenth, python("headers", "compat32", tenth))
    yield Case(task, "Python default", tenth, python("headers", "default", tenth))

    task = "Whole walk of an mbox: every part decoded, text in UTF-8"
    yield Case(task, strict, mbox, [*tool, "--strict", "--count", *mbox.paths])
    yield Case(task, strict + " --jobs 2", mbox, [*tool, "--strict", "--count", "--jobs", "2", *mbox.paths])
    yield Case(task, "mailtool --tree", mbox, [*tool, "--tree", *mbox.paths])
    yield Case(task, "mailtool --headers", mbox, [*tool, "--headers", *mbox.paths])
    yield Case(task, "mailtool --text", mbox, [*tool, "--text", *mbox.paths])
    yield Case(task, "mailtool --json (hashes)", mbox, [*tool, "--json", *mbox.paths])
    yield Case(task, "mailtool --json --jobs 2", mbox, [*tool, "--json", "--jobs", "2", *mbox.paths])
    yield Case(task, "mailtool, the library", mbox, [library, "walk", *mbox.paths])
    yield Case(task, "GMime", mbox, [gmime, "walk", *mbox.paths])
    yield Case(task, "VMime", tenth, [vmime, "walk", *tenth.paths])
    yield Case(task, "Python compat32", tenth, python("walk", "compat32", tenth))
    yield Case(task, "Python default", tenth, python("walk", "default", tenth))
    yield Case(task, "ripmime --mailbox (writes files)", tenth, ["ripmime", "--mailbox", "-i", *tenth.paths, "-d", "out"])

    for task, files, sample in (("Whole walk of messages of 60 kB", mid, some), ("Whole walk of a message of 200 MB", big, big)):
        yield Case(task, strict, files, [*tool, "--strict", "--count", folder / "mid" if files is mid else big.paths[0]])
        yield Case(task, "mailtool --json (hashes)", files, [*tool, "--json", folder / "mid" if files is mid else big.paths[0]])
        yield Case(task, "mailtool, the library", files, [library, "walk", *files.paths])
        yield Case(task, "GMime", files, [gmime, "walk", *files.paths])
        yield Case(task, "mshow -t", files, ["mshow", "-t", *files.paths])
        if files is big:
            yield Case(task, "mshow -O", big, ["mshow", "-O", *big.paths, *"23456"])
        yield Case(task, "munpack -t (writes files)", sample, ["munpack", "-t", *sample.paths])
        yield Case(task, "ripmime, a process a message (writes files)", sample, each("ripmime -i - -d out", sample))
        yield Case(task, "reformime -i, a process a message", sample, each("reformime -i", sample))
        yield Case(task, "VMime", sample, [vmime, "walk", *sample.paths])
        yield Case(task, "Python compat32", sample, python("walk", "compat32", sample))
        yield Case(task, "Python default", sample, python("walk", "default", sample))

    task = "A message of 2 GB from a pipe"
    pipe = Data("40 times base64", data["base64"].paths * 40, 1)
    for form in (["--strict", "--count"], ["--json"]):
        yield Case(task, strict if "--count" in form else "mailtool --json", pipe, ["sh", "-c", PIPE, "sh", *tool, *form, "--", *pipe.paths])

    task = "Headers of a Maildir: From, To, Subject, decoded"
    yield Case(task, "mailtool --header", small, [*tool, *HEADERS, folder / "small"])
    yield Case(task, "mhdr -d -h from:to:subject", small, ["mhdr", "-d", "-h", "from:to:subject", *small.paths])
    yield Case(task, "GMime", small, [gmime, "headers", *small.paths])
    yield Case(task, "VMime", few, [vmime, "headers", *few.paths])
    yield Case(task, "Python compat32", few, python("headers", "compat32", few))
    yield Case(task, "Python default", few, python("headers", "default", few))

    task = "One message of 5 kB, a process"
    for label, command in (("mailtool --tree", [*tool, "--tree"]), ("mailtool --json", [*tool, "--json"]),
                           ("true", ["true"]), ("mhdr -d", ["mhdr", "-d"]), ("mshow -t", ["mshow", "-t"]),
                           ("GMime", [gmime, "walk"]), ("VMime", [vmime, "walk"])):
        yield Case(task, label, one, [*command, *one.paths], again=40)
    yield Case(task, "reformime -i (and a shell)", one, each("reformime -i", one), again=40)
    yield Case(task, "Python default", one, python("walk", "default", one), again=3)

    task = "Limits of the machine"
    yield Case(task, "cat > /dev/null", mbox, ["cat", *mbox.paths])
    yield Case(task, "wc -l", mbox, ["wc", "-l", *mbox.paths])
    # Into a pipe: grep stops at the first line where its stdout is /dev/null.
    yield Case(task, "grep -c '^From '", mbox, ["sh", "-c", "grep -c '^From ' \"$0\" | cat", *mbox.paths])
    yield Case(task, "sha256sum", mbox, ["sha256sum", *mbox.paths])
    yield Case(task, "base64 -d", data["base64"], ["base64", "-d", *data["base64"].paths])
    yield Case(task, "cat of the Maildir", small, ["cat", *small.paths])
    yield Case(task, "true", one, ["true"], again=40)


def table(task, rows, memcpy):
    print(f"\n### {task}\n")
    print("| program | data | CPU ms | MB/s | µs a message | wall ms | peak MiB | x mailtool |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    if memcpy:
        print(f"| memcpy of 64 MiB | | | {memcpy / 1e6:.0f} | | | | |")
    base = None
    for case in rows:
        if not case.present:
            print(f"| {case.label} | not installed | | | | | | |")
        elif case.failures == [64]:
            print(f"| {case.label} | refuses these options | | | | | | |")
        else:
            octets, wall = case.data.octets, case.median(lambda run: run[2]) / 1e3
            cost = case.cpu / octets
            base = base if base is not None else cost
            label = case.label + (f" (status {case.failures[0]})" if case.failures else "")
            ratio = f"{cost / base:.2f}" if rows[0].label.startswith("mailtool") else ""
            print(f"| {label} | {case.data.name} | {case.cpu * 1e3:.2f} | {octets / case.cpu / 1e6:.0f} | "
                  f"{case.cpu * 1e6 / case.data.messages:.1f} | {wall:.1f} | "
                  f"{case.median(lambda run: run[3]) / 1024:.1f} | {ratio} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mailtool", type=pathlib.Path, required=True)
    parser.add_argument("--peers", type=pathlib.Path, required=True)
    parser.add_argument("--data", type=pathlib.Path, help="made by parse_corpus.py; else made, and removed")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="tasks and programs whose names contain this")
    wanted = parser.parse_args()
    measure = str((wanted.peers / "measure").resolve())
    with tempfile.TemporaryDirectory(prefix="mailtool-bench-") as work:
        data = wanted.data
        if data is None:
            data = pathlib.Path(work) / "data"
            subprocess.run([sys.executable, HERE / "parse_corpus.py", data, "--scale", str(wanted.scale)], check=True)
        data = data.resolve()
        rows = [case for case in cases(wanted.mailtool.resolve(), wanted.peers.resolve(), data, load(data))
                if wanted.only in f"{case.task}: {case.label}"]
        memcpy = []
        for number in range(wanted.rounds):
            memcpy.append(float(subprocess.run([measure, "memcpy"], check=True, capture_output=True).stdout))
            for case in rows:
                if not case.present or case.failures == [64]:
                    continue
                print(f"\rround {number + 1}: {case.task}: {case.label}\033[K", end="", file=sys.stderr, flush=True)
                with tempfile.TemporaryDirectory(dir=work) as folder:
                    (pathlib.Path(folder) / "out").mkdir()
                    case.run(measure, folder)
        print("\r\033[K", end="", file=sys.stderr)
        for task in dict.fromkeys(case.task for case in rows):
            table(task, [case for case in rows if case.task == task],
                  statistics.median(memcpy) if task.startswith("Limits") else None)


if __name__ == "__main__":
    main()
