"""Holds the boxes of `colonnade detect` on exported graphs against PyTorch's."""

import dataclasses
import json
import os
import pathlib
import shutil
import subprocess

import numpy as np

from ..data.geometry import corners
from ..errors import UserError

BUILT = pathlib.Path(__file__).resolve().parents[2] / "build" / "apps" / "colonnade" / "colonnade"
NEAR_TIE = 1e-4  # Scores so near the threshold may fall on either side of it.


def find_colonnade(path=None):
    for program in [path] if path else [BUILT, shutil.which("colonnade")]:
        if program and os.access(program, os.X_OK) and os.path.isfile(program):
            return pathlib.Path(program)
    raise UserError(f"{path or BUILT}: the colonnade command isn't there, which checks the exported "
                    "boxes; build it, name it with --colonnade, or say --no-check")


def read_cloud(path, columns):
    """float32 [P, columns] of a KITTI .bin or a .npy file."""
    points = (np.load(path) if path.suffix == ".npy" else np.fromfile(path, np.float32))
    if points.ndim == 1 and len(points) % columns == 0:
        points = points.reshape(-1, columns)
    if points.ndim != 2 or points.shape[1] < columns:
        raise UserError(f"{path}: expected rows of {columns} float32, found {points.size} numbers of "
                        f"shape {list(points.shape)}")
    return np.ascontiguousarray(points[:, :columns], np.float32)


def detect(colonnade, yaml, clouds):
    """A list of (boxes [K, 7], scores [K], names) of each cloud."""
    done = subprocess.run([colonnade, "detect", yaml, *clouds, "--json", "--threads", "1"],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise UserError(f"colonnade detect {yaml}: {done.stderr.strip().splitlines()[-1]}")
    frames = []
    for line in done.stdout.splitlines():
        found = json.loads(line)["boxes"]
        rows = [[b[k] for k in ("x", "y", "z", "length", "width", "height", "yaw")] for b in found]
        frames.append((np.array(rows, np.float32).reshape(-1, 7),
                       np.array([b["score"] for b in found], np.float32),
                       [b["label"] for b in found]))
    return frames


@dataclasses.dataclass
class Comparison:
    boxes: int = 0  # compared
    only_here: int = 0  # of PyTorch, and not near the score threshold
    only_there: int = 0
    furthest: float = 0.0  # corner, metres
    score: float = 0.0  # largest difference

    @property
    def same(self):
        return self.only_here == 0 and self.only_there == 0 and self.furthest <= 1e-3

    def __str__(self):
        extra = (f", {self.only_here} only PyTorch's, {self.only_there} only Colonnade's"
                 if self.only_here or self.only_there else "")
        return (f"{self.boxes} boxes, corners within {1000 * self.furthest:.3f} mm, scores within "
                f"{self.score:.1e}{extra}")


def eight_corners(boxes):
    """[K, 8, 3]"""
    ground = corners(boxes)
    levels = [np.concatenate([ground, np.broadcast_to((boxes[:, 2] + sign * boxes[:, 5] / 2)
                                                      [:, None, None], (*ground.shape[:2], 1))], 2)
              for sign in (-1, 1)]
    return np.concatenate(levels, 1)


def compare(result, ours, theirs, classes, threshold):
    """Adds a frame to `result`. ours: Detections; theirs: as detect() gives."""
    boxes, scores, names = theirs
    mine, yours = eight_corners(ours.boxes), eight_corners(boxes)
    free = np.ones(len(boxes), bool)
    for i, corner in enumerate(mine):
        named = np.array([n == classes[ours.labels[i]] for n in names], bool).reshape(-1)
        distance = (np.linalg.norm(yours - corner, axis=2).max(1) if len(yours) else np.zeros(0))
        distance = np.where(free & named, distance, np.inf)
        j = int(np.argmin(distance)) if len(distance) else -1
        if j < 0 or distance[j] > 0.05:
            result.only_here += int(ours.scores[i] > threshold + NEAR_TIE)
            continue
        free[j] = False
        result.boxes += 1
        result.furthest = max(result.furthest, float(distance[j]))
        result.score = max(result.score, abs(float(ours.scores[i]) - float(scores[j])))
    result.only_there += int((scores[free] > threshold + NEAR_TIE).sum())


def check(detector, yaml, clouds, colonnade):
    """Comparison of Detector and command on the files `clouds`."""
    model, result = detector.network.model, Comparison()
    columns = len(model.pfn.point_features)
    for path, theirs in zip(clouds, detect(colonnade, yaml, clouds)):
        compare(result, detector.detect(read_cloud(path, columns)), theirs, model.classes,
                detector.post.post.score_threshold)
    return result
