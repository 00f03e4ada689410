#include "stages/pillarize.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "colonnade/error.hpp"

namespace colonnade {
namespace {

ModelSpec small_model() {
  ModelSpec model;
  model.grid = {{0, -2, -1}, {4, 2, 1}, {1, 1}};
  model.pillars.max_pillars = 16;
  model.pillars.max_points = 2;
  return model;
}

Point at(float x, float y, float z = 0, float intensity = 0) {
  return {x, y, z, intensity, 0};
}

Pillars run(Pillarize& pillarize, const std::vector<Point>& points, FrameStats& stats) {
  return pillarize.run({points.data(), static_cast<std::int64_t>(points.size())}, stats);
}

TEST(Pillarize, NumbersPillarsByFirstPointAndKeepsArrivalOrder) {
  Pillarize pillarize(small_model());
  FrameStats stats;
  const Pillars pillars = run(
      pillarize,
      {at(3.5F, 1.5F, 0, 1), at(0, -2, 0, 2), at(3.1F, 1.9F, 0, 3), at(3.2F, 1.2F, 0, 4)}, stats);
  ASSERT_EQ(pillars.count, 2);
  EXPECT_EQ(pillars.max_points, 2);
  EXPECT_EQ(pillars.cells[0].ix, 3);
  EXPECT_EQ(pillars.cells[0].iy, 3);
  EXPECT_EQ(pillars.cells[1].ix, 0);
  EXPECT_EQ(pillars.cells[1].iy, 0);
  EXPECT_EQ(pillars.counts[0], 2);
  EXPECT_EQ(pillars.counts[1], 1);
  EXPECT_EQ(pillars.points[0].intensity, 1);
  EXPECT_EQ(pillars.points[1].intensity, 3);
  EXPECT_EQ(pillars.points[2].intensity, 2);
  EXPECT_EQ(stats.over_pillar_points, 1);
  EXPECT_EQ(stats.pillars, 2);
}

// Lower borders are inside, upper ones outside, in every exporter.
TEST(Pillarize, BordersAreHalfOpen) {
  const float below = -std::numeric_limits<float>::denorm_min();
  const float infinity = std::numeric_limits<float>::infinity();
  Pillarize pillarize(small_model());
  FrameStats stats;
  const Pillars pillars =
      run(pillarize,
          {at(0, -2, -1), at(std::nextafter(4.0F, 0.0F), 1.999999F, 0.999999F), at(below, 0),
           at(4, 0), at(0, std::nextafter(-2.0F, -3.0F)), at(0, 2), at(0, 0, 1),
           at(0, 0, std::nextafter(-1.0F, -2.0F)), at(infinity, 0), at(-infinity, 0),
           at(std::nanf(""), 0),
           // Inside, but in float32 its distance from the lower border is the whole extent.
           at(0, std::nextafter(2.0F, 0.0F))},
          stats);
  EXPECT_EQ(pillars.count, 2);
  EXPECT_EQ(stats.out_of_range, 10);
}

// In float32, (0.48 - 0) / 0.16 is 3 and (2.88 - 0) / 0.16 is 18, while products of the exact
// values would fall below: SmallMunich's and OpenPCDet's cells.
TEST(Pillarize, CellsAreFloorsOfFloat32Quotients) {
  ModelSpec model = small_model();
  model.grid = {{0, -39.68F, -3}, {69.12F, 39.68F, 1}, {0.16F, 0.16F}};
  Pillarize pillarize(model);
  for (int i = 0; i < 432; ++i) {
    const float x = static_cast<float>(i) * 0.16F;
    FrameStats stats;
    const Pillars pillars = run(pillarize, {at(x, 0)}, stats);
    ASSERT_EQ(pillars.count, 1);
    EXPECT_EQ(pillars.cells[0].ix, static_cast<std::int32_t>(std::floor(x / 0.16F)));
    EXPECT_EQ(pillars.cells[0].iy, 248);
  }
}

class Overflow : public testing::Test {
 protected:
  FrameStats run_with(PillarOverflow rule) {
    ModelSpec model = small_model();
    model.pillars.max_pillars = 1;
    model.pillars.overflow = rule;
    Pillarize pillarize(model);
    FrameStats stats;
    const Pillars pillars =
        run(pillarize, {at(0, 0), at(1, 0), at(0, 0.5F), at(9, 9), at(0, 0)}, stats);
    EXPECT_EQ(pillars.count, 1);
    points_ = pillars.counts[0];
    return stats;
  }
  std::int32_t points_ = 0;
};

// OpenPCDet and mmdet3d: open pillars go on filling.
TEST_F(Overflow, SkipDropsThePointOnly) {
  const FrameStats stats = run_with(PillarOverflow::skip);
  EXPECT_EQ(points_, 2);
  EXPECT_EQ(stats.over_pillar_cap, 1);
  EXPECT_EQ(stats.over_pillar_points, 1);
  EXPECT_EQ(stats.out_of_range, 1);
}

// second.pytorch breaks out of its loop over the points.
TEST_F(Overflow, StopEndsTheSweep) {
  const FrameStats stats = run_with(PillarOverflow::stop);
  EXPECT_EQ(points_, 1);
  EXPECT_EQ(stats.over_pillar_cap, 3);
  EXPECT_EQ(stats.over_pillar_points, 0);
  EXPECT_EQ(stats.out_of_range, 1);
}

TEST(Pillarize, ForgetsTheFrameBefore) {
  Pillarize pillarize(small_model());
  FrameStats stats;
  run(pillarize, {at(0, 0), at(1, 0), at(2, 0)}, stats);
  const Pillars pillars = run(pillarize, {at(2, 0)}, stats);
  ASSERT_EQ(pillars.count, 1);
  EXPECT_EQ(pillars.counts[0], 1);
  EXPECT_EQ(pillars.cells[0].ix, 2);
  EXPECT_EQ(run(pillarize, {}, stats).count, 0);
}

TEST(Pillarize, RefusesWhatNoMemoryHolds) {
  ModelSpec wide = small_model();
  wide.grid.max = {1e9F, 1e9F, 1};
  ModelSpec deep = small_model();
  deep.pillars.max_points = std::int64_t{1} << 60;
  ModelSpec none = small_model();
  none.pillars.max_pillars = 0;
  ModelSpec flat = small_model();
  flat.grid.max[2] = flat.grid.min[2];
  for (const ModelSpec& model : {wide, deep, none, flat}) {
    EXPECT_THROW(Pillarize pillarize(model), Error);
  }
  ModelSpec many = small_model();  // More pillars than cells: cells bound the buffer.
  many.pillars.max_pillars = std::int64_t{1} << 60;
  EXPECT_NO_THROW(Pillarize pillarize(many));
}

}  // namespace
}  // namespace colonnade
