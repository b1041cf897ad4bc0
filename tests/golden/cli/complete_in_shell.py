"""Types command lines and TAB into a real shell, and looks at what comes.

    complete_in_shell.py bash|zsh|fish PROGRAM COMPLETIONS

bash and zsh run on a pseudo terminal; fish is asked with `complete -C`.
"""

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time

# What is typed, and what stands on the line after TAB where one candidate is
# left. The last word alone is compared.
SINGLE = [
    ("mailtool sen", "send"),
    ("mailtool --json fet", "fetch"),
    ("mailtool send --subj", "--subject"),
    ("mailtool send --tls req", "required"),
    ("mailtool send --tls=opp", "--tls=opportunistic"),
    ("mailtool send -a wor", "work"),
    ("mailtool fetch --all-acc", "--all-accounts"),
    ("mailtool fetch --to maild", "maildir:"),
    ("mailtool fetch --to maildir:Ma", "maildir:Mail/"),
    ("mailtool fetch --to=maildir:Ma", "--to=maildir:Mail/"),
    ("mailtool fetch --password-from key", "keyring"),
    ("mailtool imap folders --subs", "--subscribed"),
    ("mailtool imap -v sear", "search"),
    ("mailtool imap list --sort ar", "arrival"),
    ("mailtool imap list --sort=-da", "--sort=-date"),
    ("mailtool imap list --fields uid,subj", "uid,subject"),
    ("mailtool imap list --fields=uid,subj", "--fields=uid,subject"),
    ("mailtool imap move 1 --to @tr", "@trash"),
    ("mailtool imap move 1 --to=@tr", "--to=@trash"),
    ("mailtool imap list -f @ar", "@archive"),
    ("mailtool imap export INBOX --to maild", "maildir:"),
    ("mailtool imap export INBOX --to maildir:Ma", "maildir:Mail/"),
    ("mailtool imap import maild", "maildir:"),
    ("mailtool imap import maildir:Ma", "maildir:Mail/"),
    ("mailtool imap append INBOX mes", "message.eml"),
    ("mailtool imap batch mes", "message.eml"),
    ("mailtool imap flag +se", "+seen"),
    ("mailtool imap flag +seen -fl", "-flagged"),
    ("mailtool imap flag +seen is:unr", "is:unread"),
    ("mailtool imap list is:unr", "is:unread"),
    ("mailtool imap list has:at", "has:attachment"),
    ("mailtool imap list from:bob is:fl", "is:flagged"),
    ("mailtool imap list subj", "subject:"),
    ("mailtool help par", "parse"),
    ("mailtool parse mes", "message.eml"),
    ("mailtool send --attach mes", "message.eml"),
    ("mailtool send --attach=mes", "--attach=message.eml"),
]

# The same, where the line itself is to stand as it would be typed.
LINES = [
    ("mailtool imap list --fields uid,subj", "mailtool imap list --fields uid,subject"),
    ("mailtool imap list --fields=uid,subj", "mailtool imap list --fields=uid,subject"),
    ("mailtool imap watch --events new,fl", "mailtool imap watch --events new,flags"),
]


def prepare(program, home):
    """A folder with the program under its name, a file and an account."""
    os.mkdir(f"{home}/bin")
    os.symlink(program, f"{home}/bin/mailtool")
    os.mkdir(f"{home}/desk")
    os.mkdir(f"{home}/desk/Mail")
    open(f"{home}/desk/message.eml", "w").close()
    with open(f"{home}/config.toml", "w") as config:
        config.write('[account.work]\nuser = "alice"\n')
    return {
        "HOME": home, "PATH": f"{home}/bin:/usr/bin:/bin", "TERM": "dumb",
        "MAILTOOL_CONFIG": f"{home}/config.toml", "LC_ALL": "C.UTF-8",
        "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", ""),
    }


