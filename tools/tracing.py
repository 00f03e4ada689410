"""What trace_openpcdet.py and trace_mmdet3d.py share: arrays of one frame, taken by hooks.

The arrays are listed in src/verify/trace.hpp; `colonnade compare model.yaml trace.npz` reads them.
"""
import numpy as np


def to_array(value):
    """A tensor, wherever it lives, as NumPy's."""
    if hasattr(value, "detach"):
        value = value.detach().float() if value.is_floating_point() else value.detach()
        value = value.cpu().numpy()
    return np.ascontiguousarray(value)


class Frame:
    """Collects arrays; refuses a stage that comes twice, since only one frame is traced."""

    def __init__(self):
        self.arrays = {}

    def put(self, name, value):
        if name in self.arrays:
            raise SystemExit(f"'{name}' came twice: trace one frame, of a model with one such module")
        self.arrays[name] = to_array(value)

    def on_input(self, module, name, pick=lambda inputs: inputs[0]):
        module.register_forward_pre_hook(lambda _, inputs: self.put(name, pick(inputs)))

    def on_output(self, module, name, pick=lambda output: output):
        module.register_forward_hook(lambda _, inputs, output: self.put(name, pick(output)))

    def save(self, path):
        """Not compressed: colonnade reads it without a library."""
        missing = [name for name in ("points", "coords", "boxes", "scores", "labels")
                   if name not in self.arrays]
        if missing:
            raise SystemExit(f"nothing came of {', '.join(missing)}: is this a PointPillars model?")
        np.savez(path, **self.arrays)
        for name, array in self.arrays.items():
            print(f"{name:<24} {array.dtype} {list(array.shape)}")


def add_heads(frame, head, names, nhwc):
    """The maps of an anchor head: `names` are its modules and the exported graph's outputs."""
    for module, output in names.items():
        layer = getattr(head, module, None)
        if layer is not None:
            frame.on_output(layer, f"head_{output}",
                            lambda maps: maps.permute(0, 2, 3, 1) if nhwc else maps)
