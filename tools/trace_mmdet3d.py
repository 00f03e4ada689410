#!/usr/bin/env python3
"""Writes what MMDetection3D (1.x) makes of one frame, stage by stage, for `colonnade compare model.yaml trace.npz`.

usage: trace_mmdet3d.py CONFIG.py CHECKPOINT.pth SWEEP.bin TRACE.npz [--device cuda:0]

Run it where MMDetection3D runs.
"""
import argparse
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from tracing import Frame, add_heads  # noqa: E402

# The modules of Anchor3DHead, and what mmdeploy calls their maps.
HEADS = {"conv_cls": "cls_score0", "conv_reg": "bbox_pred0", "conv_dir_cls": "dir_cls_pred0"}


def hook(model, frame):
    encoder = model.voxel_encoder
    # Its arguments: voxels, points a voxel, coordinates (batch, z, y, x).
    frame.on_input(encoder, "num_points", lambda inputs: inputs[1])
    frame.on_input(encoder, "coords", lambda inputs: inputs[2])
    frame.on_input(encoder.pfn_layers[0], "features")
    frame.on_output(encoder, "pillar_features",
                    lambda output: output[0] if isinstance(output, (list, tuple)) else output)
    frame.on_output(model.middle_encoder, "bev")
    add_heads(frame, model.bbox_head, HEADS, nhwc=False)


def trace(model, sweep, frame, inference_detector):
    found, data = inference_detector(model, sweep)
    frame.put("points", data["inputs"]["points"][:, :5])
    instances = found.pred_instances_3d
    boxes = instances.bboxes_3d
    rows = boxes.tensor[:, :7].clone()
    rows[:, :3] = boxes.gravity_center  # z of the bottom becomes the centre's.
    frame.put("boxes", rows)
    frame.put("scores", instances.scores_3d)
    frame.put("labels", instances.labels_3d)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("config", "checkpoint", "sweep", "trace"):
        parser.add_argument(name)
    parser.add_argument("--device", default="cuda:0")
    options = parser.parse_args()
    from mmdet3d.apis import inference_detector, init_model
    model = init_model(options.config, options.checkpoint, device=options.device)
    frame = Frame()
    hook(model, frame)
    trace(model, options.sweep, frame, inference_detector)
    frame.save(options.trace)


if __name__ == "__main__":
    main()
