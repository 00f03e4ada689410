"""compare MODEL trace.npz: the project's own golden frame as a trace, right and with one thing wrong.

Points are voxelized here, in plain Python; boxes are those that OpenPCDet's own post-processing gave.
"""

import math
import pathlib
import struct
import unittest
import zipfile

from command import FINE, SOME_FAILED, WRONG_USE, CommandTest, read_npy, write_npy

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "golden" / "openpcdet"
MIN, CELL, SLOTS, CAP = (0.0, -3.84, -3.0), .16, 32, 700
CENTER = (.08, -3.76, -1.0)
RULES = ["grid.min=[0.0, -3.84, -3.0]", "grid.max=[10.24, 3.84, 1.0]", "grid.cell=[0.16, 0.16]",
         "pillars.max_pillars=700", "pillars.center=[0.08, -3.76, -1.0]", "post.top_k=3000",
         "post.max_boxes=40"]


def single(value):
    return struct.unpack("<f", struct.pack("<f", value))[0]


def voxelize(points, cap=CAP):
    """(ix, iy) -> points, in the order of their first points."""
    pillars = {}
    size = single(CELL)
    for point in points:
        cell = tuple(int(single(single(point[a] - single(MIN[a])) / size)) for a in (0, 1))
        inside = all(point[a] >= single(MIN[a]) for a in range(3))
        if not (inside and cell[0] < 64 and cell[1] < 48 and point[2] < 1):
            continue
        if cell not in pillars and len(pillars) == cap:
            continue
        own = pillars.setdefault(cell, [])
        if len(own) < SLOTS:
            own.append(point)
    return pillars


def features(pillars):
    """OpenPCDet's ten, zero in free slots."""
    rows = []
    for (ix, iy), points in pillars.items():
        mean = [sum(p[a] for p in points) / len(points) for a in range(3)]
        center = (ix * CELL + CENTER[0], iy * CELL + CENTER[1], CENTER[2])
        for slot in range(SLOTS):
            if slot >= len(points):
                rows.append([0.0] * 10)
                continue
            p = points[slot]
            rows.append([*p[:4], *(p[a] - mean[a] for a in range(3)),
                         *(p[a] - center[a] for a in range(3))])
    return rows


