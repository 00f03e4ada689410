"""Ground-truth paste: objects of other frames put where they stood, on this frame's ground."""

import dataclasses

import numpy as np

from .geometry import around, inside, overlaps_any


@dataclasses.dataclass
class CutOut:
    """An object and its points, still where it stood."""

    box: np.ndarray
    label: int
    points: np.ndarray


def cut_out(frame, labels, min_points=5):
    """The frame's own objects; those that another one's box would spoil are few and stay."""
    found = []
    for box, label in zip(frame.boxes, labels):
        if label > 0:
            points = frame.points[inside(frame.points, box, 0.02)]
            if len(points) >= min_points:
                found.append(CutOut(box, int(label), points))
    return found


def ground_below(points, box, reach=2.5):
    """z of the ground around a box: the low points near it. None where there are too few."""
    heights = points[around(points, box, reach), 2]
    return float(np.quantile(heights, 0.05)) if len(heights) >= 8 else None


def paste(points, boxes, labels, offered, most):
    """Adds of `offered` (CutOuts in the order to try) up to `most[label]` a class, where they
    overlap nothing and the ground is known; what was in their place goes."""
    added = {label: 0 for label in most}
    boxes, labels, pasted = list(boxes), list(labels), []
    removed = np.zeros(len(points), bool)
    for item in offered:
        if added[item.label] >= most[item.label]:
            continue
        if overlaps_any(item.box, np.array(boxes, np.float32).reshape(-1, 7)):
            continue
        ground = ground_below(points, item.box)
        if ground is None:
            continue
        box, own = item.box.copy(), item.points.copy()
        shift = ground - (box[2] - box[5] / 2)
        if abs(shift) > 1.5:  # Not the ground: a wall, a roof.
            continue
        box[2] += shift
        own[:, 2] += shift
        removed[inside(points, box, 0.1)] = True
        added[item.label] += 1
        boxes.append(box)
        labels.append(item.label)
        pasted.append(own)
    return (np.concatenate([points[~removed], *pasted]), np.array(boxes, np.float32).reshape(-1, 7),
            np.array(labels, np.int64))
