"""Every instruction set that this machine has gives the same boxes."""

import re
import struct
import unittest

from command import GRAPH, MODEL, SWEEP, WRONG_USE, CommandTest, read_npy, write_npy
from test_graphs import PILLARS

ALL = ["portable", "sse4", "avx2", "avx512", "amx"]


class Isa(CommandTest):
    def usable(self):
        """Names, the fastest first, as the refusal of one that doesn't exist lists them."""
        done = self.run_command("detect", MODEL, SWEEP, "--isa", "nonsense")
        self.assertEqual(done.returncode, WRONG_USE)
        names = [name for name in reversed(ALL) if re.search(rf"\b{name}\b", done.stderr.decode())]
        self.assertIn("portable", names)
        return names

    def test_boxes(self):
        reference, = self.detect_json(MODEL, SWEEP, "--backend", "reference")
        automatic, = self.detect_json(MODEL, SWEEP)
        self.assertGreater(len(reference["boxes"]), 0)
        for isa in self.usable():
            with self.subTest(isa):
                found, = self.detect_json(MODEL, SWEEP, "--isa", isa)
                again, = self.detect_json(MODEL, SWEEP, "--isa", isa, "--threads", "3")
                self.assertEqual(again["boxes"], found["boxes"])
                if isa == self.usable()[0]:
                    self.assertEqual(found["boxes"], automatic["boxes"])
                self.assertEqual(found["stats"], reference["stats"])
                self.assertEqual([box["label"] for box in found["boxes"]],
                                 [box["label"] for box in reference["boxes"]])
                for box, expected in zip(found["boxes"], reference["boxes"]):
                    for key in expected.keys() - {"label"}:
                        self.assertAlmostEqual(box[key], expected[key], delta=1e-4)

    def test_tensors(self):
        write_npy(self.path("voxels.npy"), (PILLARS, 32, 10), "<f4",
                  b"".join(struct.pack("<10f", *((i * k % 7) / 7 for k in range(10)))
                           for i in range(PILLARS * 32)))
        write_npy(self.path("idxs.npy"), (PILLARS, 4), "<i4",
                  b"".join(struct.pack("<4i", 0, 0, i // 100, i % 100) for i in range(PILLARS)))
        write_npy(self.path("num.npy"), (1,), "<i4", struct.pack("<i", 1500))
        outputs = {}
        for words in [["--backend", "reference"]] + [["--isa", isa] for isa in self.usable()]:
            self.run_fine("run", GRAPH, "--input", "voxels=voxels.npy", "voxel_idxs=idxs.npy",
                          "voxel_num=num.npy", "-o", words[1], *words)
            data = read_npy(self.path(f"{words[1]}/cls_preds.npy"))[2]
            outputs[words[1]] = struct.unpack(f"<{len(data) // 4}f", data)
        largest = max(map(abs, outputs["reference"]))
        for isa, found in outputs.items():
            difference = max(abs(a - b) for a, b in zip(found, outputs["reference"]))
            self.assertLessEqual(difference, 1e-5 * largest, isa)

    def test_those_that_the_machine_lacks_are_refused(self):
        usable = self.usable()
        for isa in ALL:
            if isa not in usable:
                self.assert_refused(WRONG_USE, "detect", MODEL, SWEEP, "--isa", isa,
                                    says=(isa, usable[0]))

    def test_the_first_line_names_it(self):
        seen = set()
        for isa in self.usable():
            first = self.run_fine("detect", MODEL, SWEEP, "--isa", isa).splitlines()[0]
            seen.add(re.match(r"cpu \(([^)]+)\)", first)[1])
        self.assertEqual(len(seen), len(self.usable()))


if __name__ == "__main__":
    unittest.main()
