"""Every verb's inputs and outputs under names that shells, locales and format strings trip over."""

import json
import os
import struct
import unittest

from command import (GRAPH, MODEL, SWEEP, WRONG_USE, CommandTest, png_size, read_npy,
                     with_external_data, write_npy)
from test_detect import CALIB
from test_graphs import GRID, PILLARS

NAMES = ["two words", "ümläut ß", "日本語", "it's \"quoted\"", "-dash", "--json", "a=b", "per%cent %s",
         "{0}, [1]", "$HOME `x` \\", "#~*?", " leading and trailing "]
NOT_UTF8 = os.fsdecode(b"latin-1 \xe4")  # As an old disk holds it.


class Names(CommandTest):
    @classmethod
    def setUpClass(cls):
        cls.voxels = b"".join(struct.pack("<10f", *((i * k % 7) / 7 for k in range(10)))
                              for i in range(PILLARS * 32))

    def external(self, name):
        """The graph with its data in a file of that name beside it."""
        graph, data = with_external_data(GRAPH.read_bytes(), name + ".data")
        self.write(f"{name}/{name}.onnx", graph)
        self.write(f"{name}/{name}.data", data)

    def check(self, name, prefix):
        """One folder of that name, in it files of that name; `prefix` leads to it."""
        def at(file):
            return os.path.join(prefix, name, file)

        self.external(name)
        self.cloud(f"{name}/{name}.bin")
        self.write(f"{name}/{name}.txt", CALIB)
        self.write(f"{name}/{name}.yaml", "version: 1\ntranslation: [0, 0, 0]\n")
        pose = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
        self.write(f"{name}/{name}.json", json.dumps(
            {"sweeps": [{"file": f"{name}.bin", "time": 0.5, "pose": pose}]}, ensure_ascii=False))
        write_npy(self.path(f"{name}/{name}.npy"), (PILLARS, 32, 10), "<f4", self.voxels)
        write_npy(self.path(f"{name}/idxs.npy"), (PILLARS, 4), "<i4",
                  b"".join(struct.pack("<4i", 0, 0, i // 100, i % 100) for i in range(PILLARS)))
        write_npy(self.path(f"{name}/num.npy"), (1,), "<i4", struct.pack("<i", 1500))

        text = self.run_fine("import", "preset", "cuda-pointpillars", at(name + ".onnx"), *GRID,
                             "--output=" + at("model " + name))
        self.assertTrue(text.startswith(at("model " + name) + "/model.yaml: "), text)
        self.assertEqual(sorted(os.listdir(self.path(f"{name}/model {name}"))),
                         sorted([name + ".data", name + ".onnx", "model.yaml"]))

        model = at("model " + name + "/model.yaml")
        found, = self.detect_json(model, at(name + ".bin"), "--sensor=" + at(name + ".yaml"),
                                  "--calib=" + at(name + ".txt"), "--kitti=" + at("labels " + name),
                                  "--picture=" + at(name + ".png"))
        self.assertEqual(found["file"], at(name + ".bin"))
        self.assertEqual(found["boxes"], self.expected["boxes"])
        self.assertGreater(min(png_size(self.path(f"{name}/{name}.png"))), 100)
        self.assertEqual(os.listdir(self.path(f"{name}/labels {name}")), [name + ".txt"])

        swept, = self.detect_json(model, "--sweeps=" + at(name + ".json"))
        self.assertEqual(swept["boxes"], found["boxes"])

        self.assertIn("voxels", self.run_fine("inspect", at(name + ".onnx")))
        self.run_fine("run", at(name + ".onnx"), "--input=voxels=" + at(name + ".npy"),
                      "--input=voxel_idxs=" + at("idxs.npy"), "--input=voxel_num=" + at("num.npy"),
                      "--output=" + at("run " + name))
        shape, _, _ = read_npy(self.path(f"{name}/run {name}/cls_preds.npy"))
        self.assertEqual(shape, (1, 64, 64, 18))

        # What is refused is named whole, on one line.
        self.cloud(f"{name}/cut {name}.bin", [(1, 2, 3, 0)]).write_bytes(b"123")
        self.assert_refused(1, "detect", model, at(f"cut {name}.bin"), says=at(f"cut {name}.bin"))
        self.assert_refused(WRONG_USE, "inspect", at(f"gone {name}"), says=at(f"gone {name}"))

    def setUp(self):
        super().setUp()
        self.expected, = self.detect_json(MODEL, SWEEP)

    def test_relative(self):
        for name in NAMES:
            with self.subTest(name):
                self.check(name, ".")

    def test_absolute(self):
        for name in ("ümläut 日本語", "-dash"):
            with self.subTest(name):
                self.check(name, self.folder)

    def test_a_bare_dash_after_the_double_one(self):
        self.cloud("-dash.bin")
        for words in (["detect", MODEL, "--json", "--", "-dash.bin"],
                      ["detect", "--json", "--", MODEL, "-dash.bin"]):
            found = json.loads(self.run_fine(*words))
            self.assertEqual((found["file"], found["boxes"]), ("-dash.bin", self.expected["boxes"]))
        self.assert_refused(WRONG_USE, "detect", MODEL, "-dash.bin", says="-dash.bin")

    def test_bytes_that_are_no_text(self):
        self.cloud(NOT_UTF8 + ".bin")
        found, = self.detect_json(MODEL, NOT_UTF8 + ".bin", "--picture", NOT_UTF8 + ".png")
        self.assertEqual((found["file"], found["boxes"]), ("latin-1 \ufffd.bin", self.expected["boxes"]))
        self.assertTrue(self.path(NOT_UTF8 + ".png").exists())


if __name__ == "__main__":
    unittest.main()
