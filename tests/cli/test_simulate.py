"""colonnade-simulate as a user meets it: wrong use, folders, the stream, pieces of a run."""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

SIMULATE = os.environ["COLONNADE_SIMULATE"]
STATISTICS = os.environ["COLONNADE_STATISTICS"]
sys.path.insert(0, os.environ["COLONNADE_SIMULATOR_SOURCE"])


def run(program, *arguments):
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)


class WrongUse(unittest.TestCase):
    def refuse(self, expected, *arguments):
        result = run(SIMULATE, *arguments)
        self.assertEqual(result.returncode, 2, result)
        self.assertEqual(result.stdout, "")
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        self.assertIn(expected, result.stderr)

    def test_sentences(self):
        self.refuse("expected one of --out DIR, --stream and --benchmark, found none")
        self.refuse("found several", "--stream", "--benchmark")
        self.refuse("--frames", "--benchmark", "--frames", 0)
        self.refuse("expected one of hdl64e, vlp32c, hdl32e, os1-128, found 'hdl65'", "--stream",
                    "--sensor", "hdl65")
        self.refuse("expected one of camera, front, full, mixed", "--stream", "--view", "back")
        self.refuse("/dev/null/x", "--out", "/dev/null/x", "--frames", 1)
        self.refuse("--people", "--stream", "--people", -1)
        self.refuse("--pictures", "--stream", "--pictures")

    def test_statistics(self):
        with tempfile.TemporaryDirectory() as folder:
            result = run(STATISTICS, "--real", folder, "--simulated", folder)
            self.assertEqual(result.returncode, 2)
            self.assertIn("holds no .bin sweeps", result.stderr)
            result = run(STATISTICS, "--real", folder + "/none.bin", "--simulated", folder)
            self.assertEqual(result.returncode, 2)
            self.assertIn("none.bin", result.stderr)


class Frames(unittest.TestCase):
    def test_folder_threads_and_pieces(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name, arguments in {"one": ["--frames", 5], "two": ["--frames", 5, "--threads", 3],
                                    "piece": ["--frames", 2, "--first", 3]}.items():
                result = run(SIMULATE, "--out", root / name, "--seed", 4, *arguments)
                self.assertEqual(result.returncode, 0, result.stderr)
            files = sorted(p.relative_to(root / "one") for p in (root / "one").rglob("*.*"))
            self.assertEqual(len(files), 5 * 4 + 1)
            for file in files:
                self.assertEqual((root / "one" / file).read_bytes(),
                                 (root / "two" / file).read_bytes(), file)
            for file in (root / "piece" / "training").rglob("*.*"):
                self.assertEqual(file.read_bytes(),
                                 (root / "one" / file.relative_to(root / "piece")).read_bytes())
            self.assertEqual((root / "piece/ImageSets/train.txt").read_text(), "000003\n000004\n")
            table = run(STATISTICS, "--real", root / "one", "--simulated", root / "piece")
            self.assertEqual(table.returncode, 0, table.stderr)
            self.assertIn("| 5 real | 2 simulated | ratio |", table.stdout)

    def test_pictures(self):
        with tempfile.TemporaryDirectory() as folder:
            result = run(SIMULATE, "--out", folder, "--frames", 1, "--pictures")
            self.assertEqual(result.returncode, 0, result.stderr)
            picture = (pathlib.Path(folder) / "pictures/000000.png").read_bytes()
            self.assertEqual(picture[:4], b"\x89PNG")

    def test_stream(self):
        try:
            import numpy as np
            import stream
        except ImportError:
            self.skipTest("numpy isn't installed")
        with tempfile.TemporaryDirectory() as folder:
            run(SIMULATE, "--out", folder, "--frames", 3, "--seed", 6)
            got = list(stream.frames(SIMULATE, seed=6, frames=3, view="camera"))
            self.assertEqual([f.index for f in got], [0, 1, 2])
            for f in got:
                file = pathlib.Path(folder) / f"training/velodyne/{f.index:06}.bin"
                np.testing.assert_array_equal(np.fromfile(file, "<f4").reshape(-1, 4), f.points)
                lines = (pathlib.Path(folder) / f"training/label_lidar/{f.index:06}.txt").read_text()
                rows = [line.split() for line in lines.splitlines()[1:]]
                self.assertEqual(len(rows), len(f.labels))
                for row, label in zip(rows, f.labels):
                    np.testing.assert_allclose([float(v) for v in row[:7]], label[:7], atol=1e-3)
                    self.assertEqual(row[7], stream.CLASSES[int(label[7])])
                    self.assertEqual(int(row[10]), int(label[10]))
            with self.assertRaisesRegex(RuntimeError, "hdl65"):
                list(stream.frames(SIMULATE, seed=6, frames=3, sensor="hdl65"))
            early = stream.frames(SIMULATE, seed=6, frames=100000)
            next(early)
            early.close()


if __name__ == "__main__":
    unittest.main()
