"""Parameter names, shapes, pillars and the pillar feature net against plain code."""

import dataclasses
import unittest

import numpy as np
import torch

import small
from exporters import pillars as plain
from training.network.pillars import Window, pillarize
from training.network.pointpillar import PointPillar
from training.settings import kitti3


def expected_shapes():
    """OpenPCDet's state dict of tools/cfgs/kitti_models/pointpillar.yaml, written out by hand."""
    shapes = {"vfe.pfn_layers.0.linear.weight": (64, 10)}

    def norm(name, channels):
        for key in ("weight", "bias", "running_mean", "running_var"):
            shapes[f"{name}.{key}"] = (channels,)
        shapes[f"{name}.num_batches_tracked"] = ()

    norm("vfe.pfn_layers.0.norm", 64)
    inputs = 64
    for i, (layers, channels) in enumerate(((3, 64), (5, 128), (5, 256))):
        for k in range(layers + 1):  # Number 0 is the padding, then convolution, norm, ReLU.
            shapes[f"backbone_2d.blocks.{i}.{3 * k + 1}.weight"] = (
                channels, inputs if k == 0 else channels, 3, 3)
            norm(f"backbone_2d.blocks.{i}.{3 * k + 2}", channels)
        inputs = channels
        shapes[f"backbone_2d.deblocks.{i}.0.weight"] = (channels, 128, 2**i, 2**i)
        norm(f"backbone_2d.deblocks.{i}.1", 128)
    for layer, channels in (("conv_cls", 18), ("conv_box", 42), ("conv_dir_cls", 12)):
        shapes[f"dense_head.{layer}.weight"] = (channels, 384, 1, 1)
        shapes[f"dense_head.{layer}.bias"] = (channels,)
    return shapes


class Names(unittest.TestCase):
    def test_state_dict_is_openpcdets(self):
        found = {k: tuple(v.shape) for k, v in PointPillar(kitti3()).state_dict().items()}
        self.assertEqual(found, expected_shapes())

    def test_width_scales_all_layers(self):
        half = PointPillar(kitti3(0.5)).state_dict()
        self.assertEqual(half["backbone_2d.blocks.2.1.weight"].shape, (128, 64, 3, 3))
        self.assertEqual(half["dense_head.conv_cls.weight"].shape, (18, 192, 1, 1))


class Pillars(unittest.TestCase):
    def setUp(self):
        self.cloud = plain.sweep(plain.KITTI, 31)  # With points that aren't finite.

    def test_as_the_plain_loop(self):
        for slots in (32, 5):
            wanted = plain.pillarize(self.cloud, plain.KITTI, 10**6, slots)
            order = np.lexsort((wanted.cells[:, 1], wanted.cells[:, 0]))
            points = torch.from_numpy(self.cloud)
            found = pillarize(points, torch.zeros(len(points), dtype=torch.long),
                              small.whole(small.model()), small.GRID, slots)
            np.testing.assert_array_equal(found.cells.numpy(), wanted.cells[order][:, ::-1])
            np.testing.assert_array_equal(found.counts.numpy(), wanted.counts[order])
            flat = np.concatenate([wanted.points[p, :wanted.counts[p]] for p in order])
            np.testing.assert_array_equal(found.points.numpy(), flat)

    def test_windows_of_a_batch(self):
        points = torch.from_numpy(np.concatenate([self.cloud, self.cloud]))
        sample = torch.arange(2).repeat_interleave(len(self.cloud))
        window = Window(torch.tensor([[0, 0], [32, 16]]), 16, 24)
        found = pillarize(points, sample, window, small.GRID, 32)
        local = found.cells[found.flat >= 16 * 24] - torch.tensor([32, 16])
        self.assertTrue(((local >= 0) & (local < torch.tensor([24, 16]))).all())
        second = (found.flat[found.flat >= 16 * 24] - 16 * 24)
        torch.testing.assert_close(second, local[:, 1] * 24 + local[:, 0])
        all_cells = plain.pillarize(self.cloud, plain.KITTI, 10**6, 32).cells
        inside = ((all_cells >= (16, 32)) & (all_cells < (32, 56))).all(1)
        self.assertEqual(len(local), inside.sum())


class PillarFeatureNet(unittest.TestCase):
    def dense(self, vfe, frame):
        """OpenPCDet's: all slots, padding zero, the maximum over all of them."""
        rows = torch.from_numpy(plain.decorate(frame, plain.KITTI))
        if not vfe.settings.absolute_xyz:
            rows = rows[:, :, 3:]
        for layer in vfe.pfn_layers:
            hidden = layer.linear(rows)
            if layer.norm is not None:
                hidden = layer.norm(hidden.permute(0, 2, 1)).permute(0, 2, 1)
            hidden = torch.relu(hidden)
            largest = hidden.max(1, keepdim=True)[0]
            rows = largest if layer.last else torch.cat([hidden, largest.expand_as(hidden)], 2)
        return rows[:, 0]

    def test_as_over_all_slots(self):
        cloud = small.sweep()
        frame = plain.pillarize(cloud, plain.KITTI, 10**6, 32)
        order = np.lexsort((frame.cells[:, 1], frame.cells[:, 0]))
        for changes in ({}, {"filters": (16, 8)}, {"use_norm": False}, {"absolute_xyz": False}):
            settings = small.model()
            settings = dataclasses.replace(settings, pfn=dataclasses.replace(settings.pfn, **changes))
            network = small.settled(settings)
            points = torch.from_numpy(cloud)
            with torch.no_grad():
                found = network.vfe(pillarize(points, torch.zeros(len(points), dtype=torch.long),
                                              small.whole(settings), small.GRID, 32))
                wanted = self.dense(network.vfe, frame)[order]
            self.assertGreater(float(wanted.abs().max()), 0.1)
            torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-5)


if __name__ == "__main__":
    unittest.main()
