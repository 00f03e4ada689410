"""How long opening an engine takes in a new process: builds of bench/opening take turns.

usage: python3 bench/opening.py ENGINE BINARY... [--rounds 15] [--graph]
"""
import argparse
import re
import statistics
import subprocess

parser = argparse.ArgumentParser()
parser.add_argument("engine")
parser.add_argument("binaries", nargs="+")
parser.add_argument("--rounds", type=int, default=15)
parser.add_argument("--graph", action="store_true", help="of one graph, not of a model")
options = parser.parse_args()

lines = {binary: [] for binary in options.binaries}
for _ in range(options.rounds):
    for binary in options.binaries:
        words = [binary, options.engine] + ["graph"] * options.graph
        text = subprocess.run(words, capture_output=True, text=True, check=True).stdout
        lines[binary].append([float(word) for word in re.match(r"([\d.]+) ms, (\d+) pages", text).groups()])
print("| binary | median ms | best ms | pages touched first |\n|---|---|---|---|")
for binary, runs in lines.items():
    ms, pages = zip(*runs)
    print(f"| {binary} | {statistics.median(ms):.1f} | {min(ms):.1f} | {statistics.median(pages):.0f} |")