class Shell:
    """A shell on a pseudo terminal that prints its line when asked."""

    def __init__(self, words, environment, folder):
        self.unread = ""
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.chdir(folder)
            os.execvpe(words[0], words, environment)

    def type(self, text):
        os.write(self.terminal, text.encode())

    def read_until(self, pattern, seconds=20):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = re.search(pattern, self.unread, re.S)
            if found:
                self.unread = self.unread[found.end():]
                return found
            if select.select([self.terminal], [], [], 0.2)[0]:
                try:
                    octets = os.read(self.terminal, 4096)
                except OSError:
                    break
                self.unread += octets.decode("utf-8", "replace")
        sys.exit(f"the shell printed {self.unread!r}, without {pattern!r}")

    def close(self):
        os.close(self.terminal)
        os.waitpid(self.process, 0)


def completed_words(shell, line, quote=""):
    """Completes `line` by TAB, then runs it with its program as `show`; in
    quotes it is one word as it stands."""
    shell.type(line + "\t")
    time.sleep(0.3)
    # Ctrl-A: to the front; the line becomes arguments of show, and is printed.
    shell.type(f"\x01show {quote}\x05{quote}\n")
    found = shell.read_until(r"<<<(.*?)>>>")
    shell.read_until(r"READY")
    return found.group(1).replace("\r", "").strip().split("|")[:-1]


SHOW = "show() { printf '<<<'; printf '%s|' \"$@\"; printf '>>>'; printf 'REA%s' DY; }"


def start_bash(environment, folder, completions):
    rc = f"{environment['HOME']}/rc"
    with open(rc, "w") as file:
        file.write(". /usr/share/bash-completion/bash_completion\n"
                   f". {completions}/mailtool.bash\nPS1='$ '\n"
                   "bind 'set enable-bracketed-paste off'\n"
                   f"{SHOW}\nprintf 'REA%s' DY\n")
    return Shell(["bash", "--noprofile", "--rcfile", rc, "-i"],
                 environment, folder)


def start_zsh(environment, folder, completions):
    with open(f"{environment['HOME']}/.zshrc", "w") as file:
        file.write(f"fpath=({completions} $fpath)\n"
                   "autoload -U compinit && compinit -u -D\n"
                   "bindkey -e\nsetopt no_auto_menu\nPS1='$ '\n"
                   "unsetopt prompt_cr prompt_sp\n"
                   f"{SHOW}\nprintf 'REA%s' DY\n")
    environment = dict(environment, ZDOTDIR=environment["HOME"])
    return Shell(["zsh", "-i", "-d"], environment, folder)


def ask_fish(environment, folder, completions, line):
    """fish says itself what it would complete the last word to."""
    script = (f"source {completions}/mailtool.fish; "
              "complete -C $argv[1]")
    done = subprocess.run(["fish", "--no-config", "-c", script, line],
                          cwd=folder, env=environment, timeout=60,
                          capture_output=True, text=True)
    if done.stderr:
        sys.exit(f"fish: {done.stderr}")
    return [row.split("\t")[0] for row in done.stdout.splitlines()]


def main():
    name, program, completions = sys.argv[1:]
    completions = os.path.abspath(completions)
    if not shutil.which(name):
        sys.exit(f"{name} is not installed: script/bootstrap --lab")
    wrong = 0
    with tempfile.TemporaryDirectory() as home:
        environment = prepare(os.path.abspath(program), home)
        folder = f"{home}/desk"
        shell = None
        if name != "fish":
            start = start_bash if name == "bash" else start_zsh
            shell = start(environment, folder, completions)
            shell.read_until("READY")
        for line, expected in SINGLE:
            if shell:
                words = completed_words(shell, line)
                good = words and words[-1] == expected
            else:
                words = ask_fish(environment, folder, completions, line)
                good = words == [expected]
            if not good:
                wrong += 1
                print(f"{name}: {line!r} + TAB: {words}, not {expected!r}")
        for line, expected in LINES if shell else ():
            words = completed_words(shell, line, quote="'")
            if [word.rstrip() for word in words] != [expected]:
                wrong += 1
                print(f"{name}: {line!r} + TAB: {words}, not {expected!r}")
        if shell:
            shell.close()
    sys.exit(1 if wrong else 0)


main()
