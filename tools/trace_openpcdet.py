#!/usr/bin/env python3
"""Writes what OpenPCDet makes of one frame, stage by stage, for `colonnade compare model.yaml trace.npz`.

usage: trace_openpcdet.py CONFIG.yaml CHECKPOINT.pth SWEEP.bin TRACE.npz [--columns 4] [--device cuda]

Run it where OpenPCDet runs, from its tools/ folder (configs name others relative to it).
"""
import argparse
import pathlib
import sys

import numpy as np
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from tracing import Frame, add_heads  # noqa: E402

# The modules of AnchorHeadSingle, and what CUDA-PointPillars' exporter calls their maps.
HEADS = {"conv_cls": "cls_preds", "conv_box": "box_preds", "conv_dir_cls": "dir_cls_preds"}


def open_model(options):
    from pcdet.config import cfg, cfg_from_yaml_file
    from pcdet.datasets import DatasetTemplate
    from pcdet.models import build_network
    from pcdet.utils import common_utils
    cfg_from_yaml_file(options.config, cfg)
    logger = common_utils.create_logger()
    dataset = DatasetTemplate(dataset_cfg=cfg.DATA_CONFIG, class_names=cfg.CLASS_NAMES, training=False,
                              root_path=pathlib.Path("."), logger=logger)
    model = build_network(model_cfg=cfg.MODEL, num_class=len(cfg.CLASS_NAMES), dataset=dataset)
    model.load_params_from_file(filename=options.checkpoint, logger=logger, to_cpu=True)
    return model.to(options.device).eval(), dataset


def hook(model, frame):
    frame.on_input(model.vfe.pfn_layers[0], "features")
    frame.on_output(model.vfe, "pillar_features", lambda batch: batch["pillar_features"])
    frame.on_output(model.map_to_bev_module, "bev", lambda batch: batch["spatial_features"])
    add_heads(frame, model.dense_head, HEADS, nhwc=True)


def trace(model, dataset, points, frame, device):
    data = dataset.prepare_data(data_dict={"points": points, "frame_id": 0})
    batch = dataset.collate_batch([data])
    frame.put("points", batch["points"][:, 1:6])
    frame.put("coords", batch["voxel_coords"].astype(np.int32))
    frame.put("num_points", batch["voxel_num_points"].astype(np.int32))
    batch = {key: torch.from_numpy(value).float().to(device) if isinstance(value, np.ndarray)
             and value.dtype.kind in "fiu" else value for key, value in batch.items()}
    with torch.no_grad():
        found, _ = model(batch)
    frame.put("boxes", found[0]["pred_boxes"][:, :7])  # x, y, z of the centre, l, w, h, yaw
    frame.put("scores", found[0]["pred_scores"])
    frame.put("labels", found[0]["pred_labels"] - 1)  # It counts classes from 1.


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("config", "checkpoint", "sweep", "trace"):
        parser.add_argument(name)
    parser.add_argument("--columns", type=int, default=4, help="of the sweep's float32 rows")
    parser.add_argument("--device", default="cuda")
    options = parser.parse_args()
    points = np.fromfile(options.sweep, np.float32).reshape(-1, options.columns)
    model, dataset = open_model(options)
    frame = Frame()
    hook(model, frame)
    trace(model, dataset, points, frame, options.device)
    frame.save(options.trace)


if __name__ == "__main__":
    main()
