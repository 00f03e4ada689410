"""Targets and losses against plain loops."""

import math
import unittest

import numpy as np
import torch

import small
from exporters import boxes as plain
from training.network.pillars import Window
from training.targets import anchors as anchor_places
from training.targets.assign import TargetAssigner
from training.targets.box_coder import decode, direction_bin, encode
from training.targets.losses import losses


def upright(box):
    """min x, min y, max x, max y of a box turned to the nearest quarter."""
    turned = abs(plain.limit_period(float(box[6]), 0.5)) >= np.pi / 4
    dx, dy = (box[4], box[3]) if turned else (box[3], box[4])
    return box[0] - dx / 2, box[1] - dy / 2, box[0] + dx / 2, box[1] + dy / 2


def iou(one, other):
    a, b = upright(one), upright(other)
    shared = (max(min(a[2], b[2]) - max(a[0], b[0]), 0)
              * max(min(a[3], b[3]) - max(a[1], b[1]), 0))
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def plain_labels(model, anchors, boxes, labels):
    """OpenPCDet's assign_targets_single, class by class, anchor by anchor: (label, box) of each."""
    kinds = len(model.head.anchors)
    found, chosen = [0] * len(anchors), [None] * len(anchors)
    for k, kind in enumerate(model.head.anchors):
        own = [b for b, label in zip(boxes, labels) if label == k + 1]
        ignored = [b for b, label in zip(boxes, labels) if label == -k - 1]
        mine = [i for i in range(len(anchors)) if i // model.head.rotations % kinds == k]
        table = np.array([[iou(anchors[i], b) for b in own] for i in mine]).reshape(len(mine), -1)
        best_of_box = table.max(0) if len(own) else []
        for row, i in zip(table, mine):
            best = row.max() if len(own) else 0.0
            forced = any(v > 1e-6 and v > b * (1 - 1e-6) for v, b in zip(row, best_of_box))
            found[i] = 0 if best < kind.unmatched else -1
            if any(iou(anchors[i], b) >= kind.unmatched for b in ignored):
                found[i] = -1
            if forced or best >= kind.matched:
                found[i], chosen[i] = k + 1, own[int(row.argmax())]
    return found, chosen


class Assignment(unittest.TestCase):
    def setUp(self):
        self.model = small.model()
        rng = np.random.default_rng(5)
        count = 9
        sizes = np.array([a.size for a in self.model.head.anchors])
        labels = rng.integers(1, 4, (2, count))
        boxes = np.zeros((2, count, 7), np.float32)
        boxes[..., :2] = rng.uniform((0, -3.8), (10.2, 3.8), (2, count, 2))
        boxes[..., 2] = -1
        boxes[..., 3:6] = sizes[labels - 1] * rng.uniform(0.85, 1.15, (2, count, 3))
        boxes[..., 6] = rng.uniform(-4, 4, (2, count))
        labels[0, 7:] *= -1  # Regions that don't count.
        labels[1, 6:] = 0  # Padding.
        self.boxes, self.labels = boxes, labels

    def assign(self, window):
        return TargetAssigner(self.model, "cpu")(window, torch.from_numpy(self.boxes),
                                                 torch.from_numpy(self.labels))

    def check(self, window):
        targets = self.assign(window)
        xs, ys = TargetAssigner(self.model, "cpu").positions(window)
        positives = 0
        for b in range(2):
            anchors = anchor_places.anchor_boxes(xs[b], ys[b], self.model.head)
            wanted, chosen = plain_labels(self.model, anchors.numpy(), self.boxes[b],
                                          self.labels[b])
            self.assertEqual(targets.labels[b].tolist(), wanted)
            mine = (targets.sample == b).nonzero()[:, 0]
            self.assertEqual(sorted(targets.anchor[mine].tolist()),
                             [i for i, label in enumerate(wanted) if label > 0])
            for p in mine.tolist():
                box = torch.from_numpy(chosen[int(targets.anchor[p])])
                torch.testing.assert_close(
                    targets.codes[p], encode(box, anchors[targets.anchor[p]]), rtol=1e-4, atol=1e-5)
                self.assertEqual(int(targets.direction[p]),
                                 int(direction_bin(box[6], self.model.head)))
            positives += len(mine)
        self.assertGreater(positives, 8)
        self.assertIn(-1, targets.labels[0].tolist())

    def test_whole_grid(self):
        self.check(small.whole(self.model, 2))

    def test_windows(self):
        window = Window(torch.tensor([[8, 4], [16, 16]]), 32, 40)
        low = np.array(self.model.grid.min[:2]) + window.origin.numpy() * 0.16
        inside = ((self.boxes[..., :2] > low[:, None])
                  & (self.boxes[..., :2] < low[:, None] + (40 * 0.16, 32 * 0.16))).all(-1)
        self.labels = np.where(inside, self.labels, -abs(self.labels))  # As crop.crop does.
        self.check(window)

    def test_anchors_of_openpcdet(self):
        xs, ys = anchor_places.axes(self.model)
        found = anchor_places.anchor_boxes(xs, ys, self.model.head).numpy()
        kinds = [(np.float32(a.bottom) + np.float32(a.size[2]) / 2, *a.size, yaw)
                 for a in self.model.head.anchors for yaw in a.rotations]
        wanted = plain.anchors(plain.spanning(0, 10.24, 32), plain.spanning(-3.84, 3.84, 24), kinds)
        np.testing.assert_array_equal(found, wanted)

    def test_no_box_at_all(self):
        self.labels[:] = 0
        targets = self.assign(small.whole(self.model, 2))
        self.assertEqual(int(targets.labels.abs().sum()), 0)
        maps = [torch.zeros(2, targets.labels.shape[1], n, requires_grad=True) for n in (3, 7, 2)]
        found = losses(maps, targets)
        found.total.backward()
        self.assertEqual(found.boxes.item(), 0)
        self.assertTrue(math.isfinite(found.total.item()))


class Coding(unittest.TestCase):
    def test_there_and_back(self):
        rng = np.random.default_rng(1)
        boxes, anchors = (torch.from_numpy(rng.uniform(0.5, 4, (50, 7)).astype(np.float32))
                          for _ in range(2))
        torch.testing.assert_close(decode(encode(boxes, anchors), anchors), boxes, rtol=1e-4,
                                   atol=1e-4)


class Loss(unittest.TestCase):
    def test_as_the_plain_sums(self):
        model = small.model()
        rng = np.random.default_rng(2)
        test = Assignment()
        test.setUp()
        targets = test.assign(small.whole(model, 2))
        count = targets.labels.shape[1]
        maps = [torch.from_numpy(rng.normal(0, 1, (2, count, n)).astype(np.float32))
                for n in (3, 7, 2)]
        found = losses(maps, targets)
        classes = boxes = direction = 0.0
        for b in range(2):
            labels = targets.labels[b].numpy()
            positives = max((labels > 0).sum(), 1)
            for a in np.flatnonzero(labels >= 0):
                for k in range(3):
                    p = 1 / (1 + math.exp(-float(maps[0][b, a, k])))
                    classes += (0.25 * (1 - p)**2 * -math.log(p) if labels[a] == k + 1
                                else 0.75 * p**2 * -math.log(1 - p)) / positives
            for i in (targets.sample == b).nonzero()[:, 0].tolist():
                a = int(targets.anchor[i])
                d = (maps[1][b, a] - targets.codes[i]).numpy().astype(float)
                d[6] = math.sin(d[6])
                boxes += sum(4.5 * v * v if abs(v) < 1 / 9 else abs(v) - 0.5 / 9
                             for v in d) / positives
                logits = maps[2][b, a].numpy().astype(float)
                direction -= (logits[int(targets.direction[i])]
                              - math.log(np.exp(logits).sum())) / positives
        for got, wanted in ((found.classes, classes / 2), (found.boxes, 2 * boxes / 2),
                            (found.direction, 0.2 * direction / 2)):
            self.assertAlmostEqual(float(got) / wanted, 1, places=4)


if __name__ == "__main__":
    unittest.main()
