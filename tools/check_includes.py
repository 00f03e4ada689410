#!/usr/bin/env python3
"""Refuses an #include against the direction of dependencies (docs/design.md, 'Layout')."""
import pathlib
import re
import sys

# A folder may include from itself and from what stands here. Longest prefix wins.
FOUNDATION = ["base"]
MAY = {
    "base": [],
    "graph": FOUNDATION,
    "cloud": FOUNDATION,
    "model": FOUNDATION + ["graph"],
    "onnx": FOUNDATION + ["graph", "kernels", "passes"],
    "kernels": FOUNDATION + ["graph"],
    "passes": FOUNDATION + ["graph", "kernels"],
    "engine_file": FOUNDATION + ["graph", "kernels", "passes", "model"],
    "frame": FOUNDATION,
    "backends": FOUNDATION + ["graph", "kernels", "passes", "frame"],
    "plan": FOUNDATION + ["graph", "kernels", "passes", "frame", "backends"],
    "tensorrt": FOUNDATION + ["graph", "kernels", "passes", "onnx", "frame", "backends", "plan"],
    "tensorrt_adapter": ["tensorrt"],
    "stages": FOUNDATION + ["graph", "kernels", "cloud", "frame", "backends", "plan"],
    "detector": FOUNDATION + ["graph", "passes", "model", "onnx", "engine_file", "plan", "backends", "frame", "stages", "cloud", "tensorrt"],
    "calibrate": FOUNDATION + ["graph", "engine_file", "plan", "backends", "detector"],
    "build": FOUNDATION + ["graph", "kernels", "model", "onnx", "engine_file", "plan", "backends", "detector", "calibrate",
                            "tensorrt"],
    "measure": FOUNDATION + ["graph", "kernels", "onnx", "engine_file", "build", "frame", "backends", "plan", "stages", "detector"],
    "report": FOUNDATION + ["cloud"],
    "evaluate": FOUNDATION + ["cloud", "report"],
    "verify": FOUNDATION + ["graph", "passes", "kernels", "model", "onnx", "engine_file", "frame", "backends", "plan", "stages", "cloud", "detector", "build",
                             "measure", "report", "evaluate"],
    "doctor": FOUNDATION + ["cloud", "model", "frame", "stages", "detector", "report"],
}
ROOT = pathlib.Path(__file__).resolve().parent.parent


def main() -> int:
    failures = []
    for path in sorted((ROOT / "src").rglob("*")):
        if path.suffix not in {".hpp", ".cpp"}:
            continue
        module = path.relative_to(ROOT / "src").parts[0]
        allowed = MAY[module] + [module]
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = re.match(r'\s*#include "([^"]+)"', line)
            if not match or match[1].startswith("colonnade/"):
                continue
            target = match[1]
            if not (ROOT / "src" / target).exists() and target.split("/")[0] not in MAY:
                continue  # Generated beside the source (protobuf).
            if not any(target == a or target.startswith(a + "/") for a in allowed):
                failures.append(f"{path.relative_to(ROOT)}:{number}: {module} may not include {target}")
    for path in sorted((ROOT / "include").rglob("*.hpp")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = re.match(r'\s*#include "([^"]+)"', line)
            if match and not match[1].startswith("colonnade/"):
                failures.append(f"{path.relative_to(ROOT)}:{number}: a public header includes {match[1]}")
            match = re.match(r"\s*#include <([^>]+)>", line)
            if match and ("/" in match[1] or match[1].endswith(".h")):
                failures.append(f"{path.relative_to(ROOT)}:{number}: a public header includes <{match[1]}>")
    print("\n".join(failures) or "includes follow the layers")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
