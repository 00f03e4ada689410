"""eval by KITTI's protocol, against an oracle of its own (kitti_oracle.py)."""

import json

import kitti_oracle
import made_up_objects
from command import FINE, CommandTest


class AgainstTheOracle(CommandTest):
    def results(self, made):
        """The command's results and the oracle's frames, of the same files."""
        made_up_objects.write(self.folder, made)
        done = self.run_command("eval", "predictions", "labels", "--json")
        self.assertEqual(done.returncode, FINE, done.stderr)  # It names the vans, which aren't evaluated.
        report = json.loads(done.stdout)
        frames = [[made_up_objects.parsed(self.path(f"{kind}/{name}.txt").read_text())
                   for kind in ("labels", "predictions")] for name in made]
        return report["results"], frames

    def assert_agrees(self, seed, count):
        """All averages of the set, R40."""
        results, frames = self.results(made_up_objects.frames(seed, count))
        self.assertEqual(len(results), 3 * 5 * 3)
        averages = []
        for r in results:
            wanted = kitti_oracle.evaluate(frames, r["class"], r["difficulty"], r["metric"],
                                           r["min_overlap"])
            where = seed, r["class"], r["metric"], r["min_overlap"], r["difficulty"]
            self.assertEqual(r["labels"], wanted["labels"], where)
            if r["labels"] == 0:
                self.assertIsNone(r["ap_r40"], where)
                continue
            pairs = [*zip((r["ap_r40"], r["ap_r11"]), wanted["ap"])]
            if r["metric"] == "2D":
                pairs += zip((r["aos_r40"], r["aos_r11"]), wanted["aos"])
            for got, want in pairs:
                self.assertAlmostEqual(got, want, delta=1e-6, msg=where)
            averages.append(r["ap_r40"])
        return averages

    def test_sets(self):
        averages = []
        for seed in range(5):
            with self.subTest(seed=seed):
                averages += self.assert_agrees(seed, 25)
        # Sets on which everything, or nothing, is found would tell nothing.
        self.assertGreater(len([a for a in averages if 5 < a < 95]), len(averages) / 2)
