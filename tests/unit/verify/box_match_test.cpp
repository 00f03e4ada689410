#include "verify/box_match.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace colonnade {
namespace {

Box car(float x, float y, float yaw = .3F) {
  Box box;
  box.x = x, box.y = y, box.z = -1;
  box.length = 4, box.width = 2, box.height = 1.5F;
  box.yaw = yaw;
  box.score = .5F;
  return box;
}

TEST(BoxMatch, PairsWhateverTheOrder) {
  const std::vector<Box> a{car(0, 0), car(10, 0), car(10, .005F)};
  std::vector<Box> b{a[2], a[0], a[1]};
  b[0].score = .75F;
  b[1].x = .004F;
  const BoxMatch match = match_boxes(a, b, .01);
  EXPECT_TRUE(match.all());
  EXPECT_EQ(match.matched, 3);
  EXPECT_NEAR(match.corners, .004, 1e-6);
  EXPECT_EQ(match.scores, .25);
}

TEST(BoxMatch, ABoxIsTakenOnce) {
  const BoxMatch match =
      match_boxes(std::vector{car(0, 0), car(0, 0)}, std::vector{car(0, 0)}, .01);
  EXPECT_EQ(match.matched, 1);
  EXPECT_FALSE(match.all());
}

TEST(BoxMatch, SaysWhatIsWrongWithOthers) {
  std::vector<Box> a{car(0, 0), car(10, 0), car(20, 0), car(30, 0)};
  std::vector<Box> b = a;
  b[0].yaw += static_cast<float>(M_PI);  // Faces the other way,
  b[1].length = 5;                       // is longer,
  b[2].label = 1;                        // something else,
  b[3].y = 3;                            // elsewhere.
  const BoxMatch match = match_boxes(a, b, .01);
  EXPECT_EQ(match.matched, 0);
  EXPECT_EQ(match.opposite, 1);
  EXPECT_EQ(match.same_centre, 1);
  // A yaw one turn on is the same yaw.
  b = a;
  b[0].yaw += static_cast<float>(2 * M_PI);
  EXPECT_TRUE(match_boxes(a, b, .01).all());
}

}  // namespace
}  // namespace colonnade
