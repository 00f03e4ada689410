"""What `colonnade bench` itself takes of the time that it measures: between two runs, and where it's
told of layers (--exportProfile), which takes turns with none.

usage: python3 bench/overhead.py COLONNADE [--rounds 7] -- MODEL --cloud SWEEP [OPTION...]
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

parser = argparse.ArgumentParser()
parser.add_argument("colonnade")
parser.add_argument("--rounds", type=int, default=7)
split = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
options = parser.parse_args(sys.argv[1:split])


def bench(folder, *more):
    """The runs of one `colonnade bench`, as --exportTimes has them."""
    times = os.path.join(folder, "times.json")
    words = [options.colonnade, "bench", *sys.argv[split + 1:], f"--exportTimes={times}", *more]
    subprocess.run(words, stdout=subprocess.DEVNULL, check=True)
    with open(times, encoding="utf-8") as file:
        return json.load(file)


def share_between(runs):
    """Of the time from the first run's start to the last one's end: what no run took."""
    whole = runs[-1]["endComputeMs"] - runs[0]["startComputeMs"]
    return 1 - sum(run["computeMs"] for run in runs) / whole


gaps, ratios, best = [], [], [[], []]
with tempfile.TemporaryDirectory() as folder:
    for _ in range(options.rounds):
        plain = bench(folder)
        told = bench(folder, f"--exportProfile={os.path.join(folder, 'profile.json')}")
        gaps.append(share_between(plain))
        latencies = [[run["latencyMs"] for run in runs] for runs in (plain, told)]
        ratios.append(statistics.median(latencies[1]) / statistics.median(latencies[0]))
        for side, runs in zip(best, latencies):
            side.append(min(runs))
print("| | median | least | most |\n|---|---|---|---|")
print(f"| between runs | {statistics.median(gaps):.4%} | {min(gaps):.4%} | {max(gaps):.4%} |")
print(f"| latency told of layers / not told | {statistics.median(ratios):.4f} | {min(ratios):.4f} | "
      f"{max(ratios):.4f} |")
print(f"\nthe best run of all, told of layers / not told: {min(best[1]) / min(best[0]):.4f}")
