"""The three forms of one network. All share max_points, weights and boxes."""

import copy

import numpy as np
import torch
from torch import nn

from ..errors import UserError
from . import pfn, rpn, scatter
from .builder import Builder, WeightFile
from .model_yaml import Graph, write_model_yaml

DECORATED = ("x", "y", "z", "intensity", "mean_dx", "mean_dy", "mean_dz", "center_dx", "center_dy",
             "center_dz")
MEANINGS = {"cls_preds": "class_scores", "box_preds": "box_codes", "dir_cls_preds": "direction"}


def rounded(network):
    """A copy whose convolutions' weights are float16 values: what a half-size weight file can hold.
    Norms, biases and the pillar feature net stay as they are."""
    network = copy.deepcopy(network).cpu().eval()
    for part in (network.backbone_2d, network.dense_head):
        for layer in part.modules():
            if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)):
                half = layer.weight.data.to(torch.float16)
                if not torch.isfinite(half).all():
                    raise UserError("a weight is beyond float16's 65504; export with --precision fp32")
                layer.weight.data = half.float()
    return network


def outputs(network):
    return [(name, MEANINGS[name]) for name in rpn.heads(network)]


def three_pieces(network, folder, weights, yaml):
    """SmallMunich's: pfn.onnx of eight inputs, mfn.onnx with opset 9's Scatter, rpn.onnx."""
    model = network.model
    if model.pfn.features != DECORATED or len(model.pfn.filters) > 1 or not model.pfn.use_norm:
        raise UserError("three pieces: SmallMunich's eight inputs hold x, y, z, intensity and one "
                        "normed layer; this network's pillar feature net is another; --form "
                        "self-contained takes it")
    channels, grid = model.pfn.filters[-1], model.grid
    # train.py adds these literals to a cell's corner: not the pillar's centre.
    center = (grid.min[0] + 0.1, grid.min[1] - 0.22, grid.center[2])
    first = Builder("pfn", 9)
    pfn.from_smallmunich(first, network.vfe, center, "pillar_features")
    first.save(folder / "pfn.onnx")
    middle = Builder("mfn", 9)
    features = middle.input("voxel_features", np.float32, ["pillars", channels])
    coords = middle.input("coords", np.int32, ["pillars", 4])
    scatter.opset9(middle, features, coords, channels, grid, "bev_image")
    middle.output("bev_image", [1, channels, grid.ny, grid.nx])
    middle.save(folder / "mfn.onnx")
    last = Builder("rpn", 9, weights)
    image = last.input("bev_image", np.float32, [1, channels, grid.ny, grid.nx])
    order = [n for n in ("box_preds", "cls_preds", "dir_cls_preds") if n in rpn.heads(network)]
    rpn.rpn(last, network, image, order)
    last.save(folder / "rpn.onnx")
    sources = ("x", "y", "z", "intensity", "num_points", "center_x", "center_y", "mask")
    write_model_yaml(folder / yaml, model, model.pfn.point_features, [
        Graph("pfn.onnx", list(zip(pfn.SMALLMUNICH_INPUTS, sources)),
              [("pillar_features", "pillar_features")]),
        Graph("mfn.onnx", [("voxel_features", "pillar_features"), ("coords", "coords_bzyx")],
              [("bev_image", "bev_image")]),
        Graph("rpn.onnx", [("bev_image", "bev_image")], outputs(network))], center)


def cuda_pointpillars(network, folder, weights, yaml):
    """NVIDIA's: decorated points, PPScatterPlugin; room for max_pillars."""
    model = network.model
    grid, room = model.grid, model.max_pillars
    graph = Builder("pointpillar", 11, weights)
    rows = graph.input("voxels", np.float32, [room, model.max_points, len(model.pfn.features)])
    coords = graph.input("voxel_idxs", np.int32, [room, 4])
    count = graph.input("voxel_num", np.int32, [1])
    features = pfn.layers(graph, network.vfe, rows, "pillar_features")
    rpn.rpn(graph, network, scatter.plugin(graph, features, coords, count, grid, "bev_image"))
    graph.save(folder / "pointpillar.onnx")
    write_model_yaml(folder / yaml, model, model.pfn.features, [
        Graph("pointpillar.onnx", [("voxels", "points"), ("voxel_idxs", "coords_bzyx"),
                                   ("voxel_num", "pillar_count")], outputs(network))])


def self_contained(network, folder, weights, yaml):
    """Points as they come, in standard operators alone."""
    model = network.model
    graph = Builder("pointpillars", 11, weights)
    points = graph.input("voxels", np.float32, ["pillars", model.max_points,
                                                len(model.pfn.point_features)])
    numbers = graph.input("num_points", np.int32, ["pillars"])
    coords = graph.input("coors", np.int32, ["pillars", 4])
    rows = pfn.decorate(graph, network.vfe, points, numbers, coords)
    features = pfn.layers(graph, network.vfe, rows, "pillar_features")
    rpn.rpn(graph, network, scatter.nd(graph, features, coords, model.pfn.filters[-1], model.grid,
                                       "bev_image"))
    graph.save(folder / "pointpillars.onnx")
    write_model_yaml(folder / yaml, model, model.pfn.point_features, [
        Graph("pointpillars.onnx", [("voxels", "points"), ("num_points", "num_points"),
                                    ("coors", "coords_bzyx")], outputs(network))])


FORMS = {"self-contained": (self_contained, "model.yaml"),
         "three-pieces": (three_pieces, "three_pieces.yaml"),
         "cuda-pointpillars": (cuda_pointpillars, "cuda_pointpillars.yaml")}


def export(network, folder, forms, half):
    """Writes `forms` (keys of FORMS) into the folder; returns the network that they hold and the
    yaml files. The first form's is model.yaml."""
    network = rounded(network) if half else copy.deepcopy(network).cpu().eval()
    folder.mkdir(parents=True, exist_ok=True)
    weights, written = WeightFile("weights.bin", half), []
    for number, name in enumerate(forms):
        write, yaml = FORMS[name]
        yaml = "model.yaml" if number == 0 else yaml
        write(network, folder, weights, yaml)
        written.append(folder / yaml)
    weights.write(folder)
    return network, written
