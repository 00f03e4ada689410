"""A lane in a process of its own: its orders on standard input, batches on standard output, both
pickled. It imports no torch, so that it starts at once and is small."""

import pickle
import sys

from .lane import Lane


def send(stream, item):
    """Length, then bytes: receive() on the other side."""
    content = pickle.dumps(item, pickle.HIGHEST_PROTOCOL)
    stream.write(len(content).to_bytes(8, "little"))
    stream.write(content)
    stream.flush()


def receive(stream):
    """EOFError where the other side has ended."""
    size = stream.read(8)
    content = stream.read(int.from_bytes(size, "little")) if len(size) == 8 else b""
    if not content:
        raise EOFError
    return pickle.loads(content)


def main():
    model, settings, number, first = receive(sys.stdin.buffer)
    lane = None
    try:
        lane = Lane(model, settings, number, first)
        while True:
            send(sys.stdout.buffer, next(lane))
    except BrokenPipeError:  # The trainer has ended.
        sys.stdout = None  # Or Python would flush it once more.
    except Exception as error:  # pylint: disable=broad-except
        send(sys.stdout.buffer, error)
    finally:
        if lane is not None:
            lane.close()


if __name__ == "__main__":
    main()
