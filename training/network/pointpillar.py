"""The whole network: points -> maps."""

import torch
from torch import nn

from .backbone import BaseBEVBackbone
from .head import AnchorHeadSingle
from .pillars import Window, pillarize
from .vfe import PillarVFE


class PointPillar(nn.Module):
    """`model`: settings.Model."""

    def __init__(self, model):
        super().__init__()
        self.model = model
        self.vfe = PillarVFE(model.pfn, model.grid, model.max_points)
        self.backbone_2d = BaseBEVBackbone(model.backbone, model.pfn.filters[-1])
        self.dense_head = AnchorHeadSingle(model.head, len(model.classes), self.backbone_2d.outputs)

    def canvas(self, points, sample, window, dtype=torch.float32):
        """The pillar features at their cells, else 0: `dtype` [B, C, rows, columns], channels last."""
        pillars = pillarize(points, sample, window, self.model.grid, self.model.max_points)
        features = self.vfe(pillars).to(dtype)
        cells = window.samples * window.rows * window.columns
        image = features.new_zeros(cells, features.shape[1]).index_copy(0, pillars.flat, features)
        return image.view(window.samples, window.rows, window.columns, -1).permute(0, 3, 1, 2)

    def forward(self, points, sample, window):
        """points: float32 [N, C]; sample: int64 [N]; window: pillars.Window. See head.py."""
        return self.dense_head(self.backbone_2d(self.canvas(points, sample, window)))

    def whole(self, samples=1, device=None):
        """The window that is the whole grid."""
        grid = self.model.grid
        origin = torch.zeros(samples, 2, dtype=torch.long, device=device)
        return Window(origin, grid.ny, grid.nx)
