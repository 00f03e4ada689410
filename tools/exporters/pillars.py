"""A small grid, a synthetic sweep over it, and the pillars of that sweep, in plain numpy."""

import dataclasses

import numpy as np

F = np.float32


@dataclasses.dataclass(frozen=True)
class Grid:
    """Metres; a cell's index is floor((p - min) / cell), computed in float32."""

    min: tuple
    max: tuple
    cell: tuple

    @property
    def nx(self):
        return round((self.max[0] - self.min[0]) / self.cell[0])

    @property
    def ny(self):
        return round((self.max[1] - self.min[1]) / self.cell[1])

    def center(self):
        """Of cell (0, 0), and half way up."""
        return [round((lo + (self.cell[i] / 2 if i < 2 else (hi - lo) / 2)), 6)
                for i, (lo, hi) in enumerate(zip(self.min, self.max))]

    def settings(self):
        """How `import preset --set` is told of it."""
        return [f"grid.min={list(self.min)}", f"grid.max={list(self.max)}",
                f"grid.cell={list(self.cell)}"]


# KITTI's cells and heights over 10 x 8 m: 64 x 48 cells.
KITTI = Grid((0.0, -3.84, -3.0), (10.24, 3.84, 1.0), (0.16, 0.16))


@dataclasses.dataclass
class Pillars:
    points: np.ndarray  # float32 [P, N, columns], zero padded
    counts: np.ndarray  # int32 [P]
    cells: np.ndarray  # int32 [P, 2]: iy, ix

    def coords(self, dtype=np.int32):
        """[P, 4]: batch 0, z 0, iy, ix."""
        zeros = np.zeros_like(self.cells)
        return np.concatenate([zeros, self.cells], 1).astype(dtype)


def sweep(grid, seed, ground=1500):
    """float32 [n, 4]: x, y, z, intensity. Ground, a few objects, and what goes wrong in the field."""
    rng = np.random.default_rng(seed)
    lo, hi = np.array(grid.min), np.array(grid.max)

    def spread(count, low, high):
        return rng.uniform(low, high, (count, 3))

    # A tenth of the ground lies beyond the grid.
    margin = 0.05 * (hi - lo)
    parts = [spread(ground, [*(lo - margin)[:2], -1.8], [*(hi + margin)[:2], -1.6])]
    for _ in range(6):
        at = rng.uniform(lo[:2], hi[:2])
        size = rng.uniform([0.4, 0.4], [4, 1.8])
        parts.append(spread(120, [*(at - size / 2), -1.7], [*(at + size / 2), 0.2]))
    # More points in one cell than any exporter's pillar holds (SmallMunich: 100).
    corner = lo[:2] + np.array(grid.cell) * (5, 7)
    parts.append(spread(130, [*(corner + 0.01), -1.7], [*(corner + np.array(grid.cell) - 0.01), 0]))
    # On borders of cells, then exactly on each face of the grid, the upper ones being outside.
    steps = rng.integers(0, [grid.nx, grid.ny], (40, 2))
    on_cells = lo[:2] + steps * np.array(grid.cell)
    parts.append(np.concatenate([on_cells, np.full((40, 1), -1.5)], 1))
    middle = (lo + hi) / 2
    for axis in range(3):
        for face in (lo, hi):
            point = middle + 0.3 * axis
            point[axis] = face[axis]
            parts.append(point[None])
    xyz = np.concatenate(parts)
    cloud = np.concatenate([xyz, rng.uniform(0, 1, (len(xyz), 1))], 1).astype(F)
    rng.shuffle(cloud)
    for row, column, value in ((3, 0, np.nan), (70, 1, np.inf), (400, 2, -np.inf), (401, 2, np.nan)):
        cloud[row, column] = value
    return cloud


def pillarize(cloud, grid, max_pillars, max_points, stop=False):
    """In arrival order. A point that would open a pillar too many is skipped (OpenPCDet, mmdet3d),
    or the sweep ends there (second.pytorch)."""
    low, size = np.array(grid.min, F), np.array([*grid.cell, grid.max[2] - grid.min[2]], F)
    last = np.array([grid.nx, grid.ny, 1])
    pillar_of, members = {}, []
    for point in cloud:
        if not np.isfinite(point[:3]).all():
            continue
        index = np.floor((point[:3] - low) / size).astype(int)
        if (index < 0).any() or (index >= last).any():
            continue
        cell = (index[1], index[0])
        if cell not in pillar_of:
            if len(members) == max_pillars:
                if stop:
                    break
                continue
            pillar_of[cell] = len(members)
            members.append([])
        pillar = members[pillar_of[cell]]
        if len(pillar) < max_points:
            pillar.append(point)
    points = np.zeros((len(members), max_points, cloud.shape[1]), F)
    for p, pillar in enumerate(members):
        points[p, :len(pillar)] = pillar
    counts = np.array([len(pillar) for pillar in members], np.int32)
    return Pillars(points, counts, np.array(list(pillar_of), np.int32))


def decorate(pillars, grid):
    """OpenPCDet's features of each point: its own columns, less the mean, less the pillar's centre."""
    points, center = pillars.points, np.array(grid.center(), F)
    filled = np.arange(points.shape[1]) < pillars.counts[:, None]
    mean = points[:, :, :3].sum(1, keepdims=True) / pillars.counts[:, None, None].astype(F)
    cell = np.array(grid.cell, F)
    centers = np.stack([pillars.cells[:, 1] * cell[0] + center[0],
                        pillars.cells[:, 0] * cell[1] + center[1],
                        np.full(len(points), center[2])], 1).astype(F)
    xyz = points[:, :, :3]
    features = np.concatenate([points, xyz - mean, xyz - centers[:, None]], 2)
    return (features * filled[:, :, None]).astype(F)
