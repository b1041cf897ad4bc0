"""Plays a session file: command lines, and what they must print.

    $ mailtool snd          a command line, split as a shell does; nothing is
                            expanded but $CONFIG, a file with the [config] text
    < text                  a line of stdin
    > text                  a line of stdout
    ! text                  a line of stderr
    = 64                    the exit status
    # text                  a comment
    [config] ... [end]      the text of $CONFIG from here on

MAILTOOL_UPDATE_GOLDEN=1 rewrites the file to what was printed.
"""

import os
import shlex
import subprocess
import sys
import tempfile


class Step:
    def __init__(self, line):
        self.line = line
        self.input = []
        self.expected = []


def read_session(path):
    """Items: a Step, a string to keep as it is, or a list with a config."""
    items = []
    config = None
    for line in open(path, encoding="utf-8").read().splitlines():
        if config is not None:
            if line == "[end]":
                items.append(config)
                config = None
            else:
                config.append(line)
        elif line == "[config]":
            config = []
        elif line.startswith("$ "):
            items.append(Step(line[2:]))
        elif line.startswith("< "):
            items[-1].input.append(line[2:])
        elif line[:2] in ("> ", "! ", "= ") or line in (">", "!"):
            items[-1].expected.append(line)
        elif line == "" or line.startswith("#"):
            items.append(line)
        else:
            sys.exit(f"{path}: cannot read the line: {line}")
    return items


def marked(mark, octets):
    text = octets.decode("utf-8", "backslashreplace")
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    return [f"{mark} {line}".rstrip() for line in lines]


def play(step, program, home, config):
    words = [word.replace("$CONFIG", config) for word in shlex.split(step.line)]
    assert words[0] == "mailtool", step.line
    done = subprocess.run(
        [program] + words[1:],
        input="".join(line + "\n" for line in step.input).encode(),
        capture_output=True, cwd=home, timeout=30,
        env={"HOME": home, "PATH": "/usr/bin:/bin", "COLUMNS": "80",
             "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "")})
    shown = marked(">", done.stdout) + marked("!", done.stderr)
    shown = [line.replace(config, "$CONFIG") for line in shown]
    return shown + [f"= {done.returncode}"]


def main():
    program, path = sys.argv[1:]
    written = []
    wrong = 0
    with tempfile.TemporaryDirectory() as home:
        config = os.path.join(home, "config.toml")
        for item in read_session(path):
            if isinstance(item, str):
                written.append(item)
            elif isinstance(item, list):
                with open(config, "w", encoding="utf-8") as file:
                    file.write("\n".join(item) + "\n")
                os.chmod(config, 0o600)
                written += ["[config]", *item, "[end]"]
            else:
                shown = play(item, program, home, config)
                written += ["$ " + item.line]
                written += ["< " + line for line in item.input] + shown
                if shown != item.expected:
                    wrong += 1
                    print("$ " + item.line)
                    print("expected:", *item.expected, sep="\n  ")
                    print("printed:", *shown, sep="\n  ")
    if os.environ.get("MAILTOOL_UPDATE_GOLDEN") == "1":
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(written) + "\n")
        return
    sys.exit(1 if wrong else 0)


main()
