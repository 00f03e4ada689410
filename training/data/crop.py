"""The part of the grid that a sample is trained on: all of it, or a window around something."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class Sample:
    """points: float32 [N, 4] in the window; boxes, labels: [M, 7], [M] (Frame.labels); origin: the
    window's first cell, ix and iy."""

    points: np.ndarray
    boxes: np.ndarray
    labels: np.ndarray
    origin: np.ndarray


def choose_origin(boxes, labels, grid, shape, rng):
    """Three in four windows hold an object, people and cyclists twice as often as cars. The window
    starts at an even cell: map cells are two pillars wide."""
    columns, rows = shape[1], shape[0]
    low, cell = np.array(grid.min[:2]), np.array(grid.cell)
    targets = np.flatnonzero(labels > 0)
    if len(targets) and rng.random() < 0.75:
        weights = np.where(labels[targets] == 1, 1.0, 2.0)
        place = boxes[rng.choice(targets, p=weights / weights.sum()), :2]
    else:
        place = rng.uniform(low, grid.max[:2])
    first = (place - low) / cell - rng.uniform(0.1, 0.9, 2) * (columns, rows)
    last = np.array([grid.nx - columns, grid.ny - rows])
    return np.clip(first, 0, last).astype(np.int64) // 2 * 2


def crop(points, boxes, labels, grid, shape, rng, margin=3.0):
    """shape: rows and columns of the window. A box whose centre is out of it is a region that
    doesn't count; one further out is gone."""
    whole = shape == (grid.ny, grid.nx)
    origin = np.zeros(2, np.int64) if whole else choose_origin(boxes, labels, grid, shape, rng)
    low = np.array(grid.min[:2]) + origin * grid.cell
    high = low + np.array([shape[1], shape[0]]) * grid.cell
    # A cell more on each side: the float32 rule of pillarize decides at the border.
    x, y, z = points[:, 0], points[:, 1], points[:, 2]
    within = ((x >= low[0] - 0.2) & (x < high[0] + 0.2) & (y >= low[1] - 0.2) & (y < high[1] + 0.2)
              & (z >= grid.min[2]) & (z < grid.max[2]))
    centered = ((boxes[:, :2] >= low) & (boxes[:, :2] < high)).all(1)
    near = ((boxes[:, :2] >= low - margin) & (boxes[:, :2] < high + margin)).all(1)
    labels = np.where(centered, labels, -np.abs(labels))
    kept = near & (labels != 0)
    return Sample(points[within], boxes[kept], labels[kept], origin)