class Trace(CommandTest):
    def setUp(self):
        super().setUp()
        data = (GOLDEN / "sweep.bin").read_bytes()
        self.points = [p for p in struct.iter_unpack("<4f", data) if all(map(math.isfinite, p))]
        with zipfile.ZipFile(GOLDEN / "openpcdet.npz") as archive:
            archive.extractall(self.path("golden"))
        self.boxes = self.golden("canonical", "f")
        self.scores = self.golden("scores", "f")
        self.labels = self.golden("labels", "q")
        self.run_fine("import", "preset", "openpcdet-kitti", GOLDEN / "pointpillar.onnx", "-o", "model",
                      *(word for rule in RULES for word in ("--set", rule)))

    def golden(self, name, letter):
        shape, _, data = read_npy(self.path(f"golden/{name}.npy"))
        values = struct.unpack(f"<{len(data) // struct.calcsize(letter)}{letter}", data)
        width = shape[1] if len(shape) > 1 else None
        return [list(values[i:i + width]) for i in range(0, len(values), width)] if width else list(values)

    def array(self, shape, values, letter="f"):
        descr = {"f": "<f4", "q": "<i8", "i": "<i4"}[letter]
        path = write_npy(self.path("array.npy"), shape, descr, struct.pack(f"<{len(values)}{letter}", *values))
        return path.read_bytes()

    def trace(self, name="trace.npz", compression=zipfile.ZIP_STORED, pillars=None, change=lambda r: r,
              boxes=None, scores=None, labels=None, coords=lambda x, y: (0, 0, y, x)):
        pillars = voxelize(self.points) if pillars is None else pillars
        rows = [value for row in features(pillars) for value in change(row)]
        boxes = self.boxes if boxes is None else boxes
        count, kept = len(pillars), len(boxes)
        arrays = {
            "points": self.array((len(self.points), 4), [v for p in self.points for v in p]),
            "coords": self.array((count, 4), [v for x, y in pillars for v in coords(x, y)], "i"),
            "num_points": self.array((count,), [len(p) for p in pillars.values()], "i"),
            "features": self.array((count, SLOTS, 10), rows),
            "boxes": self.array((kept, 7), [v for box in boxes for v in box]),
            "scores": self.array((kept,), (scores or self.scores)[:kept]),
            "labels": self.array((kept,), (labels or self.labels)[:kept], "q"),
        }
        with zipfile.ZipFile(self.path(name), "w", compression) as archive:
            for key, content in arrays.items():
                archive.writestr(key + ".npy", content)
        return name

    def compare(self, status, *words):
        done = self.run_command("compare", "model/model.yaml", *words, "--atol", "1e-4")
        self.assertEqual((done.returncode, done.stderr.decode()), (status, ""))
        return done.stdout.decode()

    def differs(self, stage, cause, **changes):
        text = self.compare(SOME_FAILED, self.trace(**changes))
        self.assertIn(f"the first stage that differs: {stage}\nlikely: ", text)
        self.assertIn(cause, text[text.index("likely:"):])

    def test_the_right_frame(self):
        text = self.compare(FINE, self.trace())
        for stage in ("pillars", "features", "boxes"):
            self.assertRegex(text, rf"fits +{stage} ")
        self.assertRegex(text, r"- +pillar features +not in the trace")
        self.assertIn("the same, within the tolerance", text)

    def test_features_that_the_graph_makes_itself(self):
        """mmdet3d's graph takes raw points; the trace has the ten of them that enter the PFN's layer."""
        golden = GOLDEN.parent / "mmdet3d"
        self.run_fine("import", "preset", "mmdet3d-kitti", golden / "end2end.onnx", "-o", "model", *(
            word for rule in (*RULES[:4], "post.score_threshold=0.1") for word in ("--set", rule)))
        data = (golden / "sweep.bin").read_bytes()
        self.points = [p for p in struct.iter_unpack("<4f", data) if all(map(math.isfinite, p))]
        with zipfile.ZipFile(golden / "capped.npz") as archive:
            archive.extractall(self.path("golden"))
        found = {"boxes": self.golden("canonical", "f"), "scores": self.golden("scores", "f"),
                 "labels": self.golden("labels", "q")}
        text = self.compare(FINE, self.trace(**found))
        self.assertRegex(text, r"- +features +not compared: the graph makes its own of raw points")
        self.assertRegex(text, r"fits +boxes ")
        wrong = [[b[0] + .5, *b[1:]] for b in found["boxes"]]
        self.differs("boxes", "the anchors' places", **{**found, "boxes": wrong})

    def test_feature_order(self):
        swapped = lambda r: [*r[:4], *r[7:], *r[4:7]]
        self.differs("features", "feature order: in the trace mean_dx is column 7", change=swapped)

    def test_center(self):
        self.differs("features", "pillars.center", change=lambda r: [*r[:7], r[7] + .02 * any(r), *r[8:]])

    def test_intensity(self):
        self.differs("features", "intensity's scale", change=lambda r: [*r[:3], r[3] * 255, *r[4:]])

    def test_caps(self):
        self.differs("pillars", "caps: the trace stops at 300 pillars, pillars.max_pillars is 700",
                     pillars=voxelize(self.points, 300))

    def test_columns_of_coords(self):
        self.differs("pillars", "x and y change places", coords=lambda x, y: (0, 0, x, y))

    def test_anchor_offset(self):
        self.differs("boxes", "the anchors' places", boxes=[[b[0] + .16, *b[1:]] for b in self.boxes])

    def test_z(self):
        self.differs("boxes", "z (box.z", boxes=[[*b[:2], b[2] - .5 * b[5], *b[3:]] for b in self.boxes])

    def test_direction_rule(self):
        self.differs("boxes", "the direction rule",
                     boxes=[[*b[:6], b[6] + 3.14159265] for b in self.boxes])

    def test_nms(self):
        self.differs("boxes", "NMS or a cap", boxes=self.boxes[:30])

    def test_what_a_file_holds(self):
        def refuse(*words, says):
            self.assert_refused(WRONG_USE, "compare", *words, says=says)
        refuse("model/model.yaml", self.trace("c.npz", zipfile.ZIP_DEFLATED), says=("c.npz", "np.savez"))
        whole = self.path(self.trace()).read_bytes()
        self.write("cut.npz", whole[:len(whole) // 2])
        refuse("model/model.yaml", "cut.npz", says=("cut.npz", "ZIP"))
        self.write("empty.npz", b"PK\x05\x06" + bytes(18))
        refuse("model/model.yaml", "empty.npz", says=("points", "[N, 4 or 5]"))
        self.write("bad.npz", b"PK\x05\x06" + bytes(4) + b"\xff\xff" * 2 + b"\xff" * 10)
        refuse("model/model.yaml", "bad.npz", says="bad.npz")
        refuse("model/model.yaml", "gone.npz", says="gone.npz")
        refuse("model/model.yaml", "trace.npz", "--layers", says="--layers")
        refuse("model/pointpillar.onnx", "trace.npz", says="model.yaml")


if __name__ == "__main__":
    unittest.main()
