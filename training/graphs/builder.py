"""Writes an ONNX graph node by node; weights go into a file that several graphs share."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

ALIGNMENT = 64


class WeightFile:
    """Large tensors by name, one behind the other. `half`: stored as float16; the graphs cast them
    back. A tensor that several graphs use stands there once."""

    def __init__(self, name, half):
        self.name, self.half, self.places, self.data = name, half, {}, bytearray()

    def place(self, name, array):
        """The tensor's external form: a TensorProto that points into the file."""
        array = np.ascontiguousarray(array, np.float16 if self.half else np.float32)
        content = array.tobytes()
        if name not in self.places:
            self.data.extend(bytes(-len(self.data) % ALIGNMENT))
            self.places[name] = (len(self.data), content)
            self.data.extend(content)
        offset, stored = self.places[name]
        if stored != content:
            raise ValueError(f"two graphs have different weights called {name}")
        tensor = TensorProto(name=name, data_location=TensorProto.EXTERNAL, dims=array.shape,
                             data_type=TensorProto.FLOAT16 if self.half else TensorProto.FLOAT)
        for key, value in (("location", self.name), ("offset", offset), ("length", len(content))):
            tensor.external_data.add(key=key, value=str(value))
        return tensor

    def write(self, folder):
        (folder / self.name).write_bytes(self.data)


class Builder:
    """`weights`: a WeightFile, or None where all tensors stand in the graph."""

    def __init__(self, name, opset, weights=None):
        self.name, self.opset, self.weights = name, opset, weights
        self.nodes, self.inputs, self.outputs, self.tensors = [], [], [], {}

    def input(self, name, kind, shape):
        """`kind`: numpy dtype; a dimension that's a string is free."""
        self.inputs.append(helper.make_tensor_value_info(
            name, helper.np_dtype_to_tensor_dtype(np.dtype(kind)), shape))
        return name

    def output(self, name, shape, kind=np.float32):
        self.outputs.append(helper.make_tensor_value_info(
            name, helper.np_dtype_to_tensor_dtype(np.dtype(kind)), shape))

    def node(self, op, inputs, output=None, **attributes):
        """The name of its output."""
        output = output or f"{op.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [output], name=f"{op}_{len(self.nodes)}",
                                           **attributes))
        return output

    def constant(self, name, array):
        """A tensor in the graph itself."""
        self.tensors[name] = numpy_helper.from_array(np.asarray(array, order="C"), name)
        return name

    def weight(self, name, array):
        """A trained tensor, float32 to those that use it."""
        if self.weights is None:
            return self.constant(name, np.asarray(array, np.float32))
        self.tensors[name] = self.weights.place(name, array)
        if not self.weights.half:
            return name
        return self.node("Cast", [name], f"{name}/float32", to=TensorProto.FLOAT)

    def save(self, path):
        graph = helper.make_graph(self.nodes, self.name, self.inputs, self.outputs,
                                  list(self.tensors.values()))
        # External data needs IR version 4; the oldest that an opset allows is read by most.
        version = {9: 4, 10: 5, 11: 6}[self.opset]
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)],
                                  ir_version=version, producer_name="colonnade")
        path.write_bytes(model.SerializeToString())
        return model
