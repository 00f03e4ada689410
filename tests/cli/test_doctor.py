"""doctor: names what is off with a cloud, and writes the sensor.yaml that mends it."""

import json
import math
import struct

from command import FINE, MODEL, SOME_FAILED, SWEEP, WRONG_USE, CommandTest

CODES = ["model", "returns", "units", "axes", "ground", "intensity", "sweeps", "range", "caps",
         "view", "rings"]


def points():
    """Of the sample sweep, as many as the small model has pillars for."""
    return list(struct.iter_unpack("<4f", SWEEP.read_bytes()))[::3]


class Doctor(CommandTest):
    def doctor(self, status, *words):
        """The JSON report, after a look at the exit status and standard error."""
        done = self.run_command("doctor", MODEL, *words, "--json")
        self.assertEqual((done.returncode, done.stderr.decode()), (status, ""), words)
        report = json.loads(done.stdout)
        self.assertEqual(report["schema"], 1)
        return report

    def good(self):
        return self.cloud("good.bin", points())

    def finding(self, report, code):
        one, = [f for f in report["findings"] if f["code"] == code]
        return one

    def broken(self, change):
        return self.cloud("broken.bin", [change(*p) for p in points()])

    def assert_named_and_mended(self, code, change):
        cloud = self.broken(change)
        report = self.doctor(SOME_FAILED, cloud, "-o", "sensor.yaml")
        finding = self.finding(report, code)
        self.assertEqual(finding["severity"], "bad", finding)
        self.assertTrue(finding["consequence"] and finding["fix"], finding)
        self.assertEqual(self.path("sensor.yaml").read_text(), report["sensor_yaml"])
        again = self.doctor(FINE, cloud, "--sensor", "sensor.yaml")
        self.assertEqual(self.finding(again, code)["severity"], "ok")
        # What was promised is what came.
        self.assertEqual(again["now"], report["advised"])
        self.assertEqual(again["findings"], report["findings_advised"])
        return report

    def test_a_good_cloud(self):
        report = self.doctor(FINE, self.good())
        self.assertEqual([f["code"] for f in report["findings"]], CODES)
        self.assertEqual({f["code"]: f["severity"] for f in report["findings"]
                          if f["severity"] != "ok"}, {"model": "warning"})
        self.assertGreater(report["now"]["boxes"], 0)
        self.assertNotIn("advised", report)

    def test_text(self):
        text = self.run_fine("doctor", MODEL, self.good())
        for code in CODES:
            self.assertRegex(text, rf"(?m)^  (ok|warning) +{code} ")
        self.assertIn("as it is:", text)
        self.assertIn("nothing is badly off", text)
        done = self.run_command("doctor", MODEL, self.broken(lambda x, y, z, i: (x, y, z, 255 * i)))
        self.assertEqual((done.returncode, done.stderr), (SOME_FAILED, b""))
        text = done.stdout.decode()
        self.assertRegex(text, r"(?m)^  BAD +intensity +0 to 255 .*; trained with 0 to 1$")
        self.assertRegex(text, r"(?m)^ +fix: intensity_scale: 0\.00392157$")
        self.assertRegex(text, r"(?m)^  as advised: +\d+ boxes")
        self.assertIn("badly off: intensity", text)

    def test_intensity(self):
        self.assert_named_and_mended("intensity", lambda x, y, z, i: (x, y, z, 255 * i))

    def test_height(self):
        report = self.assert_named_and_mended("ground", lambda x, y, z, i: (x, y, z + 1, i))
        self.assertAlmostEqual(self.finding(report, "ground")["numbers"]["off_m"], 1, delta=0.1)

    def test_tilt(self):
        c, s = math.cos(math.radians(10)), math.sin(math.radians(10))
        report = self.assert_named_and_mended(
            "ground", lambda x, y, z, i: (c * x - s * z, y, s * x + c * z, i))
        numbers = self.finding(report, "ground")["numbers"]
        self.assertAlmostEqual(numbers["rise_ahead_deg"], 10, delta=0.5)

    def test_axes(self):
        for change in (lambda x, y, z, i: (-y, -z, x, i),   # camera
                       lambda x, y, z, i: (x, -y, -z, i),   # NED
                       lambda x, y, z, i: (-y, x, z, i),    # y ahead
                       lambda x, y, z, i: (-x, -y, z, i)):  # backwards
            self.assert_named_and_mended("axes", change)

    def test_millimetres(self):
        cloud = self.broken(lambda x, y, z, i: (1000 * x, 1000 * y, 1000 * z, i))
        report = self.doctor(SOME_FAILED, cloud)
        finding = self.finding(report, "units")
        self.assertEqual((finding["severity"], finding["numbers"]["metres_per_unit"]),
                         ("bad", 0.001))
        self.assertIn("millimetres", finding["found"])
        # The boxes as advised are those of the cloud in metres.
        self.assertEqual(report["advised"]["boxes"], self.doctor(FINE, self.good())["now"]["boxes"])
        self.assertIn("multiply its x, y and z by 0.001", report["sensor_yaml"])

    def test_zero_returns(self):
        cloud = self.cloud("zeros.bin", points()[:3000] + [(0, 0, 0, 0)] * 77 + points()[3000:])
        report = self.doctor(FINE, cloud, "-o", "sensor.yaml")
        self.assertEqual(self.finding(report, "returns")["numbers"]["zero_returns"], 77)
        self.assertIn("drop_zero_returns: true", self.path("sensor.yaml").read_text())
        self.assertEqual(self.detect_json(MODEL, cloud, "--sensor", "sensor.yaml")[0]["boxes"],
                         self.detect_json(MODEL, self.good())[0]["boxes"])

    def test_no_boxes_is_no_dead_end(self):
        far = self.cloud("far.bin", [(x + 900, y, z, i) for x, y, z, i in points()])
        done = self.run_command("detect", MODEL, far)
        self.assertEqual(done.returncode, FINE)
        self.assertIn(f"\nno boxes: `colonnade doctor {MODEL} {far}` says why\n", done.stdout.decode())
        report = self.doctor(SOME_FAILED, far)
        self.assertEqual(report["severity"], "bad")
        # A threshold that nothing passes: the best score is named.
        strict = self.write("strict/model.yaml",
                            MODEL.read_text().replace("score_threshold: 0.1", "score_threshold: 1"))
        graph = MODEL.with_name("pointpillar.onnx")
        self.write("strict/pointpillar.onnx", graph.read_bytes())
        text = self.run_fine("doctor", strict, self.good())
        self.assertRegex(text, r"as it is: +no boxes: the best score is 0\.\d+, \w+ at x .*; "
                               r"the threshold is 1")
        self.assertIn("detect --score 0.", text)

    def test_folders_and_clouds_that_cant_be_read(self):
        for name in ("a", "b"):
            self.cloud(f"clouds/{name}.bin", points())
        report = self.doctor(FINE, self.path("clouds"))
        self.assertEqual(len(report["files"]), 2)
        self.write("clouds/cut.bin", b"12345")
        done = self.run_command("doctor", MODEL, "clouds", "--json")
        self.assertEqual(done.returncode, SOME_FAILED)
        self.assertIn("cut.bin", done.stderr.decode())
        self.assertEqual(len(json.loads(done.stdout)["files"]), 2)
        self.assertEqual(self.assert_refused(SOME_FAILED, "doctor", MODEL, "clouds/cut.bin",
                                             says="cut.bin"), "")
        self.cloud("empty.bin", [])
        report = self.doctor(SOME_FAILED, self.path("empty.bin"))
        self.assertIn("no points", self.finding(report, "returns")["found"])

    def test_wrong_use(self):
        self.assert_refused(WRONG_USE, "doctor", MODEL, says="neither")
        self.assert_refused(WRONG_USE, "doctor", MODEL.parent, SWEEP, says="there is one inside")
        self.assert_refused(WRONG_USE, "doctor", MODEL, self.good(), "--sensor", "none.yaml",
                            says="none.yaml")
        self.assert_refused(WRONG_USE, "doctor", MODEL, self.good(), "--sweeps", "list.json", says="both")
        self.assert_refused(WRONG_USE, "doctor", MODEL, self.good(), "-o", self.folder, says="folder")
        self.assert_refused(WRONG_USE, "doctor", MODEL, self.good(), "--fov", says="--fov")
