"""ResidualCoder: boxes relative to anchors."""

import math

import torch


def limit_period(value, offset, period):
    """Into [-offset period, (1 - offset) period)."""
    return value - torch.floor(value / period + offset) * period


def encode(boxes, anchors):
    """[..., 7] and [..., 7] -> codes [..., 7]"""
    diagonal = anchors[..., 3:5].norm(dim=-1, keepdim=True)
    return torch.cat([(boxes[..., :2] - anchors[..., :2]) / diagonal,
                      (boxes[..., 2:3] - anchors[..., 2:3]) / anchors[..., 5:6],
                      torch.log(boxes[..., 3:6].clamp(min=1e-5) / anchors[..., 3:6]),
                      boxes[..., 6:] - anchors[..., 6:]], -1)


def decode(codes, anchors):
    """The inverse of encode."""
    diagonal = torch.sqrt(anchors[..., 3:4] ** 2 + anchors[..., 4:5] ** 2)
    return torch.cat([codes[..., :2] * diagonal + anchors[..., :2],
                      codes[..., 2:3] * anchors[..., 5:6] + anchors[..., 2:3],
                      torch.exp(codes[..., 3:6]) * anchors[..., 3:6],
                      codes[..., 6:] + anchors[..., 6:]], -1)


def direction_bin(yaw, head):
    """int64: the half turn (2 pi / bins) that a yaw lies in, counted from the head's offset."""
    turned = limit_period(yaw - head.direction_offset, 0, 2 * math.pi)
    found = torch.floor(turned / (2 * math.pi / head.direction_bins)).long()
    return found.clamp(0, head.direction_bins - 1)
