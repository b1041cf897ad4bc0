"""Messages that readers take apart differently (ambiguous.py): either a view of mailtool finds the
payload, or a defect says what is ambiguous. For those of ambiguous.EXCEPTIONS neither is so.

  ambiguous_test.py MAILTOOL [NAME...]
"""

import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import ambiguous


def found(mailtool, name, folder):
    """Gives whether a file of the union of the views holds the payload, and the ambiguities."""
    message, files = folder / f"{name}.eml", folder / name
    message.write_bytes(ambiguous.MESSAGES[name])
    extracted = subprocess.run([mailtool, "parse", "--views", "--extract", files, message], capture_output=True)
    if extracted.returncode != 0:
        return False, [f"status {extracted.returncode}: {extracted.stderr.decode(errors='replace').strip()}"], True
    payload = ambiguous.payload(name).split(b"\n")[0]
    holds = files.is_dir() and any(payload in path.read_bytes() for path in files.rglob("*") if path.is_file())
    parsed = subprocess.run([mailtool, "parse", "--json", message], capture_output=True, check=True)
    defects = [defect for line in parsed.stdout.splitlines() for defect in json.loads(line).get("defects", ())]
    return holds, sorted({defect["rule"] for defect in defects if defect.get("ambiguity") not in (None, "none")}), False


def main():
    mailtool = os.path.abspath(sys.argv[1])
    names = sys.argv[2:] or list(ambiguous.MESSAGES)
    extracted = reported = 0
    failures = []
    with tempfile.TemporaryDirectory(prefix="mailtool-ambiguous-") as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, (holds, rules, failed) in zip(names, pool.map(lambda name: found(mailtool, name, pathlib.Path(folder)), names)):
            extracted += holds
            reported += bool(rules) and not failed
            reason = ambiguous.EXCEPTIONS.get(name)
            if reason is not None and not failed:
                if holds or rules:
                    failures.append(f"{name}: no exception ({reason}): {'found' if holds else '; '.join(rules)}")
            elif failed or not (holds or rules):
                failures.append(f"{name}: {'; '.join(rules) or 'neither found nor reported'}\n    {ambiguous.MESSAGES[name]!r}")
    print(f"{len(names)} messages: {extracted} extracted, {reported} reported, {len(failures)} not as they should be", *failures, sep="\n")
    return 1 if failures or not names else 0


if __name__ == "__main__":
    sys.exit(main())
