"""What a PointPillars network is: grid, layers, anchors, post-processing. Values, no torch.

Lengths are metres, angles radians, boxes (x, y, z of the centre, length, width, height, yaw)."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class Grid:
    """A point belongs to cell floor((p - min) / cell), computed in float32; max is outside."""

    min: tuple
    max: tuple
    cell: tuple

    @property
    def nx(self):
        return round((self.max[0] - self.min[0]) / self.cell[0])

    @property
    def ny(self):
        return round((self.max[1] - self.min[1]) / self.cell[1])

    @property
    def center(self):
        """Of cell (0, 0), and half way up."""
        return tuple(round(lo + (self.cell[i] if i < 2 else hi - lo) / 2, 6)
                     for i, (lo, hi) in enumerate(zip(self.min, self.max)))


@dataclasses.dataclass(frozen=True)
class AnchorKind:
    """The anchors of one class; `matched` and `unmatched`: IoU thresholds of training."""

    name: str
    size: tuple  # length, width, height
    bottom: float
    rotations: tuple = (0, 1.57)
    matched: float = 0.6
    unmatched: float = 0.45

    @property
    def z(self):
        """Of the centre, as OpenPCDet computes it: in float32."""
        return float(np.float32(self.bottom) + np.float32(self.size[2]) / 2)


@dataclasses.dataclass(frozen=True)
class PillarFeatureNet:
    """OpenPCDet's PillarVFE: `filters` of its layers; `point_features` of a point as it comes."""

    filters: tuple = (64,)
    point_features: tuple = ("x", "y", "z", "intensity")
    absolute_xyz: bool = True
    with_distance: bool = False
    use_norm: bool = True

    @property
    def features(self):
        """By model.yaml's names, in the order of the linear layer's columns."""
        own = self.point_features if self.absolute_xyz else self.point_features[3:]
        return (*own, "mean_dx", "mean_dy", "mean_dz", "center_dx", "center_dy", "center_dz",
                *(("distance",) if self.with_distance else ()))


@dataclasses.dataclass(frozen=True)
class Backbone:
    """OpenPCDet's BaseBEVBackbone: a block's first convolution has its stride, `layers` follow."""

    layers: tuple = (3, 5, 5)
    strides: tuple = (2, 2, 2)
    filters: tuple = (64, 128, 256)
    up_strides: tuple = (1, 2, 4)
    up_filters: tuple = (128, 128, 128)


@dataclasses.dataclass(frozen=True)
class Head:
    """OpenPCDet's AnchorHeadSingle. `align_center`: anchors at cell centres, else from border to
    border. Map cells are `stride` pillars wide."""

    anchors: tuple
    stride: int = 2
    align_center: bool = False
    direction: bool = True
    direction_offset: float = 0.78539
    direction_limit_offset: float = 0.0
    direction_bins: int = 2

    @property
    def rotations(self):
        return len(self.anchors[0].rotations)

    @property
    def anchors_per_cell(self):
        return sum(len(a.rotations) for a in self.anchors)


@dataclasses.dataclass(frozen=True)
class Post:
    """From maps to boxes. `rotated`: NMS by the IoU of rotated boxes, else yaw is ignored.
    `per_class`: OpenPCDet's MULTI_CLASSES_NMS, where a box may be of several classes."""

    score_threshold: float = 0.1
    nms_threshold: float = 0.01
    rotated: bool = True
    top_k: int = 4096
    max_boxes: int = 500
    per_class: bool = False


@dataclasses.dataclass(frozen=True)
class Model:
    name: str
    classes: tuple
    grid: Grid
    max_points: int
    max_pillars: int
    pfn: PillarFeatureNet
    backbone: Backbone
    head: Head
    post: Post = Post()


def kitti3(width=1.0):
    """OpenPCDet's tools/cfgs/kitti_models/pointpillar.yaml; `width` scales every layer's channels."""
    def wide(*channels):
        return tuple(max(8, round(c * width / 8) * 8) for c in channels)
    anchors = (AnchorKind("Car", (3.9, 1.6, 1.56), -1.78),
               AnchorKind("Pedestrian", (0.8, 0.6, 1.73), -0.6, matched=0.5, unmatched=0.35),
               AnchorKind("Cyclist", (1.76, 0.6, 1.73), -0.6, matched=0.5, unmatched=0.35))
    return Model("kitti3", tuple(a.name for a in anchors),
                 Grid((0.0, -39.68, -3.0), (69.12, 39.68, 1.0), (0.16, 0.16)), 32, 40000,
                 PillarFeatureNet(wide(64)),
                 Backbone(filters=wide(64, 128, 256), up_filters=wide(128, 128, 128)), Head(anchors))
