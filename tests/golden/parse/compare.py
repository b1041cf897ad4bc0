"""Compares what `mailtool parse` makes of each message with the files beside it."""

import difflib
import os
import pathlib
import subprocess
import sys

here = pathlib.Path(__file__).parent
mailtool = sys.argv[1]
update = os.environ.get("MAILTOOL_UPDATE_GOLDEN") == "1"
failed = 0
compared = 0

for message in sorted([*here.glob("*.eml"), *here.glob("*.mbox")]):
    for form in ("tree", "json", "text", "headers"):
        done = subprocess.run([mailtool, "parse", f"--{form}", message.name], cwd=here,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}, timeout=30)
        got = done.stdout
        if done.returncode != 0 or done.stderr:
            got += f"status {done.returncode}\n".encode() + done.stderr
        expected = message.with_suffix(f".{form}")
        if update:
            expected.write_bytes(got)
            continue
        compared += 1
        want = expected.read_bytes()
        if got == want:
            continue
        failed += 1
        print(f"{message.name} --{form}:")
        print("\n".join(difflib.unified_diff(want.decode(errors="replace").splitlines(),
                                             got.decode(errors="replace").splitlines(),
                                             "expected", "got", lineterm="")))

print(f"{compared} compared, {failed} differ")
sys.exit(1 if failed or (compared == 0 and not update) else 0)
