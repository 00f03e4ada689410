"""compare: what it holds against what, what it finds, what it refuses."""

import json
import re
import shutil
import struct
import unittest

from command import (FINE, GRAPH, MODEL, SOME_FAILED, SWEEP, WRONG_USE, CommandTest,
                     with_changed_weights)


def scaled(data):
    return struct.pack(f"<{len(data) // 4}f", *(1.01 * x for x in struct.unpack(f"<{len(data) // 4}f", data)))


class Compare(CommandTest):
    def compare(self, status, *words):
        done = self.run_command("compare", *words)
        self.assertEqual((done.returncode, done.stderr.decode()), (status, ""), words)
        return done.stdout.decode()

    def compare_json(self, status, *words):
        return json.loads(self.compare(status, *words, "--json"))

    def refuse(self, *words, says=()):
        return self.assert_refused(WRONG_USE, "compare", *words, says=says)

    def changed_model(self):
        """The demo model with one layer's weights 1 % larger."""
        folder = self.path("changed")
        folder.mkdir()
        shutil.copy(MODEL, folder)
        changed = with_changed_weights(GRAPH.read_bytes(), "block1.conv0.weight", scaled)
        (folder / GRAPH.name).write_bytes(changed)
        return folder / MODEL.name, folder / GRAPH.name

    def test_model_against_the_oracle(self):
        text = self.compare(FINE, MODEL, "reference", SWEEP)
        self.assertRegex(text, r"\AA: .*model.yaml, cpu \(.*\)\nB: .*model.yaml, reference \(scalar\)\n"
                               r"direct convolutions")
        self.assertTrue(text.endswith("\nthe same, within the tolerance\n"))
        found = self.compare_json(FINE, MODEL, "reference", SWEEP)
        case, = found["inputs"]
        self.assertEqual([t["name"] for t in case["tensors"]],
                         ["pillar features", "cls_preds", "box_preds", "dir_cls_preds"])
        for tensor in case["tensors"]:
            self.assertGreater(tensor["max_abs"], 0)  # They're two implementations,
            self.assertLess(tensor["max_abs"], 1e-4)  # and nearly agree.
            self.assertGreater(tensor["cosine"], 1 - 1e-9)
        boxes = case["boxes"]
        self.assertGreater(boxes["matched"], 0)
        self.assertEqual((boxes["a"], boxes["b"]), (boxes["matched"], boxes["matched"]))

    def test_no_tolerance(self):
        text = self.compare(SOME_FAILED, MODEL, "reference", SWEEP, "--atol", "0", "--rtol", "0")
        self.assertRegex(text, r"\d+ of \d+ outside, the worst at \d+: ")
        self.assertRegex(text, r"the first tensor outside of the tolerance is 'pillar features'\n\Z")
        self.compare(FINE, MODEL, MODEL, SWEEP, "--atol", "0", "--rtol", "0")

    def test_the_first_layer_that_differs(self):
        model, graph = self.changed_model()
        found = self.compare_json(SOME_FAILED, MODEL, model, SWEEP, "--layers")
        names = [t["name"] for t in found["inputs"][0]["tensors"]]
        first = found["inputs"][0]["first_outside"]
        self.assertEqual(first, "block1.conv0.relu")
        self.assertIn("block1.down.relu", names[:names.index(first)])
        self.assertIn("the first layer outside of the tolerance is 'block1.conv0.relu'",
                      self.compare(SOME_FAILED, GRAPH, graph, SWEEP, "--model", MODEL, "--layers"))
        # The change is small: whether it matters is the tolerance's question.
        self.compare(FINE, GRAPH, graph, SWEEP, "--model", MODEL, "--atol", "10", "--rtol", "0")

    def test_graphs_on_tensors(self):
        text = self.compare(FINE, GRAPH, "cpu:portable")
        self.assertIn("cpu (portable", text)
        self.assertIn("noise in 'voxels', 'voxel_idxs', 'voxel_num'", text)
        self.write("num.bin", struct.pack("<i", 2000))
        self.assertIn("noise in 'voxels', 'voxel_idxs'\n",
                      self.compare(FINE, GRAPH, "reference", "--loadInputs=voxel_num:num.bin"))
        self.assertIn("cpu (portable", self.compare(FINE, GRAPH, "reference", "--isa", "portable"))

    def test_a_model_against_a_graph_of_it(self):
        text = self.compare(FINE, MODEL, GRAPH, SWEEP)
        self.assertIn("only in one: 'pillar features' (A)", text)
        self.assertRegex(text, r"box_preds .* all \d+ within")

    def test_engines(self):
        model, graph = self.path("model.engine"), self.path("graph.engine")
        for source, engine in ((MODEL, model), (GRAPH, graph)):
            self.assertEqual(self.run_command("build", source, "-o", engine).returncode, FINE)
        exact = ("--atol", "0", "--rtol", "0")
        self.assertIn("B: model.engine, cpu", self.compare(FINE, MODEL, "model.engine", SWEEP, *exact))
        self.compare(FINE, graph, GRAPH, *exact)

    def test_an_engine_on_another_backend(self):
        """Its graphs are data: the oracle can be its other side, as can any kernels."""
        model, graph = self.path("model.engine"), self.path("graph.engine")
        self.run_fine("build", MODEL, "-o", model, "--precision", "bf16")
        self.run_fine("build", GRAPH, "-o", graph, "--isa", "portable")
        text = self.compare(FINE, graph, "reference")
        self.assertRegex(text, r"\AA: .*graph.engine, cpu \(portable.*\nB: .*graph.engine, reference \(scalar\)\n")
        text = self.compare(FINE, model, "cpu:portable:fp32", SWEEP, "--backend", "reference", "--layers")
        self.assertRegex(text, r"\AA: .*, reference \(scalar, requested bf16, .*\nB: .*, cpu \(portable[^,]*\)\n")
        # The oracle's answer to the engine is that to its model.yaml.
        exact = ("--atol", "0", "--rtol", "0")
        self.compare(FINE, MODEL, model, SWEEP, "--backend", "reference", *exact)
        self.compare(FINE, MODEL, model, SWEEP, "--isa", "portable", "--precision", "fp32", *exact)
        self.compare(FINE, model, "reference:fp16", SWEEP, "--emulate", "--atol", "10", "--corners", "0.3")
        self.refuse(model, "cpu:int8", SWEEP, says="maps reach")
        self.refuse(graph, "cpu:mmx", says="mmx")

    def test_emulated_precisions(self):
        """Each rounds more coarsely than the one before, on every machine; its boxes stay."""
        found = {}
        for precision in ("fp32", "fp16", "bf16"):
            side = f"cpu:{precision}:portable"
            emulate = () if precision == "fp32" else ("--emulate",)
            case, = self.compare_json(FINE, MODEL, side, SWEEP, *emulate, "--atol", "10",
                                      "--corners", "0.3")["inputs"]
            found[precision] = {t["name"]: t["mean_abs"] for t in case["tensors"]}["box_preds"]
            self.assertGreater(case["boxes"]["matched"], 0)
        self.assertLess(found["fp32"], 1e-6)
        self.assertGreater(found["fp16"], 100 * found["fp32"])
        self.assertGreater(found["bf16"], 3 * found["fp16"])
        text = self.compare(FINE, GRAPH, "cpu:tf32", "--emulate", "--atol", "10")
        self.assertIn("tf32 emulated)", text)
        self.refuse(GRAPH, "cpu:int8", "--emulate", says="ranges")
        self.refuse(GRAPH, "cpu", "--emulate", says="cpu:fp16")

    def test_what_goes_together(self):
        self.refuse("cpu", "reference", says="of what")
        self.refuse(MODEL, says="B")
        self.refuse(MODEL, "reference", says="cloud")
        self.refuse(GRAPH, "reference", SWEEP, says="--model")
        self.refuse(GRAPH, "reference", SWEEP, "--model", MODEL, "--shapes=a:1", says="both")
        self.refuse(MODEL, "cpu:mmx", SWEEP, says="mmx")
        self.refuse(MODEL, "tensorrt", SWEEP, says="tensorrt")
        self.refuse(MODEL, "reference", "gone.bin", says="gone.bin")
        self.refuse(MODEL.parent, "reference", SWEEP, says="folder")
        for option in ("--atol", "--rtol", "--corners"):
            self.refuse(MODEL, "reference", SWEEP, option, "-1", says=option)


if __name__ == "__main__":
    unittest.main()
