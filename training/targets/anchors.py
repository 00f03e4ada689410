"""Where the anchors stand."""

import numpy as np
import torch


def positions(low, high, count, align_center):
    """float32 [count]. OpenPCDet's usual grid has the first and the last on the border."""
    if align_center:
        return (low + (np.arange(count) + 0.5) * ((high - low) / count)).astype(np.float32)
    return (low + np.arange(count) * ((high - low) / (count - 1))).astype(np.float32)


def axes(model):
    """x and y of the map's cells over the whole grid: float32 [nx / stride], [ny / stride]."""
    grid, head = model.grid, model.head
    return tuple(torch.from_numpy(positions(grid.min[i], grid.max[i], n // head.stride,
                                            head.align_center))
                 for i, n in enumerate((grid.nx, grid.ny)))


def anchor_boxes(xs, ys, head):
    """[Y * X * kinds * rotations, 7] out of xs [X] and ys [Y]; slowest first, as the maps are."""
    kinds = xs.new_tensor([[a.z, *a.size, yaw] for a in head.anchors for yaw in a.rotations])
    boxes = xs.new_empty(len(ys), len(xs), len(kinds), 7)
    boxes[..., 0] = xs[None, :, None]
    boxes[..., 1] = ys[:, None, None]
    boxes[..., 2:] = kinds
    return boxes.reshape(-1, 7)
