"""A large attachment goes out in little memory.

  send_big_test.py MAILTOOL MEASURE [--octets N] [--no-memory-limit]
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from scripted_smtp import EHLO, SmtpServer

MOST_KIB = 30 * 1024


def send(options, folder, arguments, server):
    """Peak resident KiB of a run that succeeds."""
    read, write = os.pipe()
    done = subprocess.run(
        [options.measure, "--to", str(write), options.mailtool, "send", "--server",
         f"smtp://127.0.0.1:{server.port}", "--tls", "off", *arguments],
        pass_fds=[write], env={**os.environ, "HOME": folder}, stdin=subprocess.DEVNULL, timeout=300)
    os.close(write)
    with os.fdopen(read) as report:
        user, system, wall, peak, status = map(int, report.read().split())
    if done.returncode or status:
        sys.exit(f"status {status}, measure {done.returncode}")
    return peak


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mailtool")
    parser.add_argument("measure")
    parser.add_argument("--octets", type=int, default=1_000_000_000)
    parser.add_argument("--no-memory-limit", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mailtool-test-") as folder:
        file = pathlib.Path(folder) / "disk.img"
        with open(file, "wb") as made:
            made.truncate(options.octets)  # sparse: it takes no room
        with SmtpServer(ehlo=(*EHLO, "SIZE 0")) as server:
            peak = send(options, folder, ["--from", "a@example.com", "--to", "b@example.org", "-s", "Disk",
                                          "--body", "Here.", "--attach", str(file)], server)
        [message] = server.messages
        # Base64, 76 to a line and CRLF, is 78 octets for each 57; the rest is header and borders.
        content = (options.octets + 56) // 57 * 78
        if not content - 78 <= message.size <= content + 2000:
            sys.exit(f"{message.size} octets arrived, not about {content}")
        if f"SIZE={message.size}" not in message.parameters:
            sys.exit(f"{message.parameters} was said, and {message.size} octets came")
        print(f"{options.octets} octets, peak {peak} KiB")
        if peak > MOST_KIB and not options.no_memory_limit:
            sys.exit(f"more than {MOST_KIB} KiB")


if __name__ == "__main__":
    main()
