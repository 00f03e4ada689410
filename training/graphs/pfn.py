"""The pillar feature net in three forms: of SmallMunich's eight inputs, of decorated points, of raw
points. Batch norm is a factor and a summand; the maximum runs over padding, as OpenPCDet's."""

import numpy as np

SMALLMUNICH_INPUTS = ("pillar_x", "pillar_y", "pillar_z", "pillar_i", "num_points_per_pillar",
                      "x_sub_shaped", "y_sub_shaped", "mask")


def layer_arrays(layer):
    """(weight [inputs, outputs], factor [outputs], summand [outputs]) in float32."""
    weight = layer.linear.weight.detach().numpy().T
    if layer.norm is None:
        return weight, None, layer.linear.bias.detach().numpy()
    deviation = np.sqrt(layer.norm.running_var.numpy() + np.float32(layer.norm.eps))
    factor = layer.norm.weight.detach().numpy() / deviation
    return weight, factor, (layer.norm.bias.detach().numpy()
                            - layer.norm.running_mean.numpy() * factor)


def layers(graph, vfe, rows, output):
    """rows: [P, N, features] -> `output` [P, filters[-1]]."""
    for i, layer in enumerate(vfe.pfn_layers):
        name = f"vfe.pfn_layers.{i}"
        weight, factor, summand = layer_arrays(layer)
        hidden = graph.node("MatMul", [rows, graph.constant(f"{name}.weight", weight)])
        if factor is not None:
            hidden = graph.node("Mul", [hidden, graph.constant(f"{name}.factor", factor)])
        hidden = graph.node("Add", [hidden, graph.constant(f"{name}.summand", summand)])
        hidden = graph.node("Relu", [hidden])
        if layer.last:
            return graph.node("ReduceMax", [hidden], output, axes=[1], keepdims=0)
        largest = graph.node("ReduceMax", [hidden], axes=[1], keepdims=1)
        spread = graph.node("Expand", [largest, graph.node("Shape", [hidden])])
        rows = graph.node("Concat", [hidden, spread], axis=2)
    raise AssertionError("the last layer is marked as such")


def decorate(graph, vfe, points, num_points, coords):
    """Raw points [P, N, C], their numbers [P] and cells [P, 4] -> features [P, N, F]."""
    slots = vfe.max_points
    count = graph.node("Unsqueeze", [graph.node("Cast", [num_points], to=1)], axes=[1, 2])
    axis = [graph.constant(f"axis_{i}", np.array([i], np.int64)) for i in range(3)]
    xyz = graph.node("Slice", [points, axis[0], graph.constant("three", np.array([3], np.int64)),
                               axis[2]])
    mean = graph.node("Div", [graph.node("ReduceSum", [xyz], axes=[1], keepdims=1), count])
    # coords are (batch, z, iy, ix).
    cells = graph.node("Gather", [coords, graph.constant("x_then_y", np.array([3, 2], np.int64))],
                       axis=1)
    size = graph.constant("cell", np.array(vfe.grid.cell, np.float32))
    first = graph.constant("center", np.array(vfe.grid.center[:2], np.float32))
    middle = graph.node("Add", [graph.node("Mul", [graph.node("Cast", [cells], to=1), size]), first])
    xy = graph.node("Slice", [points, axis[0], graph.constant("two", np.array([2], np.int64)),
                              axis[2]])
    z = graph.node("Slice", [points, "two", "three", axis[2]])
    height = graph.constant("center_z", np.array(vfe.grid.center[2], np.float32))
    own = [points] if vfe.settings.absolute_xyz else [graph.node(
        "Slice", [points, "three", graph.constant("end", np.array([2**31 - 1], np.int64)), axis[2]])]
    parts = [*own, graph.node("Sub", [xyz, mean]),
             graph.node("Sub", [xy, graph.node("Unsqueeze", [middle], axes=[1])]),
             graph.node("Sub", [z, height])]
    if vfe.settings.with_distance:
        parts.append(graph.node("ReduceL2", [xyz], axes=[2], keepdims=1))
    features = graph.node("Concat", parts, axis=2)
    places = graph.constant("slots", np.arange(slots, dtype=np.float32)[None, :, None])
    mask = graph.node("Cast", [graph.node("Less", [places, count])], to=1)
    return graph.node("Mul", [features, mask])


def from_smallmunich(graph, vfe, center, output):
    """The eight inputs [1, 1, P, N] -> `output` [1, C, P, 1].

    SmallMunich has nine features; `center` is the point that its x_sub and y_sub count from. What
    OpenPCDet's ten have beside is in the weights: z's offset from the grid's middle is z and a
    constant, which the mask carries as a tenth channel, so that padding stays zero."""
    slots = vfe.max_points
    x, y, z, i, count, x_sub, y_sub, mask = (
        graph.input(n, np.float32, [1, "pillars"] if n == "num_points_per_pillar" else
                    [1, 1, "pillars", slots]) for n in SMALLMUNICH_INPUTS)
    xyz = graph.node("Concat", [x, y, z], axis=1)
    number = graph.node("Unsqueeze", [count], axes=[1, 3])
    mean = graph.node("Div", [graph.node("ReduceSum", [xyz], axes=[3], keepdims=1), number])
    nine = graph.node("Concat", [x, y, z, i, graph.node("Sub", [xyz, mean]),
                                 graph.node("Sub", [x, x_sub]), graph.node("Sub", [y, y_sub])],
                      axis=1)
    features = graph.node("Concat", [graph.node("Mul", [nine, mask]), mask], axis=1)
    weight, factor, summand = layer_arrays(vfe.pfn_layers[0])
    weight = weight.astype(np.float64)
    rows = [*weight[:9], weight[7] * (center[0] - vfe.grid.center[0])
            + weight[8] * (center[1] - vfe.grid.center[1]) - weight[9] * vfe.grid.center[2]]
    rows[2] = weight[2] + weight[9]
    folded = (np.stack(rows) * factor).T[:, :, None, None].astype(np.float32)
    hidden = graph.node("Conv", [features, graph.constant("pfn.weight", folded),
                                 graph.constant("pfn.bias", summand.astype(np.float32))],
                        kernel_shape=[1, 1])
    graph.node("ReduceMax", [graph.node("Relu", [hidden])], output, axes=[3], keepdims=1)
    graph.output(output, [1, len(summand), "pillars", 1])
