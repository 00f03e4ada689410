"""Frames from colonnade-simulate --stream as numpy arrays, for a trainer that draws them as it goes.

    for frame in frames("build/training/simulator/colonnade-simulate", seed=1, frames=1000):
        frame.points   # float32 [P, 4]: x, y, z (metres, sensor frame), intensity
        frame.labels   # float32 [L, 12]: the columns COLUMNS; class indexes CLASSES

A trainer with several worker processes gives each its own `first`: frames depend on seed and index
alone, so no two workers see the same one and a run can be repeated.
"""
import dataclasses
import struct
import subprocess
from typing import BinaryIO, Iterator, Optional

import numpy as np

CLASSES = ("Car", "Van", "Truck", "Pedestrian", "Person_sitting", "Cyclist", "Misc")
COLUMNS = ("x", "y", "z", "dx", "dy", "dz", "heading", "class", "occlusion", "truncation", "points",
           "difficulty")
STREETS = ("residential", "city", "rural", "highway")
HEADER = struct.Struct("<4sIQIIII")


@dataclasses.dataclass
class Frame:
    index: int
    points: np.ndarray
    labels: np.ndarray
    cropped: bool
    street: str


def read_exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise EOFError(f"the stream ends {size - len(data)} bytes before its frame does")
    return data


def read_frame(stream: BinaryIO) -> Optional[Frame]:
    """The next frame, or None at the stream's end. ValueError: not such a stream."""
    first = stream.read(1)
    if not first:
        return None
    magic, version, index, points, labels, cropped, street = HEADER.unpack(
        first + read_exactly(stream, HEADER.size - 1))
    if magic != b"CLSF" or version != 1:
        raise ValueError(f"expected a frame 'CLSF' of version 1, found {magic!r} of {version}")
    values = np.frombuffer(read_exactly(stream, 4 * (4 * points + 12 * labels)), "<f4")
    return Frame(index, values[:4 * points].reshape(-1, 4), values[4 * points:].reshape(-1, 12),
                 bool(cropped), STREETS[street])


def frames(program: str, *, seed: int, frames: int, first: int = 0, sensor: str = "hdl64e",
           view: str = "mixed", threads: int = 1, options: tuple = ()) -> Iterator[Frame]:
    """Runs the simulator and yields its frames; RuntimeError with its complaint if it fails."""
    command = [program, "--stream", "--seed", str(seed), "--frames", str(frames), "--first",
               str(first), "--sensor", sensor, "--view", view, "--threads", str(threads), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        while (frame := read_frame(process.stdout)) is not None:
            yield frame
        if process.wait() != 0:
            raise RuntimeError(process.stderr.read().decode().strip())
    finally:
        process.kill()  # A trainer that has had enough.
        process.wait()
        process.stdout.close()
        process.stderr.close()
