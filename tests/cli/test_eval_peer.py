"""eval by KITTI's protocol against mmdet3d's own evaluation code, where it and numba are installed.

Its overlaps run in numba's CUDA simulator, so no GPU is needed. They are float32: an overlap that lies
on a threshold may fall on the other side, so the agreement asked for is 0.01 AP on sets whose
overlaps don't.
"""

import importlib
import importlib.util
import json
import os
import pathlib
import sys
import types
import unittest

import made_up_objects
from command import FINE, CommandTest

os.environ["NUMBA_ENABLE_CUDASIM"] = "1"  # Before numba is imported.
os.environ.setdefault("NUMBA_DISABLE_JIT", "1")  # Compiling takes longer than these sets do.


def peer():
    """mmdet3d's module eval without the package around it, which wants PyTorch; or None."""
    found = importlib.util.find_spec("mmdet3d")
    if found is None or any(importlib.util.find_spec(m) is None for m in ("numba", "numpy")):
        return None
    folder = pathlib.Path(found.submodule_search_locations[0]) / "evaluation/functional/kitti_utils"
    package = types.ModuleType("kitti_utils")
    package.__path__ = [str(folder)]
    sys.modules["kitti_utils"] = package
    return importlib.import_module("kitti_utils.eval")


def annotation(numpy, objects):
    def column(key, width):
        return numpy.array([o[key] for o in objects], dtype=float).reshape(-1, *width)
    return {"name": numpy.array([o["type"] for o in objects], dtype=str),
            "truncated": column("truncated", ()), "occluded": column("occluded", ()),
            "alpha": column("alpha", ()), "bbox": column("image", (4,)),
            "dimensions": column("hwl", (3,))[:, [2, 0, 1]], "location": column("xyz", (3,)),
            "rotation_y": column("turn", ()),
            "score": numpy.array([o.get("score", 0) for o in objects], dtype=float)}


class AgainstMmdet3d(CommandTest):
    def test_agrees(self):
        evaluation = peer()
        if evaluation is None:
            self.skipTest("mmdet3d and numba aren't installed")
        numpy = importlib.import_module("numpy")
        worst = 0.0
        for seed in (200,):
            made = made_up_objects.frames(seed, 10)
            made_up_objects.write(self.folder, made)
            done = self.run_command("eval", "predictions", "labels", "--json")
            self.assertEqual(done.returncode, FINE, done.stderr)
            report = json.loads(done.stdout)
            frames = [[annotation(numpy, made_up_objects.parsed(
                self.path(f"{kind}/{name}.txt").read_text())) for name in made]
                for kind in ("labels", "predictions")]
            kinds = [0, 1, 2]
            strict = numpy.array([[.7, .5, .5]] * 3)
            loose = numpy.array([[.7, .5, .5], [.5, .25, .25], [.5, .25, .25]])
            r11 = dict.fromkeys(("2D", "BEV", "3D", "AOS"))
            r40 = dict(r11)
            (r11["2D"], r11["BEV"], r11["3D"], r11["AOS"], r40["2D"], r40["BEV"], r40["3D"],
             r40["AOS"]) = evaluation.do_eval(*frames, kinds, numpy.stack([strict, loose]),
                                              ["bbox", "bev", "3d", "aos"])
            for r in report["results"]:
                at = (["Car", "Pedestrian", "Cyclist"].index(r["class"]),
                      ["easy", "moderate", "hard"].index(r["difficulty"]))
                metrics = [(r["metric"], "ap")] + ([("AOS", "aos")] if "aos_r40" in r else [])
                for metric, key in metrics:
                    which = 0 if metric in ("2D", "AOS") or r["min_overlap"] == strict[0][at[0]] else 1
                    for suffix, theirs in (("r40", r40), ("r11", r11)):
                        off = abs(r[f"{key}_{suffix}"] - theirs[metric][at[0], at[1], which])
                        worst = max(worst, off)
                        self.assertLess(off, .01, (seed, r["class"], metric, r["difficulty"], suffix))
        print(f"greatest difference to mmdet3d: {worst:.2g} AP", file=sys.stderr)


if __name__ == "__main__":
    unittest.main()
