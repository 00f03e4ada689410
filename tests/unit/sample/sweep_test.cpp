#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "base/random.hpp"
#include "sample/scan.hpp"

namespace colonnade::sample {
namespace {

constexpr std::uint64_t kSeed = 8;

const Street& street() {
  static const Street made = make_street(kSeed);
  return made;
}

const std::vector<float>& sweep() {
  static const std::vector<float> points = scan(street(), kSeed);
  return points;
}

/// Points inside a box that is larger by `margin` on every side, above its lowest 0.2 m.
int points_on(const Box& box, double margin) {
  int count = 0;
  const double c = std::cos(box.yaw), s = std::sin(box.yaw);
  for (std::size_t i = 0; i < sweep().size(); i += 4) {
    const double x = static_cast<double>(sweep()[i]) - box.x;
    const double y = static_cast<double>(sweep()[i + 1]) - box.y;
    const double z = static_cast<double>(sweep()[i + 2]) - box.z + box.height / 2;
    count += std::abs(c * x + s * y) <= box.length / 2 + margin &&
             std::abs(-s * x + c * y) <= box.width / 2 + margin && z >= 0.2 &&
             z <= box.height + margin;
  }
  return count;
}

TEST(SampleSweep, LooksLikeAFrontViewOfKitti) {
  ASSERT_EQ(sweep().size() % 4, 0U);
  EXPECT_GE(sweep().size() / 4, 17'000U);  // KITTI's front views: 17 to 21 thousand.
  EXPECT_LE(sweep().size() / 4, 21'000U);
  std::size_t ground = 0;
  for (std::size_t i = 0; i < sweep().size(); i += 4) {
    const float x = sweep()[i], y = sweep()[i + 1], z = sweep()[i + 2], r = sweep()[i + 3];
    ASSERT_TRUE(x > 1 && x < 91 && std::abs(y) < x) << x << ' ' << y;
    ASSERT_TRUE(z > -2.5F && z < 4) << z;  // The beams end at +2 degrees.
    ASSERT_TRUE(r >= 0 && r <= 0.99F) << r;
    ground += z < -1.5F;
  }
  EXPECT_GT(ground, sweep().size() / 4 / 5);
}

TEST(SampleSweep, IsTheSameEveryTimeAndAnotherWithAnotherSeed) {
  EXPECT_EQ(scan(make_street(kSeed), kSeed), sweep());
  EXPECT_NE(scan(make_street(kSeed + 1), kSeed + 1), sweep());
}

TEST(SampleSweep, NearObjectsAreHitAndTheirBoxesFit) {
  int cars = 0;
  for (const Box& box : street().boxes) {
    const double limit = box.label == kCar ? 0.06 : 0.1;  // Range noise; elbows.
    const int tight = points_on(box, limit);
    // Nothing sticks out of the box; other things stand further off.
    EXPECT_LE(points_on(box, limit + 0.12) - tight, 2 + tight / 20)
        << "label " << box.label << " at " << box.x << ", " << box.y;
    cars += box.label == kCar && box.x < 30 && tight >= 30;
  }
  EXPECT_GE(cars, 5);
}

TEST(SampleRandom, IsSplitmix64) {
  Random random(1234567);  // The generator's published test values.
  EXPECT_EQ(random.bits(), 6457827717110365317U);
  EXPECT_EQ(random.bits(), 3203168211198807973U);
  double sum = 0, squares = 0;
  for (int i = 0; i < 10000; ++i) {
    const double v = random.normal();
    sum += v, squares += v * v;
  }
  EXPECT_NEAR(sum / 10000, 0, 0.04);
  EXPECT_NEAR(squares / 10000, 1, 0.05);
}

}  // namespace
}  // namespace colonnade::sample
