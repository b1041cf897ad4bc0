"""A home with a config file of POP3 accounts on scripted_pop3 servers, and a Maildir for each."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile

from fetch_home import FetchHome
from program import MAILTOOL, SECRET


class AccountsHome:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mailtool-accounts-"))
        self.config = self.folder / ".config" / "mailtool" / "config.toml"
        self.config.parent.mkdir(parents=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    def text(self, text):
        with self.config.open("a") as file:
            file.write(text)

    def account(self, name, server, *, host=None, to="", options=None, password="env:PW"):
        """Of alice at NAME.example, which is this server (or a port); `to` None: no destination."""
        host = host or f"{name}.example"
        port = getattr(server, "port", server)
        self.text(f'[account.{name}]\nfetch = "pop3://alice@{host}"\ntls = "off"\nallow-cleartext-password = true\n'
                  f'password-from = "{password}"\nresolve = "{host}:110:127.0.0.1:{port}"\n')
        if to is not None:
            self.text(f'to = "{to or "maildir:~/" + name}"\n')
        if options:
            self.text(f"[account.{name}.fetch-options]\n")
            self.text("".join(f"{key} = {json.dumps(value)}\n" for key, value in options.items()))

    def path(self, name):
        return self.folder / name

    def messages(self, name):
        return [path.read_bytes() for path in sorted(self.path(name).glob("[nc]*/*"))]

    def environment(self):
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LC_ALL": "C.UTF-8", "PW": SECRET}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                environment[name] = os.environ[name]
        return environment

    def start_any(self, *words, **more):
        more = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
        return subprocess.Popen([MAILTOOL, *map(str, words)], env=self.environment(), cwd=self.folder, **more)

    def start(self, *arguments, **more):
        return self.start_any("fetch", *arguments, **more)

    finish = FetchHome.finish

    def run(self, *words, timeout=60, **more):
        return self.finish(self.start_any(*words, **more), timeout)

    def fetch(self, *arguments, timeout=60, **more):
        return self.run("fetch", *arguments, timeout=timeout, **more)
