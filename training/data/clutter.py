"""Returns that belong to nothing a class has: twigs, wires, spray, what is seen of a wall or a kerb
between two other things. Real sweeps are full of them, and a handful of points mustn't be a person."""

import dataclasses

import numpy as np

from .geometry import inside

AROUND_OBJECTS = 0.4  # metres that stay free


@dataclasses.dataclass(frozen=True)
class Clutter:
    """Of a whole turn; a crop to the camera gets its quarter. Drawn from 0 to these."""

    specks: int = 160
    fragments: int = 48
    most_points: int = 14

    def times(self, factor):
        return dataclasses.replace(self, specks=round(factor * self.specks),
                                   fragments=round(factor * self.fragments))


def speck(rng, count):
    """A loose bunch."""
    size = rng.uniform(0.03, 0.5, 3) * (1, 1, rng.uniform(0.5, 2))
    return rng.normal(0, 1, (count, 3)) * size


def fragment(rng, count):
    """A piece of something straight, in one or a few rings."""
    along = rng.uniform(-0.5, 0.5, count) * rng.uniform(0.4, 4)
    angle = rng.uniform(0, np.pi)
    rings = rng.integers(0, rng.integers(1, 5), count) * rng.uniform(0.1, 0.4)
    return np.stack([along * np.cos(angle), along * np.sin(angle), rings], 1) + rng.normal(
        0, 0.02, (count, 3))


def add_clutter(points, boxes, rng, settings):
    """Each piece lies before or behind a return of the sweep, up to 1.5 m higher: where the sensor
    looks, at heights that things have."""
    if not len(points) or not settings.specks + settings.fragments:
        return points
    share = 0.25 if (points[:, 0] > 0).all() else 1.0
    pieces = [points]
    for make, most in ((speck, settings.specks), (fragment, settings.fragments)):
        for _ in range(rng.integers(round(most * share) + 1)):
            at = points[rng.integers(len(points))]
            own = make(rng, int(rng.integers(1, settings.most_points + 1)))
            own[:, :2] += at[:2] * rng.uniform(0.6, 1.5)
            own[:, 2] += at[2] + rng.uniform(-0.1, 1.5)
            strength = 0.0 if rng.random() < 0.5 else rng.uniform(0, 0.5)
            pieces.append(np.concatenate([own, np.full((len(own), 1), strength)], 1))
    added = np.concatenate(pieces[1:]).astype(np.float32) if len(pieces) > 1 else points[:0]
    for box in boxes:
        added = np.delete(added, inside(added, box, AROUND_OBJECTS), 0)
    return np.concatenate([points, added])
