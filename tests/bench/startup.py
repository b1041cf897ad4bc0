"""Times commands in turns: LABEL=COMMAND ... Prints the median of each, what it
costs more than the first, and its ratio to the first."""

import shlex
import statistics
import subprocess
import sys
import time

ROUNDS = 300


def once(command):
    started = time.perf_counter_ns()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return (time.perf_counter_ns() - started) / 1e6


rows = [argument.split("=", 1) for argument in sys.argv[1:]]
commands = {label: shlex.split(command) for label, command in rows}
for command in commands.values():
    once(command)
times = {label: [] for label in commands}
for _ in range(ROUNDS):
    for label, command in commands.items():
        times[label].append(once(command))
base = statistics.median(next(iter(times.values())))
print(f"{'command':24} {'median ms':>10} {'more ms':>8} {'ratio':>6}   ({ROUNDS} turns each)")
for label, samples in times.items():
    median = statistics.median(samples)
    print(f"{label:24} {median:10.2f} {median - base:8.2f} {median / base:6.2f}")
