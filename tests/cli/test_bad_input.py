"""Everything wrong: one plain sentence, the documented exit status, and the rest still done."""

import json
import os
import shutil
import struct
import subprocess
import unittest

from command import (COLONNADE, FINE, GRAPH, MODEL, SOME_FAILED, SWEEP, WRONG_USE, CommandTest,
                     png_size)

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"


class Flags(CommandTest):
    def test_verbs(self):
        self.assert_refused(WRONG_USE, says="detect, build, convert, run, inspect, import")
        self.assert_refused(WRONG_USE, "nonsense", says=("'nonsense'", "detect, build"))
        self.assert_refused(WRONG_USE, "import", says="preset, openpcdet, second")
        self.assert_refused(WRONG_USE, "import", "nonsense", says=("'nonsense'", "preset"))

    def test_what_is_missing(self):
        self.assert_refused(WRONG_USE, "detect", says=("MODEL", "colonnade detect --help"))
        self.assert_refused(WRONG_USE, "detect", MODEL, says=("CLOUD", "neither"))
        self.assert_refused(WRONG_USE, "run", says="GRAPH")
        self.assert_refused(WRONG_USE, "run", GRAPH, says="--output")
        self.assert_refused(WRONG_USE, "inspect", says="FILE")
        self.assert_refused(WRONG_USE, "import", "preset", says="colonnade import preset --help")

    def test_values(self):
        for words, says in (
                (["--nonsense"], "--nonsense"),
                (["--threads", "-1"], "--threads"),
                (["--threads", "1025"], "--threads"),
                (["--threads", "two"], "--threads"),
                (["--score", "1.5"], "0 to 1"),
                (["--score", "-0.1"], "0 to 1"),
                (["--score", "nan"], "0 to 1"),
                (["--score", "high"], "--score"),
                (["--fov=0"], "--fov"),
                (["--fov=361"], "--fov"),
                (["--fov=wide"], "--fov"),
                (["--fov", "90"], "--fov=90"),
                (["--format", "las"], ("las", "kitti")),
                (["--backend", "cuda"], ("cuda", "reference")),
                (["--json", "--csv"], "--csv"),
                (["--image-size", "1242"], "--image-size"),
                (["--image-size", "0x375"], "--image-size"),
                (["--image-size", "1242x375x3"], "--image-size"),
                (["--sweeps", "list.json"], "both"),
                (["--sensor", "missing.yaml"], "missing.yaml"),
                (["--sensor", MODEL], "model.yaml"),
                (["--calib", "missing.txt"], "missing.txt"),
                (["--calib", GRAPH], "pointpillar.onnx")):
            with self.subTest(words):
                self.assert_refused(WRONG_USE, "detect", MODEL, SWEEP, *words, says=says)

    def test_help_and_version_are_fine(self):
        for words in (["--help"], ["detect", "--help"], ["import", "preset", "--help"], ["--version"]):
            self.assertIn("colonnade" if words == ["--version"] else "Usage",
                          self.run_fine(*words))


