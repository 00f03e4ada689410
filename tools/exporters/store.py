"""Writes a family's folder in tests/golden: graphs, what goes in and out of them, boxes."""

import io
import json
import pathlib
import platform

import numpy as np
import onnx
import torch

ROOT = pathlib.Path(__file__).resolve().parents[2] / "tests" / "golden"
SAMPLES = 1200


class Golden:
    """A folder anew. close() writes its lists: cases.json (graphs), models.json, README.md."""

    def __init__(self, family, script):
        self.folder, self.script = ROOT / family, script
        self.folder.mkdir(parents=True, exist_ok=True)
        for old in self.folder.iterdir():
            old.unlink()
        self.cases, self.models = [], []

    def graph(self, name, model, inputs, outputs, external=False):
        """`inputs` and `outputs`: arrays by tensor name. `external`: weights in NAME.data."""
        onnx.save_model(model, self.folder / name, save_as_external_data=external,
                        location=f"{name}.data" if external else None, size_threshold=64)
        stem = pathlib.Path(name).stem
        self.cases.append(dict(graph=name, inputs=self.arrays(f"{stem}_in.npz", inputs),
                               outputs=self.arrays(f"{stem}_out.npz", sampled(outputs))))

    def arrays(self, name, arrays):
        """Name of the file that holds them: an earlier one where it's the same."""
        path = self.folder / name
        np.savez_compressed(path, **arrays)
        for other in sorted(self.folder.glob("*.npz")):
            if other != path and other.read_bytes() == path.read_bytes():
                path.unlink()
                return other.name
        return name

    def sweep(self, name, cloud):
        """.bin: four columns as KITTI has them; .npy: with dt."""
        if name.endswith(".npy"):
            np.save(self.folder / name, cloud)
        else:
            cloud.tofile(self.folder / name)

    def boxes(self, name, found):
        """`found`: canonical, scores, labels, anchors."""
        arrays = dict(zip(("canonical", "scores", "labels", "anchor_index"), found))
        self.arrays(name, arrays)

    def model(self, name, preset, graphs, settings, sweep, boxes, pillars, rules):
        """What `import preset` is given, and the boxes of that sweep. Every setting of `rules`
        gives others."""
        self.models.append(dict(name=name, preset=preset, graphs=graphs, settings=settings,
                                sweep=sweep, boxes=boxes, pillars=pillars, rules=rules))

    def close(self):
        for name, entries in (("cases", self.cases), ("models", self.models)):
            lines = ",\n ".join(json.dumps(entry) for entry in entries)
            (self.folder / f"{name}.json").write_text(f"[{lines}]\n")
        (self.folder / "README.md").write_text(
            f"Written by `python3 tools/{self.script}` with Python {platform.python_version()}, "
            f"PyTorch {torch.__version__}, onnx {onnx.__version__}, NumPy {np.__version__}. Weights "
            "and sweep are seeded random numbers.\n")


def sampled(outputs):
    """Small ones whole; of large ones SAMPLES elements with their flat indices."""
    arrays = {}
    for name, output in outputs.items():
        flat = np.ascontiguousarray(output).ravel()
        arrays[f"{name}/shape"] = np.array(output.shape, np.int64)
        if flat.size > SAMPLES:
            index = np.sort(np.random.default_rng(0).choice(flat.size, SAMPLES, replace=False))
            arrays[f"{name}/index"] = index.astype(np.int32)
            flat = flat[index]
        arrays[f"{name}/values"] = flat
    return arrays


def export(model, inputs, **options):
    """PyTorch's TorchScript exporter, which the field's files come from."""
    buffer = io.BytesIO()
    torch.onnx.export(model, inputs, buffer, dynamo=False, **options)
    return onnx.load_from_string(buffer.getvalue())


def run(model, *inputs):
    """The model's outputs as arrays."""
    with torch.no_grad():
        found = model(*(torch.from_numpy(np.ascontiguousarray(i)) for i in inputs))
    return [f.numpy() for f in (found if isinstance(found, (tuple, list)) else [found])]


def require_stable(boxes_of, maps, trials=5):
    """The boxes mustn't hang on the last bits of the maps: another seed is needed where they do."""
    _, scores, labels, anchors = boxes_of(*maps)
    rng = np.random.default_rng(0)
    for _ in range(trials):
        noisy = [m + (1e-5 * rng.uniform(-1, 1, m.shape)).astype(m.dtype) for m in maps]
        _, _, noisy_labels, noisy_anchors = boxes_of(*noisy)
        if sorted(zip(labels, anchors)) != sorted(zip(noisy_labels, noisy_anchors)):
            raise SystemExit("the boxes change under noise of 1e-5: choose another seed")
    print(f"{len(scores)} boxes, labels {np.bincount(labels).tolist()}, "
          f"scores {scores.min():.3f} to {scores.max():.3f}")
