#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "run_op.hpp"

namespace colonnade {
namespace {

using testing::run_op;
using testing::values_of;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kInf = std::numeric_limits<float>::infinity();

template <typename To, typename From>
std::vector<To> cast(const std::vector<From>& x) {
  const Tensor tensor = Tensor::of<From>({static_cast<std::int64_t>(x.size())}, std::span(x));
  return values_of<To>(run_op(op::Cast{DTypeOf<To>::value}, {tensor})[0]);
}

TEST(Cast, TruncatesAndSaturates) {
  EXPECT_EQ((cast<std::int32_t, float>({1.9f, -1.9f, 3e9f, -3e9f, kInf, kNaN})),
            (std::vector<std::int32_t>{1, -1, INT32_MAX, INT32_MIN, INT32_MAX, 0}));
  EXPECT_EQ((cast<std::int64_t, double>({0x1p63, -0x1p63, 0x1p62})),
            (std::vector<std::int64_t>{INT64_MAX, INT64_MIN, std::int64_t{1} << 62}));
  EXPECT_EQ((cast<std::uint8_t, float>({255.9f, 256, -1})),
            (std::vector<std::uint8_t>{255, 255, 0}));
  EXPECT_EQ((cast<std::uint64_t, double>({0x1p64, 0x1p63})),
            (std::vector<std::uint64_t>{UINT64_MAX, std::uint64_t{1} << 63}));
}

TEST(Cast, WrapsIntegers) {
  EXPECT_EQ((cast<std::int8_t, std::int64_t>({300, -129})), (std::vector<std::int8_t>{44, 127}));
  EXPECT_EQ((cast<std::uint32_t, std::int32_t>({-1})), (std::vector<std::uint32_t>{UINT32_MAX}));
}

TEST(Cast, BoolIsWhetherItDiffersFromZero) {
  EXPECT_EQ((cast<bool, float>({0, -0.0f, 0.25f, kNaN})),
            (std::vector<bool>{false, false, true, true}));
  EXPECT_EQ((cast<bool, std::int64_t>({0, 256})), (std::vector<bool>{false, true}));
  const Tensor x = Tensor::of<bool>({2}, {true, false});
  EXPECT_EQ(values_of<float>(run_op(op::Cast{DType::f32}, {x})[0]), (std::vector<float>{1, 0}));
}

TEST(Cast, RoundsOnce) {
  // 2^60 + 2^36 + 1 is a hair above the tie of float32; through double it would lose the 1.
  const std::int64_t above_tie = (std::int64_t{1} << 60) + (std::int64_t{1} << 36) + 1;
  EXPECT_EQ((cast<float, std::int64_t>({above_tie})), (std::vector<float>{0x1p60f + 0x1p37f}));
  const auto halves = cast<Float16, double>({1 + 0x1p-11 + 0x1p-30});
  EXPECT_EQ(halves[0].bits, 0x3c01);
  EXPECT_EQ((cast<std::int32_t, Float16>({Float16(-2.5)})), (std::vector<std::int32_t>{-2}));
}

TEST(Where, ChoosesWithBroadcasting) {
  const Tensor condition = Tensor::of<bool>({2, 1}, {true, false});
  const Tensor x = Tensor::of<std::int64_t>({2}, {1, 2});
  const Tensor y = Tensor::of<std::int64_t>({}, {9});
  const Tensor z = run_op(op::Where{}, {condition, x, y})[0];
  EXPECT_EQ(z.shape(), (Shape{2, 2}));
  EXPECT_EQ(values_of<std::int64_t>(z), (std::vector<std::int64_t>{1, 2, 9, 9}));
  const Tensor p = Tensor::of<bool>({2, 1}, {false, true});
  EXPECT_EQ(values_of<bool>(run_op(op::Where{}, {condition, p, condition})[0]),
            (std::vector<bool>{false, false}));
  EXPECT_THROW(run_op(op::Where{}, {x, x, y}), Error);
}

TEST(Clip, BoundsMayBeAbsentOrEmpty) {
  const Tensor x = Tensor::of<float>({4}, {-2, 0.5f, 3, kNaN});
  const Tensor zero = Tensor::of<float>({}, {0});
  const Tensor one = Tensor::of<float>({1}, {1});
  const Tensor none(DType::f32, {0});
  const auto clip = [&](const std::vector<Tensor>& in) {
    auto y = values_of<float>(run_op(op::Clip{}, in)[0]);
    EXPECT_TRUE(std::isnan(y.back()));
    y.pop_back();
    return y;
  };
  EXPECT_EQ(clip({x, zero, one}), (std::vector<float>{0, 0.5f, 1}));
  EXPECT_EQ(clip({x, Tensor(), one}), (std::vector<float>{-2, 0.5f, 1}));
  EXPECT_EQ(clip({x, zero}), (std::vector<float>{0, 0.5f, 3}));
  EXPECT_EQ(clip({x, none, one}), (std::vector<float>{-2, 0.5f, 1}));
  EXPECT_EQ(clip({x}), (std::vector<float>{-2, 0.5f, 3}));
  EXPECT_EQ(clip({x, one, zero}), (std::vector<float>{0, 0, 0}));  // min > max: all become max.
  const Tensor ints = Tensor::of<std::int8_t>({2}, {-100, 100});
  const Tensor ten = Tensor::of<std::int8_t>({}, {10});
  EXPECT_EQ(values_of<std::int8_t>(run_op(op::Clip{}, {ints, Tensor(), ten})[0]),
            (std::vector<std::int8_t>{-100, 10}));
}

TEST(Dropout, KeepsEverything) {
  const Tensor x = Tensor::of<float>({2}, {-2, 3});
  const auto y = run_op(op::Dropout{}, {x}, 2);
  EXPECT_EQ(values_of<float>(y[0]), (std::vector<float>{-2, 3}));
  EXPECT_EQ(values_of<bool>(y[1]), (std::vector<bool>{true, true}));
}

}  // namespace
}  // namespace colonnade
