#include "base/tensor.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace colonnade {
namespace {

TEST(Float16, RoundsOnceToNearestEven) {
  EXPECT_EQ(Float16(1.0).bits, 0x3c00);
  EXPECT_EQ(Float16(-2.0).bits, 0xc000);
  EXPECT_EQ(Float16(65504.0).bits, 0x7bff);
  EXPECT_EQ(Float16(65520.0).bits, 0x7c00);                  // Half way to 65536: infinity.
  EXPECT_EQ(Float16(5.9604644775390625e-08).bits, 1);        // The smallest subnormal.
  EXPECT_EQ(Float16(6.103515625e-05).bits, 0x0400);          // The smallest normal.
  EXPECT_EQ(Float16(1.0 + 0x1p-11).bits, 0x3c00);            // A tie goes to even,
  EXPECT_EQ(Float16(1.0 + 0x1p-11 + 0x1p-30).bits, 0x3c01);  // a hair above it does not.
}

TEST(Float16, EveryValueSurvivesARoundTrip) {
  for (unsigned bits = 0; bits < 0x10000; ++bits) {
    Float16 h;
    h.bits = static_cast<std::uint16_t>(bits);
    const auto value = static_cast<double>(h);
    if (!std::isnan(value)) {
      EXPECT_EQ(Float16(value).bits, bits);
    }
    BFloat16 b;
    b.bits = static_cast<std::uint16_t>(bits);
    const auto wide = static_cast<double>(b);
    if (!std::isnan(wide)) {
      EXPECT_EQ(BFloat16(wide).bits, bits);
    }
  }
}

TEST(Shape, BroadcastsAndRefuses) {
  EXPECT_EQ(broadcast({3, 1}, {1, 4}), (Shape{3, 4}));
  EXPECT_EQ(broadcast({kUnknownDim, 1}, {5}), (Shape{kUnknownDim, 5}));
  EXPECT_THROW(broadcast({3}, {4}), Error);
  EXPECT_THROW((Shape{INT64_MAX, 3}).elements(), Error);
  EXPECT_EQ((Shape{INT64_MAX, 3, 0}).elements(), 0);
}

TEST(Tensor, CopiesShareAndClonesDoNot) {
  Tensor a = Tensor::of<float>({2}, {1, 2});
  const Tensor shared = a;
  const Tensor clone = a.clone();
  a.as<float>()[0] = 7;
  EXPECT_EQ(shared.as<float>()[0], 7);
  EXPECT_EQ(clone.as<float>()[0], 1);
  EXPECT_THROW(Tensor(DType::f32, Shape{INT64_MAX / 2}), Error);
}

}  // namespace
}  // namespace colonnade
