#!/usr/bin/env python3
"""SmallMunich/nutonomy second.pytorch in three pieces, and Autoware's rules on the same graphs.

    python3 tools/export_smallmunich.py  # needs torch, onnx, numpy; writes tests/golden/smallmunich
"""

import numpy as np
import torch
from onnx import numpy_helper
from torch import nn

from exporters import boxes, networks, pillars, store

F = np.float32
GRID = pillars.KITTI
CHANNELS, SLOTS = 8, 100
# train.py subtracts 0.16 * ix + 0.1 and 0.16 * iy - 39.9, which isn't the pillar's centre.
OFFSET = (GRID.min[0] + 0.1, GRID.min[1] - 0.22)
PIECES = ("pfe.onnx", "mfn.onnx", "rpn.onnx")
PFE_INPUTS = ["pillar_x", "pillar_y", "pillar_z", "pillar_i", "num_points_per_pillar",
              "x_sub_shaped", "y_sub_shaped", "mask"]

# Each of these changes the boxes: what it changes is being tested.
RULES = dict(
    smallmunich=["pillars.max_pillars=650", "pillars.overflow=skip", "pillars.center[0]=0.08",
                 "pillars.center[1]=-3.76", "box.z=center", "box.yaw=ccw_from_x", "box.size=lwh",
                 "anchor_layout.placement=span", "post.max_boxes=29", "post.max_boxes=0",
                 "post.nms.plus_one=false", "post.nms.threshold=0.4",
                 "post.direction.kind=add_pi_if_zero"],
    smallmunich_static=["pillars.max_pillars=700", "post.score_threshold=0.2", "post.top_k=900",
                        "post.occupancy_mask=false", "post.occupancy_area=20"],
    autoware=["post.score_threshold=0.55", "post.top_k=20", "post.max_boxes=10",
              "post.nms.threshold=0.3", "post.direction.kind=flip_if_disagree",
              "heads[0].anchors[0].z=-1.78"])


class PillarFeatureNet(nn.Module):
    """No maximum: a convolution over all 100 slots, so that padding and order matter."""

    def __init__(self):
        super().__init__()
        self.point = nn.Conv2d(9, CHANNELS, 1)
        self.norm = nn.BatchNorm2d(CHANNELS, eps=1e-3)
        self.slots = nn.Conv2d(CHANNELS, CHANNELS, (1, 34), dilation=(1, 3))

    def forward(self, x, y, z, i, count, x_sub, y_sub, mask):
        xyz = torch.cat([x, y, z], 1)
        mean = xyz.sum(3, keepdim=True) / count.view(1, 1, -1, 1)
        features = torch.cat([x, y, z, i, xyz - mean, x - x_sub, y - y_sub], 1) * mask
        return self.slots(torch.relu(self.norm(self.point(features))))


class MiddleFeatureNet(nn.Module):
    """The index is repeated for each channel by a matrix product in double: Gemm."""

    def forward(self, features, coords):
        canvas = torch.zeros(CHANNELS, GRID.nx * GRID.ny)
        cell = (coords[:, 2] * GRID.nx + coords[:, 3]).double().reshape(1, -1)
        index = torch.mm(torch.ones(CHANNELS, 1, dtype=torch.float64), cell).long()
        canvas = canvas.scatter(1, index, features.t())
        return torch.stack([canvas], 0).view(1, CHANNELS, GRID.ny, GRID.nx)


class Rpn(nn.Module):
    """Box codes, class logits, directions: in this order."""

    def __init__(self):
        super().__init__()
        self.backbone = networks.Backbone(CHANNELS, explicit_pad=True)
        self.heads = networks.Heads(self.backbone.outputs, 2, 1)

    def forward(self, image):
        classes, codes, directions = self.heads(self.backbone(image))
        return tuple(m.permute(0, 2, 3, 1) for m in (codes, classes, directions))


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.pfn, self.mfn, self.rpn = PillarFeatureNet(), MiddleFeatureNet(), Rpn()

    def forward(self, *inputs):
        features = self.pfn(*inputs[:8])
        return self.rpn(self.mfn(features[0, :, :, 0].t(), inputs[8]))


