#!/usr/bin/env python3
"""Average precision on simulated frames that no training has seen, to watch a training by.

    python3 -m training.evaluate runs/kitti3/checkpoint.pth --frames 500
"""

import argparse
import itertools
import json
import pathlib
import sys

import torch

from . import errors
from .data.frames import DIFFICULTIES, NAMES
from .data.simulator import SimulatorStream, find_simulator
from .detection.post import Detector
from .evaluation.average_precision import Truth, curve
from .export import read_network
from .progress import Bar

HELD_OUT = 900_000_000  # Training seeds a stream with 2 (4096 seed + lane): far below.
STRICT = {"Car": 0.7, "Pedestrian": 0.5, "Cyclist": 0.5}
LOOSE = {"Car": 0.5, "Pedestrian": 0.25, "Cyclist": 0.25}
NEIGHBOURS = {"Car": "Van", "Pedestrian": "Person_sitting"}  # KITTI's
FALSE_SCORE = 0.5


def truth(frame, name, level):
    """Of a class: those up to KITTI's difficulty `level` count, harder ones and neighbours neither
    help nor hurt."""
    own = frame.names == NAMES.index(name)
    near = (frame.names == NAMES.index(NEIGHBOURS[name])) if name in NEIGHBOURS else own & False
    kept = own | near
    return Truth(frame.boxes[kept], (own & (frame.difficulty <= level))[kept])


def of_class(found, label):
    chosen = found.labels == label
    return found.boxes[chosen], found.scores[chosen]


def table(model, frames, detections):
    """A row a class: APs in percent, and the false boxes a frame above FALSE_SCORE."""
    rows = {}
    for label, name in enumerate(model.classes):
        mine = [of_class(d, label) for d in detections]
        row = {"objects": 0}
        for level, difficulty in enumerate(DIFFICULTIES[:3]):
            truths = [truth(f, name, level) for f in frames]
            both = [(b, s, t) for (b, s), t in zip(mine, truths)]
            strict = curve(both, STRICT.get(name, 0.5))
            row[difficulty] = strict.average_precision
            row[f"{difficulty} bev"] = curve(both, STRICT.get(name, 0.5),
                                             volume=False).average_precision
            row["objects"] = strict.objects
        all_count = [(b, s, truth(f, name, len(DIFFICULTIES))) for (b, s), f in zip(mine, frames)]
        loose = curve(all_count, LOOSE.get(name, 0.25), volume=False)
        row["false"] = float((~loose.right & (loose.scores > FALSE_SCORE)).sum()) / len(frames)
        rows[name] = row
    return rows


def main():
    p = argparse.ArgumentParser(prog="training.evaluate", description=__doc__.splitlines()[0])
    p.add_argument("inputs", nargs="+", type=pathlib.Path, metavar="WEIGHTS | CONFIG.yaml CHECKPOINT")
    p.add_argument("--frames", type=int, default=100)
    p.add_argument("--seed", type=int, default=0, help="of the held-out frames")
    p.add_argument("--view", default="camera", help="the simulator's view")
    p.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    p.add_argument("--simulator", type=pathlib.Path)
    p.add_argument("--json", type=pathlib.Path, help="the table as a file too")
    args = p.parse_args()
    if args.frames < 1 or len(args.inputs) > 2:
        p.error("expected WEIGHTS or CONFIG.yaml CHECKPOINT, and at least one frame")
    network = read_network(args.inputs)
    detector = Detector(network.to(args.device, memory_format=torch.channels_last))
    stream = SimulatorStream(find_simulator(args.simulator), args.view, HELD_OUT + args.seed,
                             frames=args.frames)
    bar, frames, detections = Bar(), [], []
    for frame in itertools.islice(stream, args.frames):
        detections.append(detector.detect(frame.points))
        frames.append(frame)
        bar.show(len(frames) / args.frames, f"{len(frames)} frames")
    stream.close()
    bar.clear()
    rows = table(network.model, frames, detections)
    print(f"{args.frames} simulated frames, seed {HELD_OUT + args.seed}; AP R40 in %: 3D and (bird's-"
          f"eye); false: boxes above {FALSE_SCORE} a frame that meet no object of their class")
    print(f"{'class':12} {'IoU':>4} {'easy':>15} {'moderate':>15} {'hard':>15} {'objects':>8} "
          f"{'false':>6}")
    for name, row in rows.items():
        cells = [f"{row[d]:6.2f} ({row[f'{d} bev']:6.2f})" for d in DIFFICULTIES[:3]]
        print(f"{name:12} {STRICT.get(name, 0.5):4} {cells[0]:>15} {cells[1]:>15} {cells[2]:>15} "
              f"{row['objects']:8d} {row['false']:6.2f}")
    if args.json:
        args.json.write_text(json.dumps(rows, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(errors.run("training.evaluate", main))
