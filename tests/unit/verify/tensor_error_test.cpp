#include "verify/tensor_error.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace colonnade {
namespace {

Tensor floats(std::initializer_list<float> values) {
  return Tensor::of<float>({static_cast<std::int64_t>(values.size())}, values);
}

TensorError error_of(std::initializer_list<float> a, std::initializer_list<float> b,
                     const Tolerance& tolerance = {}) {
  return compare_tensors(floats(a).view(), floats(b).view(), tolerance);
}

TEST(TensorError, OfKnownValues) {
  const TensorError e = error_of({1, 2, 5, 0}, {1, 4, 4, 0}, {.5, .2});
  EXPECT_EQ(e.max_abs, 2);
  EXPECT_EQ(e.mean_abs, .75);
  EXPECT_EQ(e.max_rel, .5);
  EXPECT_EQ(e.mean_rel, .25);  // Of three: b is 0 in one.
  EXPECT_EQ(e.outside, 1);     // 2 > .5 + .2 * 4; 1 isn't.
  EXPECT_EQ(e.worst, 1);
  EXPECT_EQ(e.worst_b, 4);
  EXPECT_NEAR(e.cosine, 29 / std::sqrt(30 * 33), 1e-12);
}

TEST(TensorError, TheSameIsTheSameAtNoTolerance) {
  const float inf = std::numeric_limits<float>::infinity();
  const TensorError e = error_of({1, inf, NAN}, {1, inf, NAN}, {0, 0});
  EXPECT_TRUE(e.fits());
  EXPECT_EQ(e.cosine, 1);
  EXPECT_FALSE(error_of({1, NAN}, {1, 2}, {1e9, 0}).fits());
  EXPECT_FALSE(error_of({inf}, {-inf}, {1e9, 0}).fits());
  EXPECT_EQ(error_of({0, 0}, {0, 0}).cosine, 1);
  EXPECT_EQ(error_of({0, 0}, {1, 0}).cosine, 0);
}

TEST(TensorError, OtherShapesAndTypesDontCompare) {
  const TensorError shapes = error_of({1}, {1, 2});
  EXPECT_FALSE(shapes.fits());
  EXPECT_EQ(shapes.mismatch, "float32[1] against float32[2]");
  const Tensor ints = Tensor::of<std::int64_t>({1}, {1});
  EXPECT_FALSE(compare_tensors(ints.view(), floats({1}).view(), {}).fits());
  EXPECT_TRUE(compare_tensors(ints.view(), ints.view(), {}).fits());
}

}  // namespace
}  // namespace colonnade
