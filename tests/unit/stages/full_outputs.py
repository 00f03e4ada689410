#!/usr/bin/env python3
"""Runs the fixtures' networks with onnxruntime and writes whole head maps as OUT/FAMILY/OUTPUT.npy.

usage: full_outputs.py FIXTURES OUT   (needs numpy, onnx, onnxruntime)

fixture_boxes_test reads them from $COLONNADE_STAGE_OUTPUTS."""
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime


def run(model, inputs):
    session = onnxruntime.InferenceSession(model)
    return dict(zip([o.name for o in session.get_outputs()], session.run(None, inputs)))


def scatter(features, coords, height, width):
    canvas = np.zeros((1, features.shape[1], height, width), np.float32)
    canvas[0][:, coords[:, 2], coords[:, 3]] = features.T
    return canvas


def part_of(model, inputs, outputs):
    """The nodes between these values. (extract_model refuses what onnx.checker refuses.)"""
    producer = {name: node for node in model.graph.node for name in node.output}
    names, wanted = list(outputs), set()
    while names:
        name = names.pop()
        if name in producer and name not in inputs and name not in wanted:
            wanted.update(producer[name].output)
            names += producer[name].input
    nodes = [node for node in model.graph.node if wanted.intersection(node.output)]
    used = {name for node in nodes for name in node.input}
    constants = [t for t in model.graph.initializer if t.name in used]
    value = lambda name, shape: onnx.helper.make_tensor_value_info(name, 1, shape)
    graph = onnx.helper.make_graph(nodes, "part", [value(n, s) for n, s in inputs.items()],
                                   [value(n, None) for n in outputs], constants)
    part = onnx.helper.make_model(graph, opset_imports=model.opset_import)
    part.ir_version = model.ir_version
    return part.SerializeToString()


def cuda_pointpillars(folder):
    model = onnx.load(folder / "pointpillar.onnx")
    for node in model.graph.node:
        for attribute in node.attribute:  # Mistyped by the exporter.
            if attribute.name == "keepdims" and attribute.type == onnx.AttributeProto.INTS:
                attribute.CopyFrom(onnx.helper.make_attribute("keepdims", attribute.ints[0]))
    plugin = next(node for node in model.graph.node if node.op_type == "PPScatterPlugin")
    features, canvas = plugin.input[0], plugin.output[0]
    given = np.load(folder / "pp_in.npz")
    count = int(given["voxel_num"][0])
    rows = run(part_of(model, {"voxels": given["voxels"].shape}, [features]),
               {"voxels": given["voxels"]})[features].reshape(-1, 64)[:count]
    image = scatter(rows, given["voxel_idxs"][:count], 496, 432)
    heads = part_of(model, {canvas: image.shape}, [o.name for o in model.graph.output])
    return run(heads, {canvas: image})


def smallmunich(folder):
    given = np.load(folder / "rpn_in.npz")
    image = scatter(given["voxel_features"], given["coords"], 496, 432)
    return run(folder / "rpn.onnx", {"input.1": image})


def multihead(folder):
    given = np.load(folder / "backbone_in.npz")
    image = scatter(given["features"], given["coords"], 512, 512)
    return run(folder / "cbgs_pp_multihead_backbone.onnx", {"input.1": image})


def main(fixtures, out):
    for family, outputs_of in {"a": smallmunich, "c": cuda_pointpillars, "d": multihead}.items():
        (out / family).mkdir(parents=True, exist_ok=True)
        for name, values in outputs_of(fixtures / family).items():
            np.save(out / family / f"{name}.npy", values)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*map(pathlib.Path, sys.argv[1:]))