def pfe_inputs(frame, padded=None):
    """The eight inputs; a static graph's padding pillars count one point, else 0 / 0 were NaN."""
    count, size = len(frame.counts), padded or len(frame.counts)
    points = np.zeros((size, SLOTS, 4), F)
    points[:count] = frame.points
    counts = np.ones(size, F)
    counts[:count] = frame.counts
    subs = np.zeros((2, size, SLOTS), F)
    for axis in range(2):
        centers = frame.cells[:, 1 - axis].astype(F) * F(GRID.cell[axis]) + F(OFFSET[axis])
        subs[axis, :count] = centers[:, None]
    mask = np.zeros((size, SLOTS), F)
    mask[:count] = np.arange(SLOTS) < frame.counts[:, None]
    slots = [*np.moveaxis(points, 2, 0), *subs, mask]
    arrays = [np.ascontiguousarray(a)[None, None] for a in slots]
    arrays.insert(4, counts[None])
    return dict(zip(PFE_INPUTS, arrays))


def anchors(z, quarter_turn):
    def axis(i):
        step = F(GRID.cell[i] * 2)
        count = (GRID.nx, GRID.ny)[i] // 2
        return np.arange(count, dtype=F) * step + F(GRID.min[i] + GRID.cell[i])
    return boxes.anchors(axis(0), axis(1), [(z, 1.6, 3.9, 1.56, yaw) for yaw in (0, quarter_turn)])


def covered(priors, frame):
    """Pillars under each anchor's upright rectangle; the first row and column don't count. All in
    float32: 1.6 m are exactly 10 cells."""
    occupied = np.zeros((GRID.ny, GRID.nx), int)
    occupied[frame.cells[:, 0], frame.cells[:, 1]] = 1
    sums = occupied.cumsum(0).cumsum(1)
    turned = np.abs(boxes.limit_period(priors[:, 6], 0.5)) > np.pi / 4
    sizes = np.where(turned[:, None], priors[:, [4, 3]], priors[:, 3:5]).astype(F)
    low, cell = np.array(GRID.min[:2], F), np.array(GRID.cell, F)
    last = np.array([GRID.nx, GRID.ny]) - 1
    first = np.clip(np.floor((priors[:, :2] - sizes / 2 - low) / cell).astype(int), 0, last)
    final = np.clip(np.floor((priors[:, :2] + sizes / 2 - low) / cell).astype(int), 0, last)
    return (sums[final[:, 1], final[:, 0]] - sums[final[:, 1], first[:, 0]]
            - sums[first[:, 1], final[:, 0]] + sums[first[:, 1], first[:, 0]])


def candidates(maps, frame, priors, passes):
    """Of the anchors over more than one pillar, those that pass, by score."""
    codes, classes, directions = maps
    scores = boxes.sigmoid(classes.reshape(-1))
    order = boxes.by_score(scores)
    order = order[passes(scores[order]) & (covered(priors, frame)[order] > 1)]
    return codes.reshape(-1, 7), scores, directions.reshape(-1, 2).argmax(1), order


def suppress(decoded):
    """KITTI's yaw turns clockwise."""
    ground = decoded[:, [0, 1, 3, 4, 6]] * (1, 1, 1, 1, -1)
    return boxes.nms(boxes.upright(ground), lambda a, b: boxes.upright_iou(a, b) > 0.5)


def second_boxes(frame, max_boxes, *maps):
    """score >= 0.05, the best 1000, upright NMS, the first max_boxes; then half a turn where the
    sign of the yaw and the direction disagree."""
    priors = anchors(-1.78, 1.57)
    codes, scores, ahead, order = candidates(maps, frame, priors, lambda s: s >= F(0.05))
    order = order[:1000]
    decoded = boxes.decode(codes[order], priors[order], bottom=True)
    kept = suppress(decoded)[:max_boxes]
    found, order = decoded[kept], order[kept]
    found[:, 6] += np.where((found[:, 6] > 0) != (ahead[order] == 1), np.pi, 0)
    return finish(found, scores, order)


def autoware_boxes(frame, *maps):
    """score > 0.5, no caps; half a turn where the direction is 0."""
    priors = anchors(-1.73, np.pi / 2)
    codes, scores, ahead, order = candidates(maps, frame, priors, lambda s: s > F(0.5))
    decoded = boxes.decode(codes[order], priors[order], bottom=True)
    kept = suppress(decoded)
    found, order = decoded[kept], order[kept]
    found[:, 6] += np.where(ahead[order] == 0, np.pi, 0)
    return finish(found, scores, order)


def finish(found, scores, order):
    canonical = boxes.canonical(found, bottom=True, camera=True)
    return canonical, scores[order], np.zeros(len(order), int), order


