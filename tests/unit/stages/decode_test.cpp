#include "stages/decode.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "colonnade/error.hpp"
#include "stages/direction.hpp"

namespace colonnade {
namespace {

constexpr float kPi = 3.14159265358979323846F;

/// One cell with one anchor of two classes at (1, 1).
class DecodeTest : public testing::Test {
 protected:
  DecodeTest() {
    model_.classes = {"Car", "Bus"};
    model_.grid = {{0, 0, -1}, {2, 2, 1}, {1, 1}};
    model_.heads.resize(1);
    model_.heads[0].labels = {0, 1};
    model_.heads[0].anchors = {{0, 4, 3, 2, -1, {0.25F}}};
    model_.heads[0].map_width = 1;
    model_.heads[0].map_height = 1;
    model_.post.score_threshold = 0.5F;
  }

  std::vector<Candidate> run(const std::vector<float>& logits, const std::vector<float>& codes,
                             const std::vector<float>& directions = {0, 0}) {
    const auto row = [](const std::vector<float>& values) {
      return Tensor::of<float>({1, 1, 1, static_cast<std::int64_t>(values.size())}, values);
    };
    const Tensor scores = row(logits), boxes = row(codes), bins = row(directions);
    HeadMaps maps;
    maps.heads.push_back({scores.view(), boxes.view(), bins.view()});
    stats_ = {};
    return Decode(model_).run(maps, {}, stats_).items;
  }

