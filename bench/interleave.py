#!/usr/bin/env python3
"""interleave.py FIGURES SET CASE SECONDS ROUNDS NAME=COMMAND... -- runs the commands in turn, so that what else the machine
does meets all of them alike, and puts a line for each into FIGURES in the place of those of this SET and CASE

No shell runs them, whose start would be part of the time.

SET CASE NAME ROUNDS, wall time in seconds (median), CPU in seconds (median), and the wall time's ratio to that of the first
command of the same round: median, lower and upper quartile. No round begins after SECONDS. A command that fails ends all."""
import os
import shlex
import statistics
import subprocess
import sys
import time

figures, which, case, seconds, rounds = sys.argv[1:6]
commands = [word.split("=", 1) for word in sys.argv[6:]]


def run(name, command):
    """-> wall time, CPU time"""
    began = time.perf_counter()
    child = subprocess.Popen(shlex.split(command), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = child.stderr.read()
    _, status, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"interleave.py: {name} ended with {child.returncode}: {said.decode(errors='replace')[-500:]}")
    return wall, used.ru_utime + used.ru_stime


def quartiles(values):
    if len(values) < 2:
        return values[0], values[0]
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, high


for name, command in commands if int(rounds) > 3 else []:
    run(name, command)  # once, for the caches
taken = {name: [] for name, _ in commands}
end = time.monotonic() + float(seconds)
for number in range(int(rounds)):
    if number > 0 and time.monotonic() > end:
        break
    for name, command in commands:
        taken[name].append(run(name, command))

base = [wall for wall, _ in taken[commands[0][0]]]
lines = []
for name, runs in taken.items():
    walls = [wall for wall, _ in runs]
    ratios = [wall / first for wall, first in zip(walls, base)]
    low, high = quartiles(ratios)
    numbers = (statistics.median(walls), statistics.median(cpu for _, cpu in runs), statistics.median(ratios), low, high)
    lines.append("\t".join([which, case, name, str(len(runs)), *(f"{number:.4f}" for number in numbers)]))
kept = []
if os.path.exists(figures):
    with open(figures, encoding="utf-8") as file:
        kept = [line for line in file.read().splitlines() if line.split("\t")[:2] != [which, case]]
with open(figures + ".new", "w", encoding="utf-8") as file:
    file.write("\n".join(kept + lines) + "\n")
os.replace(figures + ".new", figures)
print("\n".join(lines), flush=True)
