"""What detect prints and writes, in every form."""

import csv
import io
import json
import math
import os
import pty
import re
import struct
import subprocess
import unittest

from command import COLONNADE, FINE, MODEL, SOME_FAILED, SWEEP, CommandTest, png_size

BOX_KEYS = ["label", "score", "x", "y", "z", "length", "width", "height", "yaw"]
STATS_KEYS = ["points", "non_finite", "zero_returns", "self_hits", "outside_fov", "out_of_range",
              "over_pillar_points", "over_pillar_cap", "pillars", "candidates",
              "candidates_truncated", "boxes_truncated", "boxes_out_of_range"]
TIME_KEYS = ["prepare", "pillarize", "pfn", "scatter", "rpn", "decode", "nms", "total"]
DROPS = STATS_KEYS[1:8]
CLASSES = {"Car", "Pedestrian", "Cyclist"}

CALIB = """P0: 1 0 0 0 0 1 0 0 0 0 1 0
P2: 7.215377e+02 0 6.095593e+02 4.485728e+01 0 7.215377e+02 1.728540e+02 2.163791e-01 0 0 1 2.745884e-03
R0_rect: 1 0 0 0 1 0 0 0 1
Tr_velo_to_cam: 0 -1 0 0 0 0 -1 -0.08 1 0 0 -0.27
"""


class Human(CommandTest):
    def test_first_line_names_backend_isa_and_threads(self):
        for threads, words in ((1, "1 thread"), (2, "2 threads"), (3, "3 threads")):
            first = self.run_fine("detect", MODEL, SWEEP, "--threads", str(threads)).splitlines()[0]
            self.assertRegex(first, rf"^cpu \([A-Za-z0-9_]+\), {words}, model demo "
                                    r"\[random weights\]$")

    def test_boxes_and_counts(self):
        text = self.run_fine("detect", MODEL, SWEEP, "--stats")
        boxes, = re.findall(r": (\d+) boxes in [\d.]+ ms", text)
        self.assertEqual(len(re.findall(r"^  (?:Car|Pedestrian|Cyclist) ", text, re.M)), int(boxes))
        self.assertGreater(int(boxes), 0)
        self.assertRegex(text, r"counts: points 18085,.* pillars \d+, candidates \d+")
        self.assertRegex(text, r"milliseconds: prepare [\d.]+, .*total [\d.]+")

    def test_threads_change_nothing(self):
        lines = {self.detect_key(threads) for threads in ("0", "1", "2", "100")}
        self.assertEqual(len(lines), 1)

    def detect_key(self, threads):
        line, = self.detect_json(MODEL, SWEEP, "--threads", threads)
        return json.dumps([line["boxes"], line["stats"]])

    def test_a_pipe_sees_no_progress_bar(self):
        self.cloud("clouds/a.bin", [(5, 0, 0, 0)])
        self.cloud("clouds/b.bin", [(6, 0, 0, 0)])
        done = self.run_command("detect", MODEL, "clouds")
        self.assertEqual((done.returncode, done.stderr), (FINE, b""))
        self.assertNotIn(b"\x1b", done.stdout)
        self.assertNotIn(b"\r", done.stdout)

    def on_terminal(self, *words):
        """What a terminal shows of it."""
        pid, terminal = self.fork_on_terminal()
        if pid == 0:
            os.chdir(self.folder)
            os.execv(COLONNADE, [COLONNADE, *map(os.fspath, words)])
        shown = b""
        while True:
            try:
                part = os.read(terminal, 65536)
            except OSError:  # Linux's end of a terminal.
                break
            if not part:
                break
            shown += part
        os.close(terminal)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), FINE)
        return shown

    def test_a_terminal_sees_a_progress_bar_of_several_clouds(self):
        for name in "abc":
            self.cloud(f"clouds/{name}.bin", [(5, 0, 0, 0)])
        shown = self.on_terminal("detect", MODEL, "clouds")
        self.assertIn(b"] 1/3 ", shown)
        self.assertTrue(shown.rindex(b"\r\x1b[K") > shown.rindex(b"/3 "), "it is wiped off at last")
        self.assertNotIn(b"1/1", self.on_terminal("detect", MODEL, "clouds/a.bin"))