  ModelSpec model_;
  FrameStats stats_;
};

TEST_F(DecodeTest, ResidualsOfCentres) {
  model_.box.z = ZReference::center;
  const auto boxes = run({1, 0}, {0.1F, -0.2F, 0.5F, std::log(2.0F), 0, std::log(0.5F), 0.5F});
  ASSERT_EQ(boxes.size(), 1U);
  EXPECT_FLOAT_EQ(boxes[0].x, 1 + 0.1F * 5);  // The anchor's diagonal is 5.
  EXPECT_FLOAT_EQ(boxes[0].y, 1 - 0.2F * 5);
  EXPECT_FLOAT_EQ(boxes[0].z, -1 + 0.5F * 2);
  EXPECT_FLOAT_EQ(boxes[0].length, 8);
  EXPECT_FLOAT_EQ(boxes[0].width, 3);
  EXPECT_FLOAT_EQ(boxes[0].height, 1);
  EXPECT_FLOAT_EQ(boxes[0].yaw, 0.75F);
  EXPECT_EQ(boxes[0].score, 1 / (1 + std::exp(-1.0F)));
  EXPECT_EQ(boxes[0].label, 0);
}

// second.pytorch and mmdet3d: za + ha / 2, decode, minus hg / 2.
TEST_F(DecodeTest, BottomsMoveWithTheHeight) {
  model_.box.z = ZReference::bottom;
  const auto boxes = run({1, 0}, {0, 0, 0.5F, 0, 0, std::log(3.0F), 0});
  ASSERT_EQ(boxes.size(), 1U);
  EXPECT_FLOAT_EQ(boxes[0].z, (-1 + 1) + 0.5F * 2 - 6.0F / 2);
}

TEST_F(DecodeTest, SizesInTheExportersOrder) {
  model_.box.size = SizeOrder::wlh;
  const auto boxes = run({1, 0}, {0, 0, 0, std::log(2.0F), 0, 0, 0});
  EXPECT_FLOAT_EQ(boxes.at(0).width, 6);
  EXPECT_FLOAT_EQ(boxes.at(0).length, 4);
}

TEST_F(DecodeTest, SinCosAndVelocity) {
  model_.box.sin_cos = true;
  model_.box.velocity = true;
  const float yaw = 2.5F;
  const auto boxes = run({1, 0}, {0, 0, 0, 0, 0, 0, std::cos(yaw) - std::cos(0.25F),
                                  std::sin(yaw) - std::sin(0.25F), 3, -4});
  ASSERT_EQ(boxes.size(), 1U);
  EXPECT_NEAR(boxes[0].yaw, yaw, 1e-6);
  EXPECT_EQ(boxes[0].vx, 3);
  EXPECT_EQ(boxes[0].vy, -4);
}

TEST_F(DecodeTest, BestClassTakesTheFirstOfEqualLogits) {
  auto boxes = run({1, 1}, std::vector<float>(7));
  ASSERT_EQ(boxes.size(), 1U);
  EXPECT_EQ(boxes[0].label, 0);
  boxes = run({0.5F, 1}, std::vector<float>(7));
  ASSERT_EQ(boxes.size(), 1U);
  EXPECT_EQ(boxes[0].label, 1);
}

TEST_F(DecodeTest, EachClassMakesItsOwnCandidateAndGroup) {
  model_.post.candidates = CandidateKind::each_class;
  model_.post.nms.per_class = true;
  model_.heads[0].labels = {1, 0};
  const auto boxes = run({1, 2}, std::vector<float>(7));
  ASSERT_EQ(boxes.size(), 2U);
  EXPECT_EQ(boxes[0].label, 1);
  EXPECT_EQ(boxes[1].label, 0);
  EXPECT_NE(boxes[0].group, boxes[1].group);
  EXPECT_EQ(stats_.candidates, 2);
}

TEST_F(DecodeTest, ThresholdIsStrictOrNot) {
  EXPECT_EQ(run({0, -1}, std::vector<float>(7)).size(), 0U);  // sigmoid(0) is 0.5.
  model_.post.score_comparison = Comparison::greater_equal;
  EXPECT_EQ(run({0, -1}, std::vector<float>(7)).size(), 1U);
}

TEST_F(DecodeTest, WhatIsNotFiniteIsNoCandidate) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(run({nan, nan}, std::vector<float>(7)).empty());
  EXPECT_TRUE(run({1, 0}, {nan, 0, 0, 0, 0, 0, 0}).empty());
  EXPECT_TRUE(run({1, 0}, {0, 0, 0, 1000, 0, 0, 0}).empty());
  EXPECT_EQ(stats_.candidates, 0);
}

TEST_F(DecodeTest, RefusesMapsThatDontFit) {
  EXPECT_THROW(run({1, 0, 1}, std::vector<float>(7)), Error);
  EXPECT_THROW(run({1, 0}, std::vector<float>(9)), Error);
  model_.post.direction.kind = DirectionKind::period;
  EXPECT_THROW(run({1, 0}, std::vector<float>(7), {0}), Error);
  EXPECT_THROW(Decode(model_).run({}, {}, stats_), Error);
}

TEST_F(DecodeTest, DirectionBeforeOrAfterNms) {
  model_.post.direction.kind = DirectionKind::add_pi_if_zero;
  auto boxes = run({1, 0}, std::vector<float>(7), {2, 1});
  EXPECT_NEAR(boxes.at(0).yaw, 0.25F + kPi, 1e-6);
  model_.post.direction.before_nms = false;
  boxes = run({1, 0}, std::vector<float>(7), {1, 2});
  EXPECT_EQ(boxes.at(0).yaw, 0.25F);
  EXPECT_EQ(boxes.at(0).direction, 1);
}

TEST(Direction, Bins) {
  DirectionSpec spec;
  EXPECT_EQ(direction_bin(spec, 1, 2), 1);
  EXPECT_EQ(direction_bin(spec, 2, 1), 0);
  EXPECT_EQ(direction_bin(spec, 1, 1), 0);  // torch.max
  spec.tie = 1;
  EXPECT_EQ(direction_bin(spec, 1, 1), 1);  // NVIDIA: dir0 > dir1 ? 0 : 1
}

TEST(Direction, FlipsIfYawAndBinDisagree) {
  DirectionSpec spec;
  spec.kind = DirectionKind::flip_if_disagree;
  EXPECT_EQ(apply_direction(spec, 0.5F, 1), 0.5F);
  EXPECT_NEAR(apply_direction(spec, 0.5F, 0), 0.5F + kPi, 1e-6);
  EXPECT_EQ(apply_direction(spec, -0.5F, 0), -0.5F);
  EXPECT_NEAR(apply_direction(spec, -0.5F, 1), -0.5F + kPi, 1e-6);
  EXPECT_NEAR(apply_direction(spec, 0, 1), kPi, 1e-6);
}

// OpenPCDet: in [offset, offset + pi) for bin 0, pi more for bin 1.
TEST(Direction, LimitsThePeriod) {
  DirectionSpec spec;
  spec.kind = DirectionKind::period;
  spec.offset = 0.78539F;
  for (float yaw = -7; yaw < 7; yaw += 0.37F) {
    for (const std::int32_t bin : {0, 1}) {
      const float after = apply_direction(spec, yaw, bin);
      EXPECT_GE(after, spec.offset - 1e-6 + bin * kPi);
      EXPECT_LT(after, spec.offset + 1e-6 + (bin + 1) * kPi);
      EXPECT_NEAR(std::sin(2 * after), std::sin(2 * yaw), 1e-5);
    }
  }
}

// zhulf0804: limit_period(theta, 1, pi) + (1 - dir) * pi, in [-pi, pi).
TEST(Direction, LimitsThePeriodInverted) {
  DirectionSpec spec;
  spec.kind = DirectionKind::period;
  spec.limit_offset = 1;
  spec.inverted = true;
  EXPECT_NEAR(apply_direction(spec, 1, 1), 1 - kPi, 1e-6);
  EXPECT_NEAR(apply_direction(spec, 1, 0), 1, 1e-6);
  EXPECT_NEAR(apply_direction(spec, -1, 0), kPi - 1, 1e-6);
}

// hova88: the graph decodes; scores decide which boxes are looked at.
TEST(Decode, BoxesOfTheGraph) {
  ModelSpec model;
  model.classes = {"a", "b", "c"};
  model.grid = {{0, 0, -1}, {2, 1, 1}, {1, 1}};
  model.box.velocity = true;
  model.anchor_layout = {AnchorPlacement::span, AnchorOrder::anchor_y_x, MapLayout::flat};
  model.heads.resize(2);
  model.heads[0] = {{0}, {{0, 1, 1, 1, 0, {0}}}, 2, 1};
  model.heads[1] = {{2, 1}, {{0, 1, 1, 1, 0, {0}}}, 2, 1};
  model.post.candidates = CandidateKind::each_class;
  model.post.nms.per_class = true;
  model.post.score_threshold = 0.5F;
  Tensor boxes(DType::f32, {1, 4, 9});
  for (std::size_t i = 0; i < boxes.elements(); ++i) boxes.as<float>()[i] = static_cast<float>(i);
  const Tensor first = Tensor::of<float>({1, 2, 1}, {-1, 1});
  const Tensor second = Tensor::of<float>({1, 2, 2}, {-1, 2, 3, -1});
  HeadMaps maps;
  maps.heads = {{first.view(), {}, {}}, {second.view(), {}, {}}};
  maps.decoded = boxes.view();
  FrameStats stats;
  Decode decode(model);
  const Candidates& found = decode.run(maps, {}, stats);
  ASSERT_EQ(found.items.size(), 3U);
  EXPECT_EQ(found.items[0].anchor, 1);
  EXPECT_EQ(found.items[0].label, 0);
  EXPECT_EQ(found.items[0].x, 9);
  EXPECT_EQ(found.items[0].yaw, 15);
  EXPECT_EQ(found.items[0].vy, 17);
  EXPECT_EQ(found.items[1].anchor, 3);  // Channel 0 of head 1 is class 2.
  EXPECT_EQ(found.items[1].label, 2);
  EXPECT_EQ(found.items[2].anchor, 2);
  EXPECT_EQ(found.items[2].label, 1);
  maps.decoded.shape = {1, 2, 9};
  EXPECT_THROW(decode.run(maps, {}, stats), Error);
}

// zhulf0804: [K, box, scores, direction], already scored.
TEST(Decode, RowsOfDetections) {
  ModelSpec model;
  model.classes = {"a", "b"};
  model.grid = {{0, 0, -1}, {2, 1, 1}, {1, 1}};
  model.box.size = SizeOrder::wlh;
  model.post.candidates = CandidateKind::each_class;
  model.post.nms.per_class = true;
  model.post.score_threshold = 0.1F;
  model.post.direction.kind = DirectionKind::period;
  model.post.direction.before_nms = false;
  const Tensor rows = Tensor::of<float>({2, 10}, {1, 2, 3, 4, 5, 6, 7, 0.1F, 0.5F, 1,  //
                                                  9, 9, 9, 9, 9, 9, 9, 0.3F, 0.6F, 0});
  HeadMaps maps;
  maps.detections = rows.view();
  FrameStats stats;
  Decode decode(model);
  const Candidates& found = decode.run(maps, {}, stats);
  ASSERT_EQ(found.items.size(), 3U);
  EXPECT_EQ(found.items[0].label, 0);
  EXPECT_EQ(found.items[0].anchor, 1);
  EXPECT_EQ(found.items[1].anchor, 1);
  EXPECT_EQ(found.items[2].anchor, 0);
  EXPECT_EQ(found.items[2].width, 4);
  EXPECT_EQ(found.items[2].length, 5);
  EXPECT_EQ(found.items[2].direction, 1);
  maps.detections.shape = {4, 5};
  EXPECT_THROW(decode.run(maps, {}, stats), Error);
}

}  // namespace
}  // namespace colonnade
