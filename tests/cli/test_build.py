"""build, cache, and engines where models and graphs are taken."""

import json
import os
import pathlib
import random
import resource
import shutil
import signal
import stat
import struct
import subprocess
import time
import unittest

from command import COLONNADE, GRAPH, MODEL, SWEEP, WRONG_USE, CommandTest, read_npy, write_npy


class Build(CommandTest):
    def setUp(self):
        super().setUp()
        self.engine = self.path("model.engine")

    def build(self, *words):
        return self.run_fine("build", MODEL, "-o", self.engine, *words)

    def refuse(self, *words, says):
        return self.assert_refused(WRONG_USE, "build", *words, says=says)

    def boxes(self, model, *words):
        [frame] = self.detect_json(model, SWEEP, *words)
        del frame["times_ms"]
        return frame

    def files(self):
        return sorted(os.listdir(self.folder))

    def test_what_is_only_called_an_engine(self):
        for content in (b"", b"junk", bytes(range(256))):
            file = self.write("false.engine", content)
            for words in (("detect", file, SWEEP), ("inspect", file), ("bench", file),
                          ("bench", file, "--cloud", SWEEP), ("run", file, "-o", "out"),
                          ("verify", file, SWEEP), ("compare", file, "reference")):
                self.assert_refused(WRONG_USE, *words, says="isn't an engine file")

    def test_engine_detects_as_its_model(self):
        self.assertRegex(self.build(), r"^built .*model\.engine: \d+\.\d+ MB, weights \d+\.\d+ MB\n$")
        self.assertTrue(self.build().startswith("reused "))
        self.assertLess(self.engine.stat().st_size, 1.3 * GRAPH.stat().st_size)
        for words in ([], ["--direct"], ["--dense", "--direct"]):
            self.assertEqual(self.boxes(self.engine, *words), self.boxes(MODEL, *words))
        words = [self.run_command("doctor", model, SWEEP).stdout for model in (self.engine, MODEL)]
        self.assertEqual(*words)

    def test_verbose(self):
        done = self.run_command("build", MODEL, "-o", self.engine, "-v")
        self.assertEqual(done.returncode, 0)
        for phase in (b"read: ", b"check: ", b"compile: ", b"write: "):
            self.assertIn(phase, done.stderr)

    def test_quiet(self):
        self.build()
        for word, said in (("--isa=portable", b"is replaced: it is of another content"), ("-q", b"")):
            done = self.run_command("build", MODEL, "-o", self.engine, word)
            self.assertEqual(done.returncode, 0)
            self.assertTrue(done.stdout.startswith(b"built "))
            self.assertIn(said, done.stderr)
        self.assertEqual(done.stderr, b"")
        self.refuse(MODEL, "-o", self.engine, "-q", "-v", says="--quiet")

    def test_int8(self):
        saved = self.path("calibration.json")
        int8 = ("--precision", "int8", "--calibrate", SWEEP)
        built = self.build(*int8, "--save-calibration", saved, "--calibration-method", "percentile")
        effective = "int8" if "effective" not in built else "bf16"
        found = json.loads(self.run_fine("inspect", self.engine, "--json"))["engine"]
        self.assertEqual(found["calibration"], {key: value for key, value in
                                                json.loads(saved.read_text()).items()
                                                if key != "colonnade_calibration"})
        self.assertEqual(found["calibration"]["method"], "percentile")
        self.assertIn("calibrated by percentile", self.run_fine("inspect", self.engine))
        self.assertEqual(self.boxes(self.engine), self.boxes(self.engine, "--dense"))
        boxes = self.boxes(self.engine)
        self.engine.unlink()
        self.build("--precision", "int8", "--calibrate", saved)
        self.assertEqual(self.boxes(self.engine), boxes)

        name = found["layers"][0]["name"]
        if effective == "int8":
            self.engine.unlink()
            self.build(*int8, "--layer-precision", name + "=fp32")
            layers = json.loads(self.run_fine("inspect", self.engine, "--json"))["engine"]["layers"]
            self.assertEqual([layer["precision"] for layer in layers],
                             ["fp32"] + ["int8"] * (len(layers) - 1))
        self.refuse(MODEL, "-o", self.engine, *int8, "--layer-precision", name + "x=fp32",
                    says=("did you mean", name))
        self.refuse(MODEL, "-o", self.engine, "--layer-precision", "fp32", says="NAME=PRECISION")
        self.refuse(MODEL, "-o", self.engine, *int8, "--calibration-method", "mean", says="entropy")
        self.refuse(MODEL, "-o", self.engine, "--calibrate", SWEEP, says="for precision int8")
        self.refuse(MODEL, "-o", self.engine, "--precision", "int8", "--calibrate",
                    self.write("bad.json", "{}"), says="bad.json")

    def test_inspect(self):
        self.build("--isa", "portable")
        text = self.run_fine("inspect", self.engine)
        for part in ("of model.yaml by colonnade", "(portable), fp32", "model demo", "graph PFN", "graph RPN"):
            self.assertIn(part, text)
        found = json.loads(self.run_fine("inspect", self.engine, "--json"))
        self.assertEqual((found["engine"]["isa"], found["engine"]["format"]), ("portable", 5))
        self.assertEqual([graph["name"] for graph in found["graphs"]], ["PFN", "RPN"])
        self.assertIn("Conv(", self.run_fine("inspect", self.engine, "--graph"))

    def test_precision(self):
        self.refuse(MODEL, "-o", self.engine, "--precision", "int4", says=("int4", "bf16"))
        self.refuse(MODEL, "-o", self.engine, "--precision", "int8", says="--calibrate")
        built = self.build("--precision", "bf16")
        effective = "bf16" if "effective" not in built else "fp32"
        found = json.loads(self.run_fine("inspect", self.engine, "--json"))["engine"]
        self.assertEqual(found["precision"], {"requested": "bf16", "effective": effective})
        self.assertGreater(len(found["layers"]), 4)
        # Layers of 64 channels are by float32's Winograd beside bf16.
        self.assertEqual({layer["precision"] for layer in found["layers"]} | {"fp32"}, {effective, "fp32"})
        self.assertEqual(self.boxes(self.engine), self.boxes(MODEL, "--precision", "bf16"))
        self.assertEqual(self.boxes(self.engine), self.boxes(self.engine, "--dense"))
        self.assertIn("bf16", self.run_fine("detect", self.engine, SWEEP).splitlines()[0])
        self.assert_refused(WRONG_USE, "detect", self.engine, SWEEP, "--precision", "fp32",
                            says=("bf16", "build model.yaml --precision fp32"))
        # What has no BF16 says so, and computes in float32.
        self.engine.unlink()
        built = self.build("--precision", "bf16", "--isa", "portable")
        self.assertIn("requested bf16, effective fp32: ", built)
        self.assertEqual(self.boxes(self.engine), self.boxes(MODEL, "--isa", "portable"))

    def test_inputs(self):
        self.refuse("missing.onnx", "-o", self.engine, says=("missing.onnx", "No such file"))
        self.refuse(self.write("empty.onnx", ""), "-o", self.engine, says="is empty")
        self.refuse("missing.yaml", "-o", self.engine, says="No such file")
        self.refuse(SWEEP, "-o", self.engine, says="isn't an ONNX model")
        self.refuse(self.folder, "-o", self.engine, says="folder")
        self.refuse(MODEL, "-o", self.folder, says="folder")
        self.refuse(MODEL, "-o", "no/such/a.engine", says="can't be written")
        self.refuse(MODEL, "--cache", "none", says="-o FILE")
        self.assertEqual(self.files(), ["empty.onnx"])

    def test_options(self):
        self.refuse(MODEL, "-o", self.engine, "--dynamicPillars", says="single ONNX graph")
        self.refuse(MODEL, "-o", self.engine, "--isa", "avx3", says="avx3")
        self.refuse(MODEL, "-o", self.engine, "--workspace", "1", says="may hold 1 MB")
        self.refuse(MODEL, "-o", self.engine, "--memPoolSize", "workspace:100K", says="may hold")
        self.refuse(MODEL, "-o", self.engine, "--workspace", "much", says=("--workspace much", "512M"))
        self.refuse(GRAPH, "-o", self.engine, "--dynamicPillars", says="no dynamic dimension")
        self.refuse(GRAPH, "-o", self.engine, "--minShapes", "voxels", says="INPUT:1x64")
        self.refuse(GRAPH, "-o", self.engine, "--minShapes", "voxels:1xy", says="'y'")
        self.refuse(GRAPH, "-o", self.engine, "--minShapes", "speed:1", says=("speed", "voxels"))
        self.assertEqual(self.files(), [])

    def test_overwriting(self):
        mine = self.write("model.engine", "mine")
        self.refuse(MODEL, "-o", self.engine, "--no-overwrite", says=("model.engine", "isn't this engine"))
        self.assertEqual(mine.read_text(), "mine")
        done = self.run_command("build", MODEL, "-o", self.engine)
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"is replaced: it isn't an engine file", done.stderr)
        self.assertTrue(self.build("--no-overwrite").startswith("reused"))

    def test_damage(self):
        self.build()
        whole = self.engine.read_bytes()
        generator = random.Random(1)
        for _ in range(20):
            bad = bytearray(whole)
            bad[generator.randrange(8, 3000)] ^= 1 << generator.randrange(8)
            done = self.run_command("inspect", self.write("bad.engine", bytes(bad)))
            self.assertIn(done.returncode, (0, WRONG_USE))
            if done.returncode:
                self.assertRegex(done.stderr.decode(), r"bad\.engine: [^\n]+\n\Z")
        cut = self.write("cut.engine", whole[:-1])
        for words in (["detect", cut, SWEEP], ["inspect", cut]):
            self.assert_refused(WRONG_USE, *words, says="truncated engine file")
        self.assert_refused(WRONG_USE, "run", self.engine, "--input", "a=b", "-o", "out", says="detect")
        self.assert_refused(WRONG_USE, "detect", self.engine, SWEEP, "--isa", "portable",
                            says="colonnade build model.yaml --isa portable -o")


