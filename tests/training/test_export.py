"""Every form of a network gives PyTorch's boxes through the built command."""

import dataclasses
import pathlib
import subprocess
import sys
import tempfile
import unittest

import numpy as np
import torch

import small
from training.detection.post import Detections, Detector
from training.errors import UserError
from training.graphs.check import Comparison, check, compare, detect
from training.graphs.forms import FORMS, export

try:
    import onnx
except ImportError:
    raise unittest.SkipTest("the onnx package isn't installed") from None

ROOT = pathlib.Path(__file__).resolve().parents[2]


class ExportTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.clouds = []
        for seed in (31, 32, 33):
            self.clouds.append(self.folder / f"{seed}.bin")
            small.sweep(seed).tofile(self.clouds[-1])

    def assert_same(self, network, yaml):
        result = check(Detector(network), yaml, self.clouds, small.program("COLONNADE"))
        self.assertTrue(result.same, f"{yaml}: {result}")
        self.assertGreater(result.boxes, 30)
        return result


class Forms(ExportTest):
    def test_all_give_pytorchs_boxes(self):
        program = small.program("COLONNADE")
        network, written = export(small.settled(small.model()), self.folder / "m", list(FORMS), True)
        self.assertEqual([p.name for p in written],
                         ["model.yaml", "three_pieces.yaml", "cuda_pointpillars.yaml"])
        for yaml in written:
            self.assert_same(network, yaml)
        frames = [detect(program, yaml, self.clouds) for yaml in written]
        for other in frames[1:]:
            for (boxes, _, names), (same, _, same_names) in zip(frames[0], other):
                self.assertEqual(names, same_names)
                np.testing.assert_allclose(boxes, same, atol=1e-4)

    def test_one_weight_file_of_half_the_size(self):
        network, _ = export(small.settled(small.model()), self.folder / "m", list(FORMS), True)
        convolutions = sum(p.numel() for n, p in network.named_parameters() if p.ndim == 4)
        size = (self.folder / "m" / "weights.bin").stat().st_size
        self.assertLess(2 * convolutions, size + 1)
        self.assertLess(size, 2 * convolutions + 64 * 30)
        for graph in ("rpn.onnx", "pointpillar.onnx", "pointpillars.onnx"):
            places = {t.name: [(e.key, e.value) for e in t.external_data] for t in
                      onnx.load(self.folder / "m" / graph, load_external_data=False).graph.initializer
                      if t.data_location == onnx.TensorProto.EXTERNAL}
            self.assertEqual(len(places), 12)
            self.assertEqual(dict(places["dense_head.conv_cls.weight"])["location"], "weights.bin")

    def test_the_checker_accepts_them(self):
        export(small.settled(small.model()), self.folder / "m", list(FORMS), True)
        for graph in ("pfn.onnx", "mfn.onnx", "rpn.onnx", "pointpillars.onnx"):
            onnx.checker.check_model(str(self.folder / "m" / graph))
        pieces = [onnx.load(self.folder / "m" / g, load_external_data=False)
                  for g in ("pfn.onnx", "mfn.onnx", "rpn.onnx")]
        self.assertEqual({p.opset_import[0].version for p in pieces}, {9})
        self.assertIn("Scatter", [n.op_type for n in pieces[1].graph.node])

    def test_other_pillar_feature_nets(self):
        for changes in ({"filters": (16, 8)}, {"use_norm": False}, {"absolute_xyz": False},
                        {"with_distance": True}):
            settings = small.model()
            settings = dataclasses.replace(settings, pfn=dataclasses.replace(settings.pfn, **changes))
            network, written = export(small.settled(settings), self.folder / "m", ["self-contained"],
                                      False)
            with self.subTest(**changes):
                self.assert_same(network, written[0])

    def test_three_pieces_refuse_what_they_cannot_hold(self):
        settings = small.model()
        settings = dataclasses.replace(settings, pfn=dataclasses.replace(settings.pfn,
                                                                         filters=(16, 8)))
        with self.assertRaisesRegex(UserError, "--form self-contained"):
            export(small.settled(settings), self.folder / "m", ["three-pieces"], False)

    def test_rounding_beyond_float16(self):
        network = small.settled(small.model())
        network.dense_head.conv_box.weight.data[0, 0] = 1e6
        with self.assertRaisesRegex(UserError, "--precision fp32"):
            export(network, self.folder / "m", ["self-contained"], True)


class Comparing(unittest.TestCase):
    def setUp(self):
        boxes = np.array([[5, 1, -1, 4, 1.6, 1.5, 0.3], [9, -2, -1, 0.8, 0.6, 1.7, 2]], np.float32)
        self.ours = Detections(boxes, np.array([0.9, 0.4], np.float32), np.array([0, 1]))
        self.names = ["Car", "Pedestrian"]

    def compared(self, boxes, scores=(0.9, 0.4), names=("Car", "Pedestrian")):
        result = Comparison()
        compare(result, self.ours, (boxes, np.array(scores, np.float32), list(names)), self.names, 0.1)
        return result

    def test_the_same_in_another_order(self):
        self.assertTrue(self.compared(self.ours.boxes[::-1], (0.4, 0.9), self.names[::-1]).same)

    def test_what_differs_is_told(self):
        self.assertFalse(self.compared(self.ours.boxes + np.float32(0.002)).same)
        self.assertFalse(self.compared(self.ours.boxes, names=("Car", "Cyclist")).same)
        self.assertFalse(self.compared(self.ours.boxes[:1], (0.9,), ("Car",)).same)
        turned = self.ours.boxes.copy()
        turned[0, 6] += np.pi
        self.assertFalse(self.compared(turned).same)


class OpenPcdet(ExportTest):
    """A user's config and checkpoint."""

    CONFIG = pathlib.Path(__file__).with_name("street.yaml")

    def command(self, config, weights, *more):
        return subprocess.run(
            [sys.executable, "-m", "training.export", str(config), str(weights), "--out",
             str(self.folder / "out"), "--colonnade", str(small.program("COLONNADE")), *more], cwd=ROOT,
            capture_output=True, text=True, check=False, timeout=300)

    def test_from_config_and_checkpoint(self):
        from training.openpcdet.config import read_config
        settings = read_config(self.CONFIG)
        network = small.settled(settings)
        weights = self.folder / "checkpoint.pth"
        torch.save({"model_state": {**network.state_dict(), "global_step": torch.tensor([1])},
                    "epoch": 80, "it": 1, "version": "pcdet+0.6.0"}, weights)
        done = self.command(self.CONFIG, weights, "--cloud", str(self.clouds[0]))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"model.yaml: the same as PyTorch: [1-9]\d* boxes")

    def test_unknown_modules_are_named(self):
        text = self.CONFIG.read_text()
        weights = self.folder / "checkpoint.pth"
        torch.save({"model_state": {}}, weights)
        for old, new, says in (("AnchorHeadSingle", "CenterHead", "NAME is CenterHead"),
                               ("PillarVFE", "DynamicPillarVFE", "NAME is DynamicPillarVFE")):
            self.assertIn(old, text)
            config = self.folder / "config.yaml"
            config.write_text(text.replace(old, new))
            done = self.command(config, weights, "--no-check")
            self.assertEqual(done.returncode, 1, done.stdout)
            self.assertIn(says, done.stderr)
            self.assertEqual(done.stderr.count("\n"), 1, done.stderr)


if __name__ == "__main__":
    unittest.main()
