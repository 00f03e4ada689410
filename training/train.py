#!/usr/bin/env python3
"""Trains PointPillars on simulated LiDAR, from nothing to weights; resumes what the folder holds.

    python3 -m training.train --out runs/kitti3                     # all of it
    python3 -m training.train --out runs/kitti3 --minutes 9         # a piece; again for the next
"""

import argparse
import dataclasses
import json
import pathlib
import signal
import sys

import torch

from . import checkpoint, errors
from .data.simulator import find_simulator
from .settings import kitti3
from .trainer import Trainer, TrainSettings, usable_cpus


def window(text):
    """'256x256' (rows x columns) or 'full'."""
    if text == "full":
        grid = kitti3().grid
        return grid.ny, grid.nx
    rows, _, columns = text.partition("x")
    if not (rows.isdigit() and columns.isdigit()) or int(rows) % 8 or int(columns) % 8 or not (
            64 <= int(rows) <= 496 and 64 <= int(columns) <= 432):
        raise argparse.ArgumentTypeError(
            f"expected 'full' or ROWSxCOLUMNS, multiples of 8 from 64 up to 496x432, found '{text}'")
    return int(rows), int(columns)


def positive(kind):
    def parse(text):
        value = kind(text)
        if not value > 0:
            raise argparse.ArgumentTypeError(f"expected a positive number, found {text}")
        return value
    return parse


def amount(text):
    value = float(text)
    if not 0 <= value <= 10:
        raise argparse.ArgumentTypeError(f"expected a factor from 0 to 10, found {text}")
    return value


def counts(text):
    """'4,5,5': a number for each class of kitti3."""
    values = text.split(",")
    if len(values) != len(kitti3().classes) or not all(v.isdigit() and int(v) < 100 for v in values):
        raise argparse.ArgumentTypeError(
            f"expected a number up to 99 for each of {', '.join(kitti3().classes)}, as 4,5,5; found '{text}'")
    return tuple(int(v) for v in values)


def share(text):
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"expected a share from 0 to 1, found {text}")
    return value


def parser():
    p = argparse.ArgumentParser(prog="training.train", description=__doc__.splitlines()[0],
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--out", type=pathlib.Path, required=True, help="folder of the run")
    p.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    p.add_argument("--minutes", type=positive(float), help="end this piece after so long")
    p.add_argument("--restart", action="store_true", help="anew, whatever --out holds")
    p.add_argument("--start-from", type=pathlib.Path, metavar="WEIGHTS",
                   help="a new run's first weights")
    p.add_argument("--simulator", type=pathlib.Path, help="colonnade-simulate; build/'s otherwise")
    p.add_argument("--threads", type=positive(int), help="of PyTorch on the CPU")
    p.add_argument("--compile", action="store_true", help="torch.compile: a slow start, then faster")
    p.add_argument("--log-every", type=positive(int), default=50, metavar="ITERATIONS")
    run = p.add_argument_group("what a run is", "a resumed run keeps its own unless they are given")
    run.add_argument("--width", type=positive(float), help="of every layer; 0.5 halves (1)")
    run.add_argument("--seed", type=int, help="(1)")
    run.add_argument("--iterations", type=positive(int), help="(20000 on a CPU, 8000 on a GPU)")
    run.add_argument("--budget-minutes", type=positive(float),
                     help="train for so long in all, instead of --iterations")
    run.add_argument("--batch", type=positive(int), help="(4 on a CPU, 32 on a GPU)")
    run.add_argument("--window", type=window, metavar="ROWSxCOLUMNS|full",
                     help="pillars that a sample shows (256x256 on a CPU, full on a GPU)")
    run.add_argument("--rate", type=positive(float), help="largest learning rate (0.003)")
    run.add_argument("--lanes", type=positive(int), help="processes that simulate and augment")
    run.add_argument("--fresh", type=positive(int), help="new frames a batch")
    run.add_argument("--no-intensity", type=share, metavar="SHARE",
                     help="samples whose intensity is zero (0.15)")
    run.add_argument("--clutter", type=amount, metavar="FACTOR",
                     help="loose returns, times the usual; 0: none (1)")
    run.add_argument("--min-points", type=positive(int), metavar="N",
                     help="objects with fewer are neither right nor wrong (10)")
    run.add_argument("--pasted", type=counts, metavar="CARS,PEDESTRIANS,CYCLISTS",
                     help="at most, from other frames into a sample (4,5,5)")
    run.add_argument("--pool", type=positive(int), help="frames that a lane draws from (64)")
    return p


def choose_device(name):
    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda" and not torch.cuda.is_available():
        raise errors.UserError("--device cuda: PyTorch finds no CUDA device; --device cpu trains on "
                               "crops")
    return name


def usual_settings(device):
    if device == "cpu":
        return TrainSettings()
    return TrainSettings(batch=32, window=window("full"), iterations=8000, fresh=8,
                         lanes=max(1, min(usable_cpus() - 2, 14)))


def choose_settings(args, device, path):
    """Those given, then those of the checkpoint at `path` if there's one, then the device's usual
    ones."""
    chosen = usual_settings(device)
    if path is not None:
        stored = checkpoint.read(path).get("settings", {})
        known = {f.name for f in dataclasses.fields(chosen)}
        chosen = dataclasses.replace(chosen, **{k: v for k, v in stored.items() if k in known})
    given = {k: getattr(args, k) for k in ("width", "seed", "iterations", "batch", "window", "rate",
                                           "lanes", "fresh", "pool", "no_intensity",
                                           "clutter", "min_points", "pasted")}
    given = {k: v for k, v in given.items() if v is not None}
    if args.budget_minutes is not None:
        given["budget_seconds"] = 60 * args.budget_minutes
    return dataclasses.replace(chosen, **given)


def main():
    args = parser().parse_args()
    device = choose_device(args.device)
    if args.threads:
        torch.set_num_threads(args.threads)
    path = args.out / checkpoint.NAME
    resumed = path.exists() and not args.restart
    settings = choose_settings(args, device, path if resumed else None)
    args.out.mkdir(parents=True, exist_ok=True)
    trainer = Trainer(settings, device, find_simulator(args.simulator), args.out,
                      compile_network=args.compile)
    if resumed:
        for difference in trainer.resume():
            print(f"resumed with another setting: {difference}")
        print(f"resumed at iteration {trainer.iteration}")
    else:
        (args.out / "log.jsonl").unlink(missing_ok=True)
        if args.start_from:
            trainer.start_from(args.start_from)
    (args.out / "settings.json").write_text(json.dumps(dataclasses.asdict(settings), indent=1) + "\n")
    parameters = sum(p.numel() for p in trainer.network.parameters())
    print(f"{parameters / 1e6:.2f} million parameters on {device}, batches of {settings.batch} x "
          f"{settings.window[0]} x {settings.window[1]} pillars, {settings.lanes} lanes", flush=True)
    stopped = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.append(True))
    seconds = 60 * args.minutes if args.minutes else float("inf")
    if trainer.train(seconds, args.log_every, stop=lambda: bool(stopped)):
        print(f"done: {args.out / 'weights.pth'}")
    else:
        print(f"ended at iteration {trainer.iteration} ({100 * trainer.share:.1f} %); the same "
              "command goes on")
    return 0


if __name__ == "__main__":
    sys.exit(errors.run("training.train", main))
