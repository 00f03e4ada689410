"""Frames, their augmentation and the lanes of batches."""

import dataclasses
import io
import unittest

import numpy as np

import small
from training.data import geometry
from training.data.augment import Augmentation, augment, move
from training.data.clutter import Clutter, add_clutter
from training.data.crop import crop
from training.data.frames import HEADER, NAMES, Frame, read_frame
from training.data.lane import DataSettings, Lane
from training.data.paste import cut_out, paste
from training.errors import UserError
from training.settings import kitti3

CLASSES = ("Car", "Pedestrian", "Cyclist")


def frame_of(boxes, names, counts, seed=0):
    """Ground, and fifty points in each box."""
    rng = np.random.default_rng(seed)
    parts = [rng.uniform((0, -20, -1.75), (40, 20, -1.7), (4000, 3))]
    for box in boxes:
        local = rng.uniform(-0.5, 0.5, (50, 3)) * box[3:6]
        local[:, :2] = geometry.rotate(local[:, :2], box[6])
        parts.append(local + box[:3])
    xyz = np.concatenate(parts)
    points = np.concatenate([xyz, rng.uniform(0, 1, (len(xyz), 1))], 1).astype(np.float32)
    return Frame(points, np.array(boxes, np.float32).reshape(-1, 7),
                 np.array([NAMES.index(n) for n in names]), np.array(counts),
                 np.zeros(len(boxes), int))


CAR = (10, 3, -0.95, 4.0, 1.7, 1.5, 0.4)
WALKER = (15, -6, -0.85, 0.7, 0.6, 1.7, 2.0)


class Stream(unittest.TestCase):
    def record(self):
        head = HEADER.pack(b"CLSF", 1, 7, 2, 1, 1, 0)
        row = np.array([*CAR, 3, 0.1, 0, 9, 1], "<f4")
        return head + np.arange(8, dtype="<f4").tobytes() + row.tobytes()

    def test_reads_a_record(self):
        frame = read_frame(io.BytesIO(self.record()).read)
        np.testing.assert_array_equal(frame.points, np.arange(8).reshape(2, 4))
        np.testing.assert_allclose(frame.boxes[0], CAR, rtol=1e-6)
        self.assertEqual((frame.names[0], frame.counts[0], frame.difficulty[0], frame.cropped),
                         (3, 9, 1, True))

    def test_ends(self):
        self.assertIsNone(read_frame(io.BytesIO(b"").read))

    def test_refuses_half_a_record_and_others(self):
        for content, says in ((self.record()[:-5], "ends inside frame 7"),
                              (self.record()[:20], "inside a frame's head"),
                              (b"XXXX" + self.record()[4:], "expected a frame 'CLSF'")):
            with self.assertRaisesRegex(UserError, says):
                read_frame(io.BytesIO(content).read)

    def test_labels(self):
        frame = frame_of([CAR] * 5, ["Car", "Car", "Van", "Person_sitting", "Cyclist"],
                         [50, 2, 50, 50, 50])
        self.assertEqual(frame.labels(CLASSES, 5).tolist(), [1, -1, 0, -2, 3])


class Augmenting(unittest.TestCase):
    def test_points_stay_in_their_boxes(self):
        frame = frame_of([CAR, WALKER], ["Car", "Pedestrian"], [50, 50])
        settings = Augmentation(thinned=0)  # Clutter keeps away from objects.
        for seed in range(20):
            points, boxes = augment(frame.points, frame.boxes, np.random.default_rng(seed), settings)
            for before, after in zip(frame.boxes, boxes):
                self.assertEqual(len(geometry.inside(points, after, 1e-3)),
                                 len(geometry.inside(frame.points, before, 1e-3)))

    def test_mirrored_turned_scaled_shifted(self):
        points, boxes = move(np.array([[10, 2, 0, 1]], np.float32), np.array([CAR], np.float32),
                             np.random.default_rng(0), Augmentation(1, 0, (2, 2), 0))
        np.testing.assert_allclose(points, [[20, -4, 0, 1]])
        np.testing.assert_allclose(boxes[0], [20, -6, -1.9, 8, 3.4, 3, -0.4], rtol=1e-6)

    def test_clutter_is_where_returns_are(self):
        frame = frame_of([CAR, WALKER], ["Car", "Pedestrian"], [50, 50])
        settings = Clutter(specks=40, fragments=20, most_points=5)
        added = [add_clutter(frame.points, frame.boxes, np.random.default_rng(seed), settings)
                 for seed in range(20)]
        before = len(frame.points)
        self.assertGreater(max(map(len, added)), before + 20)
        for points in added:
            np.testing.assert_array_equal(points[:before], frame.points)
            self.assertLessEqual(len(points), before + 60 * 5)
            self.assertTrue(((points[:, 3] >= 0) & (points[:, 3] <= 1)).all())
            self.assertLess(np.abs(points[:, :3]).max(), 2 * np.abs(frame.points[:, :3]).max() + 8)

    def test_the_original_is_untouched(self):
        frame = frame_of([CAR], ["Car"], [50])
        points, boxes = frame.points.copy(), frame.boxes.copy()
        augment(frame.points, frame.boxes, np.random.default_rng(1), Augmentation())
        np.testing.assert_array_equal(frame.points, points)
        np.testing.assert_array_equal(frame.boxes, boxes)


