#include "model/check.hpp"

#include <gtest/gtest.h>

#include "graphs.hpp"

namespace colonnade {
namespace {

using namespace test;  // NOLINT: the graphs are this file's vocabulary.

ModelSpec openpcdet() {
  return import_preset("openpcdet-kitti",
                       std::vector<GraphFile>{{"p.onnx", cuda_pointpillars_graph()}});
}

std::string refusal(const ModelSpec& spec, std::vector<Graph> graphs) {
  try {
    check_against_graphs(spec, graphs);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

void set_output_shape(Graph& graph, std::size_t index, const Shape& shape) {
  graph.values[graph.outputs[index]].shape = shape;
}

TEST(Check, WhatWasImportedFits) {
  EXPECT_EQ(refusal(openpcdet(), {cuda_pointpillars_graph()}), "");
  ModelSpec smaller = openpcdet();
  smaller.pillars.max_pillars = 500;  // The rest is padded.
  EXPECT_EQ(refusal(smaller, {cuda_pointpillars_graph()}), "");
}

TEST(Check, UnknownTensorsAreListedWithThoseThatExist) {
  ModelSpec spec = openpcdet();
  spec.graphs[0].inputs[1].tensor.name = "voxel_idx";
  EXPECT_EQ(refusal(spec, {cuda_pointpillars_graph()}),
            "p.onnx: graphs[0].inputs[1].tensor: found 'voxel_idx', which the graph doesn't have, "
            "expected one of voxels float32[10000,32,10], voxel_idxs int32[10000,4], voxel_num "
            "int32[1]");
  spec = openpcdet();
  spec.graphs[0].outputs[0].tensor = {"", 3};
  EXPECT_EQ(refusal(spec, {cuda_pointpillars_graph()}),
            "p.onnx: graphs[0].outputs[0].tensor: found position 3, expected one below 3");
  spec = openpcdet();
  spec.graphs[0].inputs.pop_back();
  EXPECT_EQ(refusal(spec, {cuda_pointpillars_graph()}),
            "p.onnx: graphs[0].inputs: the graph's input 'voxel_num' has no source; its inputs are "
            "voxels float32[10000,32,10], voxel_idxs int32[10000,4], voxel_num int32[1]");
  EXPECT_EQ(refusal(spec, {}), "graphs: found 0 graphs, expected 1");
}

// 10,000-pillar exports run with 40,000 pillars read and wrote beyond their buffers.
TEST(Check, PillarsOfTheGraphAreACap) {
  ModelSpec spec = openpcdet();
  spec.pillars.max_pillars = 40000;
  EXPECT_EQ(refusal(spec, {cuda_pointpillars_graph()}),
            "p.onnx: pillars.max_pillars: model.yaml gives 40000, the graph's input 'voxels' "
            "[10000,32,10] has 10000 pillars");
  spec = openpcdet();
  spec.pillars.max_points = 20;
  EXPECT_EQ(refusal(spec, {cuda_pointpillars_graph()}),
            "p.onnx: pillars.max_points: model.yaml gives 20, the graph's input 'voxels' "
            "[10000,32,10] has 32 points a pillar");
  spec = openpcdet();
  spec.pillars.features.pop_back();
  EXPECT_EQ(refusal(spec, {cuda_pointpillars_graph()}),
            "p.onnx: pillars.features: model.yaml gives 9, the graph's input 'voxels' "
            "[10000,32,10] has 10 features");
}

TEST(Check, GridAgainstTheImage) {
  ModelSpec spec = import_preset(
      "smallmunich-car",
      std::vector<GraphFile>{{"pfe.onnx", smallmunich_pfe()}, {"rpn.onnx", smallmunich_rpn()}});
  const std::vector<Graph> graphs{smallmunich_pfe(), smallmunich_rpn()};
  EXPECT_EQ(refusal(spec, graphs), "");
  spec.grid.max[0] = 51.2F;
  EXPECT_EQ(refusal(spec, graphs),
            "rpn.onnx: grid: model.yaml gives 320, the graph's input 'input.1' [1,64,496,432] has "
            "432 columns (nx)");
}

TEST(Check, HeadMaps) {
  const ModelSpec spec = openpcdet();
  Graph graph = cuda_pointpillars_graph();
  set_output_shape(graph, 0, {1, 248, 216, 18});
  set_output_shape(graph, 1, {1, 248, 216, 42});
  set_output_shape(graph, 2, {1, 248, 216, 12});
  EXPECT_EQ(refusal(spec, {graph}), "");
  set_output_shape(graph, 1, {1, 248, 216, 14});
  EXPECT_EQ(
      refusal(spec, {graph}),
      "p.onnx: heads[0]: a map of 248 x 216 cells and 6 anchors a cell takes 42 values a cell "
      "of box_codes, the graph's output 'box_preds' is [1,248,216,14]");
  Graph traced = cuda_pointpillars_graph();
  convolve_output(traced, 2, 4, true);
  EXPECT_EQ(refusal(spec, {traced}),
            "p.onnx: heads[0]: 6 anchors a cell take 12 channels of direction, the graph's output "
            "'dir_cls_preds' has 4");
}

TEST(Check, DecodedBoxesAndDetections) {
  const ModelSpec multihead = import_preset(
      "openpcdet-nuscenes-multihead",
      std::vector<GraphFile>{{"pfe.onnx", hova88_pfe()}, {"b.onnx", hova88_backbone()}});
  Graph backbone = hova88_backbone();
  set_output_shape(backbone, 0, {1, 32768, 1});
  set_output_shape(backbone, 1, {1, 65536, 2});
  set_output_shape(backbone, 6, {1, 327680, 9});
  EXPECT_EQ(refusal(multihead, {hova88_pfe(), backbone}), "");
  set_output_shape(backbone, 6, {1, 327680, 7});
  EXPECT_EQ(refusal(multihead, {hova88_pfe(), backbone}),
            "b.onnx: decoded_boxes: model.yaml gives 327680 rows of 9 values, the graph's output "
            "'909' is [1,327680,7]");
  ModelSpec detections =
      import_preset("zhulf-kitti", std::vector<GraphFile>{{"m.onnx", zhulf_graph()}});
  Graph whole = zhulf_graph();
  set_output_shape(whole, 0, {100, 11});
  EXPECT_EQ(refusal(detections, {whole}), "");
  detections.classes.pop_back();
  EXPECT_EQ(refusal(detections, {whole}),
            "m.onnx: detections: model.yaml gives any number of rows of 10 values, the graph's "
            "output 'output_x' is [100,11]");
}

}  // namespace
}  // namespace colonnade
