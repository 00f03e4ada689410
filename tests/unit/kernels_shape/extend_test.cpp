// Pad, Tile, Expand, Range, ConstantOfShape.
#include <gtest/gtest.h>

#include <limits>

#include "run_op.hpp"

namespace colonnade {
namespace {

using op::PadMode;
using testing::infer_op;
using testing::run_op;
using testing::unknown_value;
using testing::values_of;

using Ints = std::vector<std::int64_t>;

Tensor list(const Ints& values) {
  return Tensor::of<std::int64_t>({static_cast<std::int64_t>(values.size())}, std::span(values));
}

Tensor scalar(std::int64_t value) {
  return Tensor::scalar(value);
}

Ints padded(PadMode mode, const Ints& x, const Ints& pads) {
  return values_of<std::int64_t>(run_op(op::Pad{mode}, {list(x), list(pads)})[0]);
}

TEST(Pad, EveryModeAsNumPy) {
  EXPECT_EQ(padded(PadMode::constant, {1, 2, 3}, {1, 2}), (Ints{0, 1, 2, 3, 0, 0}));
  EXPECT_EQ(padded(PadMode::edge, {1, 2, 3}, {1, 2}), (Ints{1, 1, 2, 3, 3, 3}));
  EXPECT_EQ(padded(PadMode::reflect, {1, 2, 3}, {2, 1}), (Ints{3, 2, 1, 2, 3, 2}));
  EXPECT_EQ(padded(PadMode::wrap, {1, 2, 3}, {2, 1}), (Ints{2, 3, 1, 2, 3, 1}));
  // Wider than the tensor: np.pad goes on forth and back.
  EXPECT_EQ(padded(PadMode::reflect, {1, 2, 3}, {5, 0}), (Ints{2, 1, 2, 3, 2, 1, 2, 3}));
  EXPECT_EQ(padded(PadMode::reflect, {7}, {1, 1}), (Ints{7, 7, 7}));
}

TEST(Pad, NegativePadsCut) {
  EXPECT_EQ(padded(PadMode::constant, {1, 2, 3, 4}, {-1, 2}), (Ints{2, 3, 4, 0, 0}));
  EXPECT_EQ(padded(PadMode::constant, {1, 2, 3, 4}, {-2, -2}), Ints{});
  EXPECT_THROW(padded(PadMode::constant, {1, 2}, {-2, -1}), Error);
  EXPECT_THROW(padded(PadMode::edge, {}, {1, 0}), Error);
  EXPECT_THROW(padded(PadMode::constant, {1}, {INT64_MAX, INT64_MAX}), Error);
  EXPECT_EQ(padded(PadMode::constant, {}, {1, 1}), (Ints{0, 0}));
}

TEST(Pad, OnGivenAxesWithAValue) {
  const Tensor x = Tensor::of<std::int64_t>({2, 2}, {1, 2, 3, 4});
  const Tensor y = run_op(op::Pad{}, {x, list({1, 0}), scalar(9), list({-1})})[0];
  EXPECT_EQ(y.shape(), (Shape{2, 3}));
  EXPECT_EQ(values_of<std::int64_t>(y), (Ints{9, 1, 2, 9, 3, 4}));
  EXPECT_THROW(run_op(op::Pad{}, {x, list({1, 0})}), Error);
}

TEST(Tile, RepeatsEveryAxis) {
  const Tensor x = Tensor::of<std::int64_t>({2, 2}, {1, 2, 3, 4});
  const Tensor y = run_op(op::Tile{}, {x, list({2, 2})})[0];
  EXPECT_EQ(y.shape(), (Shape{4, 4}));
  EXPECT_EQ(values_of<std::int64_t>(y), (Ints{1, 2, 1, 2, 3, 4, 3, 4, 1, 2, 1, 2, 3, 4, 3, 4}));
  EXPECT_EQ(run_op(op::Tile{}, {x, list({0, 1})})[0].shape(), (Shape{0, 2}));
  EXPECT_THROW(run_op(op::Tile{}, {x, list({2})}), Error);
  EXPECT_THROW(run_op(op::Tile{}, {x, list({1, -1})}), Error);
  EXPECT_THROW(run_op(op::Tile{}, {x, list({1, INT64_MAX})}), Error);
}

TEST(Expand, BroadcastsBothWays) {
  const Tensor x = Tensor::of<std::int64_t>({3, 1}, {1, 2, 3});
  const Tensor y = run_op(op::Expand{}, {x, list({2, 1, 2})})[0];
  EXPECT_EQ(y.shape(), (Shape{2, 3, 2}));
  EXPECT_EQ(values_of<std::int64_t>(y), (Ints{1, 1, 2, 2, 3, 3, 1, 1, 2, 2, 3, 3}));
  EXPECT_EQ(run_op(op::Expand{}, {x, list({1, 1})})[0].shape(), (Shape{3, 1}));
  EXPECT_EQ(run_op(op::Expand{}, {x, list({})})[0].shape(), (Shape{3, 1}));
  EXPECT_EQ(run_op(op::Expand{}, {x, list({3, 0})})[0].shape(), (Shape{3, 0}));
  EXPECT_THROW(run_op(op::Expand{}, {x, list({2, 1})}), Error);
  EXPECT_THROW(run_op(op::Expand{}, {x, list({3, -1})}), Error);
}

TEST(Range, CountsUpAndDown) {
  EXPECT_EQ(values_of<std::int64_t>(run_op(op::Range{}, {scalar(1), scalar(8), scalar(3)})[0]),
            (Ints{1, 4, 7}));
  EXPECT_EQ(values_of<std::int64_t>(run_op(op::Range{}, {scalar(10), scalar(4), scalar(-2)})[0]),
            (Ints{10, 8, 6}));
  EXPECT_EQ(run_op(op::Range{}, {scalar(4), scalar(4), scalar(1)})[0].shape(), Shape{0});
  // mmdet3d's range over pillars is int32.
  const auto i32 = [](std::int32_t v) { return Tensor::scalar(v); };
  EXPECT_EQ(values_of<std::int32_t>(run_op(op::Range{}, {i32(0), i32(3), i32(1)})[0]),
            (std::vector<std::int32_t>{0, 1, 2}));
  const auto f32 = [](float v) { return Tensor::scalar(v); };
  EXPECT_EQ(values_of<float>(run_op(op::Range{}, {f32(1), f32(2.1f), f32(0.5f)})[0]),
            (std::vector<float>{1, 1.5f, 2}));
}

TEST(Range, RefusesEndlessOnes) {
  EXPECT_THROW(run_op(op::Range{}, {scalar(0), scalar(1), scalar(0)}), Error);
  EXPECT_THROW(run_op(op::Range{}, {scalar(INT64_MIN), scalar(INT64_MAX), scalar(1)}), Error);
  EXPECT_EQ(
      run_op(op::Range{}, {scalar(INT64_MIN), scalar(INT64_MAX), scalar(INT64_MAX)})[0].shape(),
      Shape{3});
  const auto f32 = [](float v) { return Tensor::scalar(v); };
  EXPECT_THROW(run_op(op::Range{}, {f32(0), f32(1), f32(0)}), Error);
  EXPECT_THROW(run_op(op::Range{}, {f32(0), f32(std::numeric_limits<float>::infinity()), f32(1)}),
               Error);
}

TEST(ConstantOfShape, FillsWithItsValueOrZero) {
  const Tensor y =
      run_op(op::ConstantOfShape{Tensor::of<std::int64_t>({1}, {7})}, {list({2, 1})})[0];
  EXPECT_EQ(y.shape(), (Shape{2, 1}));
  EXPECT_EQ(values_of<std::int64_t>(y), (Ints{7, 7}));
  EXPECT_EQ(values_of<float>(run_op(op::ConstantOfShape{}, {list({2})})[0]),
            (std::vector<float>{0, 0}));
  EXPECT_EQ(run_op(op::ConstantOfShape{}, {list({})})[0].shape(), Shape{});
  EXPECT_THROW(run_op(op::ConstantOfShape{}, {list({-1})}), Error);
  EXPECT_THROW(run_op(op::ConstantOfShape{}, {list({INT64_MAX, INT64_MAX})}), Error);
  EXPECT_THROW(run_op(op::ConstantOfShape{}, {list({1, 1, 1, 1, 1, 1, 1, 1, 1})}), Error);
  EXPECT_EQ(infer_op(op::ConstantOfShape{}, {unknown_value(DType::i64, Shape{2})})[0].shape,
            (Shape{kUnknownDim, kUnknownDim}));
}

}  // namespace
}  // namespace colonnade
