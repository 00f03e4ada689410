"""colonnade-simulate as a source of frames."""

import os
import pathlib
import subprocess

from ..errors import UserError
from .frames import read_frame

BUILT = (pathlib.Path(__file__).resolve().parents[2]
         / "build" / "training" / "simulator" / "colonnade-simulate")
ENDLESS = 10**12


def find_simulator(path=None):
    """The program; UserError says how to build it."""
    program = pathlib.Path(path).resolve() if path else BUILT
    if not (program.is_file() and os.access(program, os.X_OK)):
        raise UserError(
            f"{program}: the simulator isn't there; build it with 'cmake -S . -B build "
            "-DCOLONNADE_SIMULATOR=ON && cmake --build build --target simulate_command' or name it "
            "with --simulator")
    return program


class SimulatorStream:
    """Frames `first`, `first` + 1, ... of a seed. The program runs ahead by what its pipe holds."""

    def __init__(self, program, view, seed, first=0, frames=ENDLESS, threads=1):
        self.command = [str(program), "--stream", "--view", view, "--seed", str(seed), "--first",
                        str(first), "--frames", str(frames), "--threads", str(threads)]
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, bufsize=1 << 20)

    def __iter__(self):
        return self

    def __next__(self):
        frame = read_frame(self.process.stdout.read)
        if frame is not None:
            return frame
        status = self.process.wait()
        if status != 0:
            raise UserError(f"{self.command[0]} ended with status {status}: "
                               f"{self.process.stderr.read().decode(errors='replace').strip()}")
        raise StopIteration

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()
