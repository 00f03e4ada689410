// Configs of other projects, written for these tests in the form of real ones.
#include <gtest/gtest.h>

#include "graphs.hpp"
#include "model/configs/text_proto.hpp"
#include "scratch.hpp"

namespace colonnade {
namespace {

using namespace test;  // NOLINT: graphs and files are this file's vocabulary.

std::string golden(const std::string& name) {
  return std::string(COLONNADE_SOURCE_DIR "/tests/golden/model/") + name;
}

Graph openpcdet_graph(std::int64_t pillars, std::int64_t points, std::int64_t anchors,
                      std::int64_t classes, bool direction) {
  Graph graph =
      graph_of({{"voxels", {pillars, points, 10}},
                {"voxel_idxs", {pillars, 4}, DType::i32},
                {"voxel_num", {1}, DType::i32}},
               direction ? std::vector<std::string>{"cls_preds", "box_preds", "dir_cls_preds"}
                         : std::vector<std::string>{"cls_preds", "box_preds"});
  convolve_output(graph, 0, anchors * classes, true);
  convolve_output(graph, 1, anchors * 7, true);
  if (direction) convolve_output(graph, 2, anchors * 2, true);
  return graph;
}

template <typename F>
std::string message_of(F&& f) {
  try {
    f();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(OpenPcdetConfig, WideGridWithFourClasses) {
  const std::vector<GraphFile> graphs{{"p.onnx", openpcdet_graph(60000, 64, 8, 4, true)}};
  const ModelSpec spec = import_openpcdet(golden("cfgs/models/wide_four_classes.yaml"), graphs);
  EXPECT_EQ(spec.name, "wide_four_classes");
  EXPECT_EQ(spec.classes, (std::vector<std::string>{"Vehicle", "Truck", "Pedestrian", "Cyclist"}));
  EXPECT_EQ(spec.grid.nx(), 1280);
  EXPECT_EQ(spec.grid.ny(), 752);
  EXPECT_EQ(spec.pillars.max_pillars, 60000);
  EXPECT_EQ(spec.pillars.max_points, 64);
  EXPECT_EQ(spec.pillars.overflow, PillarOverflow::skip);
  EXPECT_FLOAT_EQ(spec.pillars.center[0], -31.92F);
  EXPECT_FLOAT_EQ(spec.pillars.center[1], -60.08F);
  EXPECT_FLOAT_EQ(spec.pillars.center[2], -1.0F);
  ASSERT_EQ(spec.pillars.features.size(), 10u);
  EXPECT_EQ(spec.pillars.features[3], PointFeature::intensity);
  EXPECT_EQ(spec.pillars.features[9], PointFeature::center_dz);
  EXPECT_EQ(spec.anchor_layout.placement, AnchorPlacement::span);
  ASSERT_EQ(spec.heads.size(), 1u);
  EXPECT_EQ(spec.heads[0].labels, (std::vector<std::int64_t>{0, 1, 2, 3}));
  EXPECT_EQ(spec.heads[0].map_width, 640);
  EXPECT_EQ(spec.heads[0].map_height, 376);
  EXPECT_EQ(spec.heads[0].anchors[1].length, 9.0F);
  EXPECT_FLOAT_EQ(spec.heads[0].anchors[1].z, 0.1F);
  EXPECT_EQ(spec.post.score_threshold, 0.2F);
  EXPECT_EQ(spec.post.score_comparison, Comparison::greater_equal);
  EXPECT_EQ(spec.post.top_k, 2048);
  EXPECT_EQ(spec.post.max_boxes, 250);
  EXPECT_EQ(spec.post.nms.threshold, 0.05F);
  EXPECT_EQ(spec.post.nms.margin, 0.01F);
  EXPECT_FALSE(spec.post.nms.per_class);
  EXPECT_EQ(spec.post.direction.kind, DirectionKind::period);
  EXPECT_EQ(spec.post.direction.offset, 0.78539F);
  EXPECT_EQ(spec.sweeps, 1);
}

TEST(OpenPcdetConfig, OneClassWithoutABase) {
  const std::vector<GraphFile> graphs{{"p.onnx", openpcdet_graph(12000, 100, 6, 1, false)}};
  const ModelSpec spec = import_openpcdet(golden("cfgs/models/one_class.yaml"), graphs);
  EXPECT_EQ(spec.pillars.max_points, 100);
  EXPECT_EQ(spec.heads[0].anchors.size(), 2u);
  EXPECT_EQ(spec.heads[0].anchors[1].rotations.size(), 3u);
  EXPECT_EQ(spec.anchor_layout.placement, AnchorPlacement::cell_center);
  EXPECT_EQ(spec.heads[0].map_width, 256);
  EXPECT_EQ(spec.post.direction.kind, DirectionKind::none);
  EXPECT_EQ(spec.post.nms.iou, IouKind::unrotated);
  EXPECT_EQ(spec.post.nms.margin, 0.0F);
  EXPECT_TRUE(spec.post.nms.per_class);
  EXPECT_EQ(spec.post.candidates, CandidateKind::each_class);
  EXPECT_EQ(spec.post.max_boxes_per_class, 20);
  EXPECT_EQ(spec.post.max_boxes, 0);
}

const std::vector<GraphFile>& multihead_decoded() {
  static const std::vector<GraphFile> graphs{
      {"bb.onnx", graph_of({{"x", {1, 64, 512, 512}}}, {"1", "2", "3"})},
      {"pfe.onnx", graph_of({{"x", {30000, 20, 11}}}, {"1"})}};
  return graphs;
}

// nuScenes' features are known by the base's name, though it isn't there.
TEST(OpenPcdetConfig, MultiHeadDecodedInTheGraph) {
  const ModelSpec spec =
      import_openpcdet(golden("cfgs/models/multihead.yaml"), multihead_decoded());
  EXPECT_EQ(spec.pillars.features[4], PointFeature::dt);
  EXPECT_EQ(spec.sweeps, 10);
  EXPECT_EQ(spec.ego_radius, 1.0F);
  ASSERT_TRUE(spec.trained_on);
  EXPECT_EQ(spec.trained_on->ground_z, -1.84F);
  EXPECT_EQ(spec.trained_on->rings, 32);
  ASSERT_EQ(spec.heads.size(), 2u);
  EXPECT_EQ(spec.heads[1].labels, (std::vector<std::int64_t>{2, 1}));
  EXPECT_EQ(spec.heads[1].anchors[0].label, 2);
  EXPECT_EQ(spec.heads[1].map_width, 128);
  EXPECT_EQ(spec.anchor_layout.order, AnchorOrder::anchor_y_x);
  EXPECT_TRUE(spec.box.velocity);
  EXPECT_FALSE(spec.box.sin_cos);
  EXPECT_EQ(spec.graphs[1].outputs[2].meaning, OutputMeaning::decoded_boxes);
}

TEST(OpenPcdetConfig, MultiHeadRawMaps) {
  Graph backbone = graph_of({{"x", {1, 64, 512, 512}}}, {"c0", "c1", "b0", "b1"});
  convolve_output(backbone, 0, 2, false);
  convolve_output(backbone, 1, 8, false);
  convolve_output(backbone, 2, 20, false);
  convolve_output(backbone, 3, 40, false);
  const std::vector<GraphFile> graphs{{"bb.onnx", backbone}, multihead_decoded()[1]};
  const ModelSpec spec = import_openpcdet(golden("cfgs/models/multihead.yaml"), graphs);
  EXPECT_TRUE(spec.box.sin_cos);
  EXPECT_EQ(spec.graphs[1].outputs[1].meaning, OutputMeaning::class_scores);
  EXPECT_EQ(spec.graphs[1].outputs[1].head, 1);
  EXPECT_EQ(spec.graphs[1].outputs[3].meaning, OutputMeaning::box_codes);
  EXPECT_EQ(spec.graphs[1].outputs[3].head, 1);
}

TEST(OpenPcdetConfig, RefusalsNameFileLineAndKey) {
  const std::string text = slurp(golden("cfgs/models/one_class.yaml"));
  const auto refusal = [&text](const std::string& from, const std::string& to) {
    std::string changed = text;
    changed.replace(changed.find(from), from.size(), to);
    const std::string path = store("config.yaml", changed);
    const std::vector<GraphFile> graphs{{"p.onnx", openpcdet_graph(12000, 100, 6, 1, false)}};
    return message_of([&] { import_openpcdet(path, graphs); }).substr(path.size() - 11);
  };
  EXPECT_EQ(refusal("CLASS_NAMES", "CLASSES"),
            "config.yaml:2: CLASS_NAMES: the key is missing, it's needed");
  EXPECT_EQ(refusal("NAME: PillarVFE", "NAME: MeanVFE"),
            "config.yaml:21: MODEL.VFE.NAME: found MeanVFE, supported is PillarVFE");
  EXPECT_EQ(refusal("AnchorHeadSingle", "CenterHead"),
            "config.yaml:25: MODEL.DENSE_HEAD.NAME: found CenterHead, supported is "
            "AnchorHeadSingle or AnchorHeadMulti");
  EXPECT_EQ(refusal("SCORE_THRESH: 0.4", "SCORE_THRESH: high"),
            "config.yaml:37: MODEL.POST_PROCESSING.SCORE_THRESH: found high, expected a number");
  EXPECT_EQ(refusal("[0.0]", "[0.0, 1.0]"),
            "config.yaml:31: MODEL.DENSE_HEAD.ANCHOR_GENERATOR_CONFIG[0].anchor_bottom_heights: "
            "found a list of 2, supported is one height");
}

TEST(OpenPcdetConfig, ErrorsInABaseGiveNoLineOfTheConfig) {
  store("base/b.yaml", "POINT_CLOUD_RANGE: [0, 1]\n");
  const std::string path = store(
      "based.yaml", "CLASS_NAMES: [a]\nMODEL: {}\nDATA_CONFIG:\n  _BASE_CONFIG_: base/b.yaml\n");
  EXPECT_EQ(message_of([&] { import_openpcdet(path, {}); }),
            path +
                ": DATA_CONFIG.POINT_CLOUD_RANGE: found a list of 2, expected a list of 6 "
                "numbers");
}

TEST(OpenPcdetConfig, MissingBaseIsNamedWhereItMatters) {
  const std::string path = store("alone.yaml",
                                 "CLASS_NAMES: [a]\nDATA_CONFIG:\n  _BASE_CONFIG_: cfgs/b.yaml\n"
                                 "MODEL: {}\n");
  const std::string message = message_of([&] { import_openpcdet(path, {}); });
  EXPECT_NE(message.find("DATA_CONFIG.POINT_CLOUD_RANGE: the key is missing"), std::string::npos)
      << message;
  EXPECT_NE(message.find("its _BASE_CONFIG_ cfgs/b.yaml isn't there"), std::string::npos)
      << message;
}

TEST(OpenPcdetConfig, BasesThatIncludeEachOtherEnd) {
  store("cfgs/loop.yaml", "_BASE_CONFIG_: cfgs/loop.yaml\n");
  const std::string message = message_of([] { import_openpcdet(scratch("cfgs/loop.yaml"), {}); });
  EXPECT_NE(message.find("more than 8 base configs"), std::string::npos) << message;
}

TEST(SecondConfig, OneClassAtSmallMunichsGrid) {
  Graph rpn = smallmunich_rpn();
  const std::vector<GraphFile> graphs{
      {"rpn.onnx", rpn}, {"pfe.onnx", smallmunich_pfe()}, {"mfn.onnx", smallmunich_mfn()}};
  const ModelSpec spec = import_second(golden("one_class.config"), graphs);
  EXPECT_EQ(spec.classes, std::vector<std::string>{"Van"});
  EXPECT_EQ(spec.grid.nx(), 432);
  EXPECT_EQ(spec.pillars.max_pillars, 11000);
  EXPECT_EQ(spec.pillars.max_points, 100);
  EXPECT_EQ(spec.pillars.overflow, PillarOverflow::stop);
  EXPECT_EQ(spec.pillars.center[0], 0.1F);
  EXPECT_EQ(spec.pillars.center[1], -39.9F);
  EXPECT_EQ(spec.heads[0].anchors[0].length, 4.2F);
  EXPECT_EQ(spec.heads[0].anchors[0].width, 1.8F);
  EXPECT_EQ(spec.heads[0].anchors[0].z, -1.7F);
  EXPECT_EQ(spec.box.z, ZReference::bottom);
  EXPECT_EQ(spec.box.yaw, YawConvention::kitti_camera);
  EXPECT_EQ(spec.anchor_layout.placement, AnchorPlacement::cell_center);
  EXPECT_EQ(spec.post.score_threshold, 0.25F);
  EXPECT_EQ(spec.post.top_k, 800);
  EXPECT_EQ(spec.post.max_boxes, 200);
  EXPECT_EQ(spec.post.nms.iou, IouKind::axis_aligned);
  EXPECT_TRUE(spec.post.nms.plus_one);
  EXPECT_TRUE(spec.post.occupancy_mask);
  EXPECT_EQ(spec.post.occupancy_area, 1.0F);
  EXPECT_EQ(spec.post.direction.kind, DirectionKind::flip_if_disagree);
  EXPECT_FALSE(spec.post.direction.before_nms);
}

TEST(SecondConfig, FourClassesOnAWideGrid) {
  Graph rpn = graph_of({{"x", {1, 64, 752, 1280}}}, {"1", "2"});
  convolve_output(rpn, 0, 56, true);
  convolve_output(rpn, 1, 32, true);
  const std::vector<GraphFile> graphs{{"pfe.onnx", smallmunich_pfe(kDynamic, 64)},
                                      {"rpn.onnx", rpn}};
  const ModelSpec spec = import_second(golden("four_classes.config"), graphs);
  EXPECT_EQ(spec.classes.size(), 4u);
  EXPECT_EQ(spec.classes[3], "Cyclist");
  EXPECT_EQ(spec.pillars.max_points, 64);
  EXPECT_FLOAT_EQ(spec.pillars.center[0], -31.92F);
  EXPECT_EQ(spec.heads[0].map_width, 1280);
  EXPECT_EQ(spec.heads[0].map_height, 752);
  EXPECT_EQ(spec.heads[0].anchors[3].label, 3);
  EXPECT_EQ(spec.anchor_layout.placement, AnchorPlacement::span);
  EXPECT_EQ(spec.post.nms.iou, IouKind::rotated);
  EXPECT_FALSE(spec.post.nms.plus_one);
  EXPECT_EQ(spec.post.max_boxes_per_class, 100);
  EXPECT_FALSE(spec.post.occupancy_mask);
  EXPECT_EQ(spec.post.direction.kind, DirectionKind::none);
}

TEST(SecondConfig, RefusesAnchorsThatStandElsewhere) {
  std::string text = slurp(golden("one_class.config"));
  text.replace(text.find("[0.16, -39.52, -1.7]"), 20, "[0.32, -39.52, -1.7]");
  const std::string path = store("pipeline.config", text);
  EXPECT_NE(message_of([&] { import_second(path, {}); })
                .find("pipeline.config:40: model.second.target_assigner.anchor_generators."
                      "anchor_generator_stride.offsets[0]: found 0.32, supported is 0.16"),
            std::string::npos)
      << message_of([&] { import_second(path, {}); });
}

TEST(TextProto, ReadsWhatProtobufDoes) {
  const YamlNode root = parse_text_proto(
      "a: 1 # one\nb { c: \"x\\\"y\" 'z' }\nb: < d: [1, 2.5e-3] >;\ne: ENUM, f: []", "t");
  EXPECT_EQ(root.items.size(), 5u);
  EXPECT_EQ(root.find("a")->scalar, "1");
  EXPECT_EQ(root.find("b")->find("c")->scalar, "x\"yz");
  EXPECT_EQ(root.items[2].find("d")->items[1].scalar, "2.5e-3");
  EXPECT_EQ(root.items[2].line, 3);
  EXPECT_TRUE(root.find("f")->items.empty());
}

TEST(TextProto, RefusesWhatItIsNot) {
  const auto refusal = [](const std::string& text) {
    return message_of([&text] { parse_text_proto(text, "t"); });
  };
  EXPECT_EQ(refusal("a 1"), "t:1: a: found '1', expected ':' or '{'");
  EXPECT_EQ(refusal("a {\nb: 1"), "t:2: found the end, expected a field's name");
  EXPECT_EQ(refusal("a: \"x\n\""), "t:1: found a string without its end");
  EXPECT_EQ(refusal("a: [1 2]"), "t:1: found '2', expected ',' or ']'");
  EXPECT_EQ(refusal("}"), "t:1: found '}', expected a field's name");
  EXPECT_NE(refusal(std::string("a: 1\n\0b", 7)), "");
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "a{";
  EXPECT_NE(refusal(deep).find("nested deeper than 32"), std::string::npos);
  EXPECT_NE(refusal(std::string("a:") + std::string(100000, '[')).find("nested deeper than 32"),
            std::string::npos);
}

}  // namespace
}  // namespace colonnade
