#include <gtest/gtest.h>

#include "run_op.hpp"

namespace colonnade {
namespace {

using testing::infer_op;
using testing::known_value;
using testing::run_op;
using testing::unknown_value;
using testing::values_of;

using Ints = std::vector<std::int64_t>;

Tensor list(std::initializer_list<std::int64_t> values) {
  return Tensor::of<std::int64_t>({static_cast<std::int64_t>(values.size())}, values);
}

Shape reshaped(const Shape& x, std::initializer_list<std::int64_t> to, bool allow_zero = false) {
  return run_op(op::Reshape{allow_zero}, {Tensor(DType::f32, x), list(to)})[0].shape();
}

std::optional<Shape> inferred(Op op, const Shape& x, std::initializer_list<std::int64_t> to) {
  const Tensor target = list(to);
  return infer_op(std::move(op), {unknown_value(DType::f32, x), known_value(target)})[0].shape;
}

TEST(Reshape, CopiesZerosAndInfersMinusOne) {
  EXPECT_EQ(reshaped({2, 3, 4}, {0, -1}), (Shape{2, 12}));
  EXPECT_EQ(reshaped({2, 3, 4}, {-1}), (Shape{24}));
  EXPECT_EQ(reshaped({2, 3, 4}, {4, 0, 2}), (Shape{4, 3, 2}));
  EXPECT_EQ(reshaped({1, 1}, {}), Shape{});
  EXPECT_EQ(reshaped({0, 3}, {3, 0}, true), (Shape{3, 0}));
  EXPECT_THROW(reshaped({2, 3}, {4, -1}), Error);
  EXPECT_THROW(reshaped({2, 3}, {7}), Error);
  EXPECT_THROW(reshaped({2, 3}, {-1, -1}), Error);
  EXPECT_THROW(reshaped({2, 3}, {1, 6, 0}), Error);
  EXPECT_THROW(reshaped({2, 3}, {-2}), Error);
}

TEST(Reshape, RefusesMoreElementsThan64BitsCount) {
  EXPECT_THROW(reshaped({2, 3}, {-1, INT64_MAX, 3}), Error);
}

TEST(Reshape, WorksWithoutPillars) {
  EXPECT_EQ(reshaped({0, 32, 2}, {0, -1}), (Shape{0, 64}));
  EXPECT_EQ(reshaped({0, 64}, {-1, 32}), (Shape{0, 32}));
}

TEST(Reshape, KeepsWhatIsKnownOfDynamicShapes) {
  EXPECT_EQ(inferred(op::Reshape{}, {kUnknownDim, 32, 2}, {0, -1}), (Shape{kUnknownDim, 64}));
  EXPECT_EQ(inferred(op::Reshape{}, {kUnknownDim, 64}, {-1, 32}), (Shape{kUnknownDim, 32}));
  const auto rank_only = infer_op(
      op::Reshape{}, {unknown_value(DType::f32, Shape{6}), unknown_value(DType::i64, Shape{3})});
  EXPECT_EQ(rank_only[0].shape, (Shape{kUnknownDim, kUnknownDim, kUnknownDim}));
}

TEST(ShapeOf, ClampsStartAndEnd) {
  const Tensor x(DType::f32, {2, 3, 4});
  const auto shape_of = [&](std::int64_t start, std::int64_t end) {
    return values_of<std::int64_t>(run_op(op::ShapeOf{start, end}, {x})[0]);
  };
  EXPECT_EQ(shape_of(0, INT64_MAX), (Ints{2, 3, 4}));
  EXPECT_EQ(shape_of(-1, INT64_MAX), Ints{4});
  EXPECT_EQ(shape_of(0, -1), (Ints{2, 3}));
  EXPECT_EQ(shape_of(INT64_MIN + 8, 1), Ints{2});
  EXPECT_EQ(shape_of(2, 1), Ints{});
  EXPECT_EQ(values_of<std::int64_t>(run_op(op::Size{}, {x})[0]), Ints{24});
}

TEST(Flatten, AxisMayBeTheRankOrNegative) {
  const Tensor x(DType::f32, {2, 3, 4});
  const auto flattened = [&](std::int64_t axis) {
    return run_op(op::Flatten{axis}, {x})[0].shape();
  };
  EXPECT_EQ(flattened(0), (Shape{1, 24}));
  EXPECT_EQ(flattened(3), (Shape{24, 1}));
  EXPECT_EQ(flattened(-1), (Shape{6, 4}));
  EXPECT_THROW(flattened(4), Error);
  EXPECT_EQ(run_op(op::Flatten{0}, {Tensor(DType::f32, {})})[0].shape(), (Shape{1, 1}));
}

TEST(Squeeze, WithAndWithoutAxes) {
  const Tensor x(DType::f32, {1, 3, 1, 2});
  EXPECT_EQ(run_op(op::Squeeze{}, {x})[0].shape(), (Shape{3, 2}));
  EXPECT_EQ(run_op(op::Squeeze{}, {x, Tensor()})[0].shape(), (Shape{3, 2}));
  EXPECT_EQ(run_op(op::Squeeze{}, {x, list({-2})})[0].shape(), (Shape{1, 3, 2}));
  EXPECT_THROW(run_op(op::Squeeze{}, {x, list({1})}), Error);
  EXPECT_THROW(run_op(op::Squeeze{}, {x, list({0, -4})}), Error);
  EXPECT_EQ(inferred(op::Squeeze{}, {kUnknownDim, 1}, {1}), Shape{kUnknownDim});
  EXPECT_FALSE(
      infer_op(op::Squeeze{}, {unknown_value(DType::f32, Shape{kUnknownDim, 1})})[0].shape);
}

TEST(Unsqueeze, AxesCountFromTheResult) {
  const Tensor x(DType::f32, {3, 2});
  EXPECT_EQ(run_op(op::Unsqueeze{}, {x, list({-1, 0})})[0].shape(), (Shape{1, 3, 2, 1}));
  EXPECT_EQ(run_op(op::Unsqueeze{}, {x, list({2, 1})})[0].shape(), (Shape{3, 1, 1, 2}));
  EXPECT_THROW(run_op(op::Unsqueeze{}, {x, list({3})}), Error);
  EXPECT_THROW(run_op(op::Unsqueeze{}, {x, list({0, 0})}), Error);
}

TEST(Transpose, PermutesOrReverses) {
  const Tensor x = Tensor::of<std::int32_t>({2, 3}, {1, 2, 3, 4, 5, 6});
  const Tensor y = run_op(op::Transpose{}, {x})[0];
  EXPECT_EQ(y.shape(), (Shape{3, 2}));
  EXPECT_EQ(values_of<std::int32_t>(y), (std::vector<std::int32_t>{1, 4, 2, 5, 3, 6}));
  // np.arange(24).reshape(2, 3, 4).transpose(1, 2, 0)[:, :, 1]
  Tensor z(DType::i64, {2, 3, 4});
  for (std::int64_t i = 0; i < 24; ++i) z.as<std::int64_t>()[i] = i;
  const Tensor w = run_op(op::Transpose{{1, 2, 0}}, {z})[0];
  EXPECT_EQ(w.shape(), (Shape{3, 4, 2}));
  for (std::int64_t i = 0; i < 12; ++i) EXPECT_EQ(w.as<std::int64_t>()[2 * i + 1], 12 + i);
  EXPECT_THROW(run_op(op::Transpose{{0, 0}}, {x}), Error);
  EXPECT_THROW(run_op(op::Transpose{{0, 1, 2}}, {x}), Error);
}

}  // namespace
}  // namespace colonnade
