"""Lanes in processes of their own; batch i of the training is lane i % lanes' next."""

import pathlib
import queue
import subprocess
import sys
import threading

from ..errors import UserError
from .lane_process import receive, send

AHEAD = 4
ROOT = pathlib.Path(__file__).resolve().parents[2]


class Feeder:
    """Iterates over batches from batch `first` on, some of them made ahead. `convert(batch)` runs in
    the reading thread (to tensors, to pinned memory)."""

    def __init__(self, model, settings, first=0, convert=lambda batch: batch):
        self.first, self.convert, self.processes = first, convert, []
        for number in range(settings.lanes):
            own_first = max((first - number + settings.lanes - 1) // settings.lanes, 0)
            # Out of the terminal's reach: Ctrl-C is the trainer's to answer.
            process = subprocess.Popen([sys.executable, "-m", "training.data.lane_process"], cwd=ROOT,
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                       start_new_session=True)
            send(process.stdin, (model, settings, number, own_first))
            self.processes.append(process)
        self.ready, self.closed = queue.Queue(AHEAD), False
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        index = self.first
        try:
            while not self.closed:
                batch = receive(self.processes[index % len(self.processes)].stdout)
                if isinstance(batch, Exception):
                    raise batch
                self._put(self.convert(batch))
                index += 1
        except EOFError:
            self._put(UserError("a process that makes batches ended; memory may have run out"))
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
            process.wait()
        self.reader.join()
        for process in self.processes:
            process.stdin.close()
            process.stdout.close()
