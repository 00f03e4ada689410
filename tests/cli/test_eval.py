"""eval: what a user meets besides numbers: its outputs, its notes, bad input."""

import json

from command import WRONG_USE, CommandTest, png_size

LABEL = "Car 0 0 -1.5 600 150 700 250 1.5 1.6 4 0 1.7 20 -1.5\n"
BOX = LABEL.replace("Car 0 0", "Car -1 -1").replace("\n", " 0.9\n")
UNSEEN_BOX = BOX.replace("600 150 700 250", "-1 -1 -1 -1")
CUSTOM = "20 0 -1 4 1.6 1.5 0 Car\n"
CALIB = ("P2: 700 0 600 0 0 700 180 0 0 0 1 0\nR0_rect: 1 0 0 0 1 0 0 0 1\n"
         "Tr_velo_to_cam: 0 -1 0 0 0 0 -1 0 1 0 0 0\n")


def detections(name, label="Car"):
    box = {"label": label, "score": .9, "x": 20, "y": 0, "z": -1, "length": 4, "width": 1.6,
           "height": 1.5, "yaw": 0}
    return json.dumps({"schema": 1, "file": name, "boxes": [box]}) + "\n"


class Outputs(CommandTest):
    def setUp(self):
        super().setUp()
        for k in range(3):
            self.write(f"labels/{k}.txt", LABEL)
            self.write(f"predictions/{k}.txt", BOX)

    def notes(self, *words):
        done = self.run_command("eval", *words)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stderr.decode(), done.stdout.decode()

    def test_table(self):
        table = self.run_fine("eval", "predictions", "labels")
        self.assertIn("3 frames: 3 labels, 3 predictions\n", table)
        self.assertRegex(table, r"(?m)^  >= 0\.3 score +3 / 0 / 0 +3 / 0 / 0 +3 / 0 / 0$")

    def test_curves(self):
        self.run_fine("eval", "predictions", "labels", "--curves", "out/curves.png")
        self.assertEqual(png_size(self.path("out/curves.png"))[0] % 3, 0)
        self.run_fine("eval", "predictions", "labels", "--json", "--curves", "curves.png")
        done = self.run_command("eval", "predictions", "labels", "--lidar", "--curves", "one.png")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertLess(png_size(self.path("one.png"))[0], png_size(self.path("curves.png"))[0])

    def test_frames_that_miss_their_other_half(self):
        self.write("labels/7.txt", LABEL)
        for k in range(10, 15):
            self.write(f"predictions/{k}.txt", BOX)
        notes, table = self.notes("predictions", "labels")
        self.assertIn("1 of the frames in labels without predictions, left out: 7\n", notes)
        self.assertIn("5 of the frames in predictions without labels, left out: 10, 11, 12 and 2 "
                      "more\n", notes)
        self.assertIn("3 frames: 3 labels", table)
        notes, out = self.notes("predictions", "labels", "--missing-are-empty", "--json")
        report = json.loads(out)
        self.assertEqual((report["frames"], report["label_count"]), (4, 4))
        self.assertEqual(report["frames_without_predictions"], ["7"])
        self.assertEqual(report["frames_without_labels"], ["10", "11", "12", "13", "14"])
        self.assertEqual([r["missed"] for r in report["results"] if r["class"] == "Car"], [1] * 15)

    def test_empty_files_are_frames(self):
        for k in range(3):
            self.write(f"predictions/{k}.txt", "")
        report = json.loads(self.run_fine("eval", "predictions", "labels", "--json"))
        self.assertEqual((report["frames"], report["prediction_count"]), (3, 0))
        self.assertEqual(report["results"][0]["ap_r40"], 0)
        self.assertEqual(report["results"][0]["missed"], 3)

    def test_detections_as_json_need_the_calibration(self):
        self.write("boxes.jsonl", "".join(detections(f"sweeps/{k}.bin") for k in range(3)))
        self.write("calib.txt", CALIB)
        self.assert_refused(WRONG_USE, "eval", "boxes.jsonl", "labels", says=["--calib", "--lidar"])
        done = json.loads(self.run_fine("eval", "boxes.jsonl", "labels", "--calib", "calib.txt",
                                        "--json"))
        self.assertEqual(done["prediction_count"], 3)
        for k in range(3):
            self.write(f"calib/{k}.txt", CALIB)
        again = json.loads(self.run_fine("eval", "boxes.jsonl", "labels", "--calib", "calib",
                                         "--json"))
        self.assertEqual(again, done)

    def test_empty_2d_boxes_are_projected(self):
        self.write("calib.txt", CALIB)
        for k in range(3):
            self.write(f"predictions/{k}.txt", UNSEEN_BOX)
        self.assert_refused(WRONG_USE, "eval", "predictions", "labels", says=["--calib", "--lidar"])
        report = json.loads(self.run_fine("eval", "predictions", "labels", "--calib", "calib.txt",
                                          "--json"))
        cell, = [r for r in report["results"] if (r["class"], r["metric"], r["difficulty"],
                                                  r["min_overlap"]) == ("Car", "3D", "easy", .7)]
        self.assertEqual((cell["found"], cell["missed"], cell["false"]), (3, 0, 0))

    def test_classes_that_are_not_evaluated(self):
        self.write("predictions/1.txt", BOX + BOX.replace("Car", "class_7"))
        notes, _ = self.notes("predictions", "labels")
        self.assertEqual(notes, "colonnade: 1 of 4 predictions are of classes that aren't "
                                "evaluated, left out: class_7\n")


