#include "base/tensor.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "base/large_block.hpp"

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

TEST(Tensor, KnowsWhetherItIsAlone) {
  Tensor a = Tensor::of<float>({2}, {1, 2});
  EXPECT_TRUE(a.is_alone());
  {
    const Tensor shared = a.reshaped({1, 2});
    EXPECT_FALSE(a.is_alone());
  }
  EXPECT_TRUE(a.is_alone());
  EXPECT_FALSE(Tensor().is_alone());
}

TEST(Tensor, IsZeroAtEverySizeAndAligned) {
  constexpr std::size_t kPage = kLargePage;
  for (const std::size_t bytes : {kPage - 65, kPage - 64, kPage, kPage + 1, kPage + kPage / 2 + 5,
                                  2 * kPage, 3 * kPage - 1}) {
    for (int again = 0; again < 2; ++again) {  // What the last one wrote is gone.
      Tensor tensor(DType::u8, {static_cast<std::int64_t>(bytes)});
      auto* data = tensor.as<std::uint8_t>();
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(data) % 64, 0U);
      EXPECT_TRUE(std::all_of(data, data + bytes, [](std::uint8_t b) { return b == 0; })) << bytes;
      std::fill(data, data + bytes, std::uint8_t{7});
    }
  }
  EXPECT_EQ(large_block(SIZE_MAX), nullptr);
  EXPECT_EQ(large_block(SIZE_MAX - kPage), nullptr);
}

}  // namespace
}  // namespace colonnade
