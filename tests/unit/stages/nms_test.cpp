#include "stages/nms.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace colonnade {
namespace {

constexpr float kPi = 3.14159265358979323846F;

Candidate box(float x, float y, float length, float width, float yaw, float score = 1,
              std::int32_t anchor = 0) {
  Candidate c{};
  c.x = x;
  c.y = y;
  c.length = length;
  c.width = width;
  c.height = 1;
  c.yaw = yaw;
  c.score = score;
  c.anchor = anchor;
  return c;
}

double iou(const NmsSpec& spec, const Candidate& a, const Candidate& b,
           YawConvention yaw = YawConvention::ccw_from_x) {
  BoxCoding coding;
  coding.yaw = yaw;
  const Iou op(coding, spec);
  return op.of(op.footprint(a), op.footprint(b));
}

TEST(Iou, Rotated) {
  NmsSpec spec;
  spec.margin = 1e-5F;
  EXPECT_NEAR(iou(spec, box(0, 0, 4, 2, 0), box(1, 0, 4, 2, 0)), 6.0 / 10, 1e-5);
  EXPECT_NEAR(iou(spec, box(0, 0, 4, 2, 0), box(0, 0, 4, 2, kPi / 2)), 4.0 / 12, 1e-5);
  // A square in its own turned by 45 degrees is the regular octagon of area 8 (sqrt 2 - 1).
  const double octagon = 8 * (std::sqrt(2.0) - 1);
  EXPECT_NEAR(iou(spec, box(5, -3, 2, 2, 0.3F), box(5, -3, 2, 2, 0.3F + kPi / 4)),
              octagon / (8 - octagon), 1e-5);
  EXPECT_EQ(iou(spec, box(0, 0, 4, 2, 0), box(10, 0, 4, 2, 1)), 0);
  EXPECT_NEAR(iou(spec, box(1, 2, 4, 2, 0.7F), box(1, 2, 4, 2, 0.7F)), 1, 1e-5);
}

// OpenPCDet's margin: corners up to 1 cm outside count, so boxes that merely touch overlap.
TEST(Iou, MarginCountsCornersJustOutside) {
  NmsSpec spec;
  spec.margin = 0.01F;
  const Candidate a = box(0, 0, 2, 2, 0), touching = box(2.005F, 0, 2, 2, 0);
  EXPECT_GT(iou(spec, a, touching), 0);
  spec.margin = 1e-5F;
  EXPECT_EQ(iou(spec, a, touching), 0);
}

// KITTI's yaw is clockwise and 0 faces -y: the width lies along x.
TEST(Iou, CameraYaw) {
  NmsSpec spec;
  spec.margin = 1e-5F;  // Without, corners on the other's edge would count as outside.
  const Candidate a = box(0, 0, 4, 2, 0.3F);
  const Candidate shifted =  // Half a length along its heading, (-sin r, -cos r).
      box(-2 * std::sin(0.3F), -2 * std::cos(0.3F), 4, 2, 0.3F);
  EXPECT_NEAR(iou(spec, a, shifted, YawConvention::kitti_camera), 4.0 / 12, 1e-4);
}

TEST(Iou, AxisAlignedIsOfTheRectanglesAround) {
  NmsSpec spec;
  spec.iou = IouKind::axis_aligned;
  EXPECT_NEAR(iou(spec, box(0, 0, 2, 2, kPi / 4), box(0, 0, 2, 2, 0)), 4.0 / 8, 1e-6);
  // Pixel convention on metres: boxes 0.5 m apart overlap.
  EXPECT_EQ(iou(spec, box(0, 0, 2, 2, 0), box(2.5F, 0, 2, 2, 0)), 0);
  spec.plus_one = true;
  EXPECT_NEAR(iou(spec, box(0, 0, 2, 2, 0), box(2.5F, 0, 2, 2, 0)), 1.5 / (18 - 1.5), 1e-6);
}

TEST(Iou, UnrotatedIgnoresYaw) {
  NmsSpec spec;
  spec.iou = IouKind::unrotated;
  EXPECT_NEAR(iou(spec, box(0, 0, 4, 2, 1), box(1, 0, 4, 2, -2)), 6.0 / 10, 1e-6);
}

ModelSpec model_of(IouKind kind, float threshold) {
  ModelSpec model;
  model.grid = {{-20, -20, -1}, {20, 20, 1}, {1, 1}};
  model.box.z = ZReference::center;
  model.post.nms.iou = kind;
  model.post.nms.threshold = threshold;
  model.post.nms.margin = 0.01F;
  model.post.nms.plus_one = kind == IouKind::axis_aligned;
  return model;
}

std::vector<std::int32_t> kept_of(const ModelSpec& model, const Candidates& candidates,
                                  Detections* out = nullptr) {
  Detections found;
  Nms(model, SensorSpec{}).run(candidates, found);
  std::vector<std::int32_t> anchors;
  for (const Box& b : found.boxes) anchors.push_back(b.anchor);
  if (out != nullptr) *out = found;
  return anchors;
}

Candidates random_candidates(int count, float spread, unsigned seed) {
  std::mt19937 random(seed);
  const auto uniform = [&random](float from, float to) {
    return from + (to - from) * static_cast<float>(random() % 100000) / 100000.0F;
  };
  Candidates candidates;
  for (std::int32_t i = 0; i < count; ++i) {
    const float huge = i % 50 == 0 ? 20.0F : 1.0F;
    candidates.items.push_back(box(uniform(-spread, spread), uniform(-spread, spread),
                                   huge * uniform(0.3F, 5), uniform(0.3F, 2), uniform(-4, 4),
                                   1 - static_cast<float>(i) / 10000, i));
  }
  return candidates;
}

// Against the textbook loop over all pairs: neither the index nor the bounds may change a decision.
// Boxes lie far outside the grid, too.
TEST(Nms, EqualsTheLoopOverAllPairs) {
  for (const IouKind kind : {IouKind::rotated, IouKind::axis_aligned, IouKind::unrotated}) {
    for (const float threshold : {0.0F, 0.01F, 0.2F, 0.5F, 0.9F}) {
      for (const float spread : {3.0F, 40.0F}) {
        const ModelSpec model = model_of(kind, threshold);
        const Candidates candidates = random_candidates(400, spread, 7);
        const Iou op(model.box, model.post.nms);
        std::vector<Footprint> kept;
        std::vector<std::int32_t> expected;
        for (const Candidate& c : candidates.items) {
          const Footprint footprint = op.footprint(c);
          const bool suppressed = std::any_of(kept.begin(), kept.end(), [&](const Footprint& k) {
            return op.suppresses(op.of(k, footprint));
          });
          if (suppressed) continue;
          kept.push_back(footprint);
          expected.push_back(c.anchor);
        }
        EXPECT_EQ(kept_of(model, candidates), expected)
            << "kind " << static_cast<int>(kind) << ", threshold " << threshold;
      }
    }
  }
}

TEST(Nms, ComparesStrictlyOrNot) {
  ModelSpec model = model_of(IouKind::unrotated, 0.5F);
  const Candidates twins{{box(0, 0, 3, 1, 0, 0.9F, 0), box(1, 0, 3, 1, 0, 0.8F, 1)}};  // IoU 0.5.
  EXPECT_EQ(kept_of(model, twins).size(), 2U);
  model.post.nms.comparison = Comparison::greater_equal;
  EXPECT_EQ(kept_of(model, twins).size(), 1U);
}

/// Three classes of two far boxes each; scores fall from class to class but the last.
Candidates grouped() {
  Candidates candidates;
  const float scores[] = {0.5F, 0.4F, 0.3F, 0.2F, 0.9F, 0.1F};
  for (std::int32_t i = 0; i < 6; ++i) {
    Candidate c = box(static_cast<float>(5 * (i % 2)), 0, 1, 1, 0, scores[i], i);
    c.group = c.label = i / 2;
    candidates.items.push_back(c);
  }
  return candidates;
}

TEST(Nms, GroupsDontSuppressEachOther) {
  ModelSpec model = model_of(IouKind::rotated, 0.1F);
  model.post.order = BoxOrder::class_then_score;
  EXPECT_EQ(kept_of(model, grouped()), (std::vector<std::int32_t>{0, 1, 2, 3, 4, 5}));
  model.post.order = BoxOrder::score;
  EXPECT_EQ(kept_of(model, grouped()), (std::vector<std::int32_t>{4, 0, 1, 2, 3, 5}));
}

TEST(Nms, CapsAndOrders) {
  ModelSpec model = model_of(IouKind::rotated, 0.1F);
  Detections out;
  model.post.order = BoxOrder::score_if_capped;  // mmdet3d, zhulf0804
  model.post.max_boxes = 6;
  EXPECT_EQ(kept_of(model, grouped(), &out), (std::vector<std::int32_t>{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(out.stats.boxes_truncated, 0);
  model.post.max_boxes = 3;
  EXPECT_EQ(kept_of(model, grouped(), &out), (std::vector<std::int32_t>{4, 0, 1}));
  EXPECT_EQ(out.stats.boxes_truncated, 3);
  model.post.order = BoxOrder::class_then_score;
  EXPECT_EQ(kept_of(model, grouped()), (std::vector<std::int32_t>{0, 1, 4}));
  model.post.max_boxes = 0;
  model.post.max_boxes_per_class = 1;  // OpenPCDet's multi-head
  EXPECT_EQ(kept_of(model, grouped(), &out), (std::vector<std::int32_t>{0, 2, 4}));
  EXPECT_EQ(out.stats.boxes_truncated, 3);
}

TEST(Nms, TiesBreakByAnchor) {
  ModelSpec model = model_of(IouKind::rotated, 0.1F);
  Candidates candidates;
  for (const std::int32_t anchor : {3, 8, 1, 5}) {
    Candidate c = box(static_cast<float>(3 * anchor), 0, 1, 1, 0, 0.5F, anchor);
    c.group = anchor;
    candidates.items.push_back(c);
  }
  EXPECT_EQ(kept_of(model, candidates), (std::vector<std::int32_t>{1, 3, 5, 8}));
}

TEST(Nms, RangeIsStrictAndInTheModelsOwnZ) {
  ModelSpec model = model_of(IouKind::rotated, 0.1F);
  model.box.z = ZReference::bottom;
  model.post.range_filter = RangeFilter{{0, -5, -2}, {10, 5, 0}};
  Candidates candidates{
      {box(0, 0, 1, 1, 0, 0.9F, 0), box(5, 0, 1, 1, 0, 0.8F, 1), box(8, 0, 1, 1, 0, 0.7F, 2)}};
  candidates.items[0].z = candidates.items[1].z = -0.25F;  // The first is on the border in x.
  candidates.items[2].z = 0;                               // On the border in z.
  Detections out;
  EXPECT_EQ(kept_of(model, candidates, &out), (std::vector<std::int32_t>{1}));
  EXPECT_EQ(out.stats.boxes_out_of_range, 2);
  EXPECT_FLOAT_EQ(out.boxes[0].z, 0.25F);
}

TEST(Nms, CanonicalBoxes) {
  ModelSpec model = model_of(IouKind::rotated, 0.1F);
  model.box.yaw = YawConvention::kitti_camera;
  model.box.velocity = true;
  model.post.direction.kind = DirectionKind::flip_if_disagree;
  model.post.direction.before_nms = false;
  Candidates candidates{{box(1, 2, 4, 2, 0.5F, 0.9F, 3)}};
  candidates.items[0].vx = 7;
  candidates.items[0].label = 2;
  candidates.items[0].direction = 1;  // Agrees with the yaw.
  Detections out;
  kept_of(model, candidates, &out);
  EXPECT_NEAR(out.boxes.at(0).yaw, -0.5F - kPi / 2, 1e-6);
  EXPECT_EQ(out.boxes[0].vx, 7);
  EXPECT_EQ(out.boxes[0].label, 2);
  EXPECT_TRUE(out.has_velocity);
  candidates.items[0].direction = 0;
  kept_of(model, candidates, &out);
  EXPECT_NEAR(out.boxes.at(0).yaw, -0.5F + kPi / 2, 1e-6);
}

TEST(Nms, BoxesComeBackInTheSensorsFrame) {
  ModelSpec model = model_of(IouKind::rotated, 0.1F);
  SensorSpec sensor;
  sensor.translation = {0, 0, 1.7};
  Detections out;
  out.boxes.resize(5);
  Nms(model, sensor).run(Candidates{{box(1, 2, 4, 2, 0.5F)}}, out);
  ASSERT_EQ(out.boxes.size(), 1U);
  EXPECT_FLOAT_EQ(out.boxes[0].z, -1.7F);
  EXPECT_FLOAT_EQ(out.boxes[0].yaw, 0.5F);
}

}  // namespace
}  // namespace colonnade
