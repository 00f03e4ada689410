// Graphs with the borders of real exports: inputs, and outputs with the convolution they come from.
#pragma once

#include <string>
#include <vector>

#include "model/import.hpp"

namespace colonnade::test {

inline constexpr std::int64_t kDynamic = kUnknownDim;

struct Port {
  std::string name;
  Shape shape;
  DType dtype = DType::f32;
};

inline Graph graph_of(const std::vector<Port>& inputs, const std::vector<std::string>& outputs) {
  Graph graph;
  for (const Port& port : inputs) {
    graph.inputs.push_back(graph.add_value({port.name, port.dtype, port.shape, {}}));
  }
  for (const std::string& name : outputs) {
    graph.outputs.push_back(graph.add_value({name, DType::f32, std::nullopt, {}}));
  }
  return graph;
}

/// Ends the graph's output `index` with a convolution to `channels`, transposed to NHWC if asked.
inline void convolve_output(Graph& graph, std::size_t index, std::int64_t channels, bool nhwc) {
  const ValueId weight = graph.add_constant("", Tensor(DType::f32, {channels, 4, 1, 1}));
  const ValueId map =
      nhwc ? graph.add_value({"", DType::f32, std::nullopt, {}}) : graph.outputs[index];
  graph.nodes.push_back({"", "Conv", op::Conv{}, {graph.inputs[0], weight}, {map}});
  if (nhwc) {
    graph.nodes.push_back(
        {"", "Transpose", op::Transpose{{0, 2, 3, 1}}, {map}, {graph.outputs[index]}});
  }
}

inline Graph smallmunich_pfe(std::int64_t pillars = kDynamic, std::int64_t points = 100) {
  const Shape slot{1, 1, pillars, points};
  return graph_of({{"pillar_x", slot},
                   {"pillar_y", slot},
                   {"pillar_z", slot},
                   {"pillar_i", slot},
                   {"num_points_per_pillar", {1, pillars}},
                   {"x_sub_shaped", slot},
                   {"y_sub_shaped", slot},
                   {"mask", slot}},
                  {"pfe_out"});
}

inline Graph smallmunich_mfn() {
  return graph_of({{"voxel_features", {kDynamic, 64}}, {"coords", {kDynamic, 4}, DType::i32}},
                  {"spatial_features"});
}

inline Graph smallmunich_rpn() {
  Graph graph = graph_of({{"input.1", {1, 64, 496, 432}}}, {"184", "185", "187"});
  convolve_output(graph, 0, 14, true);
  convolve_output(graph, 1, 2, true);
  convolve_output(graph, 2, 4, true);
  return graph;
}

inline Graph cuda_pointpillars_graph(std::int64_t pillars = 10000) {
  return graph_of({{"voxels", {pillars, 32, 10}},
                   {"voxel_idxs", {pillars, 4}, DType::i32},
                   {"voxel_num", {1}, DType::i32}},
                  {"cls_preds", "box_preds", "dir_cls_preds"});
}

inline Graph cuda_pointpillars_2021() {
  return graph_of(
      {{"input", {10000, 32, 10}}, {"coords", {1, 1, 10000, 4}}, {"params", {1, 1, 1, 5}}},
      {"cls_preds", "box_preds", "dir_cls_preds"});
}

inline Graph zhulf_graph() {
  return graph_of({{"input_pillars", {kDynamic, 32, 4}},
                   {"input_coors_batch", {kDynamic, 4}, DType::i64},
                   {"input_npoints_per_pillar", {kDynamic}, DType::i32}},
                  {"output_x"});
}

inline Graph mmdet3d_graph() {
  Graph graph = graph_of({{"voxels", {kDynamic, 32, 4}},
                          {"num_points", {kDynamic}, DType::i32},
                          {"coors", {kDynamic, 4}, DType::i32}},
                         {"cls_score0", "bbox_pred0", "dir_cls_pred0"});
  convolve_output(graph, 0, 18, false);
  convolve_output(graph, 1, 42, false);
  convolve_output(graph, 2, 12, false);
  return graph;
}

inline Graph hova88_pfe() {
  return graph_of({{"input.1", {30000, 20, 11}}}, {"15"});
}
inline Graph hova88_backbone() {
  return graph_of({{"input.1", {1, 64, 512, 512}}},
                  {"542", "606", "670", "734", "798", "862", "909"});
}

}  // namespace colonnade::test
