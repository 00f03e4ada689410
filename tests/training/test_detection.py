"""Overlaps, NMS and average precision against plain code and by hand."""

import unittest

import numpy as np

from exporters import boxes as plain
from training.detection.overlap import iou_matrix
from training.detection.post import suppress
from training.evaluation.average_precision import Truth, curve, match
from training.settings import Post


def some_boxes(count, seed):
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.uniform((0, 0, -1), (6, 6, 1), (count, 3)),
                           rng.uniform((1, 0.5, 1), (5, 2, 2), (count, 3)),
                           rng.uniform(-4, 4, (count, 1))], 1).astype(np.float32)


GROUND = [0, 1, 3, 4, 6]


class Overlap(unittest.TestCase):
    def test_as_the_plain_one(self):
        one, other = some_boxes(25, 1), some_boxes(30, 2)
        for margin in (0.0, 0.01):
            found = iou_matrix(one, other, margin)
            wanted = [[plain.rotated_iou(a[GROUND], b[GROUND], margin) for b in other] for a in one]
            np.testing.assert_allclose(found, wanted, atol=1e-6)
        self.assertGreater((found > 0.1).sum(), 50)

    def test_a_box_and_itself(self):
        boxes = some_boxes(20, 4)
        np.testing.assert_allclose(np.diag(iou_matrix(boxes, boxes)), 1, atol=1e-5)
        np.testing.assert_allclose(np.diag(iou_matrix(boxes, boxes, volume=True)), 1, atol=1e-5)

    def test_volume(self):
        box = np.array([[0, 0, 0, 2, 2, 2, 0.3]])
        self.assertAlmostEqual(iou_matrix(box, box + [[0, 0, 1, 0, 0, 0, 0]], volume=True)[0, 0],
                               1 / 3, places=6)

    def test_nms_as_the_plain_one(self):
        boxes = some_boxes(60, 3)
        wanted = plain.nms(boxes[:, GROUND], lambda a, b: plain.rotated_iou(a, b, 0.01) > 0.2)
        self.assertEqual(suppress(boxes, Post(nms_threshold=0.2)).tolist(), wanted)
        self.assertEqual(suppress(boxes, Post(nms_threshold=0.2, max_boxes=3)).tolist(), wanted[:3])


class AveragePrecision(unittest.TestCase):
    def frame(self, hits, misses, objects, counts=None):
        """`objects` boxes 10 m apart; detections on the first `hits` of them, `misses` far away."""
        truth = np.zeros((objects, 7))
        truth[:, 0], truth[:, 3:6] = 10 * np.arange(objects), (4, 2, 1.5)
        away = np.array([[-50 - 10 * i, 0, 0, 4, 2, 1.5, 0] for i in range(misses)]).reshape(-1, 7)
        boxes = np.concatenate([truth[:hits], away])
        return boxes, Truth(truth, np.ones(objects, bool) if counts is None else np.array(counts))

    def test_by_hand(self):
        boxes, truth = self.frame(2, 1, 4)
        # Right, wrong, right: precision 1 up to recall 1/4, then 2/3 up to 1/2, then nothing.
        order = [0, 2, 1]
        found = curve([(boxes[order], np.array([0.9, 0.8, 0.7]), truth)], 0.7)
        self.assertAlmostEqual(found.average_precision, 100 * (10 + 10 * 2 / 3) / 40)

    def test_all_found_and_none(self):
        boxes, truth = self.frame(3, 0, 3)
        self.assertAlmostEqual(curve([(boxes, np.ones(3), truth)], 0.7).average_precision, 100)
        boxes, truth = self.frame(0, 0, 3)
        self.assertEqual(curve([(boxes, np.ones(0), truth)], 0.7).average_precision, 0)

    def test_a_second_box_on_an_object_is_wrong(self):
        boxes, truth = self.frame(1, 0, 1)
        self.assertEqual(match(np.concatenate([boxes, boxes]), truth, 0.7, True).tolist(), [1, 0])

    def test_what_does_not_count(self):
        boxes, truth = self.frame(2, 0, 2, [True, False])
        found = curve([(boxes, np.array([0.5, 0.9]), truth)], 0.7)
        self.assertEqual((found.objects, len(found.scores)), (1, 1))
        self.assertAlmostEqual(found.average_precision, 100)


if __name__ == "__main__":
    unittest.main()
