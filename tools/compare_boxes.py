#!/usr/bin/env python3
"""Compares two outputs of `colonnade detect --json`: the same boxes in the same order, each number
within a tolerance. Times may differ. Says how many numbers are equal to the last bit.

usage: compare_boxes.py A.json B.json [TOLERANCE]"""
import json
import pathlib
import sys


def main() -> int:
    if len(sys.argv) not in (3, 4):
        print(__doc__, file=sys.stderr)
        return 2
    tolerance = float(sys.argv[3]) if len(sys.argv) == 4 else 0.0
    a, b = ([json.loads(line) for line in pathlib.Path(path).read_text().splitlines()]
            for path in sys.argv[1:3])
    if len(a) != len(b):
        print(f"{len(a)} frames and {len(b)}")
        return 1
    numbers = equal = boxes = 0
    largest = 0.0
    for frame, (one, other) in enumerate(zip(a, b)):
        if one["stats"] != other["stats"] or len(one["boxes"]) != len(other["boxes"]):
            print(f"frame {frame}: {len(one['boxes'])} boxes of {one['stats']}, "
                  f"{len(other['boxes'])} of {other['stats']}")
            return 1
        boxes += len(one["boxes"])
        for first, second in zip(one["boxes"], other["boxes"]):
            if first.keys() != second.keys() or first["label"] != second["label"]:
                print(f"frame {frame}: {first} and {second}")
                return 1
            for key in first.keys() - {"label"}:
                numbers += 1
                equal += first[key] == second[key]
                largest = max(largest, abs(first[key] - second[key]))
    print(f"{boxes} boxes in {len(a)} frames: {equal} of {numbers} numbers equal to the last bit, "
          f"the largest difference is {largest:.2g}")
    if boxes == 0:
        print("no box: nothing was compared")
    return 0 if boxes > 0 and largest <= tolerance else 1


if __name__ == "__main__":
    sys.exit(main())
