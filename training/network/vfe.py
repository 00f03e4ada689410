"""PillarVFE: the points of each pillar -> one feature vector."""

import torch
from torch import nn


class PFNLayer(nn.Module):
    """Linear, norm, ReLU, maximum over the pillar; all but the last also hand on each point's own."""

    def __init__(self, inputs, outputs, use_norm, last):
        super().__init__()
        self.last = last
        outputs = outputs if last else outputs // 2
        self.linear = nn.Linear(inputs, outputs, bias=not use_norm)
        self.norm = nn.BatchNorm1d(outputs, eps=1e-3, momentum=0.01) if use_norm else None

    def forward(self, rows, pillar, count):
        """rows: [N, inputs]; pillar: [N] -> [count, outputs], or [N, 2 outputs] where not last."""
        hidden = self.linear(rows)
        hidden = torch.relu(self.norm(hidden) if self.norm is not None else hidden)
        index = pillar[:, None].expand_as(hidden)
        # All are >= 0 after the ReLU, so the zeros never win.
        largest = hidden.new_zeros(count, hidden.shape[1]).scatter_reduce(0, index, hidden, "amax")
        return largest if self.last else torch.cat([hidden, largest[pillar]], 1)


class PillarVFE(nn.Module):
    def __init__(self, settings, grid, max_points):
        super().__init__()
        self.settings, self.grid, self.max_points = settings, grid, max_points
        inputs, layers = len(settings.features), []
        for i, outputs in enumerate(settings.filters):
            last = i == len(settings.filters) - 1
            layers.append(PFNLayer(inputs, outputs, settings.use_norm, last))
            inputs = outputs
        self.pfn_layers = nn.ModuleList(layers)

    def decorate(self, pillars):
        """float32 [N, F]: settings.features of each point."""
        points, pillar = pillars.points, pillars.pillar
        xyz = points[:, :3]
        sums = xyz.new_zeros(len(pillars.counts), 3).index_add_(0, pillar, xyz)
        mean = sums / pillars.counts[:, None]
        cell = points.new_tensor(self.grid.cell)
        center = points.new_tensor(self.grid.center)
        middle = torch.cat([pillars.cells * cell + center[:2],
                            center[2].expand(len(pillars.cells), 1)], 1)
        own = points if self.settings.absolute_xyz else points[:, 3:]
        parts = [own, xyz - mean[pillar], xyz - middle[pillar]]
        if self.settings.with_distance:
            parts.append(xyz.norm(dim=1, keepdim=True))
        return torch.cat(parts, 1)

    def forward(self, pillars):
        """float32 [P, filters[-1]]"""
        rows, pillar = self.decorate(pillars), pillars.pillar
        # OpenPCDet's maximum runs over the zero rows of a pillar that isn't full too. They are all
        # alike, so one stands for them. (In training OpenPCDet's batch statistics count each.)
        open_pillars = (pillars.counts < self.max_points).nonzero()[:, 0]
        rows = torch.cat([rows, rows.new_zeros(len(open_pillars), rows.shape[1])])
        pillar = torch.cat([pillar, open_pillars])
        for layer in self.pfn_layers:
            rows = layer(rows, pillar, len(pillars.counts))
        return rows
