#include "stages/scores.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "colonnade/error.hpp"

namespace colonnade {
namespace {

/// A map of 3 x 2 cells with two kinds of anchors.
ModelSpec small_model(AnchorOrder order) {
  ModelSpec model;
  model.grid = {{0, 0, 0}, {3, 2, 1}, {0.5F, 0.5F}};
  model.anchor_layout.order = order;
  model.heads.resize(1);
  model.heads[0].anchors = {{0, 1, 1, 1, 0, {0, 1.5F}}};
  model.heads[0].map_width = 3;
  model.heads[0].map_height = 2;
  return model;
}

// Each layout puts anchor (y, x, kind)'s value v where the exporters' reshape finds it.
TEST(MapView, FindsEveryValueInEveryLayout) {
  constexpr std::int64_t kWidth = 3, kCells = 6, kKinds = 2, kValues = 4;
  for (const AnchorOrder order : {AnchorOrder::y_x_anchor, AnchorOrder::anchor_y_x}) {
    const ModelSpec model = small_model(order);
    const AnchorGrid anchors(model, model.heads[0]);
    for (const MapLayout layout : {MapLayout::nhwc, MapLayout::nchw, MapLayout::flat}) {
      Tensor map(DType::f32, {1, kCells * kKinds * kValues});
      for (std::size_t i = 0; i < map.elements(); ++i) map.as<float>()[i] = static_cast<float>(i);
      AnchorLayout how;
      how.order = order;
      how.layout = layout;
      const MapView view(map.view(), how, anchors, kValues, "map");
      for (std::int64_t y = 0; y < 2; ++y) {
        for (std::int64_t x = 0; x < kWidth; ++x) {
          for (std::int64_t kind = 0; kind < kKinds; ++kind) {
            for (std::int64_t v = 0; v < kValues; ++v) {
              const std::int64_t cell = y * kWidth + x;
              const std::int64_t flat =
                  order == AnchorOrder::y_x_anchor ? cell * kKinds + kind : kind * kCells + cell;
              std::int64_t at = flat * kValues + v;
              if (layout == MapLayout::nhwc) at = (cell * kKinds + kind) * kValues + v;
              if (layout == MapLayout::nchw) at = (kind * kValues + v) * kCells + cell;
              EXPECT_EQ(view({cell, kind}, v), static_cast<float>(at));
              EXPECT_EQ(view.element(at).flat, flat);
              EXPECT_EQ(view.element(at).value, v);
              EXPECT_EQ(anchors.flat_of(anchors.place_of(flat)), flat);
            }
          }
        }
      }
    }
  }
}

TEST(MapView, RefusesMapsOfOtherHeads) {
  const ModelSpec model = small_model(AnchorOrder::y_x_anchor);
  const AnchorGrid anchors(model, model.heads[0]);
  const Tensor small(DType::f32, {1, 2, 3, 7}), halves(DType::f16, {1, 2, 3, 8});
  EXPECT_THROW(MapView(small.view(), {}, anchors, 4, "map"), Error);
  EXPECT_THROW(MapView(halves.view(), {}, anchors, 4, "map"), Error);
  EXPECT_THROW(MapView(ConstTensorView{}, {}, anchors, 4, "map"), Error);
}

TEST(AnchorGrid, PlacesAnchorsAsTheExportersDo) {
  ModelSpec model = small_model(AnchorOrder::y_x_anchor);
  model.grid = {{0, -39.68F, -3}, {69.12F, 39.68F, 1}, {0.16F, 0.16F}};
  model.heads[0].map_width = 216;
  model.heads[0].map_height = 248;
  const AnchorGrid centers(model, model.heads[0]);
  EXPECT_EQ(centers.at({0, 0}).x, 0.16F);  // SmallMunich's first anchors and its last.
  EXPECT_EQ(centers.at({1, 0}).x, 0.48F);
  EXPECT_EQ(centers.at({0, 0}).y, -39.52F);
  EXPECT_EQ(centers.at({centers.cells() - 1, 1}).x, 68.96F);
  EXPECT_EQ(centers.at({centers.cells() - 1, 1}).y, 39.52F);
  EXPECT_EQ(centers.at({7, 1}).yaw, 1.5F);

  model.anchor_layout.placement = AnchorPlacement::span;
  const AnchorGrid span(model, model.heads[0]);
  EXPECT_EQ(span.at({0, 0}).x, 0);  // OpenPCDet's.
  EXPECT_EQ(span.at({0, 0}).y, -39.68F);
  EXPECT_EQ(span.at({span.cells() - 1, 0}).x, 69.12F);
  EXPECT_EQ(span.at({span.cells() - 1, 0}).y, 39.68F);
  EXPECT_FLOAT_EQ(span.at({1, 0}).x, 69.12F / 215);

  model.heads[0].map_width = std::int64_t{1} << 40;
  EXPECT_THROW(AnchorGrid(model, model.heads[0]), Error);
}

// Nothing that passes may be skipped, whatever the threshold.
TEST(ScoreRules, LeastLogitNeverSkipsWhatPasses) {
  for (const float threshold : {0.0F, 1e-6F, 0.05F, 0.1F, 0.5F, 0.9F, 0.999999F, 1.0F}) {
    for (const Comparison comparison : {Comparison::greater, Comparison::greater_equal}) {
      PostSpec post;
      post.score_threshold = threshold;
      post.score_comparison = comparison;
      const ScoreRules rules(post);
      for (float logit = -20; logit < 20; logit += 0.0078125F) {
        if (!rules.passes(sigmoid(logit))) continue;
        EXPECT_GE(logit, rules.least_logit());
      }
      EXPECT_TRUE(rules.passes(1) || comparison == Comparison::greater);
      EXPECT_FALSE(rules.passes(std::numeric_limits<float>::quiet_NaN()));
    }
  }
  EXPECT_EQ(sigmoid(0), 0.5F);
  EXPECT_EQ(sigmoid(1000), 1);
  EXPECT_EQ(sigmoid(-1000), 0);
}

TEST(ForEachAtLeast, VisitsAllInOrder) {
  std::vector<float> values(1000, -1);
  values[0] = values[255] = values[256] = values[999] = 2;
  values[500] = std::numeric_limits<float>::quiet_NaN();
  std::vector<std::int64_t> found;
  for_each_at_least(values.data(), 1000, 2, [&](std::int64_t i) { found.push_back(i); });
  EXPECT_EQ(found, (std::vector<std::int64_t>{0, 255, 256, 999}));
}

std::vector<std::int32_t> anchors_of(const std::vector<Hit>& hits) {
  std::vector<std::int32_t> anchors;
  for (const Hit& hit : hits) anchors.push_back(hit.anchor);
  return anchors;
}

TEST(TopK, CutsEachGroupAndBreaksTiesByAnchor) {
  PostSpec post;
  post.top_k = 2;
  TopK top_k(post, 2, 1);
  std::vector<Hit> hits{{0.5F, 9, 1, 0, 0},
                        {0.5F, 3, 1, 0, 0},
                        {0.9F, 7, 0, 0, 0},
                        {0.5F, 4, 1, 0, 0},
                        {0.1F, 1, 0, 0, 0}};
  EXPECT_EQ(top_k.run(hits, 10), 1);
  EXPECT_EQ(anchors_of(hits), (std::vector<std::int32_t>{7, 1, 3, 4}));
}

// mmdet3d: the best anchors by their best class, and then every class of theirs that passes.
TEST(TopK, BeforeThresholdChoosesAnchors) {
  PostSpec post;
  post.top_k = 2;
  post.top_k_stage = TopKStage::before_threshold;
  TopK top_k(post, 3, 3);
  std::vector<Hit> hits{{0.5F, 9, 0, 0, 0}, {0.2F, 3, 0, 0, 0}, {0.9F, 3, 1, 0, 1},
                        {0.8F, 4, 1, 0, 1}, {0.3F, 4, 2, 0, 2}, {0.7F, 9, 2, 0, 2}};
  EXPECT_EQ(top_k.run(hits, 10), 2);
  EXPECT_EQ(anchors_of(hits), (std::vector<std::int32_t>{3, 3, 4, 4}));
  std::vector<Hit> next{{0.5F, 9, 0, 0, 0}};  // Marks of the frame before are gone.
  EXPECT_EQ(top_k.run(next, 10), 0);
  EXPECT_EQ(anchors_of(next), (std::vector<std::int32_t>{9}));
}

TEST(TopK, BoundsModelsWithoutACap) {
  TopK top_k(PostSpec{}, 1, 1);
  std::vector<Hit> hits;
  for (std::int32_t i = 0; i < 100000; ++i) {
    hits.push_back({static_cast<float>(i % 977), i, 0, 0, 0});
  }
  EXPECT_EQ(top_k.run(hits, 100000), 100000 - kMaxCandidates);
  EXPECT_EQ(static_cast<std::int64_t>(hits.size()), kMaxCandidates);
  EXPECT_EQ(hits[0].anchor, 976);
}

}  // namespace
}  // namespace colonnade
