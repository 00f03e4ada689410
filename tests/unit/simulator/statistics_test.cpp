#include "simulator/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace colonnade::simulator {
namespace {

double figure(const std::vector<Figure>& figures, const std::string& name) {
  for (const Figure& f : figures) {
    if (f.name == name) return f.value;
  }
  ADD_FAILURE() << "no figure " << name;
  return 0;
}

TEST(Statistics, CountPillarsBandsAndZeros) {
  const std::vector<float> points = {
      5.01F, 0.01F, -1.7F, .25F,  // Three points of one pillar, two of another.
      5.02F, 0.02F, -1.6F, 0,     //
      5.03F, 0.03F, -.2F,  .5F,   //
      25.F,  0.05F, .5F,   0,     //
      25.F,  0.06F, .6F,   1.F};
  const std::vector<Figure> f = sweep_figures(points, 1);
  EXPECT_EQ(figure(f, "points"), 5);
  EXPECT_EQ(figure(f, "points, 0 to 10 m"), 3);
  EXPECT_EQ(figure(f, "points, 20 to 30 m"), 2);
  EXPECT_EQ(figure(f, "occupied pillars"), 2);
  EXPECT_EQ(figure(f, "points a pillar"), 2.5);
  EXPECT_EQ(figure(f, "pillars over 0.4 m tall, %"), 50);
  EXPECT_EQ(figure(f, "intensity 0, %"), 40);
  EXPECT_NEAR(figure(f, "intensity, mean"), .35, 1e-6);
  EXPECT_NEAR(figure(sweep_figures(points, .5), "intensity, mean"), .7, 1e-6);
}

/// Rings of a flat ground, every `hole`th return missing, ranges off by +-`wobble`.
std::vector<float> rings(int hole, double wobble) {
  std::vector<float> points;
  for (double r = 11; r < 19; r += .5) {
    for (int k = 1; k < 400; ++k) {
      if (hole > 0 && k % hole == 0) continue;
      const double a = k * .003, range = r + (k % 2 == 0 ? wobble : -wobble);
      points.insert(points.end(), {static_cast<float>(range * std::cos(a)),
                                   static_cast<float>(range * std::sin(a)), -1.73F, .3F});
    }
  }
  return points;
}

TEST(Statistics, SeeMissingReturnsAndJitterOfRings) {
  const auto smooth = sweep_figures(rings(0, 0), 1), holes = sweep_figures(rings(10, 0), 1);
  const auto rough = sweep_figures(rings(0, .01), 1);
  EXPECT_NEAR(figure(smooth, "ground rings' missing returns, %, 10 to 20 m"), 0, .01);
  EXPECT_NEAR(figure(holes, "ground rings' missing returns, %, 10 to 20 m"), 10, .6);
  EXPECT_LT(figure(smooth, "ground rings' jitter, mm, 10 to 20 m"), 1);
  // Second differences of +-w are 4 w: 4 w / sqrt(6).
  EXPECT_NEAR(figure(rough, "ground rings' jitter, mm, 10 to 20 m"), 40 / std::sqrt(6), .5);
  EXPECT_NEAR(figure(smooth, "their roughness, mm, 10 to 20 m"), 0, .5);
  EXPECT_NEAR(figure(smooth, "their height, m, 10 to 20 m"), -1.73, .01);
  EXPECT_GT(figure(smooth, "flat cells of 1 m, 10 to 20 m"), 20);
}

TEST(Statistics, EmptySweepsHaveTheSameRows) {
  const auto empty = sweep_figures({}, 1), full = sweep_figures(rings(0, 0), 1);
  ASSERT_EQ(empty.size(), full.size());
  EXPECT_TRUE(std::isnan(figure(empty, "intensity, mean")));
  const std::string table = comparison_table({full, full}, {full, empty});
  EXPECT_NE(table.find("| 2 real | 2 simulated |"), std::string::npos);
  EXPECT_NE(table.find("| occupied pillars | "), std::string::npos);
}

}  // namespace
}  // namespace colonnade::simulator
