"""Points of a batch -> pillars, without a loop."""

import dataclasses

import torch


@dataclasses.dataclass
class Window:
    """The part of the grid that a batch sees: `rows` x `columns` cells from `origin` on.

    origin: int64 [B, 2], the first cell's (ix, iy) in each sample."""

    origin: torch.Tensor
    rows: int
    columns: int

    @property
    def samples(self):
        return len(self.origin)


@dataclasses.dataclass
class Pillars:
    """N points in P pillars, sorted by pillar, in arrival order within one."""

    points: torch.Tensor  # float32 [N, C]: x, y, z, intensity, ...
    pillar: torch.Tensor  # int64 [N]
    counts: torch.Tensor  # int64 [P]
    cells: torch.Tensor  # int64 [P, 2]: ix, iy in the whole grid
    flat: torch.Tensor  # int64 [P]: index into the batch's canvas [B, rows, columns]


def pillarize(points, sample, window, grid, max_points):
    """A pillar keeps its first `max_points` points.

    points: float32 [N, C]; sample: int64 [N], which of the batch's a point belongs to. Points out
    of grid or window, and those that aren't finite, are left out."""
    def constant(values, dtype=torch.float32):
        return torch.tensor(values, dtype=dtype, device=points.device)
    low = constant(grid.min)
    size = constant((*grid.cell, grid.max[2] - grid.min[2]))
    index = torch.floor((points[:, :3] - low) / size)
    last = constant((grid.nx, grid.ny, 1))
    inside = ((index >= 0) & (index < last)).all(1)  # False for NaN as well.
    cell = torch.where(inside[:, None], index[:, :2], 0).long()
    local = cell - window.origin[sample]
    extent = constant((window.columns, window.rows), torch.long)
    inside &= ((local >= 0) & (local < extent)).all(1)
    kept = inside.nonzero()[:, 0]
    points, cell, local = points[kept], cell[kept], local[kept]
    flat = (sample[kept] * window.rows + local[:, 1]) * window.columns + local[:, 0]
    flat, order = torch.sort(flat, stable=True)
    keys, pillar, counts = torch.unique_consecutive(flat, return_inverse=True, return_counts=True)
    first = counts.cumsum(0) - counts
    place = torch.arange(len(flat), device=flat.device) - first[pillar]
    early = (place < max_points).nonzero()[:, 0]
    return Pillars(points[order][early], pillar[early], counts.clamp(max=max_points),
                   cell[order][first], keys)
