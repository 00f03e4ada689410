// What a histogram makes of values: the greatest, a percentile, the least divergence.
#include "calibrate/histogram.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "fails_with.hpp"

namespace colonnade {
namespace {

using Method = CalibrationMethod;

std::vector<float> ramp(std::size_t count, float highest) {
  std::vector<float> values;
  for (std::size_t i = 1; i <= count; ++i) {
    values.push_back(highest * static_cast<float>(i) / static_cast<float>(count));
  }
  return values;
}

TEST(Histogram, OfNothingPositiveIsNone) {
  Histogram histogram;
  for (const auto method : {Method::minmax, Method::percentile, Method::entropy}) {
    EXPECT_EQ(histogram.highest(method), 0);
  }
  histogram.add(std::vector<float>{0, -2, 0, -0.5F});
  EXPECT_EQ(histogram.highest(Method::minmax), 0);
  EXPECT_EQ(histogram.low(), -2);
}

TEST(Histogram, PercentilesLeaveOutliersOutside) {
  Histogram histogram;
  histogram.add(ramp(100'000, 1));
  histogram.add(std::vector<float>(5, 100));
  histogram.add(std::vector<float>(100'000, 0));  // Zeros don't count.
  EXPECT_EQ(histogram.low(), 0);
  EXPECT_EQ(histogram.highest(Method::minmax), 100);
  // 99.99 % of 100 005 are 99 995: a step is a 2048th of 128.
  EXPECT_NEAR(histogram.highest(Method::percentile), 1, 128.0 / 2048);
  Histogram few;
  few.add(ramp(1000, 3));
  EXPECT_EQ(few.highest(Method::percentile), 3);
}

TEST(Histogram, TheOrderOfWhatComesDoesntMatter) {
  Histogram rising, falling;
  for (const float highest : {0.5F, 2.0F, 37.0F}) rising.add(ramp(1000, highest));
  for (const float highest : {37.0F, 2.0F, 0.5F}) falling.add(ramp(1000, highest));
  EXPECT_EQ(rising.highest(Method::minmax), falling.highest(Method::minmax));
  for (const auto method : {Method::percentile, Method::entropy}) {
    EXPECT_NEAR(rising.highest(method), falling.highest(method), 1);
  }
}

TEST(Histogram, TheLeastDivergenceKeepsASpreadAndCutsATail) {
  Histogram even;
  even.add(ramp(100'000, 8));
  EXPECT_GT(even.highest(Method::entropy), 7.5);

  // Most values are small, each decade holds a tenth of the one below; the steps of a byte for the
  // last few would be too wide for the many.
  std::vector<float> falling;
  for (const float value : ramp(1'000'000, 1)) falling.push_back(-std::log(value));
  Histogram tail;
  tail.add(falling);
  tail.add(std::vector<float>(3, 100));
  EXPECT_LT(tail.highest(Method::entropy), 50);
  EXPECT_GT(tail.highest(Method::entropy), 3);
}

TEST(Histogram, RefusesWhatIsntFinite) {
  Histogram histogram;
  EXPECT_TRUE(testing::fails_with([&] { histogram.add(std::vector<float>{1, NAN}); }, "nan"));
  EXPECT_TRUE(testing::fails_with([&] { histogram.add(std::vector<float>{INFINITY}); }, "inf"));
  EXPECT_TRUE(testing::fails_with([] { parse_calibration_method("mean"); }, "minmax"));
}

}  // namespace
}  // namespace colonnade
