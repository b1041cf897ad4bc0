"""Compares what `mailtool parse` makes of each message with the files beside it.

NAME.eml has NAME.tree, NAME.json, NAME.text, NAME.headers, NAME.html and NAME.extract (the files that
--extract writes, as JSON); a file that is not there stands for no output.
"""

import difflib
import os
import pathlib
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).parent
mailtool = sys.argv[1]
update = os.environ.get("MAILTOOL_UPDATE_GOLDEN") == "1"
failed = 0
compared = 0


def run(*options, cwd=here):
    done = subprocess.run([mailtool, "parse", *options], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}, timeout=30)
    got = done.stdout
    if done.returncode != 0 or done.stderr:
        got += f"status {done.returncode}\n".encode() + done.stderr
    return got


def output(form, message):
    if form != "extract":
        return run(f"--{form}", message.name)
    with tempfile.TemporaryDirectory() as folder:
        return run("--extract", "files", "--json", str(message), cwd=folder).replace(
            str(here).encode() + b"/", b"")


for message in sorted([*here.glob("*.eml"), *here.glob("*.mbox")]):
    for form in ("tree", "json", "text", "headers", "html", "extract"):
        got = output(form, message)
        expected = message.with_suffix(f".{form}")
        if update:
            if got:
                expected.write_bytes(got)
            else:
                expected.unlink(missing_ok=True)
            continue
        compared += 1
        want = expected.read_bytes() if expected.exists() else b""
        if got == want:
            continue
        failed += 1
        print(f"{message.name} --{form}:")
        print("\n".join(difflib.unified_diff(want.decode(errors="replace").splitlines(),
                                             got.decode(errors="replace").splitlines(),
                                             "expected", "got", lineterm="")))

print(f"{compared} compared, {failed} differ")
sys.exit(1 if failed or (compared == 0 and not update) else 0)
