"""An endless row of batches out of a seed. Batch n of a lane is a function of settings, lane and n
alone, so that training resumed at any batch sees what it would have seen."""

import dataclasses
import itertools

import numpy as np

from .augment import Augmentation, augment
from .crop import crop
from .paste import cut_out, paste
from .simulator import SimulatorStream

FEW_POINTS = 30


@dataclasses.dataclass(frozen=True)
class DataSettings:
    """A frame is used in about batch / fresh batches' worth of samples, each time augmented anew."""

    simulator: str
    seed: int
    lanes: int
    batch: int
    window: tuple  # rows, columns
    fresh: int  # new frames a batch
    pool: int  # frames that a batch is drawn from
    min_points: int  # of an object that counts: fewer are as good as clutter
    pasted: tuple  # at most, of each class, from other frames
    full_view: int = 5  # each so-many-th frame is the whole turn, the others the camera's view
    augmentation: Augmentation = Augmentation()


@dataclasses.dataclass
class Pooled:
    frame: object
    labels: np.ndarray
    objects: list


@dataclasses.dataclass
class Batch:
    """B samples. boxes and labels are padded with label 0 to the longest sample's M."""

    points: np.ndarray  # float32 [N, 4]
    counts: np.ndarray  # int64 [B]: points of each sample, which follow each other
    boxes: np.ndarray  # float32 [B, M, 7]
    labels: np.ndarray  # int64 [B, M]
    origin: np.ndarray  # int64 [B, 2]


def collate(samples):
    width = max(1, *(len(s.labels) for s in samples))
    boxes = np.zeros((len(samples), width, 7), np.float32)
    labels = np.zeros((len(samples), width), np.int64)
    for i, s in enumerate(samples):
        boxes[i, :len(s.labels)], labels[i, :len(s.labels)] = s.boxes, s.labels
    return Batch(np.concatenate([s.points for s in samples]),
                 np.array([len(s.points) for s in samples], np.int64), boxes, labels,
                 np.stack([s.origin for s in samples]))


class Lane:
    """Lane `number` from batch `first` on. close() ends its simulators."""

    def __init__(self, model, settings, number, first=0):
        self.model, self.settings, self.number, self.next = model, settings, number, first
        frame = first * settings.fresh
        full = frame // settings.full_view
        seeds = 2 * (settings.seed * 4096 + number)
        self.views = [SimulatorStream(settings.simulator, view, seeds + i, start)
                      for i, (view, start) in enumerate((("camera", frame - full), ("full", full)))]
        self.frame, self.pool = frame, []

    def advance(self, frames):
        for _ in range(frames):
            full = self.frame % self.settings.full_view == self.settings.full_view - 1
            frame = next(self.views[1 if full else 0])
            labels = frame.labels(self.model.classes, self.settings.min_points)
            self.pool.append(Pooled(frame, labels, cut_out(frame, labels)))
            self.frame += 1
        del self.pool[:-self.settings.pool]

    def sample(self, rng):
        settings, item = self.settings, self.pool[rng.integers(len(self.pool))]
        most = {k + 1: int(rng.integers(n + 1)) for k, n in enumerate(settings.pasted)}
        others = [self.pool[i].objects for i in rng.integers(len(self.pool), size=24)]
        # Cars are plenty; those of few points are what a detector misses.
        offered = [o for o in itertools.chain.from_iterable(others)
                   if o.label > 1 or len(o.points) < FEW_POINTS or rng.random() < 0.4]
        rng.shuffle(offered)
        points, boxes, labels = paste(item.frame.points, item.frame.boxes, item.labels, offered,
                                      most)
        points, boxes = augment(points, boxes, rng, settings.augmentation)
        return crop(points, boxes, labels, self.model.grid, settings.window, rng)

    def __next__(self):
        self.advance(self.settings.fresh if self.pool else self.settings.pool)
        rng = np.random.default_rng([self.settings.seed, self.number, self.next])
        self.next += 1
        return collate([self.sample(rng) for _ in range(self.settings.batch)])

    def close(self):
        for view in self.views:
            view.close()
