"""Boxes and points in the plane. Boxes: x, y, z, length, width, height, yaw."""

import numpy as np


def rotate(xy, angle):
    """[n, 2], counter-clockwise."""
    c, s = np.cos(angle), np.sin(angle)
    return xy @ np.array([(c, s), (-s, c)], np.float32)


def around(points, center, reach):
    """Indices of the points whose x and y are within `reach` of the center's."""
    # Column by column: NumPy reduces along an axis of two a point at a time.
    found = np.flatnonzero(np.abs(points[:, 0] - center[0]) <= reach)
    return found[np.abs(points[found, 1] - center[1]) <= reach]


def inside(points, box, margin=0.0):
    """Indices of the points in a box grown by `margin` on each side."""
    found = around(points, box, (box[3] + box[4]) / 2 + margin)
    local = points[found, :3] - box[:3]
    local[:, :2] = rotate(local[:, :2], -box[6])
    half = box[3:6] / 2 + margin
    return found[(np.abs(local[:, 0]) <= half[0]) & (np.abs(local[:, 1]) <= half[1])
                 & (np.abs(local[:, 2]) <= half[2])]


def corners(boxes):
    """[M, 7] -> [M, 4, 2], around each box."""
    unit = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], boxes.dtype) / 2
    local = unit * boxes[:, None, 3:5]
    c, s = np.cos(boxes[:, 6])[:, None], np.sin(boxes[:, 6])[:, None]
    x, y = local[..., 0], local[..., 1]
    return np.stack([x * c - y * s, x * s + y * c], -1) + boxes[:, None, :2]


def overlaps_any(box, others):
    """Whether the rectangle on the ground meets one of `others` [M, 7]: separating axes."""
    if len(others) == 0:
        return False
    one, many = corners(box[None])[0], corners(others)
    apart = np.zeros(len(others), bool)
    for angles in (np.full(len(others), box[6]), others[:, 6]):
        for turn in (0, np.pi / 2):
            axis = np.stack([np.cos(angles + turn), np.sin(angles + turn)], 1)
            a, b = axis @ one.T, np.einsum("mi,mci->mc", axis, many)
            apart |= (a.max(1) < b.min(1)) | (b.max(1) < a.min(1))
    return bool((~apart).any())
