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

Tensor list(const Ints& values) {
  return Tensor::of<std::int64_t>({static_cast<std::int64_t>(values.size())}, std::span(values));
}

Tensor iota(const Shape& shape) {
  Tensor x(DType::i64, shape);
  for (std::size_t i = 0; i < x.elements(); ++i) {
    x.as<std::int64_t>()[i] = static_cast<std::int64_t>(i);
  }
  return x;
}

Ints sliced(std::int64_t start, std::int64_t end, std::int64_t step) {
  return values_of<std::int64_t>(
      run_op(op::Slice{}, {iota({5}), list({start}), list({end}), list({0}), list({step})})[0]);
}

TEST(Slice, FollowsPython) {
  EXPECT_EQ(sliced(1, 4, 1), (Ints{1, 2, 3}));
  EXPECT_EQ(sliced(-2, INT64_MAX, 1), (Ints{3, 4}));
  EXPECT_EQ(sliced(0, -1, 2), (Ints{0, 2}));
  EXPECT_EQ(sliced(4, 1, 1), Ints{});
  EXPECT_EQ(sliced(10, 20, 1), Ints{});
  EXPECT_EQ(sliced(-100, 2, 1), (Ints{0, 1}));
  EXPECT_EQ(sliced(4, 0, -2), (Ints{4, 2}));
  EXPECT_THROW(sliced(0, 1, 0), Error);
}

TEST(Slice, TakesTheExtremesOfInt64) {
  // mmdeploy flips an axis with end -9223372036854775807; torch writes INT64_MAX for "to the end".
  EXPECT_EQ(sliced(-1, -9223372036854775807, -1), (Ints{4, 3, 2, 1, 0}));
  EXPECT_EQ(sliced(INT64_MAX, INT64_MIN, -1), (Ints{4, 3, 2, 1, 0}));
  EXPECT_EQ(sliced(INT64_MIN, INT64_MAX, INT64_MAX), Ints{0});
  EXPECT_EQ(sliced(INT64_MAX, INT64_MIN, INT64_MIN), Ints{4});
}

TEST(Slice, InfersDimsAsLongAs64BitsCount) {
  const auto inferred =
      infer_op(op::Slice{}, {unknown_value(DType::f32, Shape{INT64_MAX}), known_value(list({0})),
                             known_value(list({INT64_MAX})), known_value(list({0})),
                             known_value(list({INT64_MAX}))});
  EXPECT_EQ(inferred[0].shape, Shape{1});
}

TEST(Slice, CutsSeveralAxes) {
  const Tensor x = iota({2, 3, 4});
  const Tensor y =
      run_op(op::Slice{}, {x, list({1, 3}), list({3, 0}), list({1, -1}), list({1, -2})})[0];
  EXPECT_EQ(y.shape(), (Shape{2, 2, 2}));  // np.arange(24).reshape(2, 3, 4)[:, 1:3, 3:0:-2]
  EXPECT_EQ(values_of<std::int64_t>(y), (Ints{7, 5, 11, 9, 19, 17, 23, 21}));
  const Tensor head = run_op(op::Slice{}, {x, list({1}), list({2})})[0];  // Axes 0, 1, ...
  EXPECT_EQ(head.shape(), (Shape{1, 3, 4}));
  EXPECT_THROW(run_op(op::Slice{}, {x, list({1, 1}), list({2})}), Error);
  EXPECT_THROW(run_op(op::Slice{}, {x, list({0, 0}), list({1, 1}), list({1, -2})}), Error);
  EXPECT_EQ(run_op(op::Slice{}, {iota({0, 3}), list({0}), list({5})})[0].shape(), (Shape{0, 3}));
}

TEST(Slice, InfersWhatItCan) {
  const Tensor start = list({0}), end = list({2}), axes = list({1});
  const TypeInfo x = unknown_value(DType::f32, Shape{kUnknownDim, 4});
  EXPECT_EQ(
      infer_op(op::Slice{}, {x, known_value(start), known_value(end), known_value(axes)})[0].shape,
      (Shape{kUnknownDim, 2}));
  EXPECT_EQ(infer_op(op::Slice{}, {x, known_value(start), unknown_value(DType::i64, Shape{1}),
                                   known_value(axes)})[0]
                .shape,
            (Shape{kUnknownDim, kUnknownDim}));
}

TEST(Concat, JoinsAlongAnyAxis) {
  const Tensor a = iota({2, 2});
  const Tensor b = iota({2, 1});
  const Tensor y = run_op(op::Concat{-1}, {a, b, a})[0];
  EXPECT_EQ(y.shape(), (Shape{2, 5}));
  EXPECT_EQ(values_of<std::int64_t>(y), (Ints{0, 1, 0, 0, 1, 2, 3, 1, 2, 3}));
  EXPECT_EQ(run_op(op::Concat{0}, {a, a})[0].shape(), (Shape{4, 2}));
  EXPECT_THROW(run_op(op::Concat{0}, {a, b}), Error);
  EXPECT_THROW(run_op(op::Concat{0}, {a, Tensor(DType::f32, {2, 2})}), Error);
  EXPECT_THROW(run_op(op::Concat{2}, {a, a}), Error);
}

TEST(Concat, EmptyInputs) {
  const Tensor a = iota({2, 2});
  EXPECT_EQ(run_op(op::Concat{0}, {iota({0, 2}), a})[0].shape(), (Shape{2, 2}));
  EXPECT_EQ(run_op(op::Concat{0}, {iota({0}), iota({0})})[0].shape(), Shape{0});
  EXPECT_EQ(values_of<std::int64_t>(run_op(op::Concat{1}, {iota({0}), a})[0]), (Ints{0, 1, 2, 3}));
}

TEST(Concat, InfersWithUnknownDims) {
  const auto shape = infer_op(op::Concat{1}, {unknown_value(DType::f32, Shape{kUnknownDim, 3}),
                                              unknown_value(DType::f32, Shape{7, 4})})[0]
                         .shape;
  EXPECT_EQ(shape, (Shape{7, 7}));
}

TEST(Split, BySizesOrEvenly) {
  const Tensor x = iota({2, 5});
  const auto parts = run_op(op::Split{1}, {x, list({1, 0, 4})}, 3);
  EXPECT_EQ(values_of<std::int64_t>(parts[0]), (Ints{0, 5}));
  EXPECT_EQ(parts[1].shape(), (Shape{2, 0}));
  EXPECT_EQ(values_of<std::int64_t>(parts[2]), (Ints{1, 2, 3, 4, 6, 7, 8, 9}));
  const auto uneven = run_op(op::Split{-1}, {x}, 3);  // num_outputs of opset 18: the last is less.
  EXPECT_EQ(uneven[0].shape(), (Shape{2, 2}));
  EXPECT_EQ(values_of<std::int64_t>(uneven[2]), (Ints{4, 9}));
  EXPECT_EQ(run_op(op::Split{0}, {iota({1})}, 3)[2].shape(), Shape{0});
  EXPECT_THROW(run_op(op::Split{1}, {x, list({1, 1, 1})}, 3), Error);
  EXPECT_THROW(run_op(op::Split{1}, {x, list({6, -1})}, 2), Error);
  EXPECT_THROW(run_op(op::Split{1}, {x, list({2, 3})}, 3), Error);
}

}  // namespace
}  // namespace colonnade
