"""AxisAlignedTargetAssigner over a whole batch: which anchor is trained towards which box."""

import dataclasses
import math

import torch

from .anchors import anchor_boxes, axes
from .box_coder import direction_bin, encode, limit_period


@dataclasses.dataclass
class Targets:
    """A anchors a sample, in the order of the maps; P of the batch are positive."""

    labels: torch.Tensor  # int64 [B, A]: class + 1, 0 background, -1 not counted
    sample: torch.Tensor  # int64 [P]
    anchor: torch.Tensor  # int64 [P]
    codes: torch.Tensor  # float32 [P, 7]
    direction: torch.Tensor  # int64 [P]


def upright_sizes(boxes):
    """Extents in x and y of boxes turned to the nearest quarter: [..., 2]."""
    turned = limit_period(boxes[..., 6], 0.5, math.pi).abs() >= math.pi / 4
    return torch.where(turned[..., None], boxes[..., [4, 3]], boxes[..., 3:5])


def shared_extent(positions, sizes, centers, extents):
    """Overlap along one axis: anchors [B, n], [R] and boxes [B, M], [B, M] -> [B, n, R, M]."""
    low = positions[:, :, None] - sizes / 2
    high = positions[:, :, None] + sizes / 2
    box_low, box_high = centers - extents / 2, centers + extents / 2
    return (torch.minimum(high[..., None], box_high[:, None, None])
            - torch.maximum(low[..., None], box_low[:, None, None])).clamp(min=0)


def packed(boxes, chosen):
    """Rows of boxes [B, M, 7] where chosen [B, M], first in each sample; the rest are zeros."""
    order = torch.argsort(chosen.to(torch.int8), dim=1, descending=True, stable=True)
    width = max(int(chosen.sum(1).max()), 1)
    order = order[:, :width]
    rows = torch.gather(boxes, 1, order[..., None].expand(-1, -1, boxes.shape[2]))
    return rows * torch.gather(chosen, 1, order)[..., None]


class TargetAssigner:
    """Built once; `device` is where it works."""

    def __init__(self, model, device):
        self.head = model.head
        self.xs, self.ys = (axis.to(device) for axis in axes(model))

    def positions(self, window):
        """x [B, X] and y [B, Y] of the window's map cells."""
        def part(axis, first, count):
            steps = torch.arange(count, device=axis.device)
            return axis[first[:, None] // self.head.stride + steps]
        return (part(self.xs, window.origin[:, 0], window.columns // self.head.stride),
                part(self.ys, window.origin[:, 1], window.rows // self.head.stride))

    def overlaps(self, kind, xs, ys, boxes):
        """IoU of upright rectangles, [B, Y, X, R, M]."""
        anchors = boxes.new_tensor([[0, 0, kind.z, *kind.size, yaw] for yaw in kind.rotations])
        sizes, extents = upright_sizes(anchors), upright_sizes(boxes)
        along_x = shared_extent(xs, sizes[:, 0], boxes[..., 0], extents[..., 0])
        along_y = shared_extent(ys, sizes[:, 1], boxes[..., 1], extents[..., 1])
        shared = along_y[:, :, None] * along_x[:, None]
        areas = sizes.prod(-1)[:, None] + extents.prod(-1)[:, None]
        return shared / (areas[:, None, None] - shared)

    def assign_kind(self, number, xs, ys, boxes, labels):
        """labels [B, Y, X, R] and, for each anchor, the box that it overlaps most [B, Y, X, R, 7]'s
        index into the packed boxes that come third."""
        kind = self.head.anchors[number]
        own = packed(boxes, labels == number + 1)
        iou = self.overlaps(kind, xs, ys, own)
        best, chosen = iou.max(-1)
        best_of_box = iou.amax((1, 2, 3), keepdim=True)
        # Each box has the anchors that overlap it most, however little.
        forced = ((iou == best_of_box) & (best_of_box > 0)).any(-1)
        positive = forced | (best >= kind.matched)
        found = torch.where(best < kind.unmatched, 0, -1)
        if bool((labels == -number - 1).any()):
            neutral = self.overlaps(kind, xs, ys, packed(boxes, labels == -number - 1)).amax(-1)
            found = torch.where(neutral >= kind.unmatched, -1, found)
        return torch.where(positive, number + 1, found), chosen, own

    def __call__(self, window, boxes, labels):
        """boxes: float32 [B, M, 7]; labels: int64 [B, M], k + 1: of class k, 0: no box, -k - 1: a
        region where class k is neither right nor wrong."""
        xs, ys = self.positions(window)
        kinds = [self.assign_kind(k, xs, ys, boxes, labels) for k in range(len(self.head.anchors))]
        found = torch.stack([k[0] for k in kinds], 3)  # [B, Y, X, kinds, R]
        sample, y, x, number, rotation = (found > 0).nonzero(as_tuple=True)
        matched = boxes.new_zeros(len(sample), 7)
        for k, (_, chosen, own) in enumerate(kinds):
            rows = (number == k).nonzero()[:, 0]
            b = sample[rows]
            matched[rows] = own[b, chosen[b, y[rows], x[rows], rotation[rows]]]
        slots = anchor_boxes(xs.new_zeros(1), ys.new_zeros(1), self.head)
        anchors = slots[number * self.head.rotations + rotation].clone()
        anchors[:, 0], anchors[:, 1] = xs[sample, x], ys[sample, y]
        flat = ((y * xs.shape[1] + x) * len(kinds) + number) * self.head.rotations + rotation
        return Targets(found.flatten(1).long(), sample, flat, encode(matched, anchors),
                       direction_bin(matched[:, 6], self.head))
