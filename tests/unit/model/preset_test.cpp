#include <gtest/gtest.h>

#include "graphs.hpp"

namespace colonnade {
namespace {

using namespace test;  // NOLINT: the graphs are this file's vocabulary.

ModelSpec preset(const std::string& name, std::vector<GraphFile> files) {
  return import_preset(name, files);
}

std::vector<InputSource> sources(const GraphSpec& graph) {
  std::vector<InputSource> all;
  for (const InputBinding& input : graph.inputs) all.push_back(input.source);
  return all;
}

std::string message_of(const std::string& name, std::vector<GraphFile> files) {
  try {
    preset(name, std::move(files));
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Grid, CountsCellsOfFloatRangesExactly) {
  const GridSpec kitti{{0, -39.68F, -3}, {69.12F, 39.68F, 1}, {0.16F, 0.16F}};
  EXPECT_EQ(kitti.nx(), 432);
  EXPECT_EQ(kitti.ny(), 496);
  const GridSpec nuscenes{{-51.2F, -51.2F, -5}, {51.2F, 51.2F, 3}, {0.2F, 0.2F}};
  EXPECT_EQ(nuscenes.nx(), 512);
  EXPECT_EQ(nuscenes.ny(), 512);
  const GridSpec wide{{-32, -60.2F, -3}, {172.8F, 60.12F, 1}, {0.16F, 0.16F}};
  EXPECT_EQ(wide.nx(), 1280);
  EXPECT_EQ(wide.ny(), 752);
  const GridSpec degenerate{{0, 0, 0}, {1, 1, 1}, {0, 0}};
  EXPECT_EQ(degenerate.nx(), 0);
}

TEST(Preset, SmallMunichPiecesComeInAnyOrder) {
  const ModelSpec spec = preset("smallmunich-car", {{"x/rpn.onnx", smallmunich_rpn()},
                                                    {"x/mfn.onnx", smallmunich_mfn()},
                                                    {"x/pfe.onnx", smallmunich_pfe(12000)}});
  ASSERT_EQ(spec.graphs.size(), 3u);
  EXPECT_EQ(spec.graphs[0].file, "pfe.onnx");
  EXPECT_EQ(spec.graphs[1].file, "mfn.onnx");
  EXPECT_EQ(spec.graphs[2].file, "rpn.onnx");
  EXPECT_EQ(sources(spec.graphs[0]),
            (std::vector{InputSource::x, InputSource::y, InputSource::z, InputSource::intensity,
                         InputSource::num_points, InputSource::center_x, InputSource::center_y,
                         InputSource::mask}));
  EXPECT_EQ(spec.graphs[0].inputs[7].tensor.name, "mask");
  EXPECT_EQ(spec.graphs[0].outputs[0].meaning, OutputMeaning::pillar_features);
  EXPECT_EQ(spec.graphs[1].outputs[0].meaning, OutputMeaning::bev_image);
  ASSERT_EQ(spec.graphs[2].outputs.size(), 3u);
  EXPECT_EQ(spec.graphs[2].outputs[0].meaning, OutputMeaning::box_codes);
  EXPECT_EQ(spec.graphs[2].outputs[1].meaning, OutputMeaning::class_scores);
  EXPECT_EQ(spec.graphs[2].outputs[2].meaning, OutputMeaning::direction);
  EXPECT_EQ(spec.graphs[2].outputs[2].tensor.position, 2);
  EXPECT_EQ(spec.pillars.max_pillars, 12000);
  EXPECT_EQ(spec.pillars.max_points, 100);
  EXPECT_TRUE(spec.pillars.features.empty());
  EXPECT_EQ(spec.heads[0].map_width, 216);
  EXPECT_EQ(spec.heads[0].map_height, 248);
  EXPECT_EQ(spec.anchor_layout.layout, MapLayout::nhwc);
}

// torch 1.4 writes other numbers and sometimes another order: channels tell the maps apart.
TEST(Preset, SmallMunichOutputsAreToldByTheirChannels) {
  Graph rpn = graph_of({{"input.1", {1, 64, 496, 432}}}, {"1", "2", "3"});
  convolve_output(rpn, 0, 4, true);
  convolve_output(rpn, 1, 14, true);
  convolve_output(rpn, 2, 2, true);
  const ModelSpec spec =
      preset("smallmunich-car", {{"pfe.onnx", smallmunich_pfe()}, {"rpn.onnx", rpn}});
  EXPECT_EQ(spec.graphs[1].outputs[0].meaning, OutputMeaning::direction);
  EXPECT_EQ(spec.graphs[1].outputs[1].meaning, OutputMeaning::box_codes);
  EXPECT_EQ(spec.graphs[1].outputs[2].meaning, OutputMeaning::class_scores);
}

TEST(Preset, UnnamedInputsBindByPosition) {
  Graph pfe = smallmunich_pfe();
  for (const ValueId id : pfe.inputs) pfe.values[id].name = "in" + std::to_string(id);
  const ModelSpec spec =
      preset("smallmunich-car", {{"pfe.onnx", pfe}, {"rpn.onnx", smallmunich_rpn()}});
  EXPECT_EQ(spec.graphs[0].inputs[4].source, InputSource::num_points);
  EXPECT_TRUE(spec.graphs[0].inputs[4].tensor.name.empty());
  EXPECT_EQ(spec.graphs[0].inputs[4].tensor.position, 4);
}

TEST(Preset, CudaPointPillarsTakesItsCapFromTheGraph) {
  const ModelSpec spec =
      preset("cuda-pointpillars", {{"pointpillar.onnx", cuda_pointpillars_graph(40000)}});
  EXPECT_EQ(spec.pillars.max_pillars, 40000);
  EXPECT_EQ(sources(spec.graphs[0]), (std::vector{InputSource::points, InputSource::coords_bzyx,
                                                  InputSource::pillar_count}));
  EXPECT_EQ(spec.graphs[0].outputs[1].meaning, OutputMeaning::box_codes);
  EXPECT_EQ(spec.graphs[0].outputs[1].tensor.name, "box_preds");
  EXPECT_EQ(spec.post.nms.comparison, Comparison::greater_equal);
  EXPECT_EQ(spec.post.direction.tie, 1);
  // boxes_meta_c1: anchors' z is -1.0 and float32(0.265).
  EXPECT_EQ(spec.heads[0].anchors[0].z, -1.0F);
  EXPECT_EQ(spec.heads[0].anchors[1].z, 0.26499998569488525F);
}

TEST(Preset, CudaPointPillarsOf2021) {
  const ModelSpec spec = preset("openpcdet-kitti", {{"p.onnx", cuda_pointpillars_2021()}});
  EXPECT_EQ(sources(spec.graphs[0]), (std::vector{InputSource::points, InputSource::coords_bzyx,
                                                  InputSource::scatterbev_params}));
}

TEST(Preset, SplitOpenPcdetScattersNatively) {
  Graph rpn = graph_of({{"x", {1, 64, 496, 432}}}, {"cls_preds", "box_preds", "dir_cls_preds"});
  const ModelSpec spec = preset(
      "openpcdet-kitti",
      {{"pp_rpn.onnx", rpn}, {"pp_pfe.onnx", graph_of({{"input.1", {20000, 32, 10}}}, {"14"})}});
  EXPECT_EQ(spec.graphs[0].file, "pp_pfe.onnx");
  EXPECT_EQ(spec.pillars.max_pillars, 20000);
  EXPECT_EQ(spec.graphs[1].inputs[0].source, InputSource::bev_image);
}

TEST(Preset, NuScenesMultiHeadBindsByPosition) {
  const ModelSpec spec = preset("openpcdet-nuscenes-multihead",
                                {{"backbone.onnx", hova88_backbone()}, {"pfe.onnx", hova88_pfe()}});
  ASSERT_EQ(spec.heads.size(), 6u);
  EXPECT_EQ(spec.heads[2].labels, (std::vector<std::int64_t>{3, 4}));
  EXPECT_EQ(spec.heads[0].map_width, 128);
  EXPECT_EQ(spec.graphs[1].outputs[5].head, 5);
  EXPECT_EQ(spec.graphs[1].outputs[6].meaning, OutputMeaning::decoded_boxes);
  EXPECT_EQ(spec.pillars.max_points, 20);
}

TEST(Preset, MmdetHeadsAreNchw) {
  const ModelSpec spec = preset("mmdet3d-kitti", {{"end2end.onnx", mmdet3d_graph()}});
  EXPECT_EQ(spec.anchor_layout.layout, MapLayout::nchw);
  EXPECT_EQ(spec.graphs[0].inputs[2].source, InputSource::coords_bzyx);
}

TEST(Preset, ZhulfGivesDetections) {
  const ModelSpec spec = preset("zhulf-kitti", {{"model.onnx", zhulf_graph()}});
  EXPECT_EQ(sources(spec.graphs[0]),
            (std::vector{InputSource::points, InputSource::coords_bxyz, InputSource::num_points}));
  EXPECT_EQ(spec.graphs[0].outputs[0].meaning, OutputMeaning::detections);
  EXPECT_EQ(spec.pillars.max_pillars, 40000);
}

TEST(Preset, RefusalsGiveTheReason) {
  EXPECT_EQ(message_of("kitti", {}),
            "there is no preset 'kitti'; there are smallmunich-car, autoware-car, openpcdet-kitti, "
            "cuda-pointpillars, openpcdet-nuscenes-multihead, mmdet3d-kitti, zhulf-kitti");
  EXPECT_EQ(message_of("smallmunich-car", {{"rpn.onnx", smallmunich_rpn()}}),
            "rpn.onnx: it begins with a BEV image, but the pieces before it end with points; the "
            "graphs are rpn.onnx (a BEV image to head maps)");
  const std::string inputs = message_of("zhulf-kitti", {{"p.onnx", cuda_pointpillars_graph()}});
  EXPECT_NE(inputs.find("its inputs are voxels float32[10000,32,10], voxel_idxs int32[10000,4], "
                        "voxel_num int32[1]; expected zhulf0804's network (input_pillars [P,N,F]"),
            std::string::npos)
      << inputs;
  const std::string grid =
      message_of("openpcdet-kitti", {{"rpn.onnx", graph_of({{"x", {1, 64, 512, 432}}}, {})}});
  EXPECT_NE(grid.find("has 512 rows and 432 columns, the grid has 496 (ny) and 432 (nx)"),
            std::string::npos)
      << grid;
  const std::string features =
      message_of("openpcdet-kitti", {{"p.onnx", graph_of({{"x", {10000, 32, 11}}}, {"y"})}});
  EXPECT_NE(features.find("its points have 11 features, pillars.features names 10"),
            std::string::npos)
      << features;
}

}  // namespace
}  // namespace colonnade
