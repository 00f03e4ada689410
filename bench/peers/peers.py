"""Takes turns with other runtimes on one graph, in one run, and prints how they compare.

usage: run GRAPH.onnx [--threads 2] [--isa auto] [--rounds 10] [--input NAME=FILE.npy ...]
           [--shape NAME=1x64x496x432 ...] [--peers onnxruntime,openvino] [--json FILE] [--pause 0.3]

Inputs that aren't given are seeded noise of the declared shape. In each round every runtime runs the
graph `--runs` times, in an order that turns from round to round, after a pause in which the threads of
the one before go to sleep. Ratios are taken within a round, so that what else the machine does meets
all alike. With `--isa avx2` OpenVINO (oneDNN) is limited alike; ONNX Runtime can't be.
"""
import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import onnxruntime

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TYPES = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(double)": np.float64,
         "tensor(int32)": np.int32, "tensor(int64)": np.int64}


def graph_inputs(path, given, shapes):
    """name -> array, in the graph's order."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    random = np.random.default_rng(1)
    result = {}
    for value in session.get_inputs():
        if value.name in given:
            result[value.name] = np.load(given[value.name])
            continue
        dims = shapes.get(value.name) or value.shape
        if not all(isinstance(d, int) for d in dims):
            sys.exit(f"input {value.name} has dynamic dims {dims}: give --shape or --input")
        floating = value.type in ("tensor(float)", "tensor(float16)", "tensor(double)")
        noise = random.standard_normal(dims) if floating else np.zeros(dims)
        result[value.name] = noise.astype(TYPES[value.type])
    return result


class Colonnade:
    def __init__(self, graph, inputs, options):
        self.folder = tempfile.TemporaryDirectory()
        files = []
        for i, array in enumerate(inputs.values()):
            files.append(f"{self.folder.name}/{i}.npy")
            np.save(files[-1], array)
        self.process = subprocess.Popen(
            [options.binary, graph, str(options.threads), options.isa, *files],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.name = "colonnade"
        self.version = self.process.stdout.readline().strip()
        if not self.version:
            sys.exit(f"{options.binary} doesn't run this graph")

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return [float(word) for word in self.process.stdout.readline().split()]

    def times(self, runs):
        return self.ask(str(runs))

    def outputs(self):
        self.ask(f"1 {self.folder.name}/out")
        files = sorted(pathlib.Path(self.folder.name).glob("out.*.npy"),
                       key=lambda p: int(p.name.split(".")[1]))
        return [np.load(f) for f in files]


class OnnxRuntime:
    def __init__(self, graph, inputs, options):
        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = options.threads
        settings.inter_op_num_threads = 1
        self.name, self.version = "onnxruntime", onnxruntime.__version__
        self.session = onnxruntime.InferenceSession(graph, settings, providers=["CPUExecutionProvider"])
        self.inputs = inputs
        self.outputs()

    def outputs(self):
        return self.session.run(None, self.inputs)

    def times(self, runs):
        return timed(runs, self.outputs)


class OpenVino:
    def __init__(self, graph, inputs, options):
        import openvino
        core = openvino.Core()
        model = core.read_model(graph)
        model.reshape({name: list(array.shape) for name, array in inputs.items()})
        self.name, self.version = "openvino", openvino.__version__.split("-")[0]
        self.request = core.compile_model(model, "CPU", {
            "INFERENCE_NUM_THREADS": options.threads, "INFERENCE_PRECISION_HINT": "f32",
            "PERFORMANCE_HINT": "LATENCY"}).create_infer_request()
        self.inputs = {name: openvino.Tensor(array) for name, array in inputs.items()}
        self.infer()

    def infer(self):
        self.request.infer(self.inputs, share_inputs=True, share_outputs=True)

    def outputs(self):
        self.infer()
        return [np.array(tensor.data) for tensor in self.request.output_tensors]

    def times(self, runs):
        return timed(runs, self.infer)


def timed(runs, function):
    result = []
    for _ in range(runs):
        start = time.perf_counter()
        function()
        result.append((time.perf_counter() - start) * 1e3)
    return result


def processor():
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def commit():
    git = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return git.stdout.strip() or "unknown"


def pairs(arguments, convert):
    return {name: convert(value) for name, value in (a.rsplit("=", 1) for a in arguments)}


def parse_options():
    parser = argparse.ArgumentParser(prog="bench/peers/run")
    parser.add_argument("graph")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--isa", default="auto")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--pause", type=float, default=0.3, help="seconds")
    parser.add_argument("--input", nargs="*", default=[], metavar="NAME=FILE.npy")
    parser.add_argument("--shape", nargs="*", default=[], metavar="NAME=1x64x496x432")
    parser.add_argument("--peers", default="onnxruntime,openvino")
    parser.add_argument("--binary", default=str(ROOT / "build-bench/bench/graph_rounds"))
    parser.add_argument("--json", metavar="FILE")
    return parser.parse_args()


def main():
    options = parse_options()
    if options.isa != "auto":
        os.environ["ONEDNN_MAX_CPU_ISA"] = options.isa.upper()
    inputs = graph_inputs(options.graph, pairs(options.input, str),
                          pairs(options.shape, lambda s: [int(d) for d in s.split("x")]))
    known = {"onnxruntime": OnnxRuntime, "openvino": OpenVino}
    sides = [Colonnade(options.graph, inputs, options)]
    sides += [known[name](options.graph, inputs, options) for name in options.peers.split(",") if name]

    ours = sides[0].outputs()
    for side in sides[1:]:
        worst = max(float(np.abs(a - b).max() / max(np.abs(b).max(), 1e-30))
                    for a, b in zip(ours, side.outputs()))
        print(f"outputs against {side.name}: max |a - b| / max |b| = {worst:.1e}")

    times = {side.name: [] for side in sides}
    for round_ in range(options.rounds):
        turn = round_ % len(sides)
        for side in sides[turn:] + sides[:turn]:
            time.sleep(options.pause)
            times[side.name].append(min(side.times(options.runs)))

    print(f"\n{pathlib.Path(options.graph).name}, {processor()}, {options.threads} threads, "
          f"{options.rounds} rounds, commit {commit()}\n")
    print("| runtime | best ms | median ms | spread (10-90 %) | peer / ours: median (best) |")
    print("|---|---|---|---|---|")
    rows = []
    own = times[sides[0].name]
    for side in sides:
        values = times[side.name]
        low, high = np.percentile(values, [10, 90])
        ratio = statistics.median(t / o for t, o in zip(values, own))
        rows.append({"runtime": side.name, "version": side.version, "milliseconds": values,
                     "best": min(values), "median": statistics.median(values),
                     "ratio_median": ratio, "ratio_best": min(values) / min(own)})
        print(f"| {side.name} {side.version} | {min(values):.1f} | {statistics.median(values):.1f} "
              f"| {low:.1f}-{high:.1f} | {ratio:.2f} ({min(values) / min(own):.2f}) |")
    if options.json:
        report = {"schema": 1, "graph": pathlib.Path(options.graph).name, "processor": processor(),
                  "threads": options.threads, "isa": options.isa, "commit": commit(), "rows": rows}
        pathlib.Path(options.json).write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
