"""model.yaml (docs/model_yaml.md) of a network: what its graphs can't say."""

import dataclasses
import json

import numpy as np


@dataclasses.dataclass
class Graph:
    file: str
    inputs: list  # (tensor, source)
    outputs: list  # (tensor, meaning)


def number(value):
    """The shortest decimal that is the same float32."""
    text = np.format_float_positional(np.float32(value), trim="-")
    return text[:-1] if text.endswith(".") else text


def numbers(values):
    return f"[{', '.join(number(v) for v in values)}]"


def graph_lines(graph):
    yield f"  - file: {graph.file}"
    yield "    inputs:"
    for tensor, source in graph.inputs:
        yield f"      - {{tensor: {tensor}, source: {source}}}"
    yield "    outputs:"
    for tensor, meaning in graph.outputs:
        yield f"      - {{tensor: {tensor}, meaning: {meaning}}}"


def anchor_line(label, anchor):
    length, width, height = map(number, anchor.size)
    return (f"      - {{label: {label}, length: {length}, width: {width}, height: {height}, "
            f"z: {number(anchor.z)}, rotations: {numbers(anchor.rotations)}}}")


def direction_lines(head):
    yield "  direction:"
    yield f"    kind: {'period' if head.direction else 'none'}"
    yield f"    offset: {number(head.direction_offset)}"
    yield f"    limit_offset: {number(head.direction_limit_offset)}"
    yield "    inverted: false"
    yield "    tie: 0"
    yield "    before_nms: true"


def text(model, features, graphs, center):
    """`features`: of a point, as the graphs' input has them; `center`: what pillars.center is."""
    grid, head, post = model.grid, model.head, model.post
    grid_of_map = (grid.nx // head.stride, grid.ny // head.stride)
    raw = any(source == "x" for _, source in graphs[0].inputs)
    lines = [
        "# Written by training/export.py. docs/model_yaml.md explains every key.",
        "version: 1", f"name: {json.dumps(model.name)}",
        f"classes: {json.dumps(model.classes)}",
        "grid:", f"  min: {numbers(grid.min)}", f"  max: {numbers(grid.max)}",
        f"  cell: {numbers(grid.cell)}",
        "pillars:", f"  max_pillars: {model.max_pillars}", f"  max_points: {model.max_points}",
        "  overflow: skip", f"  center: {numbers(center)}",
        f"  features: [{'' if raw else ', '.join(features)}]",
        "graphs:", *(line for graph in graphs for line in graph_lines(graph)),
        "box:", "  z: center", "  yaw: ccw_from_x", "  size: lwh", "  velocity: false",
        "  sin_cos: false",
        "anchor_layout:", f"  placement: {'cell_center' if head.align_center else 'span'}",
        "  order: y_x_anchor", "  layout: nhwc",
        "heads:", f"  - labels: {list(range(len(model.classes)))}", "    anchors:",
        *(anchor_line(model.classes.index(a.name), a) for a in head.anchors),
        f"    map_width: {grid_of_map[0]}", f"    map_height: {grid_of_map[1]}",
        "post:", f"  score_threshold: {number(post.score_threshold)}",
        "  score_comparison: greater_equal",
        f"  candidates: {'each_class' if post.per_class else 'best_class'}", f"  top_k: {post.top_k}",
        "  top_k_stage: after_threshold",
        "  nms:", f"    iou: {'rotated' if post.rotated else 'unrotated'}",
        f"    threshold: {number(post.nms_threshold)}", "    comparison: greater",
        f"    margin: {0.01 if post.rotated else 0}", "    plus_one: false",
        f"    per_class: {'true' if post.per_class else 'false'}",
        f"  max_boxes_per_class: {post.max_boxes if post.per_class else 0}",
        f"  max_boxes: {0 if post.per_class else post.max_boxes}",
        f"  order: {'class_then_score' if post.per_class else 'score'}",
        "  occupancy_mask: false", "  occupancy_area: 1", *direction_lines(head),
        "sweeps: 1", "ego_radius: 0", "intensity_max: 1"]
    if model.name.startswith("kitti"):
        lines += ["trained_on:", "  ground_z: -1.73", "  rings: 64"]
    return "\n".join(lines) + "\n"


def write_model_yaml(path, model, features, graphs, center=None):
    path.write_text(text(model, features, graphs, center or model.grid.center))
