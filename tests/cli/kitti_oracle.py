"""KITTI's object benchmark, slowly: written from the development kit's description of the protocol
(Geiger et al. 2012) and from what kitti-object-eval-python documents, one frame and threshold after
the other, nothing shared with the command."""

import math

from polygons import iou_on_ground_and_in_space, rectangle

LEVELS = {"easy": (40, 0, .15), "moderate": (25, 1, .3), "hard": (25, 2, .5)}
NEIGHBOUR = {"car": "van", "pedestrian": "person_sitting", "cyclist": None}


def _footprint(o):
    h, w, l = o["hwl"]
    x, y, z = o["xyz"]
    # In (x, z), rotation_y turns clockwise.
    return rectangle(x, z, l, w, -o["turn"]), l * w, -y, -y + h


def _image_parts(a, b):
    wide = min(a[2], b[2]) - max(a[0], b[0])
    tall = min(a[3], b[3]) - max(a[1], b[1])
    shared = wide * tall if wide > 0 and tall > 0 else 0.0
    return shared, (a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1])


def overlap(label, prediction, metric):
    if metric == "2D":
        shared, one, other = _image_parts(label["image"], prediction["image"])
        return shared / (one + other - shared) if shared else 0.0
    ground, space = iou_on_ground_and_in_space(_footprint(label), _footprint(prediction))
    return ground if metric == "BEV" else space


def sort_out(labels, predictions, kind, level):
    """What takes part: [(label, ignored)], [(prediction, ignored)], regions."""
    lowest, occluded, truncated = LEVELS[level]
    kept_labels, kept_predictions, regions = [], [], []
    for label in labels:
        name = label["type"].lower()
        tall = label["image"][3] - label["image"][1]
        hard = label["occluded"] > occluded or label["truncated"] > truncated or tall <= lowest
        if name == kind:
            kept_labels.append((label, hard))
        elif name == NEIGHBOUR[kind]:
            kept_labels.append((label, True))
        if label["type"] == "DontCare":
            regions.append(label["image"])
    for prediction in predictions:
        # Small ones are ignored, not left out, of whatever class they are.
        if abs(prediction["image"][3] - prediction["image"][1]) < lowest:
            kept_predictions.append((prediction, True))
        elif prediction["type"].lower() == kind:
            kept_predictions.append((prediction, False))
    return kept_labels, kept_predictions, regions


class Frame:
    """One frame for one class, level, metric and minimum overlap."""

    def __init__(self, labels, predictions, kind, level, metric, minimum):
        self.labels, self.predictions, regions = sort_out(labels, predictions, kind, level)
        self.overlaps = [[overlap(label, p, metric) for p, _ in self.predictions]
                         for label, _ in self.labels]
        self.minimum = minimum
        self.excused = set()
        if metric == "2D":
            for k, (p, _) in enumerate(self.predictions):
                for region in regions:
                    shared, own, _ = _image_parts(p["image"], region)
                    if shared and shared / own > minimum:
                        self.excused.add(k)

    def countable(self):
        return sum(not ignored for _, ignored in self.labels)

    def free(self, row, used, threshold):
        return [k for k, (p, _) in enumerate(self.predictions)
                if k not in used and p["score"] >= threshold and row[k] > self.minimum]

    def scores_of_found(self):
        """First pass: each label takes the surest prediction."""
        used, scores = set(), []
        for (_, ignored), row in zip(self.labels, self.overlaps):
            free = self.free(row, used, -math.inf)
            if not free:
                continue
            best = max(free, key=lambda k: (self.predictions[k][0]["score"], -k))
            used.add(best)
            if not ignored and not self.predictions[best][1]:
                scores.append(self.predictions[best][0]["score"])
        return scores

    def counts(self, threshold):
        """Second pass, at a threshold: found, missed, false, sum of similarities."""
        used, found, missed, similarity = set(), 0, 0, 0.0
        for (label, ignored), row in zip(self.labels, self.overlaps):
            free = self.free(row, used, threshold)
            proper = [k for k in free if not self.predictions[k][1]]
            if proper:
                best = max(proper, key=lambda k: (row[k], -k))
            elif free:
                best = free[0]
            else:
                missed += not ignored
                continue
            used.add(best)
            if ignored or not proper:
                continue
            found += 1
            similarity += (1 + math.cos(label["alpha"] - self.predictions[best][0]["alpha"])) / 2
        false = sum(1 for k, (p, ignored) in enumerate(self.predictions)
                    if k not in used and not ignored and p["score"] >= threshold
                    and k not in self.excused)
        return found, missed, false, similarity


def thresholds(scores, countable):
    """Scores at which recall comes nearest to 0, 1/40, 2/40, ..."""
    scores = sorted(scores, reverse=True)
    chosen, recall = [], 0.0
    for i, score in enumerate(scores):
        if i < len(scores) - 1:
            left, right = (i + 1) / countable, (i + 2) / countable
            if right - recall < recall - left:
                continue
        chosen.append(score)
        recall += 1 / 40.0
    return chosen


def averages(samples):
    """(R40, R11), percent, of at most 41 samples."""
    samples = samples + [0.0] * (41 - len(samples))
    best = [max(samples[k:]) for k in range(41)]
    return 100 * sum(best[1:]) / 40, 100 * sum(best[0::4]) / 11


def evaluate(frames, kind, level, metric, minimum):
    """{"labels", "ap": (R40, R11), "aos": (R40, R11)} of [(labels, predictions)]."""
    frames = [Frame(*pair, kind.lower(), level, metric, minimum) for pair in frames]
    countable = sum(frame.countable() for frame in frames)
    if countable == 0:
        return {"labels": 0, "ap": None, "aos": None}
    precision, orientation = [], []
    for threshold in thresholds([s for f in frames for s in f.scores_of_found()], countable):
        sums = [sum(column) for column in zip(*(f.counts(threshold) for f in frames))]
        all_boxes = sums[0] + sums[2]
        precision.append(sums[0] / all_boxes if all_boxes else 0.0)
        orientation.append(sums[3] / all_boxes if all_boxes else 0.0)
    return {"labels": countable, "ap": averages(precision), "aos": averages(orientation)}