def sloppy(graph, others):
    """As PyTorch 1.4 wrote it: no node has a name, and the whole network's weights are there."""
    for node in graph.graph.node:
        node.name = ""
    for name, tensor in others.state_dict().items():
        if tensor.numel() < 64:
            graph.graph.initializer.append(numpy_helper.from_array(tensor.numpy(), "rpn." + name))
    return graph


def write_pieces(golden, network, frame, names, padded=None):
    """Exports the pieces and stores what each answers to the frame; returns the heads' maps."""
    pfe_name, mfn_name = names
    inputs = pfe_inputs(frame, padded)
    tensors = tuple(torch.from_numpy(i) for i in inputs.values())
    dynamic = {} if padded else {n: {i.ndim - (1 if i.ndim == 2 else 2): "pillars"}
                                 for n, i in inputs.items()}
    graph = store.export(network.pfn, tensors, opset_version=9, input_names=PFE_INPUTS,
                         dynamic_axes=dynamic, training=torch.onnx.TrainingMode.PRESERVE)
    features = store.run(network.pfn, *inputs.values())[0]
    golden.graph(pfe_name, sloppy(graph, network.rpn), inputs,
                 {graph.graph.output[0].name: features})

    rows = np.ascontiguousarray(features[0, :, :, 0].T)
    coords = frame.coords(F if padded else np.int32)
    if padded:
        # A static scatter writes its padding too; on a cell twice, the same.
        coords = np.concatenate([coords, np.repeat(coords[-1:], padded - len(coords), 0)])
        rows[len(frame.counts):] = rows[len(frame.counts) - 1]
    inputs = dict(voxel_features=rows, coords=coords)
    tensors = tuple(torch.from_numpy(i) for i in inputs.values())
    graph = store.export(network.mfn, tensors, opset_version=11 if padded else 9,
                         input_names=list(inputs), do_constant_folding=True,
                         dynamic_axes={} if padded else {n: {0: "pillars"} for n in inputs})
    image = store.run(network.mfn, *inputs.values())[0]
    golden.graph(mfn_name, graph, inputs, {graph.graph.output[0].name: image})
    return image


def main():
    golden = store.Golden("smallmunich", "export_smallmunich.py")
    torch.manual_seed(2)
    cloud = pillars.sweep(GRID, 21, ground=2000)
    # A corner without points, where anchors are masked.
    cloud = cloud[~((cloud[:, 0] > 6) & (cloud[:, 1] > -1))]
    cut = pillars.pillarize(cloud, GRID, 700, SLOTS, stop=True)
    whole = pillars.pillarize(cloud, GRID, 1100, SLOTS, stop=True)
    golden.sweep("sweep.bin", cloud)
    inputs = [*pfe_inputs(whole).values(), whole.coords()]
    network = networks.settle(Network(), *(torch.from_numpy(i) for i in inputs))

    image = write_pieces(golden, network, cut, PIECES[:2])
    maps = store.run(network.rpn, image)
    graph = store.export(network.rpn, (torch.from_numpy(image),), opset_version=9)
    golden.graph("rpn.onnx", graph, {graph.graph.input[0].name: image},
                 dict(zip((o.name for o in graph.graph.output), maps)))
    static = ("pfe_static.onnx", "mfn_static.onnx")
    image = write_pieces(golden, network, whole, static, padded=1100)
    static_maps = store.run(network.rpn, image)

    grid = [*GRID.settings(), f"pillars.center=[{OFFSET[0]}, {OFFSET[1]}, -1.0]"]
    cap = [*grid, "pillars.max_pillars=700"]
    for name, preset, frame, heads, graphs, settings, rules in (
            ("smallmunich", "smallmunich-car", cut, maps, PIECES, [*cap, "post.max_boxes=30"],
             lambda *m: second_boxes(cut, 30, *m)),
            ("smallmunich_static", "smallmunich-car", whole, static_maps, (*static, "rpn.onnx"), grid,
             lambda *m: second_boxes(whole, 300, *m)),
            ("autoware", "autoware-car", cut, maps, PIECES, cap,
             lambda *m: autoware_boxes(cut, *m))):
        store.require_stable(rules, heads)
        golden.boxes(f"{name}.npz", rules(*heads))
        golden.model(name, preset, graphs, settings,
                     "sweep.bin", f"{name}.npz", len(frame.counts), RULES[name])
    golden.close()


if __name__ == "__main__":
    main()
