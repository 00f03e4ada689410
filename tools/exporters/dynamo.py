"""PyTorch's exporter of 2023 on (torch.export, "dynamo")."""

import logging

import numpy as np
import onnx
import torch
from onnx import helper

DOMAIN = "pkg.onnxscript.torch_lib"


def export(model, array, input_name, dynamic=None, output_names=None):
    """`dynamic`: name of the input's first dimension, where it isn't fixed."""
    logging.disable(logging.WARNING)
    shapes = ({0: torch.export.Dim(dynamic)} if dynamic else None,)
    program = torch.onnx.export(model, (torch.from_numpy(np.ascontiguousarray(array)),),
                                dynamo=True, dynamic_shapes=shapes, input_names=[input_name],
                                output_names=output_names, verbose=False)
    return without_metadata(program.model_proto)


def without_metadata(model):
    """Without stack traces, which name files of this machine."""
    del model.metadata_props[:]
    del model.graph.metadata_props[:]
    for item in (*model.graph.node, *model.graph.value_info, *model.graph.input,
                 *model.graph.output, *model.graph.initializer):
        del item.metadata_props[:]
        item.doc_string = ""
    return model


def with_functions(model):
    """As PyTorch 2.1 to 2.5 wrote it: each operator is a call of a local function of torch_lib, and
    the module a function that calls them."""
    graph, imports = model.graph, list(model.opset_import)
    own = helper.make_opsetid(DOMAIN, 1)
    for kind in sorted({n.op_type for n in graph.node if not n.attribute}):
        example = next(n for n in graph.node if n.op_type == kind)
        inputs = [f"x{i}" for i in range(len(example.input))]
        body = helper.make_node(kind, inputs, ["y"])
        name = f"aten_{kind.lower()}"
        model.functions.append(helper.make_function(DOMAIN, name, inputs, ["y"], [body], imports))
        for node in graph.node:
            if node.op_type == kind and not node.attribute:
                node.op_type, node.domain = name, DOMAIN
    names = [v.name for v in (*graph.input, *graph.initializer)]
    outputs = [v.name for v in graph.output]
    module = helper.make_function("pkg.network", "PillarFeatureNet_1", names, outputs,
                                  list(graph.node), [*imports, own])
    model.functions.append(module)
    del graph.node[:]
    graph.node.append(helper.make_node("PillarFeatureNet_1", names, outputs, name="pfn",
                                       domain="pkg.network"))
    del graph.value_info[:]
    model.opset_import.extend([own, helper.make_opsetid("pkg.network", 1)])
    onnx.checker.check_model(model)
    return model