class Pasting(unittest.TestCase):
    def setUp(self):
        self.frame = frame_of([CAR], ["Car"], [50])
        self.other = frame_of([(22, -5, 0.05, 4, 1.7, 1.5, 1), CAR], ["Car", "Car"], [50, 50], 1)
        self.offered = cut_out(self.other, [1, 1])

    def test_stands_on_the_ground_and_overlaps_nothing(self):
        points, boxes, labels = paste(self.frame.points, self.frame.boxes, np.array([1]),
                                      self.offered, {1: 5})
        self.assertEqual(labels.tolist(), [1, 1])  # The one on the car that's there is left out.
        self.assertAlmostEqual(float(boxes[1, 2] - boxes[1, 5] / 2), -1.75, delta=0.05)
        self.assertGreaterEqual(len(geometry.inside(points, boxes[1], 0.01)), 50)

    def test_no_more_than_asked_for(self):
        self.assertEqual(len(paste(self.frame.points, self.frame.boxes, np.array([1]),
                                   self.offered, {1: 0})[1]), 1)

    def test_overlap_of_turned_rectangles(self):
        one = np.array([0, 0, 0, 4, 1, 1, 0], np.float32)
        for x, y, yaw, wanted in ((0, 0.9, 0, True), (0, 1.1, 0, False), (2.4, 0, np.pi / 2, True),
                                  (2.6, 0, np.pi / 2, False), (2.6, 1.4, np.pi / 4, True),
                                  (2.6, 2.4, np.pi / 4, False)):
            other = np.array([[x, y, 0, 4, 1, 1, yaw]], np.float32)
            self.assertEqual(geometry.overlaps_any(one, other), wanted, (x, y, yaw))


class Cropping(unittest.TestCase):
    def test_windows(self):
        frame = frame_of([CAR, WALKER], ["Car", "Pedestrian"], [50, 50])
        grid, rng, held = kitti3().grid, np.random.default_rng(0), 0
        for _ in range(40):
            found = crop(frame.points, frame.boxes, np.array([1, 2]), grid, (64, 96), rng)
            self.assertTrue((found.origin % 2 == 0).all())
            low = np.array(grid.min[:2]) + found.origin * 0.16
            self.assertTrue((found.points[:, :2] >= low - 0.21).all())
            self.assertTrue((found.points[:, :2] < low + (96 * 0.16 + 0.21, 64 * 0.16 + 0.21)).all())
            inside = ((found.boxes[:, :2] >= low) & (found.boxes[:, :2] < low + (15.36, 10.24))).all(1)
            np.testing.assert_array_equal(found.labels > 0, inside)
            held += inside.any()
        self.assertGreater(held, 25)

    def test_all_of_the_grid(self):
        frame = frame_of([CAR], ["Car"], [50])
        found = crop(frame.points, frame.boxes, np.array([1]), kitti3().grid, (496, 432),
                     np.random.default_rng(0))
        self.assertEqual((found.origin.tolist(), found.labels.tolist()), ([0, 0], [1]))


class Lanes(unittest.TestCase):
    def test_a_resumed_lane_gives_the_same(self):
        settings = DataSettings(str(small.program("COLONNADE_SIMULATOR")), 4, 1, 2, (256, 256), 2, 6, 5, (4, 5, 5))
        whole = Lane(kitti3(), settings, 0)
        self.addCleanup(whole.close)
        batches = [next(whole) for _ in range(4)]
        resumed = Lane(kitti3(), settings, 0, 3)
        self.addCleanup(resumed.close)
        again = next(resumed)
        for field in dataclasses.fields(again):
            np.testing.assert_array_equal(getattr(again, field.name),
                                          getattr(batches[3], field.name))
        self.assertFalse(np.array_equal(batches[2].points, batches[3].points))
        self.assertEqual(again.counts.sum(), len(again.points))


if __name__ == "__main__":
    unittest.main()
