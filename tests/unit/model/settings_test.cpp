#include <gtest/gtest.h>

#include "graphs.hpp"

namespace colonnade {
namespace {

ModelSpec with(const std::vector<std::string>& settings) {
  return import_preset(
      "openpcdet-kitti",
      std::vector<GraphFile>{{"pointpillar.onnx", test::cuda_pointpillars_graph()}}, settings);
}

std::string refusal(const std::string& setting) {
  try {
    with({setting});
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Settings, ReachEveryKindOfMember) {
  const ModelSpec spec =
      with({"post.score_threshold=0.3", "post.nms.iou=unrotated", "post.nms.margin=0",
            "classes=[a, b, c]", "name=mine", "heads[0].anchors[1].z=-0.5",
            "heads[0].anchors[2].rotations[1]=1.5", "post.range_filter.max=[1, 2, 3]",
            "post.range_filter.min=[0, 0, 0]", "graphs[0].outputs[1].tensor=1"});
  EXPECT_EQ(spec.post.score_threshold, 0.3F);
  EXPECT_EQ(spec.post.nms.iou, IouKind::unrotated);
  EXPECT_EQ(spec.classes[2], "c");
  EXPECT_EQ(spec.heads[0].anchors[1].z, -0.5F);
  EXPECT_EQ(spec.heads[0].anchors[2].rotations[1], 1.5F);
  ASSERT_TRUE(spec.post.range_filter);
  EXPECT_EQ(spec.post.range_filter->max[2], 3.0F);
  EXPECT_EQ(spec.graphs[0].outputs[1].tensor.position, 1);
}

// Somebody's own range: map sizes follow from it, a graph's static cap yields to an explicit one.
TEST(Settings, ReshapeTheGridBeforeGraphsAreBound) {
  const ModelSpec spec = with({"grid.min=[-32, -60.16, -3]", "grid.max=[172.8, 60.16, 1]",
                               "pillars.center=[-31.92, -60.08, -1]", "pillars.max_pillars=500"});
  EXPECT_EQ(spec.grid.nx(), 1280);
  EXPECT_EQ(spec.heads[0].map_width, 640);
  EXPECT_EQ(spec.heads[0].map_height, 376);
  EXPECT_EQ(spec.pillars.max_pillars, 500);
}

TEST(Settings, AreAsStrictAsTheFile) {
  EXPECT_EQ(refusal("post.score_treshold=0.3"),
            "--set post.score_treshold: post.score_treshold: there is no such key, did you mean "
            "'score_threshold'?");
  EXPECT_EQ(refusal("post.score_threshold=2"),
            "--set post.score_threshold:1: post.score_threshold: found 2, expected a number from 0 "
            "to 1");
  EXPECT_EQ(refusal("heads[1].map_width=2"),
            "--set heads[1].map_width: heads[1].map_width: expected an index below 1 in []");
  EXPECT_EQ(refusal("name.x=2"), "--set name.x: name: it's a string, it has no keys");
  EXPECT_EQ(refusal("name"), "--set name: expected key=value, as in post.score_threshold=0.3");
  EXPECT_EQ(refusal("heads[0].map_width=7"),
            "openpcdet-kitti: heads[0].map_width: found 7, expected a divisor of the grid's 432 "
            "columns");
  EXPECT_EQ(refusal("heads[9999999999999999999]=1").find("--set heads["), 0u);
  EXPECT_EQ(refusal("heads[0=1").find("--set heads["), 0u);
}

}  // namespace
}  // namespace colonnade
