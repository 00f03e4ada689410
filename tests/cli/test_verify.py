"""build --gate and verify: an engine's boxes beside those of FP32."""

import json
import shutil
import unittest

from command import FINE, GRAPH, MODEL, SOME_FAILED, SWEEP, WRONG_USE, CommandTest


class Verify(CommandTest):
    def setUp(self):
        super().setUp()
        self.engine = self.path("model.engine")

    def run_gate(self, *words):
        return self.run_command("build", MODEL, "-o", self.engine, "--gate", SWEEP, *words)

    def test_one_sweep_is_too_little_data(self):
        done = self.run_gate("--precision", "bf16")
        self.assertEqual((done.returncode, done.stderr), (SOME_FAILED, b""))
        text = done.stdout.decode()
        self.assertIn("gate: too little data", text)
        summary = text[text.index("gate: "):]
        self.assertIn(summary, self.run_fine("inspect", self.engine))
        found = json.loads(self.run_fine("inspect", self.engine, "--json"))["engine"]["gate"]
        self.assertEqual(found["frames"], 1)
        self.assertGreater(found["lost"]["of"], 3)
        self.assertEqual(found["lost"]["limit"], 0.005)
        # The same again, and the stored verdict doesn't change what's reused.
        again = self.run_command("verify", self.engine, SWEEP)
        self.assertEqual(again.returncode, SOME_FAILED)
        self.assertTrue(again.stdout.decode().endswith(summary))
        self.assertIn("reused", self.run_fine("build", MODEL, "-o", self.engine, "--precision", "bf16"))

    def test_the_same_boxes_as_labels(self):
        labels = self.write("labels.jsonl", self.run_fine("detect", MODEL, SWEEP, "--json"))
        text = self.run_gate("--labels", labels).stdout.decode()
        self.assertIn("AP ", text)
        self.assertRegex(text, r"labels [0-9a-f]{32}")

    def test_int8(self):
        other = self.cloud("other.bin", [(10 + i % 7, i % 5 - 2, -1, .5) for i in range(3000)])
        int8 = ("--precision", "int8", "--calibrate", other)
        loose = ("--gate-matched", "0", "--gate-invented", "100")
        done = self.run_gate(*int8, *loose)
        self.assertEqual((done.returncode, done.stderr), (FINE, b""))
        self.assertNotIn(b"raised", done.stdout)
        found = json.loads(self.run_fine("inspect", self.engine, "--json"))["engine"]["gate"]
        self.assertEqual((found["lost"]["limit"], found["invented"]["limit"]), (1, 1))
        self.assert_refused(WRONG_USE, "verify", self.engine, other, says="calibrated with")
        # As it should hold, or as far as raising gets: what is told is what's stored.
        text = self.run_gate(*int8).stdout.decode()
        summary = text[text.rindex("gate: "):]
        self.assertIn(summary, self.run_fine("inspect", self.engine))
        engine = json.loads(self.run_fine("inspect", self.engine, "--json"))["engine"]
        raised = {layer["layer"]: layer["precision"] for layer in engine["gate"]["raised"]}
        for layer in engine["layers"]:
            # Where bf16 is allowed, some layers take float32's Winograd.
            if raised.get(layer["name"]) == "bf16":
                self.assertIn(layer["precision"], ("bf16", "fp32"))
            else:
                self.assertEqual(layer["precision"], raised.get(layer["name"], layer["precision"]))
        for name in raised:
            self.assertIn(name, summary)

    def test_refuses(self):
        self.assertEqual(self.run_command("build", MODEL, "-o", self.engine).returncode, FINE)
        def refuse(*words, says):
            self.assert_refused(WRONG_USE, *words, says=says)
        refuse("verify", MODEL, SWEEP, says="isn't an engine")
        refuse("verify", self.engine, SWEEP, SWEEP, says="is there already")
        copy = self.path("copy.bin")
        shutil.copy(SWEEP, copy)
        refuse("verify", self.engine, SWEEP, copy, says="is the same as another")
        refuse("verify", self.engine, SWEEP, "--labels", self.path("none"), says="none")
        refuse("build", MODEL, "-o", self.engine, "--labels", self.path("none"), says="--gate")

    def test_refuses_before_it_builds(self):
        def refuse(*words, says):
            self.assert_refused(WRONG_USE, "build", *words, "-o", self.engine, "--gate", SWEEP, says=says)
            self.assertFalse(self.engine.exists(), words)
        calibration = self.path("calibration.json")
        int8 = ("--precision", "int8", "--calibrate")
        self.run_fine("build", MODEL, "-o", self.path("other.engine"), *int8, SWEEP,
                      "--save-calibration", calibration)
        refuse(MODEL, *int8, SWEEP, says="calibrated with")
        refuse(MODEL, *int8, calibration, says="calibrated with")
        refuse(MODEL, "--gate", self.cloud("copy.bin"), says="is the same as another")
        refuse(MODEL, "--labels", self.path("none"), says="none")
        refuse(GRAPH, says="model.yaml")


if __name__ == "__main__":
    unittest.main()
