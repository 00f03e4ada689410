"""Maps -> boxes."""

import dataclasses
import math

import numpy as np
import torch

from ..targets.anchors import anchor_boxes, axes
from ..targets.box_coder import decode, limit_period
from .overlap import iou_matrix

MARGIN = 0.01  # iou3d_nms_kernel.cu counts a corner 1 cm outside as inside.


@dataclasses.dataclass
class Detections:
    """K boxes of one frame, by falling score, or by class and then score."""

    boxes: np.ndarray  # float32 [K, 7]: x, y, z of the centre, length, width, height, yaw
    scores: np.ndarray  # float32 [K]
    labels: np.ndarray  # int64 [K]: index into the model's classes


def suppress(boxes, post):
    """Indices kept of boxes [n, 7] in falling order of score, at most post.max_boxes."""
    ground = np.array(boxes, np.float64)
    if not post.rotated:  # nms_normal_gpu doesn't look at the yaw.
        ground[:, 6] = 0
    margin, left, kept = MARGIN if post.rotated else 0, np.arange(len(ground)), []
    while len(left) > 0 and len(kept) < post.max_boxes:
        kept.append(left[0])
        iou = iou_matrix(ground[left[:1]], ground[left[1:]], margin)[0]
        left = left[1:][iou <= post.nms_threshold]
    return np.array(kept, np.int64)


class PostProcessor:
    """Of `model` (settings.Model); `post` instead of the model's own rules."""

    def __init__(self, model, post=None):
        self.head, self.post = model.head, post or model.post
        self.anchors = anchor_boxes(*axes(model), model.head)

    def __call__(self, logits, codes, directions):
        """One sample's maps: [A, classes], [A, 7], [A, bins] or None -> Detections."""
        scores = torch.sigmoid(logits).cpu()
        best = scores.argmax(1)
        # A candidate list for each NMS: of every anchor's best class, or of each class.
        rows = ([(scores[:, k], torch.full_like(best, k)) for k in range(scores.shape[1])]
                if self.post.per_class else [(scores.max(1)[0], best)])
        found = [self.kept(s, labels, codes, directions) for s, labels in rows]
        return Detections(*(np.concatenate(parts) for parts in zip(*found)))

    def kept(self, scores, labels, codes, directions):
        """(boxes, scores, labels) that one NMS leaves of scores [A] and labels [A]."""
        chosen = (scores >= np.float32(self.post.score_threshold)).nonzero()[:, 0]
        order = torch.argsort(scores[chosen], descending=True, stable=True)[:self.post.top_k]
        chosen = chosen[order]
        boxes = decode(codes.cpu()[chosen], self.anchors[chosen])
        if directions is not None:
            period = 2 * math.pi / self.head.direction_bins
            offset = self.head.direction_offset
            yaw = limit_period(boxes[:, 6] - offset, self.head.direction_limit_offset, period)
            boxes[:, 6] = yaw + offset + period * directions.cpu()[chosen].argmax(1)
        boxes = boxes.numpy()
        kept = suppress(boxes, self.post)
        chosen = chosen[kept]
        return boxes[kept], scores[chosen].numpy(), labels[chosen].numpy()


class Detector:
    """A network and its rules; `detect(points)` is one frame."""

    def __init__(self, network, post=None):
        self.network = network.eval()
        self.post = PostProcessor(network.model, post)

    @torch.inference_mode()
    def detect(self, points):
        """points: float32 [N, C] -> Detections"""
        device = next(self.network.parameters()).device
        points = torch.from_numpy(np.array(points, np.float32)).to(device)
        sample = torch.zeros(len(points), dtype=torch.long, device=device)
        maps = self.network(points, sample, self.network.whole(device=device))
        return self.post(*(m[0] if m is not None else None for m in maps))
