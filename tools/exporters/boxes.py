"""From maps to boxes, in plain numpy, written from the exporters' rules and from no other code.

Boxes are rows x, y, z, dx, dy, dz, yaw until canonical(); a rectangle on the ground is x, y, dx, dy
and a counter-clockwise angle."""

import numpy as np

F = np.float32


def sigmoid(logits):
    return (1 / (1 + np.exp(-logits.astype(np.float64)))).astype(F)


def limit_period(value, offset, period=np.pi):
    return value - np.floor(value / period + offset) * period


def wrap(angle):
    """Into (-pi, pi]."""
    return np.pi - np.mod(np.pi - angle, 2 * np.pi)


def anchors(xs, ys, kinds):
    """[y, x, kind] -> [n, 7]; a kind is (z, dx, dy, dz, yaw)."""
    rows = [(x, y, *kind) for y in ys for x in xs for kind in kinds]
    return np.array(rows, F)


def aligned(low, high, count):
    """Centres of `count` equal cells."""
    step = (high - low) / count
    return low + (np.arange(count) + 0.5) * step


def spanning(low, high, count):
    """OpenPCDet's unaligned grid: the first and the last on the border."""
    return low + np.arange(count) * ((high - low) / (count - 1))


def decode(codes, priors, bottom):
    """SECOND's residuals. They relate centres; where z is the bottom's, half a height comes and
    goes."""
    a, t = priors.astype(F), codes.astype(F)
    diagonal = np.sqrt(a[:, 3]**2 + a[:, 4]**2)
    sizes = np.exp(t[:, 3:6]) * a[:, 3:6]
    z = t[:, 2] * a[:, 5] + a[:, 2]
    if bottom:
        z = z + a[:, 5] / 2 - sizes[:, 2] / 2
    return np.stack([t[:, 0] * diagonal + a[:, 0], t[:, 1] * diagonal + a[:, 1], z, *sizes.T,
                     t[:, 6] + a[:, 6]], 1).astype(F)


def corners(rectangle):
    x, y, dx, dy, angle = (float(v) for v in rectangle)
    c, s = np.cos(angle), np.sin(angle)
    unit = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) / 2 * (dx, dy)
    return unit @ np.array([(c, s), (-s, c)]) + (x, y)


def _inside(points, rectangle, margin):
    x, y, dx, dy, angle = (float(v) for v in rectangle)
    c, s = np.cos(angle), np.sin(angle)
    local = (points - (x, y)) @ np.array([(c, -s), (s, c)])
    return (np.abs(local) < np.array([dx, dy]) / 2 + margin).all(1)


def _crossings(p, q):
    found = []
    for i in range(4):
        a, r = p[i], p[(i + 1) % 4] - p[i]
        for j in range(4):
            b, s = q[j], q[(j + 1) % 4] - q[j]
            across = r[0] * s[1] - r[1] * s[0]
            if abs(across) < 1e-12:
                continue
            d = b - a
            t, u = (d[0] * s[1] - d[1] * s[0]) / across, (d[0] * r[1] - d[1] * r[0]) / across
            if 0 < t < 1 and 0 < u < 1:
                found.append(a + t * r)
    return found


def rotated_iou(one, other, margin=0.0):
    """Area of the polygon of edge crossings and of corners that lie in the other rectangle, where
    the exporters' op takes `margin` metres outside for inside."""
    reach = (np.hypot(one[2], one[3]) + np.hypot(other[2], other[3])) / 2 + 4 * margin
    if np.hypot(one[0] - other[0], one[1] - other[1]) > reach:
        return 0.0
    p, q = corners(one), corners(other)
    points = np.array([*_crossings(p, q), *q[_inside(q, one, margin)], *p[_inside(p, other, margin)]])
    if len(points) < 3:
        return 0.0
    middle = points - points.mean(0)
    x, y = middle[np.argsort(np.arctan2(middle[:, 1], middle[:, 0]))].T
    overlap = abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2
    return overlap / max(float(one[2]) * float(one[3]) + float(other[2]) * float(other[3]) - overlap,
                         1e-8)


def upright(rectangles):
    """The upright rectangles around them: min x, min y, max x, max y."""
    return [(*c.min(0), *c.max(0)) for c in map(corners, rectangles)]


def upright_iou(one, other):
    """Of upright rectangles, extents counted as pixels are: max - min + 1."""
    def area(low_x, low_y, high_x, high_y):
        return max(high_x - low_x + 1, 0) * max(high_y - low_y + 1, 0)
    overlap = area(max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]),
                   min(one[3], other[3]))
    return overlap / (area(*one) + area(*other) - overlap)


def nms(rectangles, suppresses):
    """Indices kept; rows are in falling order of score."""
    kept = []
    for i, rectangle in enumerate(rectangles):
        if not any(suppresses(rectangles[k], rectangle) for k in kept):
            kept.append(i)
    return kept


def by_score(scores):
    """Falling; ties by index."""
    return np.argsort(-scores, kind="stable")


def canonical(boxes, bottom, camera=False):
    """x, y, z of the centre, length, width, height, yaw counter-clockwise from +x. `camera`: the
    model's rows have width before length and its yaw is KITTI's."""
    result = boxes.astype(np.float64)
    if bottom:
        result[:, 2] += result[:, 5] / 2
    if camera:
        result[:, [3, 4]] = result[:, [4, 3]]
        result[:, 6] = -result[:, 6] - np.pi / 2
    result[:, 6] = wrap(result[:, 6])
    return result.astype(F)
