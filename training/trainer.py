"""The training itself: batches in, weights out."""

import dataclasses
import json
import os
import time

import torch

from . import checkpoint
from .data.augment import Augmentation
from .data.feeder import Feeder
from .data.lane import DataSettings
from .errors import UserError
from .network.pillars import Window
from .network.pointpillar import PointPillar
from .progress import Bar, clock
from .schedule import Budget, one_cycle
from .settings import kitti3
from .targets.assign import TargetAssigner
from .targets.losses import losses


@dataclasses.dataclass(frozen=True)
class TrainSettings:
    """What a run is. Two runs of equal settings on one machine give equal weights, in one piece or in
    several."""

    width: float = 1.0
    seed: int = 1
    batch: int = 4
    window: tuple = (256, 256)  # rows, columns; (496, 432) is the whole grid
    iterations: int = 20000
    budget_seconds: float = 0.0  # instead of iterations: see schedule.Budget
    rate: float = 0.003
    decay: float = 0.01
    clip: float = 10.0
    lanes: int = 1
    fresh: int = 1
    pool: int = 64
    min_points: int = 10  # of an object that counts
    no_intensity: float = 0.15  # share of the samples whose intensity is zero
    clutter: float = 1.0  # times the usual
    pasted: tuple = (4, 5, 5)  # at most, of each class, from other frames

    def data(self, simulator, augmentation=Augmentation()):
        augmentation = dataclasses.replace(augmentation, no_intensity=self.no_intensity,
                                           clutter=augmentation.clutter.times(self.clutter))
        return DataSettings(str(simulator), self.seed, self.lanes, self.batch, tuple(self.window),
                            self.fresh, self.pool, self.min_points, tuple(self.pasted),
                            augmentation=augmentation)


@dataclasses.dataclass
class TensorBatch:
    points: torch.Tensor
    counts: torch.Tensor
    boxes: torch.Tensor
    labels: torch.Tensor
    origin: torch.Tensor

    def to(self, device):
        return TensorBatch(*(getattr(self, f.name).to(device, non_blocking=True)
                             for f in dataclasses.fields(self)))

    @property
    def sample(self):
        """int64 [N]: which of the batch's each point belongs to."""
        rows = torch.arange(len(self.counts), device=self.counts.device)
        return torch.repeat_interleave(rows, self.counts, output_size=len(self.points))


def to_tensors(batch, pin):
    arrays = (batch.points, batch.counts, batch.boxes, batch.labels, batch.origin)
    tensors = [torch.from_numpy(a) for a in arrays]
    return TensorBatch(*(t.pin_memory() if pin else t for t in tensors))


class Sums:
    """Means over the iterations since the last look, kept on the device: no wait for it."""

    NAMES = ("loss", "classes", "boxes", "direction", "positives")

    def __init__(self, device):
        self.values, self.count = torch.zeros(len(self.NAMES), device=device), 0

    def add(self, found, positives):
        row = [found.total, found.classes, found.boxes, found.direction]
        self.values += torch.stack([*(v.detach() for v in row),
                                    torch.full_like(found.total.detach(), positives)])
        self.count += 1

    def take(self):
        means = (self.values / max(self.count, 1)).tolist()
        self.values.zero_()
        self.count = 0
        return dict(zip(self.NAMES, means))


