"""Lanes in processes of their own; batch i of the training is lane i % lanes' next."""

import multiprocessing
import queue
import signal
import threading

from .lane import Lane

AHEAD = 4


def _run_lane(connection, model, settings, number, first):
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # The trainer decides when to end.
    lane = None
    try:
        lane = Lane(model, settings, number, first)
        while True:
            connection.send(next(lane))
    except (BrokenPipeError, ConnectionResetError):
        pass  # The trainer has ended.
    except Exception as error:  # pylint: disable=broad-except
        connection.send(error)
    finally:
        if lane is not None:
            lane.close()


class Feeder:
    """Iterates over batches from batch `first` on, some of them made ahead. `convert(batch)` runs in
    the reading thread (to tensors, to pinned memory)."""

    def __init__(self, model, settings, first=0, convert=lambda batch: batch):
        context = multiprocessing.get_context("spawn")
        self.first, self.convert = first, convert
        self.connections, self.processes = [], []
        for number in range(settings.lanes):
            own_first = (first - number + settings.lanes - 1) // settings.lanes
            ours, theirs = context.Pipe(duplex=False)
            process = context.Process(target=_run_lane, daemon=True,
                                      args=(theirs, model, settings, number, max(own_first, 0)))
            process.start()
            theirs.close()
            self.connections.append(ours)
            self.processes.append(process)
        self.ready, self.closed = queue.Queue(AHEAD), False
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        index = self.first
        try:
            while not self.closed:
                batch = self.connections[index % len(self.connections)].recv()
                if isinstance(batch, Exception):
                    raise batch
                self._put(self.convert(batch))
                index += 1
        except EOFError:
            self._put(RuntimeError("a process that makes batches ended; memory may have run out"))
        except Exception as error:  # pylint: disable=broad-except
            self._put(error)

    def _put(self, item):
        while not self.closed:
            try:
                self.ready.put(item, timeout=0.2)
                return
            except queue.Full:
                pass

    def __next__(self):
        item = self.ready.get()
        if isinstance(item, Exception):
            raise item
        return item

    def close(self):
        self.closed = True
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.join()
        self.reader.join()
        for connection in self.connections:
            connection.close()