class Json(CommandTest):
    def check(self, line, name, points):
        self.assertEqual(list(line), ["schema", "file", "boxes", "stats", "times_ms"])
        self.assertEqual(line["schema"], 1)
        self.assertEqual(line["file"], str(name))
        self.assertEqual(list(line["stats"]), STATS_KEYS)
        self.assertEqual(list(line["times_ms"]), TIME_KEYS)
        self.assertEqual(line["stats"]["points"], points)
        self.assertTrue(all(isinstance(n, int) and n >= 0 for n in line["stats"].values()))
        self.assertTrue(all(t >= 0 for t in line["times_ms"].values()))
        for box in line["boxes"]:
            self.assertEqual(list(box), BOX_KEYS)
            self.assertIn(box["label"], CLASSES)
            self.assertTrue(0.1 <= box["score"] <= 1)
            self.assertTrue(-math.pi < box["yaw"] <= math.pi)
            self.assertTrue(all(math.isfinite(box[key]) for key in BOX_KEYS[1:]))
            self.assertTrue(min(box["length"], box["width"], box["height"]) > 0)
        scores = [box["score"] for box in line["boxes"]]
        self.assertEqual(scores, sorted(scores, reverse=True))

    def test_schema(self):
        line, = self.detect_json(MODEL, SWEEP)
        self.check(line, SWEEP, 18085)
        self.assertTrue(line["boxes"])
        kept = 18085 - sum(line["stats"][key] for key in DROPS)
        self.assertTrue(line["stats"]["pillars"] <= kept <= 32 * line["stats"]["pillars"])

    def test_one_object_a_line_in_the_order_given(self):
        first = self.cloud("b.bin", [(5, 0, 0, 0)])
        second = self.cloud("a.bin", [])
        lines = self.detect_json(MODEL, first, second, SWEEP)
        for line, name, points in zip(lines, (first, second, SWEEP), (1, 0, 18085)):
            self.check(line, name, points)
        self.assertEqual(len(lines), 3)

    def test_names_that_are_no_plain_ascii(self):
        name = 'Straße "1", 東京 .bin'
        self.cloud(name, [(5, 0, 0, 0)])
        line, = self.detect_json(MODEL, name)
        self.check(line, name, 1)

    def test_names_that_are_no_text(self):
        name = os.path.join(os.fsencode(self.folder), b"\xff\n.bin")
        with open(name, "wb") as file:
            file.write(struct.pack("<4f", 5, 0, 0, 0))
        done = subprocess.run([COLONNADE.encode(), b"detect", os.fsencode(MODEL), name, b"--json"],
                              capture_output=True, timeout=120, check=True)
        line = json.loads(done.stdout.decode("utf-8"))  # Strictly.
        self.assertTrue(line["file"].endswith("\ufffd\n.bin"))

    def test_standard_output_holds_nothing_else(self):
        self.cloud("no_intensity.bin", [(5, 0, 0, 0)])
        done = self.run_command("detect", MODEL, SWEEP, "missing.bin", "--json", "--kitti", "k")
        self.assertEqual(done.returncode, SOME_FAILED)
        self.assertEqual(len(done.stdout.splitlines()), 1)
        json.loads(done.stdout)


class Csv(CommandTest):
    def test_rows_are_the_boxes(self):
        name = 'a, "b".bin'
        self.cloud(name)
        line, = self.detect_json(MODEL, name)
        text = self.run_fine("detect", MODEL, name, "--csv")
        rows = list(csv.DictReader(io.StringIO(text)))
        self.assertEqual(text.splitlines()[0], "file," + ",".join(BOX_KEYS))
        self.assertEqual(len(rows), len(line["boxes"]))
        for row, box in zip(rows, line["boxes"]):
            self.assertEqual(row.pop("file"), name)
            self.assertEqual(row.pop("label"), box["label"])
            self.assertEqual({k: float(v) for k, v in row.items()},
                             {k: box[k] for k in BOX_KEYS[1:]})

    def test_one_header_for_several_clouds(self):
        empty = self.cloud("empty.bin", [])
        text = self.run_fine("detect", MODEL, empty, SWEEP, empty, SWEEP, "--csv")
        self.assertEqual(text.count("file,label"), 1)


class Kitti(CommandTest):
    def labels(self, *words):
        done = self.run_command("detect", MODEL, SWEEP, "--kitti", "labels", *words)
        self.assertEqual(done.returncode, FINE, done.stderr)
        rows = self.path("labels/street.txt").read_text().splitlines()
        return [(row.split()[0], list(map(float, row.split()[1:]))) for row in rows], done.stderr

    def test_without_calibration(self):
        line, = self.detect_json(MODEL, SWEEP)
        labels, warning = self.labels()
        self.assertIn(b"--calib", warning)
        self.assertEqual(len(labels), len(line["boxes"]))
        for (name, numbers), box in zip(labels, line["boxes"]):
            self.assertEqual(len(numbers), 15)
            self.assertEqual(name, box["label"])
            self.assertEqual(numbers[:2], [-1, -1])
            self.assertEqual(numbers[3:7], [-1] * 4)
            expected = [box["height"], box["width"], box["length"], -box["y"],
                        -box["z"] + box["height"] / 2, box["x"]]
            for found, wanted in zip(numbers[7:13], expected):
                self.assertAlmostEqual(found, wanted, places=3)
            turn = math.remainder(numbers[13] + box["yaw"] + math.pi / 2, 2 * math.pi)
            self.assertAlmostEqual(turn, 0, places=3)
            self.assertAlmostEqual(numbers[14], box["score"], places=3)

    def test_boxes_in_the_image(self):
        self.write("calib.txt", CALIB)
        for words, width, height in (((), 1242, 375), (("--image-size", "800x300"), 800, 300)):
            labels, warning = self.labels("--calib", "calib.txt", *words)
            self.assertEqual(warning, b"")
            seen = [numbers[3:7] for _, numbers in labels if numbers[3] >= 0]
            self.assertTrue(seen)
            for left, top, right, bottom in seen:
                self.assertTrue(0 <= left < right <= width - 1, (left, right))
                self.assertTrue(0 <= top < bottom <= height - 1, (top, bottom))

    def test_clouds_of_one_stem(self):
        for name in ("a/0.bin", "b/0.bin", "0.bin"):
            self.cloud(name, [(5, 0, 0, 0)])
        self.run_command("detect", MODEL, "a/0.bin", "b/0.bin", "0.bin", "b/0.bin",
                         "--kitti", "labels é", "--picture", "pictures")
        self.assertEqual(sorted(os.listdir(self.path("labels é"))),
                         ["0.txt", "_0.txt", "_b_0.txt", "b_0.txt"])
        self.assertEqual(sorted(os.listdir(self.path("pictures"))),
                         ["0.png", "_0.png", "_b_0.png", "b_0.png"])


