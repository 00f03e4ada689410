#!/usr/bin/env python3
"""How long eval takes on made-up frames (tests/cli/made_up_objects.py).

usage: eval.py BUILD [--frames N] [--threads N]

Prints seconds of three rounds by KITTI's protocol and with --lidar, reading included.
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/cli"))
import made_up_objects  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--frames", type=int, default=5000)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    command = options.build.resolve() / "apps/colonnade/colonnade"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        made = made_up_objects.frames(1, options.frames)
        made_up_objects.write(folder, made)
        labels = sum(len(pair[0]) for pair in made.values())
        predictions = sum(len(pair[1]) for pair in made.values())
        print(f"{options.frames} frames, {labels} labels, {predictions} predictions, "
              f"{options.threads} threads")
        for words in ([], ["--lidar", "--ranges", "0,20,40"]):
            seconds = []
            for _ in range(3):
                start = time.perf_counter()
                subprocess.run([command, "eval", folder / "predictions", folder / "labels", "--json",
                                "--threads", str(options.threads), *words], check=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                seconds.append(time.perf_counter() - start)
            print(" ".join(["eval", *words]), *(f"{s:.2f} s" for s in seconds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
