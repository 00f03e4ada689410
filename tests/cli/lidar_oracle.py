"""Average precision and counts in the LiDAR's frame, slowly: written from docs/commands/eval.md and,
for centres, from the definition in nuScenes' article (Caesar et al. 2020), nothing shared with the
command."""

import math

from polygons import iou_on_ground_and_in_space, rectangle


def _footprint(o):
    corners = rectangle(o["x"], o["y"], o["length"], o["width"], o["yaw"])
    half = o["height"] / 2
    return corners, o["length"] * o["width"], o["z"] - half, o["z"] + half


def nearness(metric, threshold, prediction, label):
    """More is nearer; None: not near enough."""
    if metric == "distance":
        metres = math.hypot(prediction["x"] - label["x"], prediction["y"] - label["y"])
        return -metres if metres < threshold else None
    ground, space = iou_on_ground_and_in_space(_footprint(prediction), _footprint(label))
    iou = ground if metric == "bev" else space
    return iou if iou > threshold else None


def judge(frames, kind, metric, threshold, counts, takes_part):
    """[(score, right)], labels, ignored; of [(predictions, labels)]."""
    judged, total, ignored = [], 0, 0
    for predictions, labels in frames:
        labels = [o for o in labels if o["label"] == kind]
        total += sum(map(counts, labels))
        ignored += sum(not counts(o) for o in labels)
        free = [o for o in labels if counts(o)]
        mine = [o for o in predictions if o["label"] == kind]
        for prediction in sorted(mine, key=lambda o: -o["score"]):
            near = [(nearness(metric, threshold, prediction, o), o) for o in free]
            near = [pair for pair in near if pair[0] is not None]
            if near:
                best = max(near, key=lambda pair: pair[0])[1]
                free = [o for o in free if o is not best]
                judged.append((prediction["score"], True))
            elif any(nearness(metric, threshold, prediction, o) is not None
                     for o in labels if not counts(o)) or not takes_part(prediction):
                continue
            else:
                judged.append((prediction["score"], False))
    return judged, total, ignored


def curve(judged):
    """[(right, predicted)] with every score down to each different one."""
    points = []
    for score in sorted({score for score, _ in judged}, reverse=True):
        at_least = [right for s, right in judged if s >= score]
        points.append((sum(at_least), len(at_least)))
    return points


def r40(points, labels):
    total = 0.0
    for k in range(1, 41):
        total += max((right / n for right, n in points if right * 40 >= k * labels), default=0.0)
    return 100 * total / 40


def nuscenes(points, labels):
    """Straight lines between the points, at recall .11, .12, ... 1."""
    if not points or points[-1][0] == 0:
        return 0.0
    total = 0.0
    for k in range(11, 101):
        recall = k * labels / 100
        before = [p for p in points if p[0] <= recall]
        after = [p for p in points if p[0] > recall]
        if not before:
            precision = after[0][0] / after[0][1]
        elif not after:
            precision = before[-1][0] / before[-1][1] if before[-1][0] == recall else 0.0
        else:
            (r0, n0), (r1, n1) = before[-1], after[0]
            precision = r0 / n0 + (recall - r0) / (r1 - r0) * (r1 / n1 - r0 / n0)
        total += max(precision - .1, 0)
    return 100 * total / 90 / .9


def evaluate(frames, kind, metric, threshold, score, counts, takes_part):
    judged, labels, ignored = judge(frames, kind, metric, threshold, counts, takes_part)
    points = curve(judged)
    found = sum(right for s, right in judged if s >= score)
    return {"labels": labels, "ignored": ignored, "found": found,
            "false": sum(s >= score for s, _ in judged) - found,
            "ap_r40": r40(points, labels) if labels else None,
            "ap_nuscenes": nuscenes(points, labels) if labels else None}
