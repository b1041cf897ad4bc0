"""Where what a server keeps lies in memory, if there is room: a test that asks what it says needs no disk."""

import os
import pathlib

ROOM = 1 << 30


def fast_place():
    """A folder, or None for that of other temporary files."""
    memory = pathlib.Path("/dev/shm")
    return memory if memory.exists() and os.statvfs(memory).f_bavail * os.statvfs(memory).f_frsize > ROOM else None
