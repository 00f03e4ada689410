#!/usr/bin/env python3
"""OpenPCDet's KITTI network as CUDA-PointPillars, Xiao-Hu-Z, pgf20160610 and PyTorch's new exporter
write it, under OpenPCDet's rules and NVIDIA's: the same weights, the same boxes.

    python3 tools/export_openpcdet.py    # needs torch, onnx, numpy; writes tests/golden/openpcdet
"""

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper
from torch import nn

from exporters import boxes, dynamo, networks, pillars, store

F = np.float32
GRID = pillars.KITTI
# The graphs have room for more pillars than the model gives them: padding.
CHANNELS, MAX_PILLARS, ROOM, SLOTS = 8, 700, 720, 32
HEADS = ["cls_preds", "box_preds", "dir_cls_preds"]
SIZES = ((3.9, 1.6, 1.56, -1.78), (0.8, 0.6, 1.73, -0.6), (1.76, 0.6, 1.73, -0.6))

# Each of these changes the boxes: what it changes is being tested.
RULES = dict(
    openpcdet=["pillars.max_pillars=650", "pillars.overflow=stop", "pillars.center[0]=0.1",
               "pillars.center[2]=0", "anchor_layout.placement=cell_center", "box.z=bottom",
               "box.size=wlh", "post.nms.per_class=true", "post.nms.threshold=0.1",
               "post.score_threshold=0.8", "post.top_k=100", "post.max_boxes=39",
               "post.direction.offset=0", "post.direction.tie=1", "post.direction.inverted=true"],
    nvidia=["post.max_boxes=40", "post.top_k=400", "post.score_threshold=0.5",
            "post.direction.tie=0"])


class PillarFeatureNet(nn.Module):
    """The maximum runs over padding slots too, which aren't zero any more after the norm."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(10, CHANNELS, bias=False)
        self.norm = nn.BatchNorm1d(CHANNELS, eps=1e-3)

    def forward(self, voxels):
        hidden = self.norm(self.linear(voxels).permute(0, 2, 1)).permute(0, 2, 1)
        return torch.relu(hidden).max(1, keepdim=True)[0].squeeze(1)


class MaskedPillarFeatureNet(nn.Module):
    """pgf20160610's form of the same: a batch axis, a mask, channels before slots."""

    def __init__(self, pfn):
        super().__init__()
        self.pfn = pfn

    def forward(self, pillar_features, pillar_mask):
        features = (pillar_features * pillar_mask).permute(0, 3, 1, 2).reshape(1, 10, -1)
        hidden = self.pfn.norm(self.pfn.linear.weight @ features).view(1, CHANNELS, ROOM, SLOTS)
        return torch.relu(hidden).max(3)[0].permute(0, 2, 1)


class Rpn(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = networks.Backbone(CHANNELS, explicit_pad=True)
        self.heads = networks.Heads(self.backbone.outputs, 6, 3)

    def forward(self, image):
        return tuple(m.permute(0, 2, 3, 1) for m in self.heads(self.backbone(image)))


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.pfn, self.rpn = PillarFeatureNet(), Rpn()

    def forward(self, voxels, cells):
        canvas = torch.zeros(CHANNELS, GRID.ny, GRID.nx)
        canvas[:, cells[:, 0], cells[:, 1]] = self.pfn(voxels)[:len(cells)].t()
        return self.rpn(canvas[None])


def tensor(name, kind, shape):
    return helper.make_tensor_value_info(name, kind, shape)


def plugin_graph(pfe, rpn, scatter, inputs):
    """One graph of both, with NVIDIA's node between; onnx.checker doesn't know it."""
    pfe, rpn = (onnx.compose.add_prefix_graph(m.graph, p) for m, p in ((pfe, "pfe_"), (rpn, "rpn_")))
    rename(pfe, {pfe.input[0].name: inputs[0].name})
    rename(rpn, {rpn.input[0].name: "image", **dict(zip((o.name for o in rpn.output), HEADS))})
    features = pfe.output[0].name
    # Stale: as it was before the last axes were squeezed.
    stale = tensor(features, TensorProto.FLOAT, [ROOM, 1, CHANNELS])
    node = helper.make_node(scatter["op"], [features, *(i.name for i in inputs[1:])], ["image"],
                            name="scatter", **scatter["attributes"])
    outputs = [tensor(n, TensorProto.FLOAT, [1, GRID.ny // 2, GRID.nx // 2, k])
               for n, k in zip(HEADS, (18, 42, 12))]
    graph = helper.make_graph([*pfe.node, node, *rpn.node], "pointpillar", inputs, outputs,
                              [*pfe.initializer, *rpn.initializer], value_info=[stale])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)], ir_version=7)


