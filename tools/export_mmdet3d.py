#!/usr/bin/env python3
"""mmdetection3d 1.0 through mmdeploy: one graph on raw points, end2end.onnx.

    python3 tools/export_mmdet3d.py      # needs torch, onnx, numpy; writes tests/golden/mmdet3d
"""

import numpy as np
import torch
from torch import nn

from exporters import boxes, networks, pillars, store

F = np.float32
GRID = pillars.KITTI
CHANNELS, MAX_PILLARS, MAX_POINTS = 8, 700, 32
SIZES = ((0.8, 0.6, 1.73, -0.6), (1.76, 0.6, 1.73, -0.6), (3.9, 1.6, 1.56, -1.78))

# Each of these changes the boxes: what it changes is being tested.
RULES = dict(
    capped=["anchor_layout.placement=span", "anchor_layout.order=anchor_y_x", "box.z=center",
            "box.size=wlh", "box.yaw=kitti_camera", "pillars.max_pillars=650",
            "pillars.overflow=stop", "post.top_k=95",
            "post.top_k_stage=after_threshold", "post.candidates=best_class", "post.max_boxes=49",
            "post.max_boxes=0", "post.nms.threshold=0.1", "post.nms.per_class=false",
            "post.direction.offset=0", "post.direction.inverted=true"],
    uncapped=["post.order=score", "post.score_threshold=0.9"])


class PillarEncoder(nn.Module):
    """`legacy`: subtracting the centre in place changed x, y, z themselves, and mmdet3d kept it."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(10, CHANNELS, bias=False)
        self.norm = nn.BatchNorm1d(CHANNELS, eps=1e-3)
        self.register_buffer("size", torch.tensor([4.0, *GRID.cell[::-1]]), persistent=False)
        self.register_buffer("offset", torch.tensor(GRID.center()[::-1]), persistent=False)

    def forward(self, voxels, num_points, coors):
        xyz = voxels[:, :, :3]
        mean = xyz.sum(1, keepdim=True) / num_points.type_as(voxels).view(-1, 1, 1)
        # z, y, x of the coordinates turned around: exported as a Slice with step -1.
        center = (coors[:, 1:] * self.size + self.offset).unsqueeze(1).flip(2)
        from_center = xyz - center
        features = torch.cat([from_center, voxels[:, :, 3:], xyz - mean, from_center], -1)
        slots = torch.arange(voxels.shape[1], dtype=torch.int32).view(1, -1)
        filled = num_points.view(-1, 1).int() > slots
        features = features * filled.unsqueeze(-1).type_as(features)
        hidden = self.linear(features)
        hidden = torch.relu(self.norm(hidden.permute(0, 2, 1)).permute(0, 2, 1))
        return hidden.max(1, keepdim=True)[0].squeeze(1)


class End2End(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = PillarEncoder()
        self.backbone = networks.Backbone(CHANNELS)
        self.heads = networks.Heads(self.backbone.outputs, 6, 3)

    def forward(self, voxels, num_points, coors):
        features = self.encoder(voxels, num_points, coors)
        canvas = torch.zeros(CHANNELS, GRID.nx * GRID.ny)
        cell = (coors[:, 2] * GRID.nx + coors[:, 3]).long()
        canvas = canvas.scatter(1, cell.expand(CHANNELS, -1), features.t())
        return self.heads(self.backbone(canvas.view(1, CHANNELS, GRID.ny, GRID.nx)))


def anchors():
    kinds = [(z, l, w, h, yaw) for l, w, h, z in SIZES for yaw in (0, 1.57)]
    return boxes.anchors(boxes.aligned(GRID.min[0], GRID.max[0], GRID.nx // 2),
                         boxes.aligned(GRID.min[1], GRID.max[1], GRID.ny // 2), kinds)


def rows(output, values):
    """[1, A*K, H, W] -> [anchors, K]."""
    return output[0].transpose(1, 2, 0).reshape(-1, values)


def final_boxes(classes, codes, directions, threshold=0.1):
    """The 100 best anchors by their best class; then, class by class, score > threshold and rotated NMS on
    the yaw that was decoded; at most 50, which are sorted only where more remain; then the
    direction."""
    scores = boxes.sigmoid(rows(classes, 3))
    best = boxes.by_score(scores.max(1))[:100]
    decoded = boxes.decode(rows(codes, 7)[best], anchors()[best], bottom=True)
    ahead = rows(directions, 2)[best].argmax(1)
    scores = scores[best]
    chosen = []
    for label in range(3):
        order = boxes.by_score(scores[:, label])
        order = order[scores[order, label] > F(threshold)]
        ground = decoded[order][:, [0, 1, 3, 4, 6]]
        kept = boxes.nms(ground, lambda a, b: boxes.rotated_iou(a, b) > 0.01)
        chosen += [(order[k], label) for k in kept]
    index, labels = (np.array(column) for column in zip(*chosen))
    final = scores[index, labels]
    if len(final) > 50:
        first = boxes.by_score(final)[:50]
        index, labels, final = index[first], labels[first], final[first]
    found = decoded[index]
    yaw = boxes.limit_period(found[:, 6] + np.pi / 2, 0) - np.pi / 2 + np.pi * ahead[index]
    found[:, 6] = yaw
    return boxes.canonical(found, bottom=True), final, labels, best[index]




def main():
    golden = store.Golden("mmdet3d", "export_mmdet3d.py")
    torch.manual_seed(1)
    cloud = pillars.sweep(GRID, 11)
    frame = pillars.pillarize(cloud, GRID, MAX_PILLARS, MAX_POINTS)
    inputs = dict(voxels=frame.points, num_points=frame.counts, coors=frame.coords())
    tensors = tuple(torch.from_numpy(i) for i in inputs.values())
    network = networks.settle(End2End(), *tensors)

    names = ["cls_score0", "bbox_pred0", "dir_cls_pred0"]
    maps = store.run(network, *inputs.values())
    graph = store.export(network, tensors, opset_version=11, input_names=list(inputs),
                         output_names=names, dynamic_axes={n: {0: "pillars"} for n in inputs})
    golden.graph("end2end.onnx", graph, inputs, dict(zip(names, maps)))

    golden.sweep("sweep.bin", cloud)
    for name, threshold in (("capped", 0.1), ("uncapped", 0.8)):
        def boxes_of(*found, threshold=threshold):
            return final_boxes(*found, threshold)
        store.require_stable(boxes_of, maps)
        golden.boxes(f"{name}.npz", boxes_of(*maps))
        golden.model(f"mmdet3d_{name}", "mmdet3d-kitti", ["end2end.onnx"],
                     [*GRID.settings(), f"pillars.max_pillars={MAX_PILLARS}",
                      f"post.score_threshold={threshold}"], "sweep.bin", f"{name}.npz",
                     len(frame.counts), RULES[name])
    golden.close()


if __name__ == "__main__":
    main()
