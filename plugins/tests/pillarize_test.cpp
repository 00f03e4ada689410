// The plugins' pillarize against the stage that the CPU runs, bit for bit.
#include "core/pillarize.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.hpp"
#include "stages/pillarize.hpp"
#include "tests/device.hpp"

namespace colonnade::plugins {
namespace {

using testing::OnDevice;
constexpr std::int32_t kFields = 5;  // Of Point.

ModelSpec spec_of(const PillarGrid& grid) {
  ModelSpec spec;
  spec.grid.min = {grid.min[0], grid.min[1], grid.min[2]};
  spec.grid.max = {grid.max[0], grid.max[1], grid.max[2]};
  spec.grid.cell = {grid.cell[0], grid.cell[1]};
  spec.pillars.max_pillars = grid.max_pillars;
  spec.pillars.max_points = grid.max_points;
  spec.pillars.overflow = grid.stop_at_cap ? PillarOverflow::stop : PillarOverflow::skip;
  return spec;
}

/// Around the grid, some outside, some on cells' borders, some that are no numbers.
std::vector<Point> random_points(const PillarGrid& grid, std::int32_t count, Random& random) {
  const float width = grid.max[0] - grid.min[0], height = grid.max[1] - grid.min[1];
  std::vector<Point> points;
  for (std::int32_t i = 0; i < count; ++i) {
    const auto at = [&](float low, float size) {
      return static_cast<float>(random.uniform(low - 0.05 * size, low + 1.05 * size));
    };
    Point point{at(grid.min[0], width), at(grid.min[1], height),
                at(grid.min[2], grid.max[2] - grid.min[2]), static_cast<float>(random.uniform()),
                static_cast<float>(i)};
    switch (random.bits() % 40) {
      case 0: point.x = std::nanf(""); break;
      case 1: point.y = HUGE_VALF; break;
      case 2: point.x = grid.min[0]; break;
      case 3: point.y = grid.max[1]; break;
      case 4: point.z = grid.max[2]; break;
      case 5: point.x = grid.min[0] + grid.cell[0] * static_cast<float>(random.bits() % 8); break;
      default: break;
    }
    points.push_back(point);
  }
  return points;
}

/// As the CPU's stage gives it, in the plugin's form.
struct Expected {
  std::vector<float> voxels;
  std::vector<std::int32_t> coords, counts;
  std::int32_t pillars = 0;
};

Expected expected_pillars(const PillarGrid& grid, const std::vector<Point>& points,
                          std::int32_t count) {
  Pillarize pillarize(spec_of(grid));
  FrameStats stats;
  const Pillars pillars = pillarize.run({points.data(), count}, stats);
  Expected expected;
  const auto most = static_cast<std::size_t>(grid.max_pillars);
  const auto held = static_cast<std::size_t>(grid.max_points);
  expected.voxels.resize(most * held * kFields);
  expected.coords.assign(most * 4, -1);
  expected.counts.resize(most);
  expected.pillars = static_cast<std::int32_t>(pillars.count);
  for (std::int64_t p = 0; p < pillars.count; ++p) {
    std::int32_t* coords = &expected.coords[static_cast<std::size_t>(p) * 4];
    coords[0] = coords[1] = 0;
    coords[2] = pillars.cells[p].iy;
    coords[3] = pillars.cells[p].ix;
    expected.counts[static_cast<std::size_t>(p)] = pillars.counts[p];
    for (std::int32_t k = 0; k < pillars.counts[p]; ++k) {
      const Point& point = pillars.points[p * pillars.max_points + k];
      float* to =
          &expected.voxels[(static_cast<std::size_t>(p) * held + static_cast<std::size_t>(k)) *
                           kFields];
      to[0] = point.x, to[1] = point.y, to[2] = point.z, to[3] = point.intensity, to[4] = point.dt;
    }
  }
  return expected;
}

void expect_as_the_stage(const PillarGrid& grid, const std::vector<Point>& points,
                         std::int32_t count) {
  std::vector<float> flat;
  for (const Point& p : points) flat.insert(flat.end(), {p.x, p.y, p.z, p.intensity, p.dt});
  const auto rows = static_cast<std::int32_t>(points.size());
  const Expected expected = expected_pillars(grid, points, count);
  const OnDevice<float> given(flat), voxels(expected.voxels.size());
  const OnDevice<std::int32_t> counted(std::vector<std::int32_t>{count}),
      coords(expected.coords.size()), counts(expected.counts.size()), pillars(1);
  const OnDevice<unsigned char> workspace(pillarize_workspace(grid, rows));
  for (int run = 0; run < 3; ++run) {
    testing::must(pillarize(grid, {given.data(), counted.data(), rows, kFields},
                            {voxels.data(), coords.data(), counts.data(), pillars.data()},
                            workspace.data(), nullptr));
    ASSERT_EQ(pillars.read().front(), expected.pillars);
    ASSERT_EQ(counts.read(), expected.counts);
    ASSERT_EQ(coords.read(), expected.coords);
    ASSERT_EQ(voxels.read(), expected.voxels);
  }
}

constexpr PillarGrid kSmall{{0, -4, -3}, {8, 4, 1}, {0.16f, 0.16f}, 50, 50, 400, 3, false};

TEST(PillarizeCore, EqualsTheStage) {
  COLONNADE_SKIP_WITHOUT_CUDA();
  for (const bool stop : {false, true}) {
    for (const std::int32_t max_pillars : {1, 7, 400, 5000}) {
      for (const std::int32_t max_points : {1, 3, 32}) {
        PillarGrid grid = kSmall;
        grid.stop_at_cap = stop;
        grid.max_pillars = max_pillars;
        grid.max_points = max_points;
        SCOPED_TRACE(::testing::Message() << "stop " << stop << ", pillars " << max_pillars
                                          << ", points " << max_points);
        Random random(static_cast<std::uint64_t>(max_pillars * 100 + max_points));
        expect_as_the_stage(grid, random_points(grid, 3001, random), 2777);
      }
    }
  }
}

TEST(PillarizeCore, EqualsTheStageOnASweepOfKittisSize) {
  COLONNADE_SKIP_WITHOUT_CUDA();
  const PillarGrid kitti{
      {0, -39.68f, -3}, {69.12f, 39.68f, 1}, {0.16f, 0.16f}, 432, 496, 12000, 32, false};
  Random random(3);
  expect_as_the_stage(kitti, random_points(kitti, 120000, random), 120000);
}

TEST(PillarizeCore, TakesNoPointsAndASingleOne) {
  COLONNADE_SKIP_WITHOUT_CUDA();
  Random random(8);
  const std::vector<Point> points = random_points(kSmall, 1, random);
  for (const std::int32_t count : {0, 1}) expect_as_the_stage(kSmall, points, count);
}

TEST(PillarizeCore, RefusesGridsThatAreNone) {
  PillarGrid grid = kSmall;
  grid.nx = 0;
  EXPECT_EQ(pillarize_workspace(grid, 10), 0u);
  EXPECT_EQ(pillarize(grid, {nullptr, nullptr, 10, kFields}, {}, nullptr, nullptr),
            cudaErrorInvalidValue);
  grid.nx = grid.ny = 1 << 20;
  EXPECT_EQ(pillarize_workspace(grid, 10), 0u);
}

}  // namespace
}  // namespace colonnade::plugins
