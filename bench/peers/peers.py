"""Takes turns with other runtimes on one graph, in one run, and prints how they compare.

usage: run GRAPH.onnx [--threads 2] [--isa auto] [--rounds 10] [--input NAME=FILE.npy ...]
           [--shape NAME=1x64x496x432 ...] [--peers onnxruntime,openvino,mnn,ncnn] [--json FILE] [--pause 0.3]
       run RPN.onnx --model MODEL.yaml --cloud SWEEP.bin ... [the same options]

Inputs that aren't given are seeded noise of the declared shape; with --cloud they are the BEV images
that the model makes of these sweeps, a table each and one of their means: then we also run on the
pillars instead of the whole image, as a detector does. In each round every runtime runs the
graph `--runs` times, in an order that turns from round to round, after a pause in which the threads of
the one before go to sleep. Ratios are taken within a round, so that what else the machine does meets
all alike. With `--isa avx2` OpenVINO (oneDNN) is limited alike; the others can't be.
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
from sides import MODES, PEERS, Colonnade

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
    parser.add_argument("--peers", default="onnxruntime,openvino,mnn,ncnn")
    parser.add_argument("--model", metavar="MODEL.yaml")
    parser.add_argument("--cloud", nargs="*", default=[], metavar="SWEEP")
    parser.add_argument("--modes", help="of ours: " + ", ".join(MODES))
    parser.add_argument("--binary", default=str(ROOT / "build-bench/bench/graph_rounds"))
    parser.add_argument("--json", metavar="FILE")
    return parser.parse_args()


def bev_image(options, cloud, folder):
    """The array that the model makes of a sweep."""
    file = f"{folder}/image.npy"
    tool = pathlib.Path(options.binary).with_name("bev_image")
    done = subprocess.run([tool, options.model, cloud, file], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr.strip())
    print(f"{pathlib.Path(cloud).name}: {done.stdout.strip()}")
    return np.load(file)


def measure(options, inputs, modes):
    """name -> (version, milliseconds a round), ours first."""
    sides = [Colonnade(options.graph, inputs, options, mode) for mode in modes]
    sides += [PEERS[name](options.graph, inputs, options) for name in options.peers.split(",") if name]
    ours = sides[0].outputs()
    for side in sides[1:]:
        worst = max(float(np.abs(a - b).max() / max(np.abs(b).max(), 1e-30))
                    for a, b in zip(ours, side.outputs()))
        print(f"outputs against {side.name}: max |a - b| / max |b| = {worst:.1e}")
    times = {side.name: (side.version, []) for side in sides}
    for round_ in range(options.rounds):
        turn = round_ % len(sides)
        for side in sides[turn:] + sides[:turn]:
            time.sleep(options.pause)
            times[side.name][1].append(min(side.times(options.runs)))
    for side in sides:
        if isinstance(side, Colonnade):
            side.close()
    return times


def table(title, times, options):
    print(f"\n{title}, {processor()}, {options.threads} threads, {options.rounds} rounds, "
          f"commit {commit()}\n")
    print("| runtime | best ms | median ms | spread (10-90 %) | theirs / ours: median (best) |")
    print("|---|---|---|---|---|")
    rows = []
    own = next(iter(times.values()))[1]
    for name, (version, values) in times.items():
        low, high = np.percentile(values, [10, 90])
        ratio = statistics.median(t / o for t, o in zip(values, own))
        rows.append({"runtime": name, "version": version, "milliseconds": values,
                     "best": min(values), "median": statistics.median(values),
                     "ratio_median": ratio, "ratio_best": min(values) / min(own)})
        print(f"| {name} {version} | {min(values):.1f} | {statistics.median(values):.1f} "
              f"| {low:.1f}-{high:.1f} | {ratio:.2f} ({min(values) / min(own):.2f}) |")
    return {"input": title, "rows": rows}


def main():
    options = parse_options()
    if options.isa != "auto":
        os.environ["ONEDNN_MAX_CPU_ISA"] = options.isa.upper()
    graph = pathlib.Path(options.graph).name
    modes = (options.modes or (",".join(MODES) if options.cloud else "direct")).split(",")
    tables = []
    if not options.cloud:
        inputs = graph_inputs(options.graph, pairs(options.input, str),
                              pairs(options.shape, lambda s: [int(d) for d in s.split("x")]))
        tables.append(table(graph, measure(options, inputs, modes), options))
    else:
        session = onnxruntime.InferenceSession(options.graph, providers=["CPUExecutionProvider"])
        name = session.get_inputs()[0].name
        del session
        runs = []
        with tempfile.TemporaryDirectory() as folder:
            for cloud in options.cloud:
                image = bev_image(options, cloud, folder)
                runs.append(measure(options, {name: image}, modes))
                tables.append(table(f"{graph} on {pathlib.Path(cloud).name}", runs[-1], options))
        if len(runs) > 1:
            means = {side: (runs[0][side][0], list(np.mean([run[side][1] for run in runs], axis=0)))
                     for side in runs[0]}
            tables.append(table(f"{graph}, mean over {len(runs)} sweeps", means, options))
    if options.json:
        report = {"schema": 2, "graph": graph, "processor": processor(), "threads": options.threads,
                  "isa": options.isa, "commit": commit(), "tables": tables}
        pathlib.Path(options.json).write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