class Graphs(CommandTest):
    def test_engine_of_a_graph_runs_as_the_graph(self):
        write_npy(self.path("voxels.npy"), (2000, 32, 10), "<f4",
                  struct.pack("<640000f", *(i % 7 / 7 for i in range(640000))))
        write_npy(self.path("idxs.npy"), (2000, 4), "<i4",
                  b"".join(struct.pack("<4i", 0, 0, i // 100, i % 100) for i in range(2000)))
        write_npy(self.path("num.npy"), (1,), "<i4", struct.pack("<i", 1500))
        inputs = ["--input", "voxels=voxels.npy", "voxel_idxs=idxs.npy", "voxel_num=num.npy"]
        self.run_fine("build", GRAPH, "-o", "graph.engine")
        self.run_fine("run", GRAPH, *inputs, "-o", "graph")
        self.run_fine("run", "graph.engine", *inputs, "-o", "engine")
        for name in os.listdir(self.path("graph")):
            self.assertEqual(read_npy(self.path("engine") / name), read_npy(self.path("graph") / name))
        write_npy(self.path("num.npy"), (2,), "<i4", bytes(8))
        self.assert_refused(WRONG_USE, "run", "graph.engine", *inputs, "-o", "out",
                            says=("voxel_num", "dimension 0 is 2", "1 to 1"))
        self.assertFalse(self.path("out").exists())
        self.assert_refused(WRONG_USE, "detect", "graph.engine", SWEEP, says="colonnade run")


class Profiles(CommandTest):
    """SmallMunich's dynamic PFN: eight inputs of so many pillars."""

    PFE = pathlib.Path(__file__).parent.parent / "golden/smallmunich/pfe.onnx"
    SLOTS = ["pillar_x", "pillar_y", "pillar_z", "pillar_i", "x_sub_shaped", "y_sub_shaped", "mask"]

    def inputs(self, pillars):
        values = struct.pack(f"<{pillars * 100}f", *(i % 13 / 13 for i in range(pillars * 100)))
        for name in self.SLOTS:
            write_npy(self.path(name + ".npy"), (1, 1, pillars, 100), "<f4", values)
        write_npy(self.path("count.npy"), (1, pillars), "<f4", struct.pack("<f", 7) * pillars)
        words = [f"{name}={name}.npy" for name in self.SLOTS]
        return ["--input", *words, "num_points_per_pillar=count.npy"]

    def test_runs_inside_of_its_profile_only(self):
        self.assert_refused(WRONG_USE, "build", self.PFE, "-o", "pfe.engine", says=("[1,1,?,100]", "--dynamicPillars"))
        self.run_fine("build", self.PFE, "-o", "pfe.engine", "--dynamicPillars")
        found = json.loads(self.run_fine("inspect", "pfe.engine", "--json"))["engine"]["profiles"]
        self.assertEqual(len(found), 1)
        self.assertEqual(found[0]["inputs"][0], {"name": "pillar_x", "min": "[1,1,120,100]", "opt": "[1,1,6000,100]",
                                                 "max": "[1,1,12000,100]"})
        for pillars in (120, 333):
            inputs = self.inputs(pillars)
            for model, folder in ((self.PFE, "graph"), ("pfe.engine", "engine")):
                self.run_fine("run", model, *inputs, "-o", folder)
            self.assertEqual(read_npy(self.path("engine/30.npy")), read_npy(self.path("graph/30.npy")))
        self.assert_refused(WRONG_USE, "run", "pfe.engine", *self.inputs(119), "-o", "out",
                            says=("'pillar_x'", "dimension 2 is 119", "120 to 12000"))
        self.assertFalse(self.path("out").exists())

    def shapes(self, *pillars):
        return [",".join([f"{name}:1x1x{n}x100" for name in self.SLOTS] + [f"num_points_per_pillar:1x{n}"])
                for n in pillars]

    def test_several(self):
        shapes = self.shapes(1, 50, 20, 400)
        words = ["--profile=0", "--minShapes", shapes[0], "--maxShapes", shapes[1],
                 "--profile=1", "--minShapes", shapes[2], "--maxShapes", shapes[3]]
        self.run_fine("build", self.PFE, "-o", "pfe.engine", *words)
        found = json.loads(self.run_fine("inspect", "pfe.engine", "--json"))["engine"]["profiles"]
        self.assertEqual([one["inputs"][0]["max"] for one in found], ["[1,1,50,100]", "[1,1,400,100]"])
        self.assertLess(found[0]["context_bytes"], found[1]["context_bytes"])
        self.assertIn("profile 1 (min, opt, max), a context takes", self.run_fine("inspect", "pfe.engine"))
        for pillars, chosen in ((50, 0), (51, 1)):
            said = self.run_fine("run", "pfe.engine", *self.inputs(pillars), "-o", "engine")
            self.assertIn(f", profile {chosen} of 2\n", said)
            self.run_fine("run", self.PFE, *self.inputs(pillars), "-o", "graph")
            self.assertEqual(read_npy(self.path("engine/30.npy")), read_npy(self.path("graph/30.npy")))
        inputs = self.inputs(50)
        self.assertIn("profile 1 of 2", self.run_fine("run", "pfe.engine", *inputs, "-o", "engine", "--useProfile=1"))
        self.assert_refused(WRONG_USE, "run", "pfe.engine", *inputs, "-o", "out", "--useProfile=2",
                            says="profile 2: the engine has 2, numbered from 0")
        self.assert_refused(WRONG_USE, "run", self.PFE, *inputs, "-o", "out", "--useProfile=0", says="there's none")
        self.assert_refused(WRONG_USE, "run", "pfe.engine", *self.inputs(401), "-o", "out",
                            says="1 to 50 (profile 0) or 20 to 400 (profile 1)")
        self.assert_refused(WRONG_USE, "run", "pfe.engine", *self.inputs(51), "-o", "out", "--useProfile=0",
                            says="dimension 2 is 51, profile 0 allows 1 to 50")
        timed = ["--duration=0", "--iterations=1", "--warmUp=0", "--shapes", shapes[2]]
        self.assertIn(", profile 0 of 2", self.run_fine("bench", "pfe.engine", *timed))
        self.assertIn(", profile 1 of 2", self.run_fine("bench", "pfe.engine", *timed, "--useProfile=1"))
        saved = self.run_fine("bench", *timed, f"--onnx={self.PFE}", "--saveEngine=saved.engine", *words)
        self.assertIn("profile 0 of 2", saved)
        again = [word for word in words if word != "--profile=1"]
        self.assert_refused(WRONG_USE, "build", self.PFE, "-o", "pfe.engine", *again,
                            says=("'pillar_x' is given a second time", "--profile=1"))
        self.assert_refused(WRONG_USE, "build", self.PFE, "-o", "pfe.engine", *words[5:],
                            says="no shapes are given for 0")

    def test_given_shapes(self):
        shapes = self.shapes(1, 50, 200)
        words = ["--minShapes", shapes[0], "--optShapes", shapes[1], "--maxShapes", shapes[2]]
        self.run_fine("build", self.PFE, "-o", "pfe.engine", *words)
        self.run_fine("run", "pfe.engine", *self.inputs(1), "-o", "out")
        self.assert_refused(WRONG_USE, "run", "pfe.engine", *self.inputs(201), "-o", "out", says="1 to 200")
        self.assert_refused(WRONG_USE, "build", self.PFE, "-o", "pfe.engine", "--minShapes", shapes[2],
                            "--maxShapes", shapes[0], says="expected 1 <= min <= opt <= max")
        self.assert_refused(WRONG_USE, "build", self.PFE, "-o", "pfe.engine", "--dynamicPillars", "--workspace", "1",
                            says="a run may hold")


class Cache(CommandTest):
    def run_cached(self, *words):
        environment = dict(os.environ, XDG_CACHE_HOME=str(self.path("xdg")))
        done = self.run_command(*words, env=environment)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        return done.stdout.decode()

    def test_default_folder(self):
        first = self.run_cached("build", MODEL)
        name = first.split()[1].rstrip(":")
        self.assertTrue(name.startswith(str(self.path("xdg/colonnade"))), name)
        self.assertEqual(self.run_cached("build", MODEL), first.replace("built", "reused"))
        self.assertIn("1 engine,", self.run_cached("cache", "list"))
        self.assertIn("model.yaml for cpu", self.run_cached("cache", "list"))
        self.assertIn("1 engine removed", self.run_cached("cache", "clear"))
        self.assertFalse(os.path.exists(name))

    def test_size(self):
        self.run_fine("build", MODEL, "--cache", "kept", "--isa", "portable")
        self.run_fine("build", MODEL, "--cache", "kept", "--cacheSize", "1M")
        self.assertEqual(len(os.listdir(self.path("kept"))), 1)
        self.assertIn("0 engines", self.run_fine("cache", "list", "--cache", "gone"))


class Trouble(CommandTest):
    """What happens to the engine that is there when a build doesn't come to its end."""

    def setUp(self):
        super().setUp()
        self.engine = self.path("model.engine")
        self.run_fine("build", MODEL, "-o", self.engine, "--isa", "portable")
        self.old = self.engine.read_bytes()

    def start(self, *words, **options):
        return subprocess.Popen([COLONNADE, "build", os.fspath(MODEL), "-o", os.fspath(self.engine), *words],
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=self.folder, **options)

    def test_killed(self):
        """Nothing half is ever seen under the engine's name, and nothing is left beside it."""
        start = time.monotonic()
        process = self.start("--backend", "reference")
        process.communicate()
        whole, new = time.monotonic() - start, self.engine.read_bytes()
        generator = random.Random(2)
        for _ in range(25):
            self.engine.write_bytes(self.old)
            process = self.start("--backend", "reference")
            time.sleep(generator.uniform(0, 1.1 * whole))
            process.send_signal(signal.SIGKILL)
            process.communicate()
            self.assertIn(self.engine.read_bytes(), (self.old, new))
        self.run_command("build", MODEL, "-o", self.engine, "--backend", "reference", "--no-overwrite")
        self.run_command("build", MODEL, "-o", self.engine)
        self.assertEqual(os.listdir(self.folder), ["model.engine"])

    def test_two_at_once(self):
        processes = [self.start(*words) for words in ([], ["--backend", "reference"]) for _ in range(2)]
        for process in processes:
            process.communicate()
            self.assertEqual(process.returncode, 0)
        self.run_fine("inspect", self.engine)
        self.assertEqual(os.listdir(self.folder), ["model.engine"])

    def test_full_disk(self):
        """The limit of a file's size stands for it: write fails in the middle."""
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        process = self.start(preexec_fn=limit)
        message = process.communicate()[1].decode()
        self.assertEqual(process.returncode, WRONG_USE, message)
        self.assertRegex(message, r"model\.engine: can't be written: [^\n]+\n\Z")
        self.assertEqual(self.engine.read_bytes(), self.old)
        self.assertEqual(os.listdir(self.folder), ["model.engine"])

    def test_read_only_folder(self):
        if os.geteuid() == 0:
            if shutil.which("setpriv") is None:
                self.skipTest("root writes everywhere, and there is no setpriv")
            prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        else:
            prefix = []
        shutil.copytree(MODEL.parent, self.path("model"))
        os.chmod(self.folder, stat.S_IRUSR | stat.S_IXUSR | stat.S_IRGRP | stat.S_IXGRP | stat.S_IROTH | stat.S_IXOTH)
        self.addCleanup(os.chmod, self.folder, stat.S_IRWXU)
        done = subprocess.run([*prefix, COLONNADE, "build", "model/model.yaml", "-o", "model.engine"],
                              cwd=self.folder, capture_output=True, check=False)
        if b"failed to execute" in done.stderr:
            self.skipTest("the command can't be reached without root's rights")
        self.assertEqual(done.returncode, WRONG_USE, done.stderr)
        self.assertRegex(done.stderr.decode(), r"model\.engine: can't be written: Permission denied\n\Z")
        self.assertEqual(self.engine.read_bytes(), self.old)


if __name__ == "__main__":
    unittest.main()
