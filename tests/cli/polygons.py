"""Overlap of rotated rectangles, plainly: the corners of each inside the other and the crossings of
their edges span what they share."""

import math


def rectangle(u, v, along, across, angle):
    """Corners around it; `angle` counter-clockwise from u."""
    c, s = math.cos(angle), math.sin(angle)
    return [(u + c * a - s * b, v + s * a + c * b)
            for a, b in ((along / 2, across / 2), (-along / 2, across / 2),
                         (-along / 2, -across / 2), (along / 2, -across / 2))]


def _inside(point, corners):
    """Of corners in counter-clockwise order; a hair outside counts as inside."""
    for k, (x, y) in enumerate(corners):
        nx, ny = corners[(k + 1) % 4]
        length = math.hypot(nx - x, ny - y)
        if length and ((nx - x) * (point[1] - y) - (ny - y) * (point[0] - x)) / length < -1e-9:
            return False
    return True


def _crossing(a, b, c, d):
    """Of the segments a-b and c-d, or None."""
    rx, ry, sx, sy = b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]
    cross = rx * sy - ry * sx
    if abs(cross) < 1e-12:
        return None
    t = ((c[0] - a[0]) * sy - (c[1] - a[1]) * sx) / cross
    u = ((c[0] - a[0]) * ry - (c[1] - a[1]) * rx) / cross
    return (a[0] + t * rx, a[1] + t * ry) if 0 <= t <= 1 and 0 <= u <= 1 else None


def shared_area(p, q):
    points = [c for c in p if _inside(c, q)] + [c for c in q if _inside(c, p)]
    for i in range(4):
        for j in range(4):
            crossing = _crossing(p[i], p[(i + 1) % 4], q[j], q[(j + 1) % 4])
            if crossing:
                points.append(crossing)
    if len(points) < 3:
        return 0.0
    x = sum(point[0] for point in points) / len(points)
    y = sum(point[1] for point in points) / len(points)
    points.sort(key=lambda point: math.atan2(point[1] - y, point[0] - x))
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, points[1:] + points[:1]))) / 2


def iou_on_ground_and_in_space(a, b):
    """Of (corners, area, low, high) each."""
    shared = shared_area(a[0], b[0])
    if shared <= 0:
        return 0.0, 0.0
    tall = max(0.0, min(a[3], b[3]) - max(a[2], b[2]))
    volumes = a[1] * (a[3] - a[2]) + b[1] * (b[3] - b[2])
    return shared / (a[1] + b[1] - shared), shared * tall / (volumes - shared * tall)
