#!/usr/bin/env python3
"""Runs ONNX's own backend test cases and writes docs/onnx_ops.md.

The cases come with the PyPI wheels of `onnx`; they're fetched by pip into a cache folder. A case
that fails although a later release carries other data for it, on which it passes, is counted as
corrected: 1.17 and 1.18, for one, cut float32 to bfloat16 where later ones round.
"""
import argparse
import collections
import json
import pathlib
import re
import subprocess
import sys
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
RELEASES = ["1.17.0", "1.18.0", "1.19.0", "1.20.0"]
SUITES = ["node", "simple", "pytorch-operator", "pytorch-converted"]
DATA = "onnx/backend/test/data"
SKIPPED = 77

# What the exporters of PointPillars write, and its near kin: here nothing may fail.
PROMISED = set("""
Abs Add And ArgMax Atan AveragePool BatchNormalization Cast Ceil Clip Concat Constant
ConstantOfShape Conv ConvTranspose Cos CumSum DequantizeLinear Div Dropout DynamicQuantizeLinear
Einsum Equal Exp Expand Flatten Floor Gather GatherElements GatherND Gemm GlobalAveragePool Greater
GreaterOrEqual Identity LeakyRelu Less LessOrEqual Log MatMul Max MaxPool Mean Min Mod Mul Neg
NonZero Not Or Pad Pow QLinearConv QuantizeLinear Range ReduceL2 ReduceMax ReduceMean ReduceMin
ReduceProd ReduceSum Relu Reshape Resize Round Scatter ScatterElements ScatterND Shape Sigmoid Sin
Size Slice Softmax Split Sqrt Squeeze Sub Sum Tile TopK Transpose Unsqueeze Upsample Where
""".split())

# Messages of the reader, as the table's short reasons.
REASONS = [
    (r"element type (float8|float4)|casts to (float8|float4)", "8- and 4-bit floats"),
    (r"element type u?int[24]\b|casts to u?int[24]\b", "4- and 2-bit integers"),
    (r"element type complex|casts to complex", "complex numbers"),
    (r"element type string|casts to string|strings aren't", "strings"),
    (r"sequence", "sequences"),
    (r"optional value", "optional values"),
    (r"drops at random", "random dropout of training mode"),
    (r"normalizes in training mode", "batch statistics of training mode"),
    (r"isn't among the supported", "beside an operator of the last section"),
    (r"condition is known only at run time", "conditions known only at run time"),
]


def fetch(release, cache):
    """The folder of a release's test data, downloaded if need be; None if it can't be had."""
    folder = cache / release
    if (folder / DATA / "node").is_dir():
        return folder / DATA
    # Any platform's wheel carries the data: the machine's own Python may be too new for these.
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--retries", "1",
               "--only-binary=:all:", "--implementation", "cp", "--python-version", "3.11",
               "--abi", "cp311", "--platform", "manylinux2014_x86_64",
               "--platform", "manylinux_2_28_x86_64", f"onnx=={release}", "-d", str(folder)]
    if subprocess.run(command, check=False).returncode != 0:
        return None
    for wheel in folder.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            wanted = tuple(f"{DATA}/{suite}/" for suite in SUITES)
            archive.extractall(folder, [n for n in archive.namelist() if n.startswith(wanted)])
        wheel.unlink()
    return folder / DATA


def run(runner, data, release):
    done = subprocess.run([runner, *(str(data / suite) for suite in SUITES)],
                          stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"{runner} ended with {done.returncode} on the cases of onnx {release}")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    for row in rows:
        row["release"] = release
        row["suite"] = pathlib.Path(row["folder"]).name
    return rows


def same_data(a, b):
    files = [{path.relative_to(case): path.read_bytes() for path in case.glob("*/*.pb")}
             for case in (pathlib.Path(a["folder"]) / a["case"], pathlib.Path(b["folder"]) / b["case"])]
    return files[0] == files[1]


