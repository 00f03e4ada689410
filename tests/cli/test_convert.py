"""colonnade convert, and what build and doctor say of TensorRT where there is none."""

import pathlib
import shutil
import unittest

from command import GRAPH, MODEL, SWEEP, WRONG_USE, CommandTest

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "golden"


class Convert(CommandTest):
    def boxes(self, model):
        [frame] = self.detect_json(model, SWEEP)
        return frame["boxes"]

    def test_model_detects_as_before(self):
        printed = self.run_fine("convert", MODEL, "-o", "clean")
        self.assertIn("proven on random pillars", printed)
        shutil.copy(MODEL, self.path("clean/model.yaml"))
        before, after = self.boxes(MODEL), self.boxes(self.path("clean/model.yaml"))
        self.assertGreater(len(before), 0)
        self.assertEqual(len(after), len(before))
        for a, b in zip(after, before):
            self.assertEqual(a["label"], b["label"])
            self.assertAlmostEqual(a["score"], b["score"], places=4)
            self.assertAlmostEqual(a["x"], b["x"], places=3)

    def test_no_plugin_is_left(self):
        self.run_fine("convert", GRAPH, "-o", "clean.onnx")
        ops = self.run_fine("inspect", "clean.onnx").splitlines()[-1]
        self.assertIn("1 ScatterND", ops)
        self.assertNotIn("PillarScatter", ops)

    def test_for_onnx_keeps_what_is_there(self):
        self.run_fine("convert", GRAPH, "-o", "plain.onnx", "--for", "onnx")
        self.assertIn("1 PillarScatter", self.run_fine("inspect", "plain.onnx"))

    def test_int8_is_said_in_the_graph(self):
        """What is written detects nearly as before, a scale a map and layer as it's told."""
        words = ("--precision", "int8", "--calibrate", SWEEP)
        printed = self.run_fine("convert", MODEL, "-o", "int8", *words, "--save-calibration", "saved.json")
        self.assertIn("15 convolutions compute with int8, the rest with float32", printed)
        ops = self.run_fine("inspect", self.path("int8") / GRAPH.name)
        self.assertIn("26 DequantizeLinear", ops)  # 11 maps and 15 weights.
        shutil.copy(MODEL, self.path("int8/model.yaml"))
        before, after = self.boxes(MODEL), self.boxes(self.path("int8/model.yaml"))
        self.assertGreater(len(before), 0)
        self.assertAlmostEqual(len(after), len(before), delta=len(before) // 4)
        self.assertNotEqual([box["score"] for box in after], [box["score"] for box in before])
        printed = self.run_fine("convert", MODEL, "-o", "mixed", "--precision", "int8", "--calibrate",
                                "saved.json", "--layer-precision", "block0.down=fp32")
        self.assertIn("14 convolutions compute with int8", printed)
        for words, says in (
            (("--precision", "int8"), "give --calibrate CLOUDS"),
            (("--calibrate", SWEEP), "is for precision int8"),
            (("--precision", "fp16", "--for", "onnx"), "expected --for tensorrt"),
            (("--precision", "int8", "--calibrate", "saved.json", "--layer-precision", "block0=fp32"),
             "expected the name of a convolution's node"),
            (("--layer-precision", "block0.down=fp32"), "where --precision is int8"),
        ):
            self.assert_refused(WRONG_USE, "convert", MODEL, "-o", "no", *words, says=says)

    def test_image_size_that_nothing_tells(self):
        graph = GOLDEN / "openpcdet/pointpillar_scatterbev.onnx"
        self.assert_refused(WRONG_USE, "convert", graph, "-o", "clean.onnx", says="--grid WIDTHxHEIGHT")
        self.assertFalse(self.path("clean.onnx").exists())
        printed = self.run_fine("convert", graph, "-o", "clean.onnx", "--grid", "64x48")
        self.assertIn("input 'params' became 'voxel_num' int32[1]", printed)
        self.assertIn("voxel_num", self.run_fine("inspect", "clean.onnx"))

    def test_wrong_use(self):
        graph = self.write("graph.onnx", GRAPH.read_bytes())
        for words, says in (
            (("-o", graph), "would replace a file that it's made from"),
            (("-o", "x.onnx", "--for", "tflite"), "expected tensorrt or onnx"),
            (("-o", "x.onnx", "--grid", "432"), "expected WIDTHxHEIGHT in cells"),
        ):
            self.assert_refused(WRONG_USE, "convert", graph, *words, says=says)
        self.assertEqual(graph.read_bytes(), GRAPH.read_bytes())


class WithoutTensorRt(CommandTest):
    """A folder that holds none: the same on every machine."""

    def test_says_what_helps(self):
        says = ("no libnvinfer.so.11", "pip install tensorrt-rtx-cu13-libs", str(self.folder))
        self.assert_refused(WRONG_USE, "doctor", "--tensorrt", self.folder, says=says)
        self.assert_refused(WRONG_USE, "build", GRAPH, "-o", "x.plan", "--backend", "tensorrt",
                            "--tensorrt", self.folder, says=says)
        self.assertFalse(self.path("x.plan").exists())

    def test_what_is_no_plan_is_not_run(self):
        self.assert_refused(WRONG_USE, "run", GRAPH, "-o", "out", "--backend", "tensorrt",
                            says="is a graph; `colonnade build --backend tensorrt` makes a plan of it first")
        self.write("x.plan", b"no plan")
        self.assert_refused(WRONG_USE, "run", "x.plan", "-o", "out", "--backend", "tensorrt",
                            "--tensorrt", self.folder, says="no libnvinfer.so.11")
        self.assertFalse(self.path("out").exists())

    def test_plans_are_compared_and_inspected_by_their_library(self):
        self.write("x.plan", b"no plan")
        for words in (("inspect", "x.plan"), ("compare", GRAPH, "x.plan"), ("compare", "x.plan", GRAPH)):
            self.assert_refused(WRONG_USE, *words, "--tensorrt", self.folder, says="no libnvinfer.so.11")
        self.assert_refused(WRONG_USE, "inspect", GRAPH, "--backend", "tensorrt", says="is a graph")
        self.assert_refused(WRONG_USE, "compare", MODEL, "tensorrt", SWEEP,
                            says="`colonnade build --backend tensorrt` makes an engine of it")

    def test_a_model_is_built_first(self):
        self.assert_refused(WRONG_USE, "detect", MODEL, SWEEP, "--backend", "tensorrt",
                            says="`colonnade build --backend tensorrt` makes an engine of it")

    def test_its_options_want_its_backend(self):
        self.assert_refused(WRONG_USE, "build", GRAPH, "-o", "x.engine", "--timingCacheFile", "t.cache",
                            says="are for --backend tensorrt")
        self.assert_refused(WRONG_USE, "build", GRAPH, "-o", "x.engine", "--raw",
                            says="are for --backend tensorrt")
        self.assert_refused(WRONG_USE, "build", GRAPH, "--backend", "tensorrt",
                            says="expected -o FILE as well")
        self.assert_refused(WRONG_USE, "build", MODEL, "-o", "x.engine", "--backend", "tensorrt", "--gate", SWEEP,
                            says="`colonnade verify` judges a plan where it runs")


if __name__ == "__main__":
    unittest.main()
