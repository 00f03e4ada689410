"""Areas shared by rotated rectangles, many pairs at once, in NumPy.

tools/exporters/boxes.py has the plain one, a pair at a time; a test holds them against each other."""

import numpy as np

from ..data.geometry import corners

ROUNDING = 1e-7  # A corner on the other's edge is inside, whatever double's last bits say.


def _corners_inside(points, rectangles, margin):
    """bool [n, 4]: points [n, 4, 2] in rectangles [n, 7] grown by `margin` on each side."""
    local = points - rectangles[:, None, :2]
    c, s = np.cos(rectangles[:, 6])[:, None], np.sin(rectangles[:, 6])[:, None]
    x, y = local[..., 0] * c + local[..., 1] * s, local[..., 1] * c - local[..., 0] * s
    half = rectangles[:, None, 3:5] / 2 + margin + ROUNDING
    return (np.abs(x) < half[..., 0]) & (np.abs(y) < half[..., 1])


def _crossings(p, q):
    """Of edges [n, 4, 2] and [n, 4, 2]: points [n, 16, 2], and which are there."""
    a, b = p[:, :, None], q[:, None]
    r, s = (np.roll(p, -1, 1) - p)[:, :, None], (np.roll(q, -1, 1) - q)[:, None]
    across = r[..., 0] * s[..., 1] - r[..., 1] * s[..., 0]
    parallel = np.abs(across) < 1e-12
    across = np.where(parallel, 1, across)
    d = b - a
    t = (d[..., 0] * s[..., 1] - d[..., 1] * s[..., 0]) / across
    u = (d[..., 0] * r[..., 1] - d[..., 1] * r[..., 0]) / across
    found = ~parallel & (t > 0) & (t < 1) & (u > 0) & (u < 1)
    return (a + t[..., None] * r).reshape(len(p), 16, 2), found.reshape(len(p), 16)


def shared_area(one, other, margin=0.0):
    """float64 [n] of boxes [n, 7] and [n, 7], seen from above. `margin`: a corner so many metres
    outside counts as inside (OpenPCDet's iou3d_nms: 0.01)."""
    one, other = np.asarray(one, np.float64), np.asarray(other, np.float64)
    if len(one) == 0:
        return np.zeros(0)
    p, q = corners(one), corners(other)
    crossings, crossed = _crossings(p, q)
    points = np.concatenate([crossings, p, q], 1)
    valid = np.concatenate([crossed, _corners_inside(p, other, margin),
                            _corners_inside(q, one, margin)], 1)
    count = valid.sum(1)
    middle = (points * valid[..., None]).sum(1) / np.maximum(count, 1)[:, None]
    local = np.where(valid[..., None], points - middle[:, None], 0)
    angle = np.where(valid, np.arctan2(local[..., 1], local[..., 0]), np.inf)
    local = np.take_along_axis(local, np.argsort(angle, 1)[..., None], 1)
    # Behind the last valid point the first stands again, as often as need be: no area.
    fill = np.arange(24)[None] >= count[:, None]
    local = np.where(fill[..., None], local[:, :1], local)
    following = np.roll(local, -1, 1)
    area = (local[..., 0] * following[..., 1] - local[..., 1] * following[..., 0]).sum(1) / 2
    return np.where(count >= 3, np.abs(area), 0.0)


def near_pairs(one, other, margin=0.0):
    """Indices (i, j) of those whose circles meet, for boxes [n, 7] and [m, 7]."""
    radius = [np.hypot(b[:, 3], b[:, 4]) / 2 for b in (one, other)]
    distance = np.hypot(one[:, None, 0] - other[None, :, 0], one[:, None, 1] - other[None, :, 1])
    return np.nonzero(distance <= radius[0][:, None] + radius[1][None] + 4 * margin)


def iou_matrix(one, other, margin=0.0, volume=False):
    """[n, m]; `volume`: of the boxes, else of their rectangles on the ground."""
    one, other = np.asarray(one, np.float64), np.asarray(other, np.float64)
    found = np.zeros((len(one), len(other)))
    i, j = near_pairs(one, other, margin)
    shared = shared_area(one[i], other[j], margin)
    sizes = [b[:, 3] * b[:, 4] for b in (one, other)]
    if volume:
        high = np.minimum(one[i, 2] + one[i, 5] / 2, other[j, 2] + other[j, 5] / 2)
        low = np.maximum(one[i, 2] - one[i, 5] / 2, other[j, 2] - other[j, 5] / 2)
        shared = shared * np.maximum(high - low, 0)
        sizes = [s * b[:, 5] for s, b in zip(sizes, (one, other))]
    found[i, j] = shared / np.maximum(sizes[0][i] + sizes[1][j] - shared, 1e-8)
    return found