def mark_corrected(rows):
    passed = collections.defaultdict(list)
    for row in rows:
        if row["status"] == "passed":
            passed[row["suite"], row["case"]].append(row)
    for row in rows:
        later = [other for other in passed[row["suite"], row["case"]]
                 if RELEASES.index(other["release"]) > RELEASES.index(row["release"])]
        if row["status"] == "failed" and later and not same_data(row, later[-1]):
            row["status"] = "corrected"


def short_reason(text):
    for pattern, reason in REASONS:
        if re.search(pattern, text):
            return reason
    return text.split("): ")[-1]


def table(rows, ops):
    lines = ["| Operator | Passed | Unsupported | Failed |", "|---|---:|---|---:|"]
    for op in sorted(ops):
        mine = [row for row in rows if op in row["ops"]]
        counts = collections.Counter(row["status"] for row in mine)
        reasons = collections.Counter(
            short_reason(row["reason"]) for row in mine if row["status"] == "unsupported")
        text = "; ".join(f"{count} {reason}" for reason, count in reasons.most_common())
        lines.append(f"| {op} | {counts['passed']} | {text} | {counts['failed']} |")
    return lines


def document(rows, releases):
    promised = [row for row in rows if set(row["ops"]) <= PROMISED]
    beyond = [row for row in rows if not set(row["ops"]) <= PROMISED]
    known = {op for row in beyond if row["status"] == "passed" for op in row["ops"]} - PROMISED
    unknown = {op for row in beyond for op in row["ops"]} - PROMISED - known
    plugins = ["PPScatterPlugin", "PillarScatterPlugin", "ScatterBEV"]
    lines = [
        "# ONNX operators", "",
        "Written by `tools/onnx_conformance.py`; don't edit. Opsets 7 to 25 are read. The cases are",
        "those of ONNX's backend test suite in the `onnx` wheels " + ", ".join(releases) + ",",
        "run through the reader and the reference backend with the suite's tolerance (relative 1e-3,",
        "absolute 1e-7, integers exactly). A case counts for each operator in its model.", "",
        "| Release | Passed | Unsupported | Failed | Corrected by a later release |",
        "|---|---:|---:|---:|---:|"]
    for release in releases:
        counts = collections.Counter(row["status"] for row in rows if row["release"] == release)
        lines.append(f"| {release} | {counts['passed']} | {counts['unsupported']} | "
                     f"{counts['failed']} | {counts['corrected']} |")
    lines += ["", "## What the exporters write", "",
              "Beside these, the field's plugins are native operators: " + ", ".join(plugins) + ".",
              ""]
    lines += table(promised, {op for row in promised for op in row["ops"]})
    lines += ["", "## Beyond", ""] + table(beyond, known)
    lines += ["", "## Not supported", "",
              "Cases of these exist and are refused with a reason: " + ", ".join(sorted(unknown)) + "."]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runner", default=str(ROOT / "build/tools/onnx_conformance"))
    parser.add_argument("--cache", type=pathlib.Path,
                        default=pathlib.Path.home() / ".cache/colonnade/onnx-wheels")
    parser.add_argument("--releases", nargs="+", default=RELEASES, choices=RELEASES)
    parser.add_argument("--golden", type=int, metavar="N",
                        help="as a test: at least N cases pass, none fails; 77 without the wheels")
    parser.add_argument("--write", action="store_true", help="write docs/onnx_ops.md")
    arguments = parser.parse_args()

    rows = []
    for release in arguments.releases:
        data = fetch(release, arguments.cache)
        if data is None:
            print(f"the wheel of onnx {release} can't be had")
            return SKIPPED
        rows += run(arguments.runner, data, release)
    mark_corrected(rows)
    counts = collections.Counter(row["status"] for row in rows)
    for row in rows:
        if row["status"] == "failed":
            print(f"failed: onnx {row['release']} {row['suite']}/{row['case']}: {row['reason']}")
    print(", ".join(f"{counts[key]} {key}" for key in ("passed", "unsupported", "failed", "corrected")))
    if arguments.write:
        (ROOT / "docs/onnx_ops.md").write_text(document(rows, arguments.releases))
    if arguments.golden is not None and counts["passed"] < arguments.golden:
        print(f"expected at least {arguments.golden} to pass")
        return 1
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
