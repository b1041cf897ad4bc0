"""A disk of a size that a test chooses, which may fill up or become read-only.

    small_disk.prepare()            once, before any test
    with SmallDisk(200) as disk:    200 KB
        ... home at disk.path, run disk.program with disk.environment ...
        disk.grow(2000)

It is a tmpfs. Who may not mount one gets a name space in which to. Where there is none either, it is a limit to the size
of each file, a quarter of the disk's; and read-only is a program whose calls for durability all fail.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from program import MAILTOOL

FAULTY = os.environ.get("MAILTOOL_FAULTY", "mailtool_faulty")
LIMITED = ("sh", "-c", 'trap "" XFSZ; exec prlimit --fsize="$0" "$@"')


def mount(*words):
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.run(["mount", "-i", "-n", "-t", "tmpfs", "-o", *map(str, words)], **quiet).returncode == 0


def able():
    with tempfile.TemporaryDirectory() as folder:
        return mount("size=8k", "tmpfs", folder) and \
            subprocess.run(["umount", folder]).returncode == 0


def prepare():
    """Starts this process anew in a name space of its own, when it needs one and may have one."""
    if able() or os.environ.get("MAILTOOL_NAME_SPACE"):
        return
    os.environ["MAILTOOL_NAME_SPACE"] = "tried"
    namespace = ["unshare", "--map-root-user", "--mount"]
    if shutil.which("unshare") and subprocess.run([*namespace, "true"], stderr=subprocess.DEVNULL).returncode == 0:
        os.execvp("unshare", [*namespace, *sys.orig_argv])


class SmallDisk:
    def __init__(self, kilobytes):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="mailtool-disk-"))
        self.mounted = mount(f"size={kilobytes}k", "tmpfs", self.path)
        self.program, self.environment = (MAILTOOL,), {}
        if not self.mounted:
            self.grow(kilobytes)

    def grow(self, kilobytes):
        if self.mounted:
            assert mount(f"remount,rw,size={kilobytes}k", "tmpfs", self.path)
        else:
            self.program, self.environment = (*LIMITED, str(kilobytes * 256), MAILTOOL), {}

    def read_only(self):
        """From here on, until it grows."""
        if self.mounted:
            assert mount("remount,ro", "tmpfs", self.path)
        else:
            self.program = (FAULTY,)
            self.environment = {"FAULT_FAIL_AT": "1", "FAULT_FOR_GOOD": "1", "FAULT_ERRNO": "30"}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.mounted:
            subprocess.run(["umount", "--lazy", self.path], check=True)
        shutil.rmtree(self.path, ignore_errors=True)
