#include "simulator/portable_math.hpp"

#include <gtest/gtest.h>

namespace colonnade::simulator {
namespace {

TEST(PortableMath, AgreesWithTheLibrary) {
  for (int i = -2000; i <= 2000; ++i) {
    const double x = i * 0.0137;
    EXPECT_NEAR(sin_cos(x).sin, std::sin(x), 1e-11) << x;
    EXPECT_NEAR(sin_cos(x).cos, std::cos(x), 1e-11) << x;
    EXPECT_NEAR(arc_tangent(x), std::atan(x), 1e-11) << x;
    EXPECT_NEAR(exponential(x) / std::exp(x), 1, 1e-11) << x;
    EXPECT_NEAR(arc_sine(x / 30), std::asin(std::max(-1.0, std::min(1.0, x / 30))), 1e-11) << x;
  }
  for (int i = 1; i <= 2000; ++i) {
    const double x = i * i * 1e-4;
    EXPECT_NEAR(logarithm(x), std::log(x), 1e-11) << x;
    EXPECT_NEAR(power(x, 1.6) / std::pow(x, 1.6), 1, 1e-10) << x;
  }
}

TEST(PortableMath, ArcTangentKnowsItsQuadrants) {
  for (int i = -8; i <= 8; ++i) {
    const double a = i * kPi / 8 + 0.01;
    if (a > kPi) continue;
    EXPECT_NEAR(arc_tangent(3 * std::sin(a), 3 * std::cos(a)), std::atan2(std::sin(a), std::cos(a)),
                1e-11);
  }
  EXPECT_NEAR(arc_tangent(0, -1), kPi, 1e-12);
  EXPECT_EQ(arc_tangent(0, 0), 0);
}

}  // namespace
}  // namespace colonnade::simulator
