// What stands in model.yaml and sensor.yaml: one description of each struct, which the reader, the
// writer, `--set` and the tests walk with visitors of their own.
//
// A visitor has two members:
//   field(key, member, help, bounds = {})     a key that must be there
//   optional(key, member, help, bounds = {})  a key that may be left out
#pragma once

#include <concepts>
#include <limits>
#include <type_traits>

#include "colonnade/model.hpp"

namespace colonnade {

/// Which numbers a member takes, elementwise in lists.
struct Bounds {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool open = false;        ///< Not `low` itself.
  bool infinite = false;    ///< .inf and -.inf are numbers too.
  std::size_t entries = 0;  ///< Of a list: at least so many.
};
inline constexpr Bounds kPositive{.low = 0, .open = true};
inline constexpr Bounds kNotNegative{.low = 0};
inline constexpr Bounds kAtLeastOne{.low = 1};
inline constexpr Bounds kFraction{.low = 0, .high = 1};
inline constexpr Bounds kNotEmpty{.entries = 1};

/// S is T or const T: readers walk the first, writers the second.
template <typename S, typename T>
concept Like = std::same_as<std::remove_const_t<S>, T>;

template <typename V, Like<GridSpec> S>
void describe(V& v, S& s) {
  v.field("min", s.min, "lower corner of the range: x, y, z in metres, inclusive");
  v.field("max", s.max, "upper corner, exclusive");
  v.field("cell", s.cell, "size of a pillar in x and y, metres", kPositive);
}

template <typename V, Like<PillarSpec> S>
void describe(V& v, S& s) {
  v.field("max_pillars", s.max_pillars, "cap; points that would open more are dropped and counted",
          Bounds{.low = 1, .high = 1 << 24});
  v.field("max_points", s.max_points, "a pillar keeps its first so many points",
          Bounds{.low = 1, .high = 1 << 16});
  v.field("overflow", s.overflow,
          "at the cap: skip (drop that point, go on) | stop (the sweep ends there)");
  v.field("center", s.center, "x, y of the centre of cell (0, 0) and the z of center_dz, metres");
  v.field("features", s.features, "of a point, in the order of the graph's input");
}

template <typename V, Like<InputBinding> S>
void describe(V& v, S& s) {
  v.field("tensor", s.tensor, "name, or position counted from 0");
  v.field("source", s.source, "what it's fed with");
}

template <typename V, Like<OutputBinding> S>
void describe(V& v, S& s) {
  v.field("tensor", s.tensor, "name, or position counted from 0");
  v.field("meaning", s.meaning, "what it holds");
  v.optional("head", s.head, "whose map it is, counted from 0", kNotNegative);
}

template <typename V, Like<GraphSpec> S>
void describe(V& v, S& s) {
  v.field("file", s.file, "ONNX file, relative to this one's folder");
  v.field("inputs", s.inputs, "tensor: name or position; source: what it's fed with", kNotEmpty);
  v.field("outputs", s.outputs, "meaning: what the tensor holds; head: whose map it is", kNotEmpty);
}

template <typename V, Like<BoxCoding> S>
void describe(V& v, S& s) {
  v.field("z", s.z, "of anchors and decoded boxes: bottom | center");
  v.field("yaw", s.yaw, "ccw_from_x | kitti_camera (canonical yaw = -yaw - pi/2)");
  v.field("size", s.size, "order of the extents in codes and decoded boxes: lwh | wlh");
  v.field("velocity", s.velocity, "two more codes: vx, vy");
  v.field("sin_cos", s.sin_cos, "yaw coded as cos and sin, added to the anchor's");
}

template <typename V, Like<AnchorLayout> S>
void describe(V& v, S& s) {
  v.field("placement", s.placement, "cell_center | span (first and last on the range's border)");
  v.field("order", s.order, "nesting of the flat index, slowest first: y_x_anchor | anchor_y_x");
  v.field("layout", s.layout, "of the heads' maps: nhwc | nchw | flat");
}

template <typename V, Like<AnchorSpec> S>
void describe(V& v, S& s) {
  v.field("label", s.label, "class it was trained for", kNotNegative);
  v.field("length", s.length, "metres, along the heading", kPositive);
  v.field("width", s.width, "metres, across it", kPositive);
  v.field("height", s.height, "metres", kPositive);
  v.field("z", s.z, "metres, of the bottom or the centre as box.z says");
  v.field("rotations", s.rotations, "radians, in the model's own yaw", kNotEmpty);
}

template <typename V, Like<HeadSpec> S>
void describe(V& v, S& s) {
  v.field("labels", s.labels, "class of each score channel", Bounds{.low = 0, .entries = 1});
  v.field("anchors", s.anchors, "metres and radians; z as box.z says; one anchor a rotation",
          kNotEmpty);
  v.field("map_width", s.map_width, "cells of the head's map in x", kAtLeastOne);
  v.field("map_height", s.map_height, "and in y", kAtLeastOne);
}

template <typename V, Like<DirectionSpec> S>
void describe(V& v, S& s) {
  v.field("kind", s.kind, "none | flip_if_disagree | add_pi_if_zero | period");
  v.field("offset", s.offset, "period: radians");
  v.field("limit_offset", s.limit_offset, "period: in periods of pi");
  v.field("inverted", s.inverted, "period: pi is added where dir is 0, not 1");
  v.field("tie", s.tie, "dir where both logits are equal: 0 | 1", kFraction);
  v.field("before_nms", s.before_nms, "whether NMS sees the corrected yaw");
}

template <typename V, Like<NmsSpec> S>
void describe(V& v, S& s) {
  v.field("iou", s.iou, "rotated | axis_aligned (upright bounds) | unrotated (yaw ignored)");
  v.field("threshold", s.threshold, "", kFraction);
  v.field("comparison", s.comparison, "suppressed if IoU is: greater | greater_equal");
  v.field("margin", s.margin, "rotated: a corner so many metres outside counts as inside",
          kNotNegative);
  v.field("plus_one", s.plus_one, "axis_aligned: extents are max - min + 1");
  v.field("per_class", s.per_class, "boxes suppress only boxes of their own class");
}

template <typename V, Like<RangeFilter> S>
void describe(V& v, S& s) {
  v.field("min", s.min, "boxes are kept strictly inside; x, y, z in metres, z as box.z says");
  v.field("max", s.max, "");
}

template <typename V, Like<PostSpec> S>
void describe(V& v, S& s) {
  v.field("score_threshold", s.score_threshold, "", kFraction);
  v.field("score_comparison", s.score_comparison, "kept if the score is: greater | greater_equal");
  v.field("candidates", s.candidates, "of an anchor: best_class | each_class that passes");
  v.field("top_k", s.top_k, "candidates that enter NMS; 0: Colonnade's own bound", kNotNegative);
  v.field("top_k_stage", s.top_k_stage, "after_threshold | before_threshold");
  v.field("nms", s.nms, "");
  v.field("max_boxes_per_class", s.max_boxes_per_class, "after NMS, each head and class; 0: no cap",
          kNotNegative);
  v.field("max_boxes", s.max_boxes, "after all; 0: no cap", kNotNegative);
  v.field("order", s.order, "score | class_then_score | score_if_capped");
  v.field("occupancy_mask", s.occupancy_mask,
          "drop anchors over no more than occupancy_area pillars");
  v.field("occupancy_area", s.occupancy_area, "pillars", kNotNegative);
  v.optional("range_filter", s.range_filter, "where boxes may stand");
  v.field("direction", s.direction, "");
}

template <typename V, Like<TrainingSensor> S>
void describe(V& v, S& s) {
  v.field("ground_z", s.ground_z, "of the road below the sensor, in the model's frame, metres");
  v.field("rings", s.rings, "laser rings", Bounds{.low = 1, .high = 4096});
}

template <typename V, Like<ModelSpec> S>
void describe(V& v, S& s) {
  v.field("version", s.version, "of this file's format", Bounds{.low = 1, .high = 1});
  v.field("name", s.name, "");
  v.optional("note", s.note, "shown beside every result and in pictures: random weights, say");
  v.field("classes", s.classes, "", kNotEmpty);
  v.field("grid", s.grid, "");
  v.field("pillars", s.pillars, "");
  v.field("graphs", s.graphs, "in the order of the data", kNotEmpty);
  v.field("box", s.box, "");
  v.field("anchor_layout", s.anchor_layout, "");
  v.field("heads", s.heads, "empty where the graph answers detections");
  v.field("post", s.post, "from head maps to boxes");
  v.field("sweeps", s.sweeps, "sweeps that the network was trained to see at once",
          Bounds{.low = 1, .high = 1000});
  v.field("ego_radius", s.ego_radius, "points with |x| and |y| below it are dropped, metres",
          kNotNegative);
  v.field("intensity_max", s.intensity_max, "full scale of the intensity in training", kPositive);
  v.optional("trained_on", s.trained_on,
             "the sensor: what `colonnade doctor` compares clouds with");
}

template <typename V, Like<SensorSpec::SelfBox> S>
void describe(V& v, S& s) {
  v.field("min", s.min, "x, y, z in metres, sensor frame");
  v.field("max", s.max, "");
}

template <typename V, Like<SensorSpec> S>
void describe(V& v, S& s) {
  v.field("version", s.version, "of this file's format", Bounds{.low = 1, .high = 1});
  v.optional("rotation", s.rotation, "row-major 3x3: model = rotation * sensor + translation");
  v.optional("translation", s.translation, "metres");
  v.optional("intensity_field", s.intensity_field, "the cloud's field to read");
  v.optional("intensity_scale", s.intensity_scale, "multiplies it", kPositive);
  v.optional("intensity_clamp", s.intensity_clamp, "then clamps it: lowest, highest",
             Bounds{.infinite = true});
  v.optional("self_box", s.self_box, "points inside belong to the robot and are dropped");
  v.optional("drop_zero_returns", s.drop_zero_returns, "drop points at exactly (0, 0, 0)");
}

}  // namespace colonnade
