"""bench: what it measures, what it says of it, what it refuses."""

import json
import math
import os
import pathlib
import re
import signal
import struct
import subprocess
import sys
import time
import unittest

from command import COLONNADE, FINE, GRAPH, MODEL, SWEEP, WRONG_USE, CommandTest, write_npy

FAST = ["--warmUp", "0", "--duration", "0", "--iterations", "3"]
ONE_CLOUD = [MODEL, "--cloud", SWEEP, *FAST]


class Bench(CommandTest):
    def refuse(self, *words, says=()):
        return self.assert_refused(WRONG_USE, "bench", *words, says=says)

    def test_model(self):
        text = self.run_fine("bench", *ONE_CLOUD, "--threads", "1")
        first = text.splitlines()[0]
        self.assertRegex(first, r"^cpu \(.+\), 1 thread, precision fp32, Winograd's and direct "
                                r"convolutions, active cells of a sweep: model \S+ on street.bin$")
        summary = text[text.index("=== Performance summary ==="):]
        self.assertRegex(summary, r"Throughput: \d+\.\d+ qps")
        self.assertRegex(summary, r"Latency: min = [\d.]+ ms, max = [\d.]+ ms, mean = [\d.]+ ms, "
                                  r"median = [\d.]+ ms, percentile\(90%\) = [\d.]+ ms, "
                                  r"percentile\(95%\) = [\d.]+ ms, percentile\(99%\) = [\d.]+ ms")
        self.assertRegex(summary, r"Total Host Walltime: [\d.]+ s, 3 runs")
        self.assertNotIn("H2D", text)

    def test_first_line_tells_the_mode(self):
        def first(*words):
            return self.run_fine("bench", *ONE_CLOUD, *words).splitlines()[0]
        self.assertIn("direct convolutions, active cells", first("--direct"))
        self.assertIn("whole maps", first("--dense"))
        self.assertRegex(first("--fp16"), "precision requested fp16, effective (bf16|fp32: )")
        self.assertRegex(first("--backend", "reference"), r"^reference .* double precision inside")
        self.assertIn("portable", first("--isa", "portable"))
        self.assertIn("1 thread in each of 2 streams", first("--streams", "2", "--threads", "1"))

    def test_averages_and_percentiles(self):
        text = self.run_fine("bench", MODEL, "--cloud", SWEEP, "--duration", "0", "--iterations", "9",
                             "--avgRuns", "4", "--percentile", "50,99.9")
        self.assertEqual(len(re.findall(r"^Average on 4 runs - latency: [\d.]+ ms$", text, re.M)), 2)
        self.assertRegex(text, r"percentile\(50%\) = [\d.]+ ms, percentile\(99.9%\) = ")

    def test_exports(self):
        # Warm: the first frame also finds the maps' backgrounds, which is no layer.
        text = self.run_fine("bench", MODEL, "--cloud", SWEEP, "--warmUp", "100", "--duration", "0",
                             "--iterations", "20", "--dumpProfile", "--exportTimes=times.json",
                             "--exportProfile=profile.json", "--exportLayerInfo=layers.json")
        times, profile, layers = (json.loads(self.path(f"{n}.json").read_text())
                                  for n in ("times", "profile", "layers"))
        self.assertEqual(len(times), 20)
        for run in times:
            self.assertAlmostEqual(run["latencyMs"], run["endComputeMs"] - run["startComputeMs"])
        self.assertEqual(profile[0], {"count": 20})
        self.assertAlmostEqual(sum(layer["percentage"] for layer in profile[1:]), 100, places=3)
        self.assertEqual([layer["name"] for layer in profile[1:]],
                         [layer["Name"] for layer in layers["Layers"]])
        # Layers and stages are the time but for what lies between.
        total = sum(layer["timeMs"] for layer in profile[1:])
        latency = sum(run["latencyMs"] for run in times)
        self.assertTrue(.5 * latency < total <= latency, (total, latency))
        for layer in profile[1:]:
            self.assertIn(layer["name"], text)
        self.assertIn("GFLOP/s", text)
        self.assertRegex(text, r"peak: ")

    def test_graph(self):
        text = self.run_fine("bench", GRAPH, *FAST)
        self.assertRegex(text.splitlines()[0], r"whole maps: pointpillar.onnx on noise in 'voxels', "
                                               r"'voxel_idxs', 'voxel_num'$")
        on_cloud = self.run_fine("bench", GRAPH, "--model", MODEL, "--cloud", SWEEP, *FAST)
        self.assertRegex(on_cloud.splitlines()[0], r"pointpillar.onnx on street.bin$")

    def test_scanned_image(self):
        rpn = pathlib.Path(__file__).parent.parent / "golden/smallmunich/rpn.onnx"
        shape = re.search(r"float32\[1,([\d,]+)\]", self.run_fine("inspect", rpn))[1]
        floats = math.prod(map(int, shape.split(",")))
        name = re.search(r"0  (\S+) ", self.run_fine("inspect", rpn))[1]

        def first(image, *words):
            self.write("image.bin", image)
            return self.run_fine("bench", rpn, "--loadInputs", f"{name}:image.bin", *FAST,
                                 *words).splitlines()[0]
        one = struct.pack(f"<{floats}f", 1, *[0] * (floats - 1))
        self.assertIn("convolutions, active cells of a scanned image: rpn.onnx", first(one))
        self.assertIn("whole maps", first(one, "--dense"))
        self.assertIn("whole maps", first(struct.pack(f"<{floats}f", *[1] * floats)))

    def test_words_of_old_trtexec(self):
        os.symlink(GRAPH, self.path("rpn.onnx"))
        text = self.run_fine("bench", "--onnx=./rpn.onnx", "--explicitBatch", "--workspace=4096",
                             "--fp16", "--warmUp=0", "--duration=0", "--iterations=2", "--avgRuns=2",
                             "--percentile=99")
        self.assertEqual(text.count("Average on 2 runs"), 1)

    def test_engines(self):
        for verb, engine in (("built", "rpn.engine"), ("reused", "rpn.engine")):
            text = self.run_fine("bench", f"--onnx={GRAPH}", f"--saveEngine={engine}", *FAST,
                                 "--workspace=4096")
            self.assertEqual(text.splitlines()[0], f"{verb} {engine}")
            self.assertRegex(text.splitlines()[1], r"^cpu .*: rpn.engine on noise in ")
        self.assertRegex(self.run_fine("bench", "--loadEngine=rpn.engine", *FAST).splitlines()[0],
                         r"^cpu .*: rpn.engine on noise in ")
        self.run_fine("bench", MODEL, "--saveEngine=model.engine", *FAST, "--cloud", SWEEP)
        self.assertRegex(self.run_fine("bench", "model.engine", *FAST, "--cloud", SWEEP)
                         .splitlines()[0], r"^cpu .*: model demo on street.bin$")
        self.refuse("rpn.engine", "--backend", "reference", says=("rpn.engine", "--backend"))
        for limit in ("--workspace=1", "--memPoolSize=workspace:1"):
            self.refuse(f"--onnx={GRAPH}", "--saveEngine=small.engine", limit, says="a run may hold 1 MB")
        self.assertFalse(self.path("small.engine").exists())
        self.refuse(f"--onnx={GRAPH}", "--loadEngine=rpn.engine", says="one of MODEL")

    def test_an_engine_that_is_replaced_is_told_of(self):
        self.write("rpn.engine", "another's")
        done = self.run_command("bench", f"--onnx={GRAPH}", "--saveEngine=rpn.engine", *FAST)
        self.assertEqual(done.returncode, FINE)
        self.assertIn(b"rpn.engine is replaced: it isn't an engine file", done.stderr)

    def test_int8_engine(self):
        int8 = ("--int8", "--saveEngine=bytes.engine", *FAST, "--cloud", SWEEP)
        self.refuse(MODEL, *int8, says="--calibrate")
        self.assertRegex(self.run_fine("bench", MODEL, *int8, "--calib", SWEEP).splitlines()[1],
                         "precision (requested )?int8")
        self.refuse(MODEL, "--cloud", SWEEP, "--calib", SWEEP, says="--saveEngine")

    def test_what_was_made_of_a_models_graph(self):
        """A copy, or an engine, stands where the graph does."""
        self.write("copy.onnx", GRAPH.read_bytes())
        self.run_fine("build", "copy.onnx", "-o", "copy.engine")
        for file in ("copy.onnx", "copy.engine"):
            text = self.run_fine("bench", file, "--model", MODEL, "--cloud", SWEEP, *FAST)
            self.assertRegex(text.splitlines()[0], f": {file} on street.bin$")

    def test_load_inputs(self):
        num = struct.pack("<i", 1500)
        self.write("num.bin", num)
        write_npy(self.path("num.npy"), (1,), "<i4", num)
        for file in ("num.bin", "num.npy"):
            text = self.run_fine("bench", GRAPH, *FAST, "--loadInputs", f"voxel_num:{file}")
            self.assertRegex(text.splitlines()[0], r"on noise in 'voxels', 'voxel_idxs'$")
        self.write("twice.bin", num + num)
        self.write("half.bin", num[:2])
        for file, size in (("twice.bin", "8"), ("half.bin", "2")):
            self.refuse(GRAPH, f"--loadInputs=voxel_num:{file}",
                        says=(file, f"has {size} bytes", "expected the 4", "'voxel_num' int32[1]"))
        write_npy(self.path("two.npy"), (2,), "<i4", num + num)
        self.refuse(GRAPH, "--loadInputs=voxel_num:two.npy", says=("voxel_num", "2", "1"))
        self.refuse(GRAPH, "--loadInputs=speed:num.bin", says=("speed", "NAME:FILE", "voxel_num"))
        self.refuse(GRAPH, "--loadInputs=voxel_num:gone.bin", says="gone.bin")

    def test_shapes(self):
        self.run_fine("bench", GRAPH, *FAST, "--shapes=voxel_num:1,voxels:2000x32x10")
        self.refuse(GRAPH, "--shapes=voxel_num:2", says=("voxel_num", "2", "1"))
        self.refuse(GRAPH, "--shapes=voxel_num:1y", says=("voxel_num:1y", "1x64x496x432"))
        self.refuse(GRAPH, "--shapes=speed:1", says=("speed", "voxel_num"))

    def test_what_goes_together(self):
        self.refuse(says="MODEL")
        self.refuse(GRAPH, "--onnx", GRAPH, says="--onnx")
        self.refuse(MODEL, says="--cloud")
        self.refuse(MODEL, "--cloud", SWEEP, "--shapes=a:1", says="--shapes")
        self.refuse(GRAPH, "--cloud", SWEEP, says="--model")
        self.refuse(GRAPH, "--model", MODEL, says="--cloud")
        self.refuse(GRAPH, "--model", MODEL, "--cloud", SWEEP, "--shapes=voxel_num:1", says="both")
        self.refuse(MODEL.parent, "--cloud", SWEEP, says="folder")
        self.refuse(MODEL, "--cloud", "gone.bin", says="gone.bin")
        self.refuse("gone.onnx", says="gone.onnx")
        self.refuse(MODEL, "--cloud", SWEEP, "--backend", "reference", "--dumpProfile", says="reference")
        self.refuse(MODEL, "--cloud", SWEEP, "--dumpProfile=x", says="dumpProfile")
        self.refuse(*ONE_CLOUD, "--exportTimes", "gone/times.json", says="gone/times.json")

    def test_numbers(self):
        for option, value in (("--warmUp", "-1"), ("--duration", "-1"), ("--iterations", "-1"),
                              ("--avgRuns", "0"), ("--streams", "0"), ("--hz", "0"),
                              ("--threads", "-1"), ("--iterations", "many"), ("--percentile", "0"),
                              ("--percentile", "101"), ("--percentile", "90,"), ("--isa", "mmx"),
                              ("--backend", "cuda")):
            names_the_option = option not in ("--isa", "--backend")
            self.refuse(MODEL, "--cloud", SWEEP, option, value,
                        says=option if names_the_option else value)

    def test_no_run_is_an_error(self):
        self.refuse(MODEL, "--cloud", SWEEP, "--iterations", "0", "--duration", "0",
                    says=("--iterations 0", "no run"))

    def test_rate(self):
        text = self.run_fine("bench", MODEL, "--cloud", SWEEP, SWEEP, "--hz", "200", "--duration", ".2",
                             "--warmUp", "50")
        line, = re.findall(r"^At 200 Hz: .*$", text, re.M)
        missed, inputs, late, dropped = map(int, re.match(
            r"At 200 Hz: (\d+) of (\d+) deadlines of 5.000 ms missed \((\d+) late, (\d+) dropped", line)
            .groups())
        self.assertEqual(missed, late + dropped)
        self.assertGreaterEqual(inputs, 10)
        self.assertRegex(line, r"p99 = [\d.]+ ms from a sweep's arrival, [\d.]+ cores used$")

    def interrupt(self, *words, after):
        process = subprocess.Popen([COLONNADE, "bench", *map(os.fspath, words)], cwd=self.folder,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        process.stdout.readline()  # From then on interrupts are heard.
        time.sleep(after)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    def test_interrupt_prints_what_there_is(self):
        status, out, err = self.interrupt(MODEL, "--cloud", SWEEP, "--warmUp", "0", "--duration", "600",
                                          after=1)
        self.assertEqual((status, err), (0, ""))
        self.assertRegex(out, r"Total Host Walltime: [\d.]+ s, \d+ runs, ended by an interrupt")

    def test_interrupt_before_the_first_run(self):
        status, out, err = self.interrupt(MODEL, "--cloud", SWEEP, "--warmUp", "600000", after=.5)
        self.assertEqual((status, out), (WRONG_USE, ""))
        self.assertRegex(err, r"^colonnade: no run was completed.*interrupt")

    def test_peer(self):
        self.write("python", "#!/bin/sh\necho missing onnxruntime\n").chmod(0o755)
        self.refuse(GRAPH, *FAST, "--peer", "onnxruntime", "--python", "./python",
                    says=("has no onnxruntime", "pip install"))
        self.refuse(GRAPH, *FAST, "--peer", "onnxruntime", "--python", "./gone",
                    says=("./gone", "pip install"))
        self.write("python", "#!/bin/sh\necho '! no such operator'\n").chmod(0o755)
        self.refuse(GRAPH, *FAST, "--peer", "onnxruntime", "--python", "./python", says="no such operator")
        self.write("python", "#!/bin/sh\nexit 1\n").chmod(0o755)
        self.refuse(GRAPH, *FAST, "--peer", "onnxruntime", "--python", "./python", says="ended")
        self.refuse(*ONE_CLOUD, "--peer", "onnxruntime", says=".onnx")
        self.run_fine("build", GRAPH, "-o", "graph.engine")
        self.refuse("graph.engine", "--peer", "onnxruntime", says=".onnx")
        self.refuse(GRAPH, "--peer", "tensorflow", says=("tensorflow", "onnxruntime"))

    def test_peer_takes_turns(self):
        # It answers each turn with 1000 ms and writes down that it was asked.
        self.write("python", f"#!{sys.executable}\nimport sys\nprint('onnxruntime 0', flush=True)\n"
                             "for line in sys.stdin:\n    open('turns', 'a').write('x')\n"
                             "    print('1000', flush=True)\n").chmod(0o755)
        text = self.run_fine("bench", GRAPH, *FAST, "--peer", "onnxruntime", "--python", "./python")
        self.assertIn("=== Taking turns, 3 rounds ===", text)
        self.assertIn("onnxruntime 0: min = 1000.000 ms", text)
        self.assertEqual(self.path("turns").read_text(), "xxx")


if __name__ == "__main__":
    unittest.main()