class BadInput(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("labels/000001.txt", LABEL)
        self.write("predictions/000001.txt", BOX)

    def refused(self, *words, says=()):
        self.assertEqual(self.assert_refused(WRONG_USE, "eval", *words, says=says), "")

    def test_folders(self):
        self.path("empty").mkdir()
        self.refused("empty", "labels", says=["empty", "holds no .txt"])
        self.refused("predictions", "empty", says=["empty", "holds no .txt"])
        self.refused("nowhere", "labels", says="nowhere")
        self.refused("predictions", "nowhere", says="nowhere")
        self.write("mixed/1.txt", BOX)
        self.write("mixed/1.json", detections("1.bin"))
        self.refused("mixed", "labels", says=["mixed", "both"])
        self.write("other/2.txt", BOX)
        done = self.run_command("eval", "other", "labels")
        self.assertEqual(done.returncode, WRONG_USE)
        self.assertIn("no frame is in labels too", done.stderr.decode())

    def test_swapped(self):
        self.refused("labels", "predictions", says=["labels/000001.txt:1", "16 columns", "score"])

    def test_labels_without_2d_boxes_name_the_lidar_mode(self):
        self.write("labels/000001.txt", LABEL.replace("600 150 700 250", "-1 -1 -1 -1"))
        self.refused("predictions", "labels", says=["labels", "box in the image", "--lidar"])
        self.write("labels/000001.txt", LABEL.replace("600 150 700 250", "0 0 0 0"))
        self.refused("predictions", "labels", says="--lidar")
        self.write("labels/000001.txt", CUSTOM)
        self.refused("predictions", "labels", says=["KITTI's form", "--lidar"])

    def test_damaged_lines(self):
        for text, says in (
                ("Car 0 0", ["expected 15 columns", "found 3"]),
                (LABEL.replace("20", "far"), ["z: expected a finite number", "'far'"]),
                (LABEL.replace("20", "nan"), ["z: expected a finite number", "'nan'"]),
                (LABEL.replace("1.6", "-1.6"), ["width: expected 0 or more metres"]),
                (LABEL.replace("Car 0 0", "Car 0 0.5"), ["occluded: expected a whole number"]),
                (LABEL[:-1] + " 1 2\n", ["expected 15 columns", "found 17"]),
                ("\0\xff\n", ["expected 15 columns"])):
            self.write("labels/000001.txt", LABEL + "\n" + text)
            self.refused("predictions", "labels", says=["labels/000001.txt:3", *says])
        for text, says in ((BOX.replace("0.9", "nan"), "score: expected a finite number"),
                           (BOX.replace("0.9", "inf"), "score: expected a finite number"),
                           (BOX.replace(" 0.9", ""), "score")):
            self.write("labels/000001.txt", LABEL)
            self.write("predictions/000001.txt", BOX + text)
            self.refused("predictions", "labels", says=["predictions/000001.txt:2", says])

    def test_damaged_custom_texts(self):
        for text, says in (("1 2 3\n", ["expected 8 columns", "found 3"]),
                           (CUSTOM[:-1] + " 3 4 5\n", ["expected 8 columns", "found 11"]),
                           ("# x y z dx dy dz heading class points\n" + CUSTOM, "9 columns"),
                           (CUSTOM.replace("4", "wide"), "dx: expected a finite number")):
            self.write("texts/000001.txt", text)
            self.refused("predictions", "texts", "--lidar", says=["texts/000001.txt", *(
                [says] if isinstance(says, str) else says)])
        self.write("texts/000001.txt", CUSTOM)
        self.refused("texts", "labels", "--lidar", says=["texts/000001.txt:1", "score"])

    def test_damaged_json(self):
        good = detections("000001.bin")
        for text, says in ((good[:40] + "\n", "expected an object"), ("[]\n", "expected an object"),
                           ('{"file": 3, "boxes": []}\n', "expected an object"),
                           (good.replace('"score": 0.9', '"score": null'), "score"),
                           (good.replace('"score": 0.9, ', ""), "score"),
                           (good.replace('"label": "Car"', '"label": 1'), "label"),
                           (good.replace('"length": 4', '"length": -4'), "length"),
                           (good.replace('"x": 20', '"x": 1e999'), "expected"),
                           (good.replace('"boxes": [', '"boxes": [1, '), "box"),
                           (good, "second time")):
            self.write("boxes.jsonl", (good if text == good else detections("2.bin")) + text)
            self.refused("boxes.jsonl", "labels", "--lidar", says=["boxes.jsonl:2", says])
        self.write("boxes.jsonl", "\n")
        self.refused("boxes.jsonl", "labels", "--lidar", says="holds no frame")

    def test_unknown_classes(self):
        self.write("predictions/000001.txt", BOX.replace("Car", "class_0"))
        self.refused("predictions", "labels", says=["class_0", "Car, Pedestrian, Cyclist"])
        self.write("texts/000001.txt", CUSTOM)
        self.write("boxes.jsonl", detections("000001.bin", "tram"))
        self.refused("boxes.jsonl", "texts", "--lidar", says=["tram", "Car"])
        self.write("boxes.jsonl", detections("000001.bin"))
        for option in (["--threshold", "tram=0.5"], ["--neighbour", "Car=tram"]):
            self.refused("boxes.jsonl", "texts", "--lidar", *option, says=["tram"])

    def test_frames_of_different_axes(self):
        self.write("boxes.jsonl", detections("000001.bin"))
        self.refused("boxes.jsonl", "labels", "--lidar", says=["labels", "--calib"])
        self.write("calib/000002.txt", CALIB)
        self.refused("boxes.jsonl", "labels", "--lidar", "--calib", "calib", says="000001.txt")
        self.write("calib/000001.txt", CALIB.replace("0 -1 0 0 0 0 -1 0 1 0 0 0",
                                                     "0 -1 0 0 0 0 -1 0 0 0 0 0"))
        self.refused("boxes.jsonl", "labels", "--lidar", "--calib", "calib", says="inverted")

    def test_labels_without_clouds(self):
        self.write("texts/000001.txt", CUSTOM)
        self.write("boxes.jsonl", detections("000001.bin"))
        self.cloud("clouds/2.bin", [(1, 1, 1, 1)])
        base = "boxes.jsonl", "texts", "--lidar"
        self.refused(*base, "--clouds", "clouds", says=["clouds", "000001"])
        self.refused(*base, "--clouds", "nowhere", says="nowhere")
        self.refused(*base, "--min-points", "5", says=["000001", "--clouds"])
        self.write("clouds/000001.bin", b"short")
        self.refused(*base, "--clouds", "clouds", says="000001.bin")

    def test_options(self):
        base = "predictions", "labels"
        for words in (["--threshold", "0.5"], ["--within", "40"], ["--ranges", "0,20"],
                      ["--min-points", "3"], ["--neighbour", "Van=Car"], ["--clouds", "clouds"],
                      ["--point-ranges", "1,2"], ["--metric", "bev"]):
            self.refused(*base, *words, says="--lidar")
        for words, says in ((["--threshold", "1"], "below 1"), (["--threshold", "x"], "IoU"),
                            (["--threshold", "Car="], "CLASS=X"), (["--ranges", "20,0"], "rising"),
                            (["--ranges", "a"], "rising"), (["--neighbour", "Van"], "Van=Car"),
                            (["--metric", "distance", "--threshold", "0"], "above 0"),
                            (["--metric", "2d"], "metric"), (["--within", "-1"], "within")):
            self.refused(*base, "--lidar", *words, says=says)
        self.refused(*base, "--score", "nan", says="--score")
        self.refused(*base, "--image-size", "big", says="--image-size")
        self.refused(*base, "--curves", "/dev/null/x.png", says="/dev/null")
