"""Average precision with 40 recall positions, of boxes in the LiDAR's frame."""

import dataclasses

import numpy as np

from ..detection.overlap import iou_matrix


@dataclasses.dataclass
class Curve:
    """Of one class at one IoU threshold."""

    objects: int  # that count
    scores: np.ndarray  # of the detections that count, falling
    right: np.ndarray  # bool, whether each found an object

    @property
    def average_precision(self):
        """In percent: the mean over recall 1/40, 2/40, ..., 1 of the best precision at that recall
        or a higher one. NaN without an object."""
        if self.objects == 0:
            return float("nan")
        hits = np.cumsum(self.right)
        recall, precision = hits / self.objects, hits / np.arange(1, len(hits) + 1)
        levels = np.arange(1, 41) / 40
        return 100 * float(np.mean([precision[recall >= level - 1e-9].max(initial=0)
                                    for level in levels]))


@dataclasses.dataclass
class Truth:
    """A frame's objects of one class: boxes [M, 7]; counts [M]: false where finding it is neither
    right nor wrong."""

    boxes: np.ndarray
    counts: np.ndarray


def match(boxes, truth, threshold, volume):
    """Boxes [K, 7] by falling score -> int [K]: 1 found an object that counts, 0 nothing, -1 one that
    doesn't count. As KITTI, each takes the object that it overlaps most of those left, one that
    counts first."""
    iou = iou_matrix(boxes, truth.boxes, volume=volume)
    result, free = np.zeros(len(boxes), np.int64), np.ones(len(truth.boxes), bool)
    for k, row in enumerate(iou):
        for counts in (True, False):
            open_ = free & (truth.counts == counts) & (row >= threshold)
            if open_.any():
                free[np.argmax(np.where(open_, row, -1))] = False
                result[k] = 1 if counts else -1
                break
    return result


def curve(frames, threshold, volume=True):
    """frames: (boxes [K, 7] and scores [K] by falling score, Truth) of each."""
    scores, results = [], []
    for boxes, score, truth in frames:
        results.append(match(boxes, truth, threshold, volume))
        scores.append(score)
    scores, results = np.concatenate(scores), np.concatenate(results)
    order = np.argsort(-scores, kind="stable")
    order = order[results[order] >= 0]
    return Curve(int(sum(t.counts.sum() for _, _, t in frames)), scores[order], results[order] == 1)