class Models(CommandTest):
    def refuse(self, model, *says):
        self.assert_refused(WRONG_USE, "detect", model, SWEEP, says=says)

    def test_other_files(self):
        self.refuse("missing.yaml", "missing.yaml", "No such file")
        self.refuse("", "empty")
        self.refuse(self.write("empty.yaml", ""), "empty.yaml", "nothing")
        self.refuse(self.write("picture.yaml", PNG), "picture.yaml", "isn't text")
        self.refuse(GRAPH, "pointpillar.onnx", "colonnade import")
        self.refuse(SWEEP, "street.bin", "isn't text")
        self.refuse(self.write("prose.yaml", "a model of mine\n"), "prose.yaml")
        self.refuse(MODEL.parent, "is a folder", "model.yaml")
        self.refuse("/dev/null", "/dev/null")

    def test_another_key_and_another_value(self):
        text = MODEL.read_text()
        shutil.copy(GRAPH, self.folder)
        self.refuse(self.write("model.yaml", text + "speed: 3\n"), "model.yaml:", "speed")
        self.refuse(self.write("model.yaml", text.replace("score_threshold: 0.1",
                                                          "score_threshold: 7")),
                    "model.yaml:", "score_threshold", "7")
        self.refuse(self.write("model.yaml", text.replace("version: 1", "version: 2")),
                    "model.yaml:", "version")
        self.refuse(self.write("model.yaml", text[:len(text) // 2]), "model.yaml")

    def test_a_graph_that_is_gone_or_damaged(self):
        model = self.write("model.yaml", MODEL.read_text())
        graph = self.path("pointpillar.onnx")
        self.refuse(model, graph, "No such file")
        for content, says in ((b"", "empty"), (PNG, "PNG"), (b"plain text\n", "text"),
                              (GRAPH.read_bytes()[:50000], "truncated")):
            graph.write_bytes(content)
            self.refuse(model, graph, says)
        graph.unlink()
        graph.mkdir()
        self.refuse(model, graph, "folder")

    def test_a_model_in_the_working_folder(self):
        shutil.copy(MODEL, self.folder)
        shutil.copy(GRAPH, self.folder)
        self.run_fine("detect", "model.yaml", SWEEP)


class Clouds(CommandTest):
    def refuse(self, cloud, *says, words=()):
        self.assert_refused(SOME_FAILED, "detect", MODEL, cloud, *words, says=(cloud, *says))

    def test_other_files(self):
        self.refuse("missing.bin", "No such file")
        self.refuse("", "empty")
        self.refuse(self.write("short.bin", SWEEP.read_bytes()[:1001]), "1001", "16")
        self.refuse(self.write("text.bin", "hello, this is text\n\n"), "16")
        self.refuse(self.write("a.txt", "hello"), ".pcd")
        self.refuse(self.write("picture.pcd", PNG), "PCD")
        self.refuse(self.write("picture.ply", PNG), "PLY")
        self.refuse(self.write("picture.npy", PNG), ".npy")
        self.refuse(self.write("empty.pcd", ""), "PCD")
        self.refuse(self.write("empty.npy", ""), ".npy")
        self.refuse(MODEL, ".pcd")
        self.refuse(GRAPH, ".pcd")
        self.refuse("/dev/null", "pipe or a device")
        self.refuse("/dev/zero", "pipe or a device")
        os.mkfifo(self.path("pipe.bin"))
        self.refuse("pipe.bin", "pipe or a device")

    def test_truncated(self):
        header = ("VERSION 0.7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nCOUNT 1 1 1\nWIDTH 10\n"
                  "HEIGHT 1\nPOINTS 10\nDATA {}\n")
        self.refuse(self.write("cut.pcd", header.format("ascii") + "1 2 3\n4 5"), "truncated")
        self.refuse(self.write("cut2.pcd", header.format("binary") + "1234567"), "found 7 bytes")
        self.refuse(self.write("cut3.pcd", header.format("binary_compressed") + "1234"), "truncated")
        self.refuse(self.write("cut4.pcd", header[:40]), "cut4.pcd")

    def test_no_x(self):
        self.refuse(self.write("a.pcd", "VERSION 0.7\nFIELDS range azimuth\nSIZE 4 4\nTYPE F F\n"
                                        "COUNT 1 1\nWIDTH 1\nHEIGHT 1\nPOINTS 1\nDATA ascii\n1 2\n"),
                    "x", "range")

    def test_a_format_that_it_is_not(self):
        for name in ("pcd", "ply", "npy"):
            self.refuse(SWEEP, words=["--format", name])
        self.cloud("four.bin", [(1, 2, 3, 4)] * 4)
        self.refuse("four.bin", "20", "kitti", words=["--format", "nuscenes"])
        line, = self.detect_json(MODEL, self.cloud("five.bin", [(1, 0, 0, 0)] * 5), "--format",
                                 "nuscenes")
        self.assertEqual(line["stats"]["points"], 4)  # 80 bytes can't be told apart.

    def test_an_empty_folder_is_wrong_use(self):
        self.path("clouds").mkdir()
        self.assert_refused(WRONG_USE, "detect", MODEL, "clouds", says=("clouds", ".pcd"))

    @unittest.skipIf(os.geteuid() == 0, "root reads everything")
    def test_unreadable(self):
        cloud = self.cloud("secret.bin", [(1, 2, 3, 4)])
        cloud.chmod(0)
        self.refuse("secret.bin", "Permission denied")
        self.path("secret").mkdir(mode=0)
        self.assert_refused(WRONG_USE, "detect", MODEL, "secret", says="Permission denied")

    def test_the_others_still_run(self):
        for name in ("a", "c"):
            self.cloud(f"clouds/{name}.bin", [(5, 0, 0, 0)])
        self.write("clouds/b.bin", b"broken")
        out = self.assert_refused(SOME_FAILED, "detect", MODEL, "clouds", "--json", "--kitti",
                                  "labels", "--calib", self.calib(), "--picture", "pictures",
                                  says="clouds/b.bin")
        self.assertEqual([json.loads(line)["file"] for line in out.splitlines()],
                         ["clouds/a.bin", "clouds/c.bin"])
        self.assertEqual(sorted(os.listdir(self.path("labels"))), ["a.txt", "c.txt"])
        self.assertEqual(sorted(os.listdir(self.path("pictures"))), ["a.png", "c.png"])

    def calib(self):
        return self.write("calib.txt", "P2: 7 0 6 4 0 7 1 2 0 0 1 2\nR0_rect: 1 0 0 0 1 0 0 0 1\n"
                                       "Tr_velo_to_cam: 0 -1 0 0 0 0 -1 0 1 0 0 0\n")

    def test_lists_of_sweeps(self):
        for content in ("", "hello", "[]", "{}", '{"sweeps": []}', '{"sweeps": 3}',
                        '{"sweeps": [{"file": "a.bin", "time": 0}]}',
                        '{"sweeps": [{"file": "a.bin", "time": 0, "pose": [1, 2]}]}'):
            with self.subTest(content):
                self.assert_refused(SOME_FAILED, "detect", MODEL, "--sweeps",
                                    self.write("list.json", content), says="list.json")
        pose = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
        self.write("list.json", json.dumps({"sweeps": [{"file": "gone.bin", "time": 0, "pose": pose}]}))
        self.assert_refused(SOME_FAILED, "detect", MODEL, "--sweeps", "list.json", says="gone.bin")


class Points(CommandTest):
    def stats(self, points):
        line, = self.detect_json(MODEL, self.cloud("cloud.bin", points))
        self.assertEqual(line["stats"]["points"], len(points))
        return line["stats"]

    def test_none_and_one(self):
        self.assertEqual(self.stats([])["pillars"], 0)
        self.assertEqual(self.stats([(10, 0, -1, 0.5)])["pillars"], 1)

    def test_not_finite(self):
        nan, inf = float("nan"), float("inf")
        stats = self.stats([(nan, 0, 0, 0), (0, inf, 0, 0), (0, 0, -inf, 0), (1, 0, 0, nan),
                            (10, 0, 0, 0)])
        self.assertEqual((stats["non_finite"], stats["pillars"]), (4, 1))

    def test_all_in_one_pillar(self):
        stats = self.stats([(10, 0, -1, 0.5)] * 1000)
        self.assertEqual((stats["over_pillar_points"], stats["pillars"]), (968, 1))

    def test_on_the_borders(self):
        inside = [(0, 0, 0, 0), (-0.0, 0, 0, 0), (1, -10.24, 0, 0), (1, 0, -3, 0)]
        outside = [(20.48, 0, 0, 0), (1, 10.24, 0, 0), (1, 0, 1, 0), (1e38, -1e38, 1e38, 1e38),
                   (-1e-7, 0, 0, 0)]
        self.assertEqual(self.stats(inside)["out_of_range"], 0)
        self.assertEqual(self.stats(outside)["out_of_range"], len(outside))

    @unittest.skipIf(os.environ.get("COLONNADE_SANITIZE"), "sanitizers reserve terabytes")
    def test_five_million(self):
        sweep = SWEEP.read_bytes()
        points = 5_000_000
        content = (sweep * (points * 16 // len(sweep) + 1))[:points * 16]
        self.write("large.bin", content)

        def limit():
            import resource
            resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))

        done = self.run_command("detect", MODEL, "large.bin", "--json", "--picture", "large.png",
                                preexec_fn=limit)
        self.assertEqual((done.returncode, done.stderr), (FINE, b""))
        self.assertEqual(json.loads(done.stdout)["stats"]["points"], points)
        png_size(self.path("large.png"))


class Outputs(CommandTest):
    def test_a_full_disk(self):
        for words in (["detect", MODEL, SWEEP], ["detect", MODEL, SWEEP, "--json"],
                      ["detect", MODEL, SWEEP, "--csv"], ["inspect", GRAPH],
                      ["inspect", GRAPH, "--json"], ["inspect", GRAPH, "--graph"],
                      ["import", "preset", "openpcdet-kitti", GRAPH, "-o", "model",
                       "--set", "grid.min=[0, -10.24, -3]", "--set", "grid.max=[20.48, 10.24, 1]"]):
            with self.subTest(words), open("/dev/full", "wb") as full:
                done = subprocess.run([COLONNADE, *map(os.fspath, words)], stdout=full,
                                      stderr=subprocess.PIPE, cwd=self.folder, timeout=120,
                                      check=False)
                self.assertEqual(done.returncode, WRONG_USE)
                self.assertRegex(done.stderr, rb"\Acolonnade: standard output[^\n]*No space[^\n]*\n\Z")

    def test_a_pipe_that_is_closed(self):
        for sigpipe in (True, False):  # Python ignores SIGPIPE; shells don't.
            with self.subTest(restore_signals=sigpipe):
                reader, writer = os.pipe()
                os.close(reader)
                done = subprocess.run([COLONNADE, "detect", MODEL, SWEEP, SWEEP, "--json"],
                                      stdout=writer, stderr=subprocess.PIPE, timeout=120,
                                      restore_signals=sigpipe, check=False)
                os.close(writer)
                self.assertIn(done.returncode, (WRONG_USE, -13))
                self.assertNotIn(b"terminate", done.stderr)

    def test_a_device_stays_a_device(self):
        self.run_fine("detect", MODEL, SWEEP, "--picture", "/dev/null")
        self.assertFalse(os.path.isfile("/dev/null"))
        self.assert_refused(SOME_FAILED, "detect", MODEL, SWEEP, "--picture", "/dev/full",
                            says=("/dev/full", "No space"))

    def test_where_nothing_can_be_written(self):
        file = self.write("file", "content")
        for words in (["--kitti", "file"], ["--kitti", "file/labels"], ["--kitti", "/proc/labels"],
                      ["--picture", "file/boxes.png"], ["--picture", "/proc/new/boxes.png"]):
            with self.subTest(words):
                done = self.run_command("detect", MODEL, SWEEP, *words)
                self.assertEqual(done.returncode, WRONG_USE)
                self.assertIn(b"can't be made a folder", done.stderr)
        self.assert_refused(SOME_FAILED, "detect", MODEL, SWEEP, "--picture", "/proc/boxes.png",
                            says=("/proc/boxes.png", "can't be written"))
        self.assertEqual(file.read_text(), "content")

    def test_nothing_is_left_of_a_file_that_failed(self):
        self.run_command("detect", MODEL, SWEEP, "--picture", "/proc/boxes.png")
        self.path("boxes.txt").mkdir()
        self.path("street.txt").mkdir()
        done = self.run_command("detect", MODEL, SWEEP, "--kitti", ".")
        self.assertEqual(done.returncode, SOME_FAILED)
        self.assertIn(b"street.txt: is a folder", done.stderr)
        self.assertEqual(sorted(os.listdir(self.folder)), ["boxes.txt", "street.txt"])

    def test_a_link_is_followed(self):
        """A file behind a link is replaced in its place; the link stays."""
        self.write("real/boxes.png", "")
        os.symlink("real/boxes.png", self.path("link.png"))
        self.run_fine("detect", MODEL, SWEEP, "--picture", "link.png")
        png_size(self.path("real/boxes.png"))
        self.assertTrue(self.path("link.png").is_symlink())


if __name__ == "__main__":
    unittest.main()
