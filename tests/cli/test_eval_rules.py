"""eval by KITTI's protocol: each rule has a case that another rule would count otherwise."""

import json
import math

from command import CommandTest


def label(kind="Car", x=0.0, z=20.0, tall=60, occluded=0, truncated=0.0, left=None):
    """Objects 10 m apart in x don't touch, in the image either."""
    left = 600 + 30 * x if left is None else left
    h, w, l = {"Car": (1.5, 1.6, 4), "Van": (1.5, 1.6, 4), "Truck": (1.5, 1.6, 4)}.get(
        kind, (1.75, .6, .8))
    return (f"{kind} {truncated} {occluded} 0 {left} 150 {left + 100} {150 + tall} {h} {w} {l} "
            f"{x} 1.7 {z} 0\n")


def prediction(score=.9, alpha=0.0, **where):
    words = label(**where).split()
    words[1:4] = "-1", "-1", str(alpha)
    return " ".join(words + [str(score)]) + "\n"


REGION = "DontCare -1 -1 -10 700 100 900 300 -1 -1 -1 -1000 -1000 -1000 -10\n"


class Rules(CommandTest):
    def cells(self, labels, predictions, *words):
        """{(class, metric, difficulty): result} with strict overlaps, of one frame."""
        self.write("labels/0.txt", labels)
        self.write("predictions/0.txt", predictions)
        return self.again(*words)

    def again(self, *words):
        report = json.loads(self.run_fine("eval", "predictions", "labels", "--json", *words))
        strict = {"Car": .7, "Pedestrian": .5, "Cyclist": .5}
        return {(r["class"], r["metric"], r["difficulty"]): r for r in report["results"]
                if r["min_overlap"] == strict[r["class"]]}

    def counts(self, labels, predictions, kind="Car", metric="3D", difficulty="easy"):
        cell = self.cells(labels, predictions)[kind, metric, difficulty]
        return cell["found"], cell["missed"], cell["false"]

    def test_perfect_predictions_give_100(self):
        kinds = ["Car", "Pedestrian", "Cyclist"]
        for k in range(90):
            self.write(f"labels/{k}.txt", "".join(label(kind, x=10 * i)
                                                  for i, kind in enumerate(kinds)))
            self.write(f"predictions/{k}.txt", "".join(
                prediction(kind=kind, x=10 * i, score=.01 * k + .05) for i, kind in enumerate(kinds)))
        cells = self.again()
        self.assertEqual(len(cells), 27)
        for where, cell in cells.items():
            self.assertEqual(cell["labels"], 90)
            averages = [cell["ap_r40"], cell["ap_r11"]]
            averages += [cell["aos_r40"], cell["aos_r11"]] if where[1] == "2D" else []
            for average in averages:
                self.assertAlmostEqual(average, 100, msg=where)

    def test_without_labels_there_is_no_average(self):
        cells = self.cells(label(), prediction())
        self.assertIsNone(cells["Pedestrian", "3D", "easy"]["ap_r40"])
        self.assertEqual(cells["Pedestrian", "3D", "easy"]["labels"], 0)
        self.assertIsNotNone(cells["Car", "3D", "easy"]["ap_r40"])
        table = self.run_fine("eval", "predictions", "labels")
        self.assertRegex(table, r"(?m)^Pedestrian .*\n  labels +0 +0 +0\n  2D   @0.50 +- +- +-$")

    def test_missed_and_false(self):
        self.assertEqual(self.counts(label(), prediction()), (1, 0, 0))
        self.assertEqual(self.counts(label(), prediction(x=30)), (0, 1, 1))
        self.assertEqual(self.counts(label(), ""), (0, 1, 0))

    def test_the_second_prediction_of_one_label_is_false(self):
        self.assertEqual(self.counts(label(), prediction() + prediction(score=.8)), (1, 0, 1))

    def test_below_the_score_nothing_counts(self):
        both = prediction(score=.2) + prediction(x=30, score=.1)
        self.assertEqual(self.counts(label(), both), (0, 1, 0))
        cell = self.cells(label(), both, "--score", "0.15")["Car", "3D", "easy"]
        self.assertEqual((cell["found"], cell["missed"], cell["false"]), (1, 0, 0))

    def test_a_neighbour_is_neither_found_nor_false(self):
        self.assertEqual(self.counts(label("Van"), prediction()), (0, 0, 0))
        self.assertEqual(self.counts(label("Person_sitting"), prediction(kind="Pedestrian"),
                                     "Pedestrian"), (0, 0, 0))
        # Others are.
        self.assertEqual(self.counts(label("Truck"), prediction()), (0, 0, 1))
        self.assertEqual(self.counts(label("Person_sitting"), prediction(kind="Cyclist"),
                                     "Cyclist"), (0, 0, 1))

    def test_the_class_is_its_own(self):
        self.assertEqual(self.counts(label("Pedestrian"), prediction(kind="Cyclist"), "Cyclist"),
                         (0, 0, 1))

    def test_dont_care_in_the_image(self):
        inside = prediction(x=30, left=710)
        for metric, false in (("2D", 0), ("BEV", 1), ("3D", 1)):
            self.assertEqual(self.counts(label() + REGION, prediction() + inside, metric=metric),
                             (1, 0, false), metric)
        self.assertEqual(self.counts(label(), prediction() + inside, metric="2D"), (1, 0, 1))
        half = prediction(x=30, left=670)  # 70 of its 100 columns inside: not more than 0.7.
        self.assertEqual(self.counts(label() + REGION, prediction() + half, metric="2D"), (1, 0, 1))

    def test_a_label_that_is_too_hard_is_ignored(self):
        rows = [({"occluded": 1}, "easy"), ({"occluded": 2}, "moderate"), ({"occluded": 3}, "hard"),
                ({"truncated": .2}, "easy"), ({"truncated": .4}, "moderate"),
                ({"truncated": .6}, "hard"), ({"tall": 40}, "easy"), ({"tall": 25}, "moderate")]
        levels = ["easy", "moderate", "hard"]
        for how, ignored_up_to in rows:
            for k, level in enumerate(levels):
                # The prediction is tall enough for every level.
                found = prediction(tall=45)
                expected = (0, 0, 0) if k <= levels.index(ignored_up_to) else (1, 0, 0)
                if how.get("tall") == 25:
                    expected = (0, 0, 0)
                self.assertEqual(self.counts(label(**how), found, difficulty=level), expected,
                                 (how, level))
                if expected == (0, 0, 0):
                    self.assertEqual(self.counts(label(**how), "", difficulty=level), (0, 0, 0))

    def test_a_prediction_that_is_too_low_is_ignored(self):
        low = prediction(x=30, tall=30)
        self.assertEqual(self.counts(label(), prediction() + low), (1, 0, 0))
        self.assertEqual(self.counts(label(), prediction() + low, difficulty="moderate"), (1, 0, 1))
        # It takes the label, too: that one is neither found nor missed.
        self.assertEqual(self.counts(label(), prediction(tall=30)), (0, 0, 0))
        # Of whatever class it is.
        self.assertEqual(self.counts(label(), prediction(kind="Cyclist", tall=30)), (0, 1, 0))
        self.write("predictions/0.txt", prediction().replace("Car", "Cyclist").replace("210", "180"))
        cell = self.again()["Car", "3D", "easy"]
        self.assertEqual((cell["found"], cell["missed"], cell["false"]), (0, 0, 0))

    def test_the_greatest_overlap_wins_not_the_score(self):
        near = prediction(x=.2, score=.5)
        off = prediction(x=.5, score=.9)
        self.assertEqual(self.counts(label(), off + near), (1, 0, 1))
        cell = self.cells(label() + label(x=1.0, occluded=3), off + near)["Car", "3D", "easy"]
        # `near` goes to the label, which leaves `off` to the ignored one.
        self.assertEqual((cell["found"], cell["missed"], cell["false"]), (1, 0, 0))

    def test_orientation(self):
        def aos(turn):
            self.write("labels/0.txt", "".join(label(x=10 * k) for k in range(45)))
            self.write("predictions/0.txt", "".join(prediction(x=10 * k, alpha=turn)
                                                    for k in range(45)))
            cell = self.again()["Car", "2D", "easy"]
            self.assertAlmostEqual(cell["ap_r40"], 100)
            return cell["aos_r40"]
        self.assertAlmostEqual(aos(0), 100)
        self.assertAlmostEqual(aos(math.pi / 2), 50)
        self.assertAlmostEqual(aos(math.pi), 0)

    def test_heights_count_in_space_only(self):
        raised = prediction().replace(" 1.7 ", " 0.7 ")
        self.assertEqual(self.counts(label(), raised), (0, 1, 1))
        self.assertEqual(self.counts(label(), raised, metric="BEV"), (1, 0, 0))

    def test_small_letters(self):
        self.assertEqual(self.counts(label().replace("Car", "car"), prediction()), (1, 0, 0))
