"""tools/trace_*.py: what their hooks take from networks of the frameworks' shape, and what a trace holds."""

import pathlib
import tempfile
import types
import unittest

import numpy as np
import torch
from torch import nn

import trace_mmdet3d
import trace_openpcdet
from tracing import Frame

P, SLOTS, C, H, W = 3, 4, 2, 5, 6


class Head(nn.Module):
    def __init__(self, box_module):
        super().__init__()
        self.names = ["conv_cls", box_module, "conv_dir_cls"]
        for channels, name in enumerate(self.names, 1):
            setattr(self, name, nn.Conv2d(C, channels, 1))

    def forward(self, image):
        return [getattr(self, name)(image) for name in self.names]


class Pfn(nn.Module):
    def __init__(self):
        super().__init__()
        self.pfn_layers = nn.ModuleList([nn.Linear(4, C)])

    def features(self, voxels):
        return self.pfn_layers[0](voxels).amax(1)


class Scatter(nn.Module):
    def image(self, features):
        return torch.zeros(1, C, H, W) + features.sum()


class PcdetVfe(Pfn):
    def forward(self, batch):
        return {**batch, "pillar_features": self.features(batch["voxels"])}


class PcdetScatter(Scatter):
    def forward(self, batch):
        return {**batch, "spatial_features": self.image(batch["pillar_features"])}


class Pcdet(nn.Module):
    def __init__(self):
        super().__init__()
        self.vfe, self.map_to_bev_module, self.dense_head = PcdetVfe(), PcdetScatter(), Head("conv_box")

    def forward(self, batch):
        batch = self.map_to_bev_module(self.vfe(batch))
        self.dense_head(batch["spatial_features"])
        return [{"pred_boxes": torch.ones(2, 9), "pred_scores": torch.tensor([.5, .25]),
                 "pred_labels": torch.tensor([1, 3])}], {}


class PcdetDataset:
    def prepare_data(self, data_dict):
        return data_dict

    def collate_batch(self, frames):
        points = frames[0]["points"]
        return {"points": np.pad(points, ((0, 0), (1, 0))), "voxels": np.ones((P, SLOTS, 4), np.float32),
                "voxel_coords": np.arange(4 * P).reshape(P, 4), "voxel_num_points": np.arange(P) + 1,
                "frame_id": np.array(["0"])}


class MmdetEncoder(Pfn):
    def forward(self, voxels, num_points, coords):
        return self.features(voxels)


class MmdetScatter(Scatter):
    def forward(self, features):
        return self.image(features)


class Mmdet(nn.Module):
    def __init__(self):
        super().__init__()
        self.voxel_encoder, self.middle_encoder, self.bbox_head = MmdetEncoder(), MmdetScatter(), Head("conv_reg")


def mmdet_inference(model, sweep):
    coords = torch.arange(4 * P).reshape(P, 4)
    features = model.voxel_encoder(torch.ones(P, SLOTS, 4), torch.arange(P), coords)
    model.bbox_head(model.middle_encoder(features))
    boxes = types.SimpleNamespace(tensor=torch.ones(2, 9), gravity_center=torch.full((2, 3), 7.))
    instances = types.SimpleNamespace(bboxes_3d=boxes, scores_3d=torch.ones(2), labels_3d=torch.zeros(2))
    return types.SimpleNamespace(pred_instances_3d=instances), {"inputs": {"points": torch.ones(9, 4)}}


class TraceTools(unittest.TestCase):
    def saved(self, frame):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "trace.npz"
            frame.save(path)
            with np.load(path) as trace:
                return {name: trace[name] for name in trace}

    def check_shapes(self, trace, heads):
        self.assertEqual({name: array.shape for name, array in trace.items() if "head_" not in name},
                         {"points": (9, 4), "coords": (P, 4), "num_points": (P,),
                          "features": (P, SLOTS, 4), "pillar_features": (P, C), "bev": (1, C, H, W),
                          "boxes": (2, 7), "scores": (2,), "labels": (2,)})
        self.assertEqual({name: array.shape for name, array in trace.items() if "head_" in name}, heads)

    def test_openpcdet(self):
        model, frame = Pcdet(), Frame()
        trace_openpcdet.hook(model, frame)
        trace_openpcdet.trace(model, PcdetDataset(), np.full((9, 4), 5, np.float32), frame, "cpu")
        trace = self.saved(frame)
        self.check_shapes(trace, {"head_cls_preds": (1, H, W, 1), "head_box_preds": (1, H, W, 2),
                                  "head_dir_cls_preds": (1, H, W, 3)})
        self.assertTrue((trace["points"] == 5).all())  # Without the column that counts the batch.
        self.assertEqual(trace["labels"].tolist(), [0, 2])

    def test_mmdet3d(self):
        model, frame = Mmdet(), Frame()
        trace_mmdet3d.hook(model, frame)
        trace_mmdet3d.trace(model, "sweep.bin", frame, mmdet_inference)
        trace = self.saved(frame)
        self.check_shapes(trace, {"head_cls_score0": (1, 1, H, W), "head_bbox_pred0": (1, 2, H, W),
                                  "head_dir_cls_pred0": (1, 3, H, W)})
        self.assertEqual(trace["boxes"][0].tolist(), [7, 7, 7, 1, 1, 1, 1])  # Gravity centres.

    def test_refusals(self):
        with self.assertRaisesRegex(SystemExit, "nothing came of points, coords, boxes"):
            Frame().save("never.npz")
        frame = Frame()
        frame.put("bev", np.zeros(1))
        with self.assertRaisesRegex(SystemExit, "'bev' came twice"):
            frame.put("bev", np.zeros(1))


if __name__ == "__main__":
    unittest.main()
