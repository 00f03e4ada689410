"""run, inspect and import."""

import json
import os
import shutil
import struct
import unittest

from command import (GRAPH, MODEL, SWEEP, WRONG_USE, CommandTest, read_npy, with_external_data,
                     write_npy)

PILLARS = 2000
GRID = ["--set", "grid.min=[0, -10.24, -3]", "--set", "grid.max=[20.48, 10.24, 1]",
        "--set", "pillars.center=[0.08, -10.16, -1]"]


class Run(CommandTest):
    def setUp(self):
        super().setUp()
        voxels = b"".join(struct.pack("<10f", *((i * k % 7) / 7 for k in range(10)))
                          for i in range(PILLARS * 32))
        write_npy(self.path("voxels.npy"), (PILLARS, 32, 10), "<f4", voxels)
        write_npy(self.path("idxs.npy"), (PILLARS, 4), "<i4",
                  b"".join(struct.pack("<4i", 0, 0, i // 100, i % 100) for i in range(PILLARS)))
        write_npy(self.path("num.npy"), (1,), "<i4", struct.pack("<i", 1500))
        self.inputs = ["--input", "voxels=voxels.npy", "--input", "voxel_idxs=idxs.npy",
                       "--input", "voxel_num=num.npy"]

    def refuse(self, *words, says):
        return self.assert_refused(WRONG_USE, "run", *words, "-o", "out", says=says)

    def test_outputs(self):
        text = self.run_fine("run", GRAPH, *self.inputs, "--output", "new/out", "--threads", "1")
        self.assertRegex(text.splitlines()[0], r"^backend cpu \([A-Za-z0-9_]+( \([A-Za-z0-9_]+\))?\), 1 thread$")
        self.assertEqual(sorted(os.listdir(self.path("new/out"))),
                         ["box_preds.npy", "cls_preds.npy", "dir_cls_preds.npy"])
        for name, channels in (("cls_preds", 18), ("box_preds", 42), ("dir_cls_preds", 12)):
            shape, descr, data = read_npy(self.path(f"new/out/{name}.npy"))
            self.assertEqual((shape, descr), ((1, 64, 64, channels), "<f4"))
            self.assertEqual(len(data), 64 * 64 * channels * 4)

    def test_backends_agree_and_threads_change_nothing(self):
        # All values after one flag, in any order, do too.
        one_flag = ["--input", "voxel_num=num.npy", "voxels=voxels.npy", "voxel_idxs=idxs.npy"]
        outputs = []
        for i, words in enumerate((["--threads", "1"], ["--threads", "3"], ["--backend", "reference"])):
            self.run_fine("run", GRAPH, *one_flag, *words, "-o", str(i))
            outputs.append(read_npy(self.path(f"{i}/cls_preds.npy"))[2])
        self.assertEqual(outputs[0], outputs[1])
        fast, slow = (struct.unpack(f"<{len(o) // 4}f", o) for o in outputs[1:])
        self.assertTrue(max(abs(a - b) for a, b in zip(fast, slow)) < 1e-4)

    def test_graphs(self):
        self.refuse("missing.onnx", says=("missing.onnx", "No such file"))
        self.refuse(self.write("empty.onnx", ""), says="empty")
        self.refuse(self.write("a.onnx", b"\x89PNG\r\n\x1a\n"), says="PNG")
        self.refuse(self.write("cut.onnx", GRAPH.read_bytes()[:60000]), says="truncated")
        self.refuse(MODEL, says="text")
        self.refuse(SWEEP, says="street.bin")
        self.refuse(self.folder, says="folder")

    def test_inputs(self):
        self.refuse(GRAPH, says=("voxels", "float32[2000,32,10]", "voxel_num"))
        self.refuse(GRAPH, *self.inputs[:4], says=("voxel_num", "int32[1]"))
        self.refuse(GRAPH, *self.inputs, "--input", "speed=num.npy", says=("speed", "voxel_idxs"))
        self.refuse(GRAPH, *self.inputs, "--input", "voxels", says=("NAME=FILE.npy", "voxels"))
        self.refuse(GRAPH, *self.inputs, "--input", "voxels=voxels.npy", says="second time")
        self.refuse(GRAPH, "--input", "voxels=", says=("voxels=", ".npy"))
        self.refuse(GRAPH, *self.inputs[:4], "--input", "voxel_num=gone.npy", says="gone.npy")
        self.refuse(GRAPH, *self.inputs[:4], "--input", f"voxel_num={SWEEP}", says="street.bin")
        self.refuse(GRAPH, *self.inputs[:4], "--input", "voxel_num=.", says="folder")

    def test_shapes_and_types(self):
        def with_num(shape, descr, data):
            write_npy(self.path("other.npy"), shape, descr, data)
            return [GRAPH, *self.inputs[:4], "--input", "voxel_num=other.npy"]
        self.refuse(*with_num((1,), "<i8", bytes(8)), says=("voxel_num", "int64", "int32"))
        self.refuse(*with_num((2,), "<i4", bytes(8)), says=("voxel_num", "2", "1"))
        self.refuse(*with_num((1, 1), "<i4", bytes(4)), says=("voxel_num", "dimensions"))
        self.refuse(*with_num((1,), "<i4", bytes(3)), says=("other.npy", "4 bytes"))
        self.refuse(*with_num((10**18, 10**18), "<i4", bytes(4)), says=("other.npy", "large"))
        self.refuse(*with_num((10**15,), "<i4", bytes(4)), says="other.npy")
        self.refuse(*with_num((1,), "<c8", bytes(8)), says=("other.npy", "c8"))

    def test_options(self):
        self.refuse(GRAPH, *self.inputs, "--threads", "-1", says="--threads")
        self.refuse(GRAPH, *self.inputs, "--threads", "1000000", says="--threads")
        self.refuse(GRAPH, *self.inputs, "--backend", "cuda", says=("cuda", "reference"))
        self.write("file", "")
        for folder in ("file", "file/out", "/proc/out"):
            self.assert_refused(WRONG_USE, "run", GRAPH, *self.inputs, "-o", folder, says=folder)


class Inspect(CommandTest):
    def test_text(self):
        text = self.run_fine("inspect", GRAPH)
        for part in ("voxels", "float32[2000,32,10]", "cls_preds", "GFLOP", "+ PFN", "+ scatter",
                     "+ backbone", "+ heads", "Conv"):
            self.assertIn(part, text)

    def test_json(self):
        seen = json.loads(self.run_fine("inspect", GRAPH, "--json"))
        self.assertEqual([i["name"] for i in seen["inputs"]], ["voxels", "voxel_idxs", "voxel_num"])
        self.assertEqual(len(seen["outputs"]), 3)
        self.assertGreater(seen["parameters"], 200_000)
        self.assertTrue(all(part["found"] for part in seen["parts"]))

    def test_graph(self):
        self.assertIn("Conv", self.run_fine("inspect", GRAPH, "--graph"))

    def test_refusals(self):
        for words, says in ((["missing.onnx"], "missing.onnx"), ([MODEL], "text"),
                            ([self.folder], "folder"),
                            ([GRAPH, "--shape", "voxels=1x2"], "voxels"),
                            ([GRAPH, "--shape", "speed=1"], "speed"),
                            ([GRAPH, "--shape", "voxels"], "voxels"),
                            ([GRAPH, "--shape", "voxels=1xx2"], "1x64"),
                            ([GRAPH, "--shape", "voxels=" + "x".join("1" * 20)], "dimensions"),
                            ([GRAPH, "--shape", "voxels=999999999999x999999999999x999999999999"],
                             "voxels")):
            with self.subTest(words):
                self.assert_refused(WRONG_USE, "inspect", *words, says=says)


class Import(CommandTest):
    def refuse(self, *words, says, status=WRONG_USE):
        self.assert_refused(status, "import", *words, "-o", "out", says=says)
        self.assertFalse(self.path("out").exists(), "a refused import leaves nothing behind")

    def test_preset_runs(self):
        text = self.run_fine("import", "preset", "cuda-pointpillars", GRAPH, *GRID,
                             "-o", "mein Modell é")
        self.assertIn("mein Modell é/model.yaml", text)
        self.assertEqual(sorted(os.listdir(self.path("mein Modell é"))),
                         ["model.yaml", "pointpillar.onnx"])
        self.run_fine("detect", "mein Modell é/model.yaml", SWEEP)

    def test_into_the_graphs_own_folder_and_twice(self):
        shutil.copy(GRAPH, self.folder)
        for _ in range(2):
            self.run_fine("import", "preset", "openpcdet-kitti", "pointpillar.onnx", *GRID, "-o", ".")
        self.assertEqual(sorted(os.listdir(self.folder)), ["model.yaml", "pointpillar.onnx"])
        self.assertEqual(self.path("pointpillar.onnx").read_bytes(), GRAPH.read_bytes())
        self.run_fine("detect", "model.yaml", SWEEP)

    def test_external_data_comes_along(self):
        model, data = with_external_data(GRAPH.read_bytes(), "weights/a.data")
        self.assertGreater(len(data), 1_000_000)
        self.write("export/pointpillar.onnx", model)
        self.write("export/weights/a.data", data)
        self.run_fine("import", "preset", "openpcdet-kitti", "export/pointpillar.onnx", *GRID,
                      "-o", "out")
        shutil.rmtree(self.path("export"))
        self.assertEqual(self.path("out/weights/a.data").read_bytes(), data)
        expected, = self.detect_json(MODEL, SWEEP)
        found, = self.detect_json("out/model.yaml", SWEEP)
        self.assertEqual(found["boxes"], expected["boxes"])
        self.path("out/weights/a.data").unlink()
        self.assert_refused(WRONG_USE, "detect", "out/model.yaml", SWEEP, says="weights/a.data")

    def test_two_graphs_of_one_name(self):
        self.write("other/pointpillar.onnx", GRAPH.read_bytes())
        self.refuse("preset", "cuda-pointpillars", GRAPH, "other/pointpillar.onnx",
                    says=("other/pointpillar.onnx", "rename"))

    def test_graphs_of_another_family(self):
        for name in ("smallmunich-car", "autoware-car", "zhulf-kitti", "mmdet3d-kitti",
                     "openpcdet-nuscenes-multihead"):
            with self.subTest(name):
                self.refuse("preset", name, GRAPH, says="pointpillar.onnx")

    def test_a_grid_that_contradicts_the_graph(self):
        self.refuse("preset", "cuda-pointpillars", GRAPH, says=("[1,32,128,128]", "432 x 496", "grid"))

    def test_refusals(self):
        self.refuse("preset", "nonsense", GRAPH, says=("nonsense", "cuda-pointpillars"))
        self.refuse("preset", "cuda-pointpillars", "gone.onnx", says="gone.onnx")
        self.refuse("preset", "cuda-pointpillars", MODEL, says="text")
        self.refuse("preset", "cuda-pointpillars", GRAPH, GRAPH, says="pointpillar.onnx")
        for setting, says in (("speed=3", "speed"), ("speed", "key=value"),
                              ("post.score_threshold=high", "score_threshold"),
                              ("post.score_threshold=2", "0 to 1"),
                              ("grid.cell=[0, 0]", "grid.cell"), ("heads[9].labels=[0]", "heads")):
            with self.subTest(setting):
                self.refuse("preset", "cuda-pointpillars", GRAPH, *GRID, "--set", setting, says=says)
        self.refuse("openpcdet", "gone.yaml", GRAPH, says="gone.yaml")
        self.refuse("openpcdet", MODEL, GRAPH, says="model.yaml")
        self.refuse("openpcdet", SWEEP, GRAPH, says="isn't text")
        self.refuse("second", MODEL, GRAPH, says="model.yaml")
        self.refuse("second", SWEEP, GRAPH, says="street.bin")

    def test_where_nothing_can_be_written(self):
        self.write("file", "")
        for folder in ("file", "/proc/out"):
            self.assert_refused(WRONG_USE, "import", "preset", "cuda-pointpillars", GRAPH, *GRID,
                                "-o", folder, says=(folder, "folder"))


if __name__ == "__main__":
    unittest.main()
