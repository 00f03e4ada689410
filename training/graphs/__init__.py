"""The network as ONNX graphs, in the forms that the field's consumers take."""
