"""eval --lidar: against an oracle of its own (lidar_oracle.py), and its forms of labels."""

import json
import math
import random

import lidar_oracle
from command import CommandTest

SIZES = {"tram": (20, 2.5, 3.4), "person": (.8, .7, 1.7), "bin": (.6, .6, 1.1)}
EDGES = [0, 15, 30]


def made_up(seed, frames):
    """[(predictions, labels)]: near misses, duplicates, wrong classes, ties."""
    rng = random.Random(seed)
    made = []
    for _ in range(frames):
        labels, predictions = [], []
        for _ in range(rng.randrange(0, 8)):
            kind = rng.choice(list(SIZES))
            length, width, height = (v * rng.uniform(.9, 1.1) for v in SIZES[kind])
            label = {"label": kind, "x": rng.uniform(-40, 40), "y": rng.uniform(-20, 20),
                     "z": rng.uniform(-1.5, 0), "length": length, "width": width,
                     "height": height, "yaw": rng.uniform(-3, 3), "points": rng.randrange(0, 60)}
            labels.append(label)
            for _ in range(rng.choice([0, 1, 1, 1, 1, 2])):
                p = {"label": kind, "score": round(rng.random(), 2)}
                p |= {k: v + rng.gauss(0, .4 if k == "x" else .06) for k, v in label.items()
                      if k not in ("label", "points")}
                if rng.random() < .1:
                    p["label"] = rng.choice(list(SIZES))
                predictions.append(p)
        for _ in range(rng.randrange(0, 3)):
            p = {"label": rng.choice(list(SIZES)), "x": rng.uniform(-40, 40),
                 "y": rng.uniform(-20, 20), "z": -1, "length": 1, "width": 1, "height": 1, "yaw": 0,
                 "score": round(rng.random(), 2)}
            predictions.append(p)
        made.append((predictions, labels))
    return made


def json_lines(frames):
    return "".join(json.dumps({"schema": 1, "file": f"sweeps/{k}.bin", "boxes": boxes}) + "\n"
                   for k, boxes in enumerate(frames))


