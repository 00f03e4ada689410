"""OpenPCDet's adam_onecycle: up to the full rate, then down to nothing; the momentum the other way."""

import dataclasses
import math

RISE, DIVISOR, LOWEST, MOMENTA = 0.4, 10.0, 1e-4, (0.95, 0.85)


def _between(first, last, share):
    return last + (first - last) * (1 + math.cos(math.pi * share)) / 2


def one_cycle(progress, rate):
    """(learning rate, first momentum) at `progress` from 0 to 1; `rate`: the largest."""
    progress = min(max(progress, 0.0), 1.0)
    if progress < RISE:
        share = progress / RISE
        return _between(rate / DIVISOR, rate, share), _between(*MOMENTA, share)
    share = (progress - RISE) / (1 - RISE)
    return _between(rate, rate * LOWEST, share), _between(*MOMENTA[::-1], share)


@dataclasses.dataclass(frozen=True)
class Budget:
    """How long to train: so many iterations, or so many seconds of training where `seconds` isn't 0
    (then a machine's speed decides how many iterations that is)."""

    iterations: int
    seconds: float = 0.0

    def progress(self, iteration, seconds):
        return seconds / self.seconds if self.seconds > 0 else iteration / self.iterations
