"""Our whole pipeline, points to boxes, a row a precision, beside what others take for the RPN alone, in one run.

usage: run --pipeline RPN.onnx --model MODEL.yaml --cloud SWEEP.bin ... [--int8 ENGINE] [--threads 2]
           [--isa auto] [--rounds 10] [--pause 0.2] [--json FILE]

pnnx takes no weights in float16: `colonnade convert models/kitti3/rpn.onnx -o rpn.onnx` makes them float32.
The others get the BEV images that the model makes of the sweeps. OpenVINO's INT8 is NNCF's of those images.
In each round every side runs once on each sweep, in an order that turns; ratios are of the means of a
round over the sweeps. With `--isa avx2` OpenVINO (oneDNN) is limited alike; the others can't be.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import onnxruntime
from peers import ROOT, bev_image, commit, processor
from sides import Mnn, Ncnn, OnnxRuntime, OpenVino

NOT_THERE = "requested"  # What a precision's name begins with that this machine hasn't.


class Pipeline:
    """Our side: a detector on all sweeps."""

    def __init__(self, options, title, precision, kernels, model=None):
        self.process = subprocess.Popen(
            [options.binary, model or options.model, str(options.threads), options.isa, precision, kernels,
             *options.cloud], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.what = self.process.stdout.readline().strip()
        if not self.what:
            sys.exit(f"{options.binary} doesn't run {model or options.model}")
        self.title = f"{title} ({self.what})"

    def time(self, cloud):
        self.process.stdin.write(f"{cloud} 1\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())


class Rpn:
    """A peer on the sweeps' images."""

    def __init__(self, side, title, images):
        self.side, self.images, self.title = side, images, f"{title} {side.version}"

    def time(self, cloud):
        self.side.take(self.images[cloud])
        return self.side.times(1)[0]


def parse_options():
    parser = argparse.ArgumentParser(prog="bench/peers/run --pipeline")
    parser.add_argument("graph")
    parser.add_argument("--model", required=True, metavar="MODEL.yaml")
    parser.add_argument("--cloud", nargs="+", required=True, metavar="SWEEP")
    parser.add_argument("--int8", metavar="ENGINE", help="of the same model")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--isa", default="auto")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--pause", type=float, default=0.2, help="seconds before each side's turn")
    parser.add_argument("--binary", default=str(ROOT / "build-bench/bench/pipeline_rounds"))
    parser.add_argument("--json", metavar="FILE")
    return parser.parse_args()


def sides(options, images):
    """precision -> our sides, then precision -> the peers; those that a machine lacks are left out."""
    ours = {"fp32 direct": Pipeline(options, "fp32 direct", "fp32", "direct"),
            "fp32": Pipeline(options, "fp32", "fp32", "winograd"),
            "bf16": Pipeline(options, "bf16", "bf16", "winograd")}
    if NOT_THERE in ours["bf16"].what:
        ours.pop("bf16").process.kill()
    if options.int8:
        ours["int8"] = Pipeline(options, "int8", "auto", "winograd", options.int8)
    first = images[0]
    graph = options.graph
    theirs = {"fp32": [Rpn(OnnxRuntime(graph, first, options), "ONNX Runtime fp32", images),
                       Rpn(OpenVino(graph, first, options), "OpenVINO fp32", images),
                       Rpn(Mnn(graph, first, options), "MNN fp32", images),
                       Rpn(Ncnn(graph, first, options), "ncnn fp32", images)]}
    if "bf16" in ours:
        theirs["bf16"] = [Rpn(OpenVino(graph, first, options, "bf16"), "OpenVINO bf16", images)]
    if options.int8:
        theirs["int8"] = [Rpn(OpenVino(graph, first, options, examples=images), "OpenVINO int8", images)]
    return ours, theirs


def main():
    options = parse_options()
    if options.isa != "auto":
        os.environ["ONEDNN_MAX_CPU_ISA"] = options.isa.upper()
    name = onnxruntime.InferenceSession(options.graph,
                                        providers=["CPUExecutionProvider"]).get_inputs()[0].name
    with tempfile.TemporaryDirectory() as folder:
        images = [{name: bev_image(options, cloud, folder)} for cloud in options.cloud]
    ours, theirs = sides(options, images)
    everyone = list(ours.values()) + [side for group in theirs.values() for side in group]
    means = {side.title: [] for side in everyone}
    for round_ in range(options.rounds):
        turn = round_ % len(everyone)
        sums = dict.fromkeys(means, 0.0)
        for cloud in range(len(options.cloud)):
            for side in everyone[turn:] + everyone[:turn]:
                time.sleep(options.pause)
                sums[side.title] += side.time(cloud) / len(options.cloud)
        for title, value in sums.items():
            means[title].append(value)
    for side in ours.values():
        side.process.stdin.close()
        side.process.wait()

    print(f"\nmean over {len(options.cloud)} sweeps, {processor()}, {options.threads} threads, "
          f"isa {options.isa}, {options.rounds} rounds, commit {commit()}\n")
    print("| ours, points to boxes | best ms | median ms | best peer, RPN alone | its median ms "
          "| theirs / ours |\n|---|---|---|---|---|---|")
    for precision, side in ours.items():
        own = means[side.title]
        peers = theirs.get(precision.split()[0], [])
        peer = min(peers, key=lambda p: statistics.median(means[p.title]))
        ratio = statistics.median(t / o for t, o in zip(means[peer.title], own))
        print(f"| {side.title} | {min(own):.1f} | {statistics.median(own):.1f} | {peer.title} "
              f"| {statistics.median(means[peer.title]):.1f} | {ratio:.2f} |")
    print("\n| all, RPN alone | best ms | median ms |\n|---|---|---|")
    for side in everyone[len(ours):]:
        print(f"| {side.title} | {min(means[side.title]):.1f} | {statistics.median(means[side.title]):.1f} |")
    if options.json:
        report = {"schema": 1, "model": options.model, "processor": processor(), "commit": commit(),
                  "threads": options.threads, "isa": options.isa, "milliseconds": means}
        pathlib.Path(options.json).write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