class Lidar(CommandTest):
    def results(self, *words):
        return json.loads(self.run_fine("eval", "p.jsonl", "l.jsonl", "--lidar", "--json",
                                        *words))["results"]

    def write_frames(self, made):
        self.write("p.jsonl", json_lines([p for p, _ in made]))
        self.write("l.jsonl", json_lines([l for _, l in made]))

    def assert_agrees(self, made, results, metric, within=math.inf, least=0):
        strata = {"all": (0, math.inf), "0 to 15 m": (0, 15), "15 to 30 m": (15, 30),
                  "from 30 m": (30, math.inf)}
        self.assertEqual({r["stratum"] for r in results}, set(strata))
        for r in results:
            low, high = strata[r["stratum"]]

            def takes_part(o):
                away = math.hypot(o["x"], o["y"])
                return low <= away < high and away <= within

            wanted = lidar_oracle.evaluate(
                made, r["class"], metric, r["threshold"], .3,
                lambda o: takes_part(o) and o["points"] >= least, takes_part)
            for key, value in wanted.items():
                where = metric, r["class"], r["stratum"], r["threshold"], key
                if value is None:
                    self.assertIsNone(r[key], where)
                else:
                    self.assertAlmostEqual(r[key], value, delta=1e-6, msg=where)
            self.assertEqual(r["missed"], r["labels"] - r["found"])

    def test_against_the_oracle(self):
        ranges = "--ranges", ",".join(map(str, EDGES))
        for seed, metric in ((1, "3d"), (2, "bev"), (3, "distance")):
            made = made_up(seed, 40)
            self.write_frames(made)
            results = self.results("--metric", metric, *ranges)
            self.assertEqual(len(results), 3 * 4 * (4 if metric == "distance" else 1))
            self.assert_agrees(made, results, metric)
            found = [r["ap_r40"] for r in results if r["labels"]]
            self.assertTrue(max(found) > 20 and min(found) < 90, found)
            self.assert_agrees(made, self.results("--metric", metric, *ranges, "--within", "35",
                                                  "--min-points", "20"), metric, 35, 20)

    def test_a_threshold_a_class(self):
        made = made_up(4, 20)
        self.write_frames(made)
        results = self.results("--threshold", "tram=0.7", "--threshold", "0.25", "--ranges", "0,15,30")
        self.assertEqual({(r["class"], r["threshold"]) for r in results},
                         {("tram", .7), ("person", .25), ("bin", .25)})
        self.assert_agrees(made, results, "3d")

    def test_points_have_rows_but_no_precision(self):
        self.write_frames(made_up(5, 20))
        results = self.results("--point-ranges", "0,20")
        rows = {(r["class"], r["stratum"]): r for r in results}
        for kind in SIZES:
            everything, few, many = (rows[kind, s] for s in ("all", "0 to 20 points",
                                                             "from 20 points"))
            self.assertEqual(everything["labels"], few["labels"] + many["labels"])
            self.assertIsNone(few["false"])
            self.assertIsNone(few["ap_r40"])
            self.assertGreater(few["labels"], 0)

    def one(self, prediction, label, *words):
        base = {"x": 10, "y": 0, "z": 0, "length": 4, "width": 2, "height": 1.5, "yaw": 0}
        self.write("p.jsonl", json_lines([[{"label": "Car", "score": .9, **base, **p}
                                           for p in prediction]]))
        self.write("l.jsonl", json_lines([[{"label": "Car", **base, **l} for l in label]]))
        row, = [r for r in self.results(*words) if r["class"] == "Car"]
        return row["found"], row["missed"], row["false"]

    def test_rules(self):
        self.assertEqual(self.one([{}], [{}]), (1, 0, 0))
        self.assertEqual(self.one([{}, {"score": .8}], [{}]), (1, 0, 1))
        self.assertEqual(self.one([{"label": "Van"}, {"x": 90}], [{}, {"label": "Van", "x": 50}]),
                         (0, 1, 1))
        van = [{}, {"label": "Van", "x": 50}]
        self.assertEqual(self.one([{}, {"x": 50}], van), (1, 0, 1))
        self.assertEqual(self.one([{}, {"x": 50}], van, "--neighbour", "Van=Car"), (1, 0, 0))
        # A heading that points the other way is no reason to miss it; the rows tell the turn.
        self.assertEqual(self.one([{"yaw": math.pi}], [{}]), (1, 0, 0))
        self.assertAlmostEqual(self.results()[0]["mean_turn_rad"], math.pi, places=6)
        # On the border: a third is no more than a third.
        self.assertEqual(self.one([{"y": 1}], [{}], "--threshold", "0.33"), (1, 0, 0))
        self.assertEqual(self.one([{"y": 1}], [{}], "--threshold", "0.34"), (0, 1, 1))
        self.assertEqual(self.one([{"y": 1.9}], [{}], "--metric", "distance", "--threshold", "2"),
                         (1, 0, 0))
        self.assertEqual(self.one([{"y": 2}], [{}], "--metric", "distance", "--threshold", "2"),
                         (0, 1, 1))
        self.assertEqual(self.one([{"z": 1}], [{}]), (0, 1, 1))
        self.assertEqual(self.one([{"z": 1}], [{}], "--metric", "bev"), (1, 0, 0))

    def test_clouds_count_points(self):
        inside = [(10 + .1 * k, 0, 0, 0) for k in range(19)]
        border, outside = [(12, 1, .75, 0)], [(12.01, 0, 0, 0), (10, 1.01, 0, 0), (10, 0, -.76, 0)]
        self.cloud("clouds/0.bin", inside + border + outside)
        box = [{"label": "Car", "x": 10, "y": 0, "z": 0, "length": 4, "width": 2, "height": 1.5,
                "yaw": 0, "score": .5}]
        self.write("p.jsonl", json_lines([box]))
        self.write("l.jsonl", json_lines([box]))
        for least, labels in ((20, 1), (21, 0)):
            row, = self.results("--clouds", "clouds", "--min-points", str(least))
            self.assertEqual(row["labels"], labels)

    def test_forms_agree(self):
        """KITTI texts through a calibration, OpenPCDet's texts and JSON are the same labels."""
        made = made_up(6, 10)
        self.write_frames(made)
        wanted = self.results()
        self.write("calib.txt", "P2: 700 0 600 0 0 700 180 0 0 0 1 0\nR0_rect: 1 0 0 0 1 0 0 0 1\n"
                                "Tr_velo_to_cam: 0 -1 0 .1 0 0 -1 .2 1 0 0 .3\n")
        for k, (predictions, labels) in enumerate(made):
            text, kitti = "# x y z dx dy dz heading class occlusion points\n", ""
            for o in labels:
                h, w, l = o["height"], o["width"], o["length"]
                text += (f"{o['x']!r} {o['y']!r} {o['z']!r} {l!r} {w!r} {h!r} {o['yaw']!r} "
                         f"{o['label']} 0 {o['points']}\n")
                camera = -o["y"] + .1, -(o["z"] - h / 2) + .2, o["x"] + .3
                kitti += (f"{o['label']} 0 0 0 0 0 0 0 {h!r} {w!r} {l!r} "
                          f"{' '.join(map(repr, camera))} {-o['yaw'] - math.pi / 2!r}\n")
            scored = "".join(f"{o['x']!r} {o['y']!r} {o['z']!r} {o['length']!r} {o['width']!r} "
                             f"{o['height']!r} {o['yaw']!r} {o['label']} {o['score']!r}\n"
                             for o in predictions)
            self.write(f"texts/{k}.txt", text)
            self.write(f"kitti/{k}.txt", kitti + "DontCare -1 -1 -10 0 0 9 9 -1 -1 -1 -1 -1 -1 -1\n")
            self.write(f"scored/{k}.txt", scored)
        read = [json.loads(self.run_fine("eval", p, l, "--lidar", "--json"))["results"]
                for p, l in (("p.jsonl", "texts"), ("scored", "l.jsonl"))]
        done = self.run_command("eval", "scored", "kitti", "--lidar", "--json", "--calib",
                                "calib.txt")
        self.assertEqual((done.returncode, done.stderr), (
            0, b"colonnade: 10 DontCare regions have no box in space, left out\n"))
        read.append(json.loads(done.stdout)["results"])
        for results in read:
            for ours, theirs in zip(results, wanted, strict=True):
                self.assertEqual({k: v for k, v in ours.items() if isinstance(v, (str, int))},
                                 {k: v for k, v in theirs.items() if isinstance(v, (str, int))})
                self.assertAlmostEqual(ours["ap_r40"], theirs["ap_r40"], delta=1e-6)
