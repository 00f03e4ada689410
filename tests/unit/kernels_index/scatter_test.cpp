#include <gtest/gtest.h>

#include <limits>

#include "fails_with.hpp"
#include "run_op.hpp"

namespace colonnade {
namespace {

using op::Reduction;
using testing::fails_with;
using testing::infer_op;
using testing::run_op;
using testing::unknown_value;
using testing::values_of;

Tensor indices(const Shape& shape, std::initializer_list<std::int64_t> values) {
  return Tensor::of<std::int64_t>(shape, values);
}

// SmallMunich's canvas: every channel's row gets its pillars at the same cells, the last one stays.
TEST(ScatterElements, LaterUpdatesOverwriteEarlierOnes) {
  const Tensor canvas(DType::f32, {2, 5});
  const Tensor y =
      run_op(op::ScatterElements{1}, {canvas, indices({2, 3}, {1, -1, 1, 1, -1, 1}),
                                      Tensor::of<float>({2, 3}, {1, 2, 3, 4, 5, 6})})[0];
  EXPECT_EQ(values_of<float>(y), (std::vector<float>{0, 3, 0, 0, 2, 0, 6, 0, 0, 5}));
  EXPECT_EQ(canvas.as<float>()[1], 0) << "the input must stay as it was";
}

TEST(ScatterElements, WritesAlongTheFirstAxis) {
  // ONNX's example.
  const Tensor y = run_op(op::ScatterElements{0},
                          {Tensor(DType::f32, {3, 3}), indices({2, 3}, {1, 0, 2, 0, 2, 1}),
                           Tensor::of<float>({2, 3}, {1.0f, 1.1f, 1.2f, 2.0f, 2.1f, 2.2f})})[0];
  EXPECT_EQ(values_of<float>(y), (std::vector<float>{2.0f, 1.1f, 0, 1.0f, 0, 2.2f, 0, 2.1f, 1.2f}));
}

TEST(ScatterElements, ReducesDuplicatesInOrder) {
  const Tensor x = Tensor::of<std::int32_t>({3}, {10, 20, 30});
  const auto scattered = [&](Reduction reduction) {
    return values_of<std::int32_t>(
        run_op(op::ScatterElements{0, reduction},
               {x, indices({3}, {0, 0, 2}), Tensor::of<std::int32_t>({3}, {3, 40, -7})})[0]);
  };
  EXPECT_EQ(scattered(Reduction::add), (std::vector<std::int32_t>{53, 20, 23}));
  EXPECT_EQ(scattered(Reduction::mul), (std::vector<std::int32_t>{1200, 20, -210}));
  EXPECT_EQ(scattered(Reduction::min), (std::vector<std::int32_t>{3, 20, -7}));
  EXPECT_EQ(scattered(Reduction::max), (std::vector<std::int32_t>{40, 20, 30}));
}

TEST(ScatterElements, WrapsSumsOfIntegers) {
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  const Tensor y = run_op(op::ScatterElements{0, Reduction::add},
                          {indices({1}, {kMost}), indices({1}, {0}), indices({1}, {1})})[0];
  EXPECT_EQ(y.as<std::int64_t>()[0], std::numeric_limits<std::int64_t>::min());
}

TEST(ScatterElements, NamesAnIndexOutOfBounds) {
  EXPECT_TRUE(fails_with(
      [] {
        run_op(op::ScatterElements{1},
               {Tensor(DType::f32, {1, 5}), indices({1, 1}, {5}), Tensor::of<float>({1, 1}, {1})});
      },
      "index 5 is outside of dimension 1, which has 5 elements"));
}

TEST(ScatterElements, RefusesWhatDoesNotFit) {
  const Tensor x(DType::f32, {2, 3});
  EXPECT_THROW(
      run_op(op::ScatterElements{1}, {x, indices({2, 1}, {0, 0}), Tensor(DType::f32, {2})}), Error);
  EXPECT_THROW(
      run_op(op::ScatterElements{1}, {x, indices({2, 1}, {0, 0}), Tensor(DType::f64, {2, 1})}),
      Error);
}

// zhulf0804's canvas: [cells, C] written by rows of features.
TEST(ScatterND, WritesRows) {
  const Tensor y = run_op(op::ScatterND{}, {Tensor(DType::f32, {4, 2}), indices({3, 1}, {2, 0, -2}),
                                            Tensor::of<float>({3, 2}, {1, 2, 3, 4, 5, 6})})[0];
  EXPECT_EQ(values_of<float>(y), (std::vector<float>{3, 4, 0, 0, 5, 6, 0, 0}));
}

// zhulf0804 overwrites features in place with indices [P,32,1,3].
TEST(ScatterND, WritesSingleElementsByFullTuples) {
  const Tensor x = Tensor::of<float>({1, 2, 2}, {1, 2, 3, 4});
  const Tensor y = run_op(op::ScatterND{}, {x, indices({1, 2, 1, 3}, {0, 0, 0, 0, 1, 0}),
                                            Tensor::of<float>({1, 2, 1}, {7, 8})})[0];
  EXPECT_EQ(values_of<float>(y), (std::vector<float>{7, 2, 8, 4}));
}

TEST(ScatterND, Reduces) {
  const Tensor x = Tensor::of<Float16>({2}, {Float16(1.0), Float16(2.0)});
  const Tensor updates = Tensor::of<Float16>({2}, {Float16(0.5), Float16(4.0)});
  const Tensor y = run_op(op::ScatterND{Reduction::mul}, {x, indices({2, 1}, {1, 1}), updates})[0];
  EXPECT_EQ(static_cast<double>(y.as<Float16>()[0]), 1);
  EXPECT_EQ(static_cast<double>(y.as<Float16>()[1]), 4);
}

TEST(ScatterND, RefusesWhatDoesNotFit) {
  const Tensor x(DType::f32, {4, 2});
  EXPECT_TRUE(fails_with(
      [&] {
        run_op(op::ScatterND{}, {x, indices({1, 2}, {0, 9}), Tensor::of<float>({1}, {1})});
      },
      "index 9 is outside of dimension 1"));
  EXPECT_TRUE(fails_with(
      [&] {
        run_op(op::ScatterND{}, {x, indices({1, 1}, {0}), Tensor::of<float>({1}, {1})});
      },
      "expected updates of shape [1,2], found [1]"));
  EXPECT_THROW(run_op(op::ScatterND{}, {x, indices({1, 3}, {0, 0, 0}), Tensor(DType::f32, {1})}),
               Error);
}

TEST(ScatterND, WithoutUpdatesCopies) {
  const Tensor x = Tensor::of<float>({2}, {1, 2});
  const Tensor y =
      run_op(op::ScatterND{}, {x, Tensor(DType::i64, {0, 1}), Tensor(DType::f32, {0})})[0];
  EXPECT_EQ(values_of<float>(y), (std::vector<float>{1, 2}));
  const auto type = infer_op(op::ScatterND{}, {unknown_value(DType::f32, Shape{2, kUnknownDim}),
                                               unknown_value(DType::i64, Shape{kUnknownDim, 1}),
                                               unknown_value(DType::f32, std::nullopt)});
  EXPECT_EQ(type[0].shape, (Shape{2, kUnknownDim}));
}

}  // namespace
}  // namespace colonnade