class Picture(CommandTest):
    def test_one_cloud_one_file(self):
        self.run_fine("detect", MODEL, SWEEP, "--picture", "new folder/boxes.png")
        width, height = png_size(self.path("new folder/boxes.png"))
        self.assertTrue(600 <= width <= 1400 and 400 <= height <= 1400, (width, height))

    def test_into_a_folder(self):
        self.path("pictures").mkdir()
        self.run_fine("detect", MODEL, SWEEP, "--picture", "pictures")
        png_size(self.path("pictures/street.png"))

    def test_of_nothing(self):
        self.cloud("empty.bin", [])
        self.cloud("nan.bin", [(math.nan,) * 4, (math.inf,) * 4])
        self.run_fine("detect", MODEL, "empty.bin", "nan.bin", "--picture", "pictures")
        png_size(self.path("pictures/empty.png"))
        png_size(self.path("pictures/nan.png"))


class Selection(CommandTest):
    def test_score(self):
        line, = self.detect_json(MODEL, SWEEP)
        sure, = self.detect_json(MODEL, SWEEP, "--score", "0.2")
        self.assertTrue(0 < len(sure["boxes"]) < len(line["boxes"]))
        self.assertTrue(all(box["score"] >= 0.2 for box in sure["boxes"]))

    def test_field_of_view(self):
        fan = [(9 * math.cos(math.radians(a)), 9 * math.sin(math.radians(a)), -1, 0)
               for a in range(-179, 180)]
        self.cloud("fan.bin", fan)
        for word, inside in (("--fov", 81), ("--fov=81.4", 81), ("--fov=82.5", 83), ("--fov=360", 359)):
            line, = self.detect_json(MODEL, "fan.bin", word)
            self.assertEqual(359 - line["stats"]["outside_fov"], inside, word)

    def test_sensor(self):
        self.write("sensor.yaml", "version: 1\ndrop_zero_returns: true\n")
        self.cloud("zeros.bin", [(0, 0, 0, 0)] * 3 + [(5, 0, 0, 0)])
        line, = self.detect_json(MODEL, "zeros.bin", "--sensor", "sensor.yaml")
        self.assertEqual(line["stats"]["zero_returns"], 3)

    def test_folders_in_the_order_of_names(self):
        for name in ("10.bin", "2.bin", "a.txt", "1.pcd.bin"):
            self.write(f"clouds/{name}", struct.pack("<20f", *range(20)))
        self.path("clouds/sub.bin").mkdir()
        names = [line["file"] for line in self.detect_json(MODEL, "clouds")]
        self.assertEqual(names, ["clouds/1.pcd.bin", "clouds/10.bin", "clouds/2.bin"])

    def test_sweeps(self):
        self.cloud("0.bin", [(7, 0, -1, 0), (8, 1, -1, 0)])
        self.cloud("1.bin", [(5, 0, -1, 0)])
        pose = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
        moved = pose[:3] + [2] + pose[4:]
        self.write("list.json", json.dumps({"sweeps": [{"file": "0.bin", "time": 1, "pose": pose},
                                                       {"file": "1.bin", "time": 2, "pose": moved}]}))
        line, = self.detect_json(MODEL, "--sweeps", "list.json")
        self.assertEqual(line["file"], "list.json")
        self.assertEqual(line["stats"]["points"], 3)
        self.assertEqual(line["stats"]["pillars"], 2)  # Two points meet in one.

    def test_reference_backend_agrees(self):
        cloud = self.cloud("part.bin", [struct.unpack_from("<4f", SWEEP.read_bytes(), 16 * i)
                                        for i in range(9000, 12000)])
        fast, = self.detect_json(MODEL, cloud)
        slow, = self.detect_json(MODEL, cloud, "--backend", "reference")
        self.assertEqual(len(fast["boxes"]), len(slow["boxes"]))
        for a, b in zip(fast["boxes"], slow["boxes"]):
            self.assertEqual(a["label"], b["label"])
            for key in BOX_KEYS[1:]:
                self.assertAlmostEqual(a[key], b[key], places=3)


if __name__ == "__main__":
    unittest.main()
