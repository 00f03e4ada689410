"""What a frame costs by how much of the BEV grid its pillars occupy: on the pillars, and the whole image.

usage: bench/peers/run --occupancy RPN.onnx [--threads 2] [--rounds 5] [--json FILE]

Pillars stand in square patches of 12 x 12 cells, as objects and ground do, not one by one. The sides take
turns within a round; ratios are taken within rounds.
"""
import argparse
import json
import pathlib
import statistics
import sys

import numpy as np
import onnxruntime
from sides import MODES, Colonnade

SHARES = (0, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 0.7, 1)
PATCH = 12
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def image_of(shape, share, random):
    """float32 [1, C, H, W], `share` of its cells not zero."""
    height, width = shape[2:]
    occupied = np.zeros((height, width), bool)
    while occupied.mean() < share:
        if share == 1:
            occupied[:] = True
            break
        y, x = random.integers(height), random.integers(width)
        occupied[y:y + PATCH, x:x + PATCH] = True
    return np.where(occupied, random.uniform(0.1, 1, shape), 0).astype(np.float32)


def main():
    parser = argparse.ArgumentParser(prog="bench/peers/run --occupancy")
    parser.add_argument("graph")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--isa", default="auto")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--binary", default=str(ROOT / "build-bench/bench/graph_rounds"))
    parser.add_argument("--json", metavar="FILE")
    options = parser.parse_args()
    value = onnxruntime.InferenceSession(options.graph, providers=["CPUExecutionProvider"]).get_inputs()[0]
    if len(value.shape) != 4:
        sys.exit(f"expected a graph of one BEV image, found an input {value.shape}")
    random, rows = np.random.default_rng(1), []
    print("| occupied | " + " | ".join(MODES.values()) + " | on the pillars / whole: Winograd, direct | scanned / whole: Winograd, direct |")
    print("|---|" + "---|" * (len(MODES) + 2))
    for share in SHARES:
        inputs = {value.name: image_of(value.shape, share, random)}
        sides = {mode: Colonnade(options.graph, inputs, options, mode) for mode in MODES}
        times = {mode: [] for mode in MODES}
        for _ in range(options.rounds):
            for mode, side in sides.items():
                times[mode].append(min(side.times(2)))
        for side in sides.values():
            side.close()
        ratios = [statistics.median(a / b for a, b in zip(times[f"{given}-{m}"], times[m]))
                  for given in ("sweep", "scan") for m in ("winograd", "direct")]
        rows.append({"share": share, "milliseconds": times, "ratios": ratios})
        print(f"| {100 * share:.0f} % | " +
              " | ".join(f"{statistics.median(times[m]):.1f}" for m in MODES) +
              " | {:.2f}, {:.2f} | {:.2f}, {:.2f} |".format(*ratios), flush=True)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
