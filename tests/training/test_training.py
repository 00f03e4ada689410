"""A few iterations: the loss falls, a run in two pieces is the run in one, bad files are refused."""

import dataclasses
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import torch

import small
from training import checkpoint
from training.data.lane import Lane
from training.errors import UserError
from training.network.pointpillar import PointPillar
from training.schedule import Budget, one_cycle
from training.settings import kitti3
from training.trainer import Trainer, TrainSettings, to_tensors

ROOT = pathlib.Path(__file__).resolve().parents[2]
TINY = TrainSettings(width=0.125, batch=2, window=(128, 128), iterations=24, lanes=2, pool=8,
                     rate=0.01)


class Schedule(unittest.TestCase):
    def test_up_and_down(self):
        rates = [one_cycle(p / 100, 1.0)[0] for p in range(101)]
        self.assertAlmostEqual(rates[0], 0.1)
        self.assertAlmostEqual(rates[40], 1.0)
        self.assertAlmostEqual(rates[100], 1e-4)
        self.assertEqual(rates[:41], sorted(rates[:41]))
        self.assertEqual(rates[40:], sorted(rates[40:], reverse=True))
        self.assertEqual(one_cycle(0.4, 1)[1], 0.85)

    def test_budgets(self):
        self.assertEqual(Budget(200).progress(50, 1e9), 0.25)
        self.assertEqual(Budget(200, 60).progress(50, 30), 0.5)


class Files(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_a_corrupt_one(self):
        path = self.folder / "checkpoint.pth"
        for content in (b"", b"not a checkpoint", b"PK\x03\x04 cut off"):
            path.write_bytes(content)
            with self.assertRaisesRegex(UserError, "expected a PyTorch checkpoint of tensors"):
                checkpoint.read(path)
        torch.save({"weights": 1}, path)
        with self.assertRaisesRegex(UserError, "the entry 'model_state', found weights"):
            checkpoint.read(path)

    def test_weights_that_do_not_fit(self):
        network = PointPillar(kitti3(0.125))
        state = {"model_state": network.state_dict()}
        with self.assertRaisesRegex(UserError, "another --width"):
            checkpoint.load_weights(PointPillar(kitti3(0.25)), state, "a.pth")
        del state["model_state"]["dense_head.conv_cls.bias"]
        with self.assertRaisesRegex(UserError, "has no dense_head.conv_cls.bias"):
            checkpoint.load_weights(network, state, "a.pth")

    def test_openpcdets_counter_is_left_out(self):
        network = PointPillar(kitti3(0.125))
        state = {"model_state": {**network.state_dict(), "global_step": torch.tensor([7])}}
        checkpoint.load_weights(network, state, "a.pth")

    def test_differences(self):
        one = dataclasses.asdict(TINY)
        self.assertEqual(checkpoint.differences(one, {**one, "batch": 8}), ["batch 8, was 2"])
        self.assertEqual(checkpoint.differences(json.loads(json.dumps(one)), one), [])

    def command(self, *words):
        return subprocess.run([sys.executable, "-m", "training.train", *map(str, words)], cwd=ROOT,
                              capture_output=True, text=True, check=False, timeout=120)

    def test_plain_errors(self):
        done = self.command("--out", self.folder, "--simulator", "/nowhere/sim", "--device", "cpu")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr,
                         r"\Atraining.train: /nowhere/sim: the simulator isn't there[^\n]*\n\Z")
        done = self.command("--out", self.folder, "--window", "100x100")
        self.assertEqual(done.returncode, 2)
        self.assertIn("multiples of 8", done.stderr)
        (self.folder / checkpoint.NAME).write_bytes(b"broken")
        done = self.command("--out", self.folder, "--device", "cpu")
        self.assertEqual(done.returncode, 1)
        self.assertIn("can't be read as one", done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1)


class Runs(unittest.TestCase):
    def setUp(self):
        self.simulator = small.program("COLONNADE_SIMULATOR")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def trainer(self, name, settings=TINY):
        out = self.folder / name
        out.mkdir(exist_ok=True)
        return Trainer(settings, "cpu", self.simulator, out)

    def test_two_pieces_are_one(self):
        whole = self.trainer("whole")
        self.assertTrue(whole.train(log_every=8))
        first = self.trainer("pieces")
        self.assertFalse(first.train(stop=lambda: first.iteration >= 11))
        self.assertEqual(first.iteration, 11)
        second = self.trainer("pieces")
        self.assertEqual(second.resume(), [])
        self.assertTrue(second.train())
        for name, value in whole.network.state_dict().items():
            torch.testing.assert_close(second.network.state_dict()[name], value, rtol=0, atol=0,
                                       msg=name)
        log = (self.folder / "whole" / "log.jsonl").read_text()
        rows = [json.loads(row) for row in log.splitlines()]
        self.assertEqual([row["iteration"] for row in rows], [8, 16, 24])
        done = subprocess.run(
            [sys.executable, "-m", "training.evaluate", str(self.folder / "whole" / "weights.pth"),
             "--frames", "2", "--simulator", str(self.simulator)], cwd=ROOT, capture_output=True,
            text=True, check=False, timeout=300)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"(?m)^Car +0\.7 .*\n^Pedestrian .*\n^Cyclist ")

    def test_one_batch_is_learnt(self):
        trainer = self.trainer("one")
        lane = Lane(trainer.model, trainer.data, 0)
        batch = to_tensors(next(lane), False)
        lane.close()
        trainer.network.train()
        losses = []
        for _ in range(20):
            trainer.step(batch)
            losses.append(trainer.sums.take()["loss"])
        self.assertLess(losses[-1], 0.2 * losses[0])

    def test_resumed_with_another_batch(self):
        first = self.trainer("run")
        first.train(stop=lambda: first.iteration >= 1)
        second = self.trainer("run", dataclasses.replace(TINY, batch=3))
        self.assertEqual(second.resume(), ["batch 3, was 2"])


if __name__ == "__main__":
    unittest.main()
