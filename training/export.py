#!/usr/bin/env python3
"""Writes a trained network as ONNX and model.yaml, and holds the boxes against PyTorch's.

    python3 -m training.export runs/kitti3/weights.pth --out models/kitti3 --cloud sweep.bin
    python3 -m training.export CONFIG.yaml CHECKPOINT.pth --out model --cloud sweep.bin
"""

import argparse
import pathlib
import sys

import torch

from . import checkpoint, errors
from .detection.post import Detector
from .graphs.check import check, find_colonnade, read_cloud
from .graphs.forms import FORMS, export
from .network.pointpillar import PointPillar
from .settings import kitti3


def parser():
    p = argparse.ArgumentParser(prog="training.export", description=__doc__.splitlines()[0])
    p.add_argument("inputs", nargs="+", type=pathlib.Path, metavar="WEIGHTS | CONFIG.yaml CHECKPOINT",
                   help="of training.train; or OpenPCDet's config and checkpoint")
    p.add_argument("--out", type=pathlib.Path, required=True, help="folder for graphs and model.yaml")
    p.add_argument("--form", action="append", choices=list(FORMS), metavar="FORM",
                   help=f"{', '.join(FORMS)}; may be given again; the first becomes model.yaml (all of "
                        "them; of a config self-contained alone)")
    p.add_argument("--precision", choices=("fp16", "fp32"),
                   help="of the weights in the file; PyTorch's boxes are those of the rounded weights "
                        "(fp16; of a config fp32)")
    p.add_argument("--rounded-weights", type=pathlib.Path, metavar="FILE",
                   help="write the weights that the graphs hold, for PyTorch")
    p.add_argument("--cloud", type=pathlib.Path, action="append", default=[],
                   help="to compare the boxes on; may be given again")
    p.add_argument("--colonnade", type=pathlib.Path, help="the command that detects")
    p.add_argument("--no-check", action="store_true", help="write without comparing")
    p.add_argument("--threads", type=int, help="of PyTorch")
    return p


def read_network(inputs):
    """A PointPillar of WEIGHTS, or of CONFIG.yaml CHECKPOINT."""
    state = checkpoint.read(inputs[-1])
    if len(inputs) == 2:
        from .openpcdet.config import read_config
        model = read_config(inputs[0])
    elif isinstance(state.get("settings"), dict) and "width" in state["settings"]:
        model = kitti3(state["settings"]["width"])
    else:
        raise errors.UserError(f"{inputs[0]}: not of training.train: it has no 'settings'; give "
                               "CONFIG.yaml before an OpenPCDet checkpoint")
    network = PointPillar(model)
    checkpoint.load_weights(network, state, inputs[-1])
    return network.eval()


def main():
    p = parser()
    args = p.parse_args()
    if len(args.inputs) > 2:
        p.error(f"expected WEIGHTS or CONFIG.yaml CHECKPOINT, found {len(args.inputs)} files")
    if not args.cloud and not args.no_check:
        p.error("expected --cloud FILE to compare the boxes on, or --no-check")
    if args.threads:
        torch.set_num_threads(args.threads)
    own = len(args.inputs) == 1
    colonnade = None if args.no_check else find_colonnade(args.colonnade)
    network = read_network(args.inputs)
    for path in args.cloud:  # Before anything is written.
        read_cloud(path, len(network.model.pfn.point_features))
    half = (args.precision or ("fp16" if own else "fp32")) == "fp16"
    network, written = export(network, args.out, args.form or (list(FORMS) if own
                                                               else ["self-contained"]), half)
    if args.rounded_weights:
        settings = checkpoint.read(args.inputs[-1]).get("settings")
        checkpoint.write_atomically(args.rounded_weights, {"model_state": network.state_dict(),
                                                           "settings": settings})
    status = 0
    for yaml in written:
        if args.no_check:
            print(f"{yaml}: written, boxes not compared")
            continue
        result = check(Detector(network), yaml, args.cloud, colonnade)
        status |= not result.same
        print(f"{yaml}: {'the same as PyTorch' if result.same else 'NOT the same as PyTorch'}: {result}"
              + ("" if result.boxes else "; no box: nothing was compared"))
    return int(status)


if __name__ == "__main__":
    sys.exit(errors.run("training.export", main))