def rename(graph, names):
    for node in graph.node:
        node.input[:] = [names.get(n, n) for n in node.input]
        node.output[:] = [names.get(n, n) for n in node.output]
    for value in (*graph.input, *graph.output):
        value.name = names.get(value.name, value.name)


def mistype(model, op, attribute, value):
    """INTS where INT is due, and back, as graph surgeons wrote them."""
    for node in model.graph.node:
        if node.op_type == op:
            kept = [a for a in node.attribute if a.name != attribute]
            del node.attribute[:]
            node.attribute.extend([*kept, helper.make_attribute(attribute, value)])
    return model


def drop_squeeze(model):
    """2022 on: ReduceMax itself drops the axis, keepdims being a list."""
    graph = model.graph
    squeeze = next(n for n in graph.node if n.op_type == "Squeeze")
    reduce = next(n for n in graph.node if squeeze.input[0] in n.output)
    reduce.output[0] = squeeze.output[0]
    graph.node.remove(squeeze)
    return mistype(model, "ReduceMax", "keepdims", [0])


def anchors():
    kinds = [(F(z) + F(h) / 2, l, w, h, yaw) for l, w, h, z in SIZES for yaw in (0, 1.57)]
    return boxes.anchors(boxes.spanning(GRID.min[0], GRID.max[0], GRID.nx // 2),
                         boxes.spanning(GRID.min[1], GRID.max[1], GRID.ny // 2), kinds)


def final_boxes(caps, suppresses, tie, classes, codes, directions):
    """Best class of each anchor >= 0.1; the direction first, then rotated NMS over all classes. A
    corner within 1 cm counts as inside."""
    scores = boxes.sigmoid(classes.reshape(-1, 3))
    labels = classes.reshape(-1, 3).argmax(1)
    best = scores[np.arange(len(scores)), labels]
    order = boxes.by_score(best)
    order = order[best[order] >= F(0.1)][:caps[0]]
    found = boxes.decode(codes.reshape(-1, 7)[order], anchors()[order], bottom=False)
    logits = directions.reshape(-1, 2)[order]
    ahead = np.where(logits[:, 0] == logits[:, 1], tie, logits.argmax(1))
    found[:, 6] = boxes.limit_period(found[:, 6] - 0.78539, 0) + 0.78539 + np.pi * ahead
    ground = found[:, [0, 1, 3, 4, 6]]
    kept = boxes.nms(ground, lambda a, b: suppresses(boxes.rotated_iou(a, b, 0.01)))[:caps[1]]
    order = order[kept]
    return boxes.canonical(found[kept], bottom=False), best[order], labels[order], order


def main():
    golden = store.Golden("openpcdet", "export_openpcdet.py")
    torch.manual_seed(3)
    cloud = pillars.sweep(GRID, 31)
    frame = pillars.pillarize(cloud, GRID, MAX_PILLARS, SLOTS)
    count = len(frame.counts)
    golden.sweep("sweep.bin", cloud)
    voxels = np.zeros((ROOM, SLOTS, 10), F)
    voxels[:count] = pillars.decorate(frame, GRID)
    coords = np.zeros((ROOM, 4), np.int32)
    coords[:count] = frame.coords()
    network = Network()
    # Both directions of the first kind of anchor answer the same: ties.
    layer = network.rpn.heads.directions
    layer.weight.data[1], layer.bias.data[1] = layer.weight.data[0], layer.bias.data[0]
    networks.settle(network, torch.from_numpy(voxels), torch.from_numpy(frame.cells).long())
    maps = store.run(network, voxels, frame.cells.astype(np.int64))
    outputs = dict(zip(HEADS, maps))

    # Xiao-Hu-Z's two files; the scatter between them is missing.
    features = store.run(network.pfn, voxels)[0]
    pfe = store.export(network.pfn, (torch.from_numpy(voxels),), opset_version=11)
    golden.graph("pp_pfe.onnx", pfe, {pfe.graph.input[0].name: voxels},
                 {pfe.graph.output[0].name: features})
    image = np.zeros((1, CHANNELS, GRID.ny, GRID.nx), F)
    image[0, :, frame.cells[:, 0], frame.cells[:, 1]] = features[:count]
    rpn = store.export(network.rpn, (torch.from_numpy(image),), opset_version=13,
                       output_names=HEADS)
    golden.graph("pp_rpn.onnx", rpn, {rpn.graph.input[0].name: image}, outputs)

    # pgf20160610's half of two files.
    inputs = dict(pillar_features=voxels[None], pillar_mask=np.zeros((1, ROOM, SLOTS, 1), F))
    inputs["pillar_mask"][0, :count, :, 0] = np.arange(SLOTS) < frame.counts[:, None]
    masked = MaskedPillarFeatureNet(network.pfn).eval()
    graph = store.export(masked, tuple(torch.from_numpy(i) for i in inputs.values()),
                         opset_version=17, input_names=list(inputs), output_names=["pillar_embed"])
    golden.graph("pgf_pfn.onnx", graph, inputs,
                 dict(pillar_embed=store.run(masked, *inputs.values())[0]))

    # PyTorch's new exporter: functions, and weights in a file beside the graph.
    graph = dynamo.export(network.pfn, voxels, "voxels", "pillars")
    golden.graph("dynamo_pfn.onnx", dynamo.with_functions(graph), dict(voxels=voxels),
                 {graph.graph.output[0].name: features}, external=True)
    graph = dynamo.export(network.rpn, image, "image", None, HEADS)
    golden.graph("dynamo_rpn.onnx", graph, dict(image=image), outputs, external=True)

    rpn = store.export(network.rpn, (torch.from_numpy(image),), opset_version=11)
    shapes = [ROOM, SLOTS, 10], [ROOM, 4], [1]
    names = ("voxels", "voxel_idxs", "voxel_num")
    kinds = (TensorProto.FLOAT, TensorProto.INT32, TensorProto.INT32)
    inputs = [tensor(*i) for i in zip(names, kinds, shapes)]
    arrays = dict(zip(names, (voxels, coords, np.array([count], np.int32))))
    # The exporter of 2022-12 wrote columns before rows; the outputs' shapes tell.
    for name, shape in (("pointpillar.onnx", [GRID.ny, GRID.nx]),
                        ("pointpillar_2022.onnx", [GRID.nx, GRID.ny])):
        scatter = dict(op="PPScatterPlugin", attributes=dict(dense_shape=shape))
        graph = plugin_graph(drop_squeeze(onnx.ModelProto.FromString(pfe.SerializeToString())), rpn,
                             scatter, inputs)
        golden.graph(name, graph, arrays, outputs)

    # 2021: all inputs are float32; the bits of `params` are integers.
    params = np.array([1, CHANNELS, GRID.ny, GRID.nx, count], np.uint32).view(F)
    arrays = dict(zip(("input", "coords", "params"),
                      (voxels, coords.astype(F)[None, None], params.reshape(1, 1, 1, 5))))
    inputs = [tensor(n, TensorProto.FLOAT, a.shape) for n, a in arrays.items()]
    graph = plugin_graph(pfe, rpn, dict(op="ScatterBEV", attributes={}), inputs)
    golden.graph("pointpillar_scatterbev.onnx", mistype(graph, "Squeeze", "axes", 1), arrays, outputs)

    settings = [*GRID.settings(), f"pillars.max_pillars={MAX_PILLARS}",
                f"pillars.center={GRID.center()}"]
    caps = (3000, 40)

    def openpcdet(*found):
        return final_boxes(caps, lambda iou: iou > 0.01, 0, *found)

    def nvidia(*found):
        return final_boxes((None, None), lambda iou: iou >= 0.01, 1, *found)

    for name, boxes_of in (("openpcdet", openpcdet), ("nvidia", nvidia)):
        store.require_stable(boxes_of, maps, trials=2)
        golden.boxes(f"{name}.npz", boxes_of(*maps))
    capped = [*settings, f"post.top_k={caps[0]}", f"post.max_boxes={caps[1]}"]
    split = ["pp_rpn.onnx", "pp_pfe.onnx"]
    for name, preset, graphs, more, found in (
            ("openpcdet", "openpcdet-kitti", ["pointpillar.onnx"], capped, "openpcdet"),
            ("openpcdet_2022", "openpcdet-kitti", ["pointpillar_2022.onnx"], capped, "openpcdet"),
            ("openpcdet_split", "openpcdet-kitti", split, capped, "openpcdet"),
            ("openpcdet_pgf", "openpcdet-kitti", ["pgf_pfn.onnx", "pp_rpn.onnx"], capped,
             "openpcdet"),
            ("openpcdet_dynamo", "openpcdet-kitti", ["dynamo_pfn.onnx", "dynamo_rpn.onnx"], capped,
             "openpcdet"),
            ("nvidia", "cuda-pointpillars", ["pointpillar.onnx"], settings, "nvidia"),
            ("nvidia_2021", "cuda-pointpillars", ["pointpillar_scatterbev.onnx"], settings,
             "nvidia")):
        golden.model(name, preset, graphs, more, "sweep.bin", f"{found}.npz", count,
                     RULES.get(name, []))
    golden.close()


if __name__ == "__main__":
    main()
