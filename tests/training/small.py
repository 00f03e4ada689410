"""A small network on a small grid, and what the tests need beside it."""

import dataclasses
import os
import pathlib
import unittest

import numpy as np
import torch

from exporters import networks, pillars
from training.network.pillars import Window
from training.network.pointpillar import PointPillar
from training.settings import Backbone, Grid, kitti3

GRID = Grid(pillars.KITTI.min, pillars.KITTI.max, pillars.KITTI.cell)


def model(**changes):
    """KITTI's three classes over 64 x 48 cells, eight channels a layer."""
    wide = kitti3()
    return dataclasses.replace(
        wide, grid=GRID, max_pillars=2000, pfn=dataclasses.replace(wide.pfn, filters=(8,)),
        backbone=Backbone(layers=(1, 1, 1), filters=(8, 16, 16), up_filters=(8, 8, 8)), **changes)


def sweep(seed=31):
    """A synthetic cloud without points that aren't finite."""
    cloud = pillars.sweep(pillars.KITTI, seed)
    return cloud[np.isfinite(cloud).all(1)]


def settled(settings, seed=3):
    """A network whose norms and heads answer as a trained one's: a few hundred candidates."""
    torch.manual_seed(seed)
    network = PointPillar(settings)
    cloud = torch.from_numpy(sweep())
    networks.settle(network, cloud, torch.zeros(len(cloud), dtype=torch.long), whole(settings))
    head = network.dense_head
    for layer, mean, deviation in ((head.conv_cls, -3.7, 1.0), (head.conv_box, 0.0, 0.2),
                                   (head.conv_dir_cls, 0.0, 1.0)):
        if layer is not None:
            torch.nn.init.normal_(layer.weight, 0, deviation / (layer.in_channels / 2) ** 0.5)
            torch.nn.init.constant_(layer.bias, mean)
    return network.eval()


def whole(settings, samples=1):
    return Window(torch.zeros(samples, 2, dtype=torch.long), settings.grid.ny, settings.grid.nx)


def program(variable):
    """The path in an environment variable that ctest sets; skips where it isn't there."""
    path = os.environ.get(variable, "")
    if not (path and os.access(path, os.X_OK)):
        raise unittest.SkipTest(f"{variable} names no program ({path or 'unset'})")
    return pathlib.Path(path)
