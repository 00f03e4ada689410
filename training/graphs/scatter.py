"""Pillar features -> BEV image, with the operators of either time."""

import numpy as np
from onnx import TensorProto, helper


def canvas(graph, shape):
    """Zeros that take no room in the file."""
    size = graph.constant("canvas_shape", np.array(shape, np.int64))
    return graph.node("ConstantOfShape", [size],
                      value=helper.make_tensor("zero", TensorProto.FLOAT, [1], [0.0]))


def reshape(graph, image, channels, grid, output):
    shape = graph.constant("image_shape", np.array([1, channels, grid.ny, grid.nx], np.int64))
    return graph.node("Reshape", [image, shape], output)


def column(graph, coords, index):
    """[P] of coords [P, 4]: (batch, z, iy, ix)."""
    return graph.node("Gather", [coords, graph.constant(f"column_{index}",
                                                        np.array(index, np.int64))], axis=1)


def opset9(graph, features, coords, channels, grid, output):
    """As SmallMunich exports: Scatter along axis 1, each channel's index made by a product in
    float64. features: [P, C]; coords: int32 [P, 4]."""
    nx = graph.constant("nx", np.array(grid.nx, np.int32))
    cell = graph.node("Add", [graph.node("Mul", [column(graph, coords, 2), nx]),
                              column(graph, coords, 3)])
    cell = graph.node("Unsqueeze", [graph.node("Cast", [cell], to=TensorProto.DOUBLE)], axes=[0])
    ones = graph.constant("ones", np.ones((channels, 1), np.float64))
    index = graph.node("Cast", [graph.node("MatMul", [ones, cell])], to=TensorProto.INT64)
    updates = graph.node("Transpose", [features], perm=[1, 0])
    image = graph.node("Scatter", [canvas(graph, [channels, grid.nx * grid.ny]), index, updates],
                       axis=1)
    return reshape(graph, image, channels, grid, output)


def nd(graph, features, coords, channels, grid, output):
    """ScatterND of rows, then channels first."""
    nx = graph.constant("nx", np.array(grid.nx, np.int64))
    y, x = (graph.node("Cast", [column(graph, coords, i)], to=TensorProto.INT64) for i in (2, 3))
    cell = graph.node("Add", [graph.node("Mul", [y, nx]), x])
    index = graph.node("Unsqueeze", [cell], axes=[1])
    rows = graph.node("ScatterND", [canvas(graph, [grid.nx * grid.ny, channels]), index, features])
    image = graph.node("Transpose", [rows], perm=[1, 0])
    return reshape(graph, image, channels, grid, output)


def plugin(graph, features, coords, count, grid, output):
    """CUDA-PointPillars' own operator."""
    return graph.node("PPScatterPlugin", [features, coords, count], output,
                      dense_shape=[grid.ny, grid.nx])
