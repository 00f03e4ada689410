"""What building an engine takes: seconds and peak memory of `colonnade build`, of the same again, which
is reused, and what is stored of it.

usage: python3 bench/building.py COLONNADE MODEL.yaml|GRAPH.onnx [--rounds 5] [-- OPTION...]
"""
import argparse
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

parser = argparse.ArgumentParser()
parser.add_argument("colonnade")
parser.add_argument("input")
parser.add_argument("--rounds", type=int, default=5)
split = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
options = parser.parse_args(sys.argv[1:split])


def build(engine):
    """(seconds, peak MB, standard output) of a process of its own."""
    start = time.perf_counter()
    words = [options.colonnade, "build", options.input, "-o", engine, *sys.argv[split + 1:]]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(words)}: exit status {process.returncode}")
    return time.perf_counter() - start, usage.ru_maxrss * 1024 / 1e6, said


runs = {"built": [], "reused": []}
with tempfile.TemporaryDirectory() as folder:
    for number in range(options.rounds):
        file = os.path.join(folder, f"{number}.engine")
        for how in ("built", "reused"):
            seconds, peak, text = build(file)
            assert text.startswith(how), text
            runs[how].append((seconds, peak))
    stored = pathlib.Path(file).stat().st_size / 1e6
    weights = float(re.search(r"weights ([\d.]+) MB", text)[1])

print("| | median s | best s | peak MB |\n|---|---|---|---|")
for how, each in runs.items():
    times, peaks = zip(*each)
    print(f"| {how} | {statistics.median(times):.3f} | {min(times):.3f} | {max(peaks):.0f} |")
print(f"\nstored: {stored:.2f} MB, of which weights as the file holds them {weights:.2f} MB")