class Trainer:
    """A run in the folder `out`. `model`: settings.Model, else KITTI's three classes at
    settings.width."""

    def __init__(self, settings, device, simulator, out, model=None, compile_network=False,
                 augmentation=Augmentation()):
        self.settings, self.device, self.out = settings, torch.device(device), out
        self.model = model or kitti3(settings.width)
        self.data = settings.data(simulator, augmentation)
        torch.manual_seed(settings.seed)
        self.network = PointPillar(self.model).to(self.device, memory_format=torch.channels_last)
        cuda = self.device.type == "cuda"
        torch.backends.cudnn.benchmark = cuda
        self.precision = torch.bfloat16 if cuda or fast_bfloat16() else torch.float32
        self.run_rpn = self._rpn
        if compile_network:
            self.run_rpn = torch.compile(self._rpn)
        self.optimizer = torch.optim.AdamW(self.network.parameters(), settings.rate,
                                           weight_decay=settings.decay, fused=cuda)
        self.assign = TargetAssigner(self.model, self.device)
        self.budget = Budget(settings.iterations, settings.budget_seconds)
        self.iteration, self.seconds, self.sums = 0, 0.0, Sums(self.device)

    def _rpn(self, image):
        return self.network.dense_head(self.network.backbone_2d(image))

    def resume(self):
        """From the folder's checkpoint; what differs in the settings, a sentence each."""
        path = self.out / checkpoint.NAME
        state = checkpoint.read(path)
        if state.get("format") != checkpoint.VERSION:
            raise UserError(f"{path}: expected a training's checkpoint of format "
                            f"{checkpoint.VERSION}, found {state.get('format')}; --start-from takes "
                            "the weights of any")
        checkpoint.load_weights(self.network, state, path)
        self.optimizer.load_state_dict(state["optimizer_state"])
        torch.set_rng_state(state["rng"])
        self.iteration, self.seconds = state["iteration"], state["seconds"]
        return checkpoint.differences(state["settings"], dataclasses.asdict(self.settings))

    def start_from(self, path):
        checkpoint.load_weights(self.network, checkpoint.read(path), path)

    def step(self, batch):
        """One iteration on a TensorBatch of this device."""
        rate, momentum = one_cycle(self.budget.progress(self.iteration, self.seconds),
                                   self.settings.rate)
        for group in self.optimizer.param_groups:
            group["lr"], group["betas"] = rate, (momentum, 0.99)
        window = Window(batch.origin, *self.settings.window)
        with torch.no_grad():
            targets = self.assign(window, batch.boxes, batch.labels)
        # BF16 from the image on: coordinates up to 70 m need more than its eight bits.
        image = self.network.canvas(batch.points, batch.sample, window, self.precision)
        with torch.autocast(self.device.type, torch.bfloat16,
                            enabled=self.precision == torch.bfloat16):
            maps = self.run_rpn(image)
        found = losses(maps, targets)
        self.optimizer.zero_grad(set_to_none=True)
        found.total.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.settings.clip)
        self.optimizer.step()
        self.iteration += 1
        self.sums.add(found, len(targets.sample) / len(batch.counts))

    def save(self):
        checkpoint.save(self.out, self.network, self.optimizer, self.settings, self.iteration,
                        self.seconds)

    def log(self, since, waited):
        """A line of log.jsonl; UserError where the loss is lost."""
        elapsed, count = since, self.sums.count
        row = {"iteration": self.iteration, "seconds": round(self.seconds, 1),
               "rate": self.optimizer.param_groups[0]["lr"], **self.sums.take(),
               "samples_per_second": round(count * self.settings.batch / max(elapsed, 1e-9), 2),
               "waited": round(waited / max(elapsed, 1e-9), 3)}
        if not all(map(torch.isfinite, torch.tensor([row["loss"]]))):
            raise UserError(f"the loss isn't finite at iteration {self.iteration}; the checkpoint in "
                            f"{self.out} is from before: resume it with a smaller --rate")
        with open(self.out / "log.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        return row

    def train(self, seconds=float("inf"), log_every=50, save_every=120, stop=lambda: False):
        """Until the budget is spent, for at most `seconds`, or until stop(). True where it's spent.
        Leaves a checkpoint; weights.pth too where it's spent."""
        began = time.monotonic()
        self.network.train()
        feeder = Feeder(self.model, self.data, self.iteration,
                        lambda b: to_tensors(b, self.device.type == "cuda"))
        bar, saved, logged, waited = Bar(), time.monotonic(), time.monotonic(), 0.0
        last = time.monotonic()
        try:
            while not self.finished and not stop() and time.monotonic() - began < seconds:
                before = time.monotonic()
                batch = next(feeder)
                waited += time.monotonic() - before
                self.step(batch.to(self.device))
                now = time.monotonic()
                self.seconds, last = self.seconds + now - last, now
                if self.iteration % log_every == 0:
                    row = self.log(now - logged, waited)
                    logged, waited = now, 0.0
                    bar.clear()
                    print(self.line(row), flush=True)
                bar.show(self.share, f"iteration {self.iteration}, {clock(self.seconds)} trained")
                if now - saved > save_every:
                    self.save()
                    saved = now
        finally:
            feeder.close()
            bar.clear()
        self.save()
        if self.finished:
            checkpoint.write_atomically(self.out / "weights.pth", {
                "model_state": self.network.state_dict(), "it": self.iteration,
                "settings": dataclasses.asdict(self.settings)})
        return self.finished

    @property
    def share(self):
        return self.budget.progress(self.iteration, self.seconds)

    @property
    def finished(self):
        return self.share >= 1

    def line(self, row):
        return (f"{row['iteration']:7d} {clock(self.seconds):>8} {100 * self.share:5.1f} %  "
                f"rate {row['rate']:.5f}  loss {row['loss']:.3f} (classes {row['classes']:.3f}, boxes "
                f"{row['boxes']:.3f}, direction {row['direction']:.3f})  {row['positives']:.0f} "
                f"positives  {row['samples_per_second']} samples/s, waited {100 * row['waited']:.0f} %")


def fast_bfloat16():
    """Whether this CPU multiplies BF16 in convolutions; PyTorch's way without is ten times slower
    than float32."""
    try:
        return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    except (AttributeError, RuntimeError):
        return False


def usable_cpus():
    return len(os.sched_getaffinity(0))
