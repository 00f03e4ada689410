"""A labelled frame, and the simulator's stream of them (simulator/stream.hpp)."""

import dataclasses
import struct

import numpy as np

from ..errors import UserError

NAMES = ("Car", "Van", "Truck", "Pedestrian", "Person_sitting", "Cyclist", "Misc")
# Neither right nor wrong as the class that it resembles, as in KITTI's protocol.
NEIGHBOURS = {"Person_sitting": "Pedestrian"}
DIFFICULTIES = ("easy", "moderate", "hard", "none")
HEADER = struct.Struct("<4sIQ4I")


@dataclasses.dataclass
class Frame:
    """Sensor frame, metres. boxes: x, y, z of the centre, length, width, height, yaw."""

    points: np.ndarray  # float32 [P, 4]: x, y, z, intensity
    boxes: np.ndarray  # float32 [M, 7]
    names: np.ndarray  # int64 [M]: index into NAMES
    counts: np.ndarray  # int64 [M]: points on the object
    difficulty: np.ndarray  # int64 [M]: index into DIFFICULTIES
    cropped: bool = False  # to the camera's view

    def labels(self, classes, min_points):
        """int64 [M]: k + 1 for the classes' k-th, -k - 1 where that is neither right nor wrong (a
        neighbour, or fewer than min_points), 0 for what isn't asked for."""
        found = np.zeros(len(self.boxes), np.int64)
        for k, name in enumerate(classes):
            for i, other in enumerate(NAMES):
                if other == name:
                    found[self.names == i] = k + 1
                elif NEIGHBOURS.get(other) == name:
                    found[self.names == i] = -k - 1
        return np.where(self.counts < min_points, -np.abs(found), found)


def read_frame(read):
    """The next of a stream; `read(n)` gives n bytes, or fewer at its end. None at the end."""
    head = read(HEADER.size)
    if not head:
        return None
    if len(head) < HEADER.size:
        raise UserError(f"the simulator's stream ends inside a frame's head, after {len(head)} of "
                        f"{HEADER.size} bytes")
    magic, version, index, points, labels, cropped, _ = HEADER.unpack(head)
    if magic != b"CLSF" or version != 1:
        raise UserError(f"the simulator's stream: expected a frame 'CLSF' of version 1, found "
                        f"{magic!r} {version}; trainer and simulator must be of one source")
    size = 16 * points + 48 * labels
    body = read(size)
    if len(body) < size:
        raise UserError(f"the simulator's stream ends inside frame {index}, after {len(body)} of "
                        f"{size} bytes")
    values = np.frombuffer(body, "<f4")
    rows = values[4 * points:].reshape(labels, 12)
    return Frame(values[:4 * points].reshape(points, 4), rows[:, :7], rows[:, 7].astype(np.int64),
                 rows[:, 10].astype(np.int64), rows[:, 11].astype(np.int64), bool(cropped))
