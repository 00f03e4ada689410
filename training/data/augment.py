"""What makes a simulated frame another one. Each takes and gives points and boxes of its own."""

import dataclasses

import numpy as np

from .clutter import Clutter, add_clutter
from .geometry import rotate


@dataclasses.dataclass(frozen=True)
class Augmentation:
    """Ranges that are drawn from; shares are probabilities."""

    flip: float = 0.5
    rotation: float = 0.785398  # radians to each side, as OpenPCDet
    scale: tuple = (0.95, 1.05)
    shift_z: float = 0.1  # standard deviation, metres: mounting and slopes
    thinned: float = 0.5  # frames that lose points
    most_lost: float = 0.25  # share of the points
    intensity: tuple = (0.6, 1.4)
    no_intensity: float = 0.15  # frames whose intensity is zero
    clutter: Clutter = Clutter()


def move(points, boxes, rng, settings):
    """Mirrors at the x axis, turns around z, scales, shifts up or down."""
    points, boxes = points.copy(), boxes.copy()
    if rng.random() < settings.flip:
        points[:, 1] *= -1
        boxes[:, 1] *= -1
        boxes[:, 6] *= -1
    angle = rng.uniform(-settings.rotation, settings.rotation)
    points[:, :2], boxes[:, :2] = rotate(points[:, :2], angle), rotate(boxes[:, :2], angle)
    boxes[:, 6] += angle
    scale = rng.uniform(*settings.scale)
    points[:, :3] *= scale
    boxes[:, :6] *= scale
    shift = rng.normal(0, settings.shift_z)
    points[:, 2] += shift
    boxes[:, 2] += shift
    return points, boxes


def thin(points, rng, settings):
    """In random order, as OpenPCDet trains: a full pillar keeps any of its points, not the first."""
    order = rng.permutation(len(points))
    if rng.random() < settings.thinned:
        order = order[:round(len(points) * (1 - rng.uniform(0, settings.most_lost)))]
    return points[order]


def vary_intensity(points, rng, settings):
    """Another laser's strength, or none: intensity mustn't be what an object is known by."""
    points = points.copy()
    factor = 0.0 if rng.random() < settings.no_intensity else rng.uniform(*settings.intensity)
    points[:, 3] = np.clip(points[:, 3] * factor, 0, 1)
    return points


def augment(points, boxes, rng, settings):
    points = add_clutter(points, boxes, rng, settings.clutter)
    points, boxes = move(thin(points, rng, settings), boxes, rng, settings)
    return vary_intensity(points, rng, settings), boxes
