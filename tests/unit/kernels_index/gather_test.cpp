#include <gtest/gtest.h>

#include <limits>

#include "fails_with.hpp"
#include "run_op.hpp"

namespace colonnade {
namespace {

using testing::fails_with;
using testing::infer_op;
using testing::known_value;
using testing::run_op;
using testing::unknown_value;
using testing::values_of;

Tensor indices(const Shape& shape, std::initializer_list<std::int64_t> values) {
  return Tensor::of<std::int64_t>(shape, values);
}

const Tensor kMatrix = Tensor::of<float>({3, 2}, {0, 1, 10, 11, 20, 21});

TEST(Gather, TakesBlocksInTheOrderOfIndices) {
  const Tensor y = run_op(op::Gather{0}, {kMatrix, indices({2, 2}, {2, 0, -1, 1})})[0];
  EXPECT_EQ(y.shape(), (Shape{2, 2, 2}));
  EXPECT_EQ(values_of<float>(y), (std::vector<float>{20, 21, 0, 1, 20, 21, 10, 11}));
  const Tensor column = run_op(op::Gather{-1}, {kMatrix, indices({1}, {1})})[0];
  EXPECT_EQ(column.shape(), (Shape{3, 1}));
  EXPECT_EQ(values_of<float>(column), (std::vector<float>{1, 11, 21}));
}

// hova88's pfe ends with Gather(axis 1, scalar 0): the axis goes.
TEST(Gather, DropsTheAxisForAScalarIndex) {
  const Tensor y = run_op(op::Gather{1}, {kMatrix, Tensor::scalar<std::int32_t>(0)})[0];
  EXPECT_EQ(y.shape(), Shape{3});
  EXPECT_EQ(values_of<float>(y), (std::vector<float>{0, 10, 20}));
}

TEST(Gather, NamesAnIndexOutOfBounds) {
  for (const std::int64_t index : {3, -4}) {
    EXPECT_TRUE(fails_with(
        [&] {
          run_op(op::Gather{0}, {kMatrix, indices({1}, {index})});
        },
        "index " + std::to_string(index) + " is outside of dimension 0, which has 3 elements"));
  }
  EXPECT_THROW(run_op(op::Gather{2}, {kMatrix, indices({1}, {0})}), Error);
  EXPECT_THROW(run_op(op::Gather{0}, {kMatrix, Tensor::scalar<float>(0)}), Error);
}

TEST(Gather, OfNothingIsEmpty) {
  const Tensor none(DType::i64, {0});
  EXPECT_EQ(run_op(op::Gather{0}, {kMatrix, none})[0].shape(), (Shape{0, 2}));
  EXPECT_EQ(run_op(op::Gather{0}, {Tensor(DType::f32, {0, 2}), none})[0].shape(), (Shape{0, 2}));
}

TEST(Gather, InfersThroughUnknownDims) {
  const auto y = infer_op(op::Gather{1}, {unknown_value(DType::f16, Shape{kUnknownDim, 4, 5}),
                                          unknown_value(DType::i64, Shape{2, kUnknownDim})});
  EXPECT_EQ(y[0].dtype, DType::f16);
  EXPECT_EQ(y[0].shape, (Shape{kUnknownDim, 2, kUnknownDim, 5}));
  EXPECT_FALSE(infer_op(op::Gather{}, {unknown_value(DType::f32, std::nullopt),
                                       unknown_value(DType::i64, Shape{2})})[0]
                   .shape);
}

TEST(GatherElements, FollowsTheAxis) {
  // ONNX's own examples.
  const Tensor x = Tensor::of<float>({2, 2}, {1, 2, 3, 4});
  EXPECT_EQ(values_of<float>(run_op(op::GatherElements{1}, {x, indices({2, 2}, {0, 0, 1, 0})})[0]),
            (std::vector<float>{1, 1, 4, 3}));
  const Tensor nine = Tensor::of<float>({3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9});
  EXPECT_EQ(values_of<float>(
                run_op(op::GatherElements{0}, {nine, indices({2, 3}, {-1, -2, 0, -2, 0, 0})})[0]),
            (std::vector<float>{7, 5, 3, 4, 2, 3}));
}

TEST(GatherElements, RefusesWhatDoesNotFit) {
  const Tensor x = Tensor::of<float>({2, 2}, {1, 2, 3, 4});
  EXPECT_THROW(run_op(op::GatherElements{1}, {x, indices({3, 1}, {0, 0, 0})}), Error);
  EXPECT_THROW(run_op(op::GatherElements{1}, {x, indices({2}, {0, 0})}), Error);
  EXPECT_TRUE(fails_with(
      [&] {
        run_op(op::GatherElements{1}, {x, indices({1, 1}, {2})});
      },
      "index 2 is outside of dimension 1"));
}

TEST(GatherND, IndexesLeadingDims) {
  const Tensor x = Tensor::of<std::int32_t>({2, 2, 2}, {0, 1, 2, 3, 4, 5, 6, 7});
  const Tensor rows = run_op(op::GatherND{}, {x, indices({2, 2}, {0, 1, 1, 0})})[0];
  EXPECT_EQ(rows.shape(), (Shape{2, 2}));
  EXPECT_EQ(values_of<std::int32_t>(rows), (std::vector<std::int32_t>{2, 3, 4, 5}));
  const Tensor elements = run_op(op::GatherND{}, {x, indices({2, 3}, {0, 0, 1, -1, -1, -1})})[0];
  EXPECT_EQ(values_of<std::int32_t>(elements), (std::vector<std::int32_t>{1, 7}));
}

TEST(GatherND, SkipsBatchDims) {
  // ONNX's example 5.
  const Tensor x = Tensor::of<std::int32_t>({2, 2, 2}, {0, 1, 2, 3, 4, 5, 6, 7});
  const Tensor y = run_op(op::GatherND{1}, {x, indices({2, 1}, {1, 0})})[0];
  EXPECT_EQ(y.shape(), (Shape{2, 2}));
  EXPECT_EQ(values_of<std::int32_t>(y), (std::vector<std::int32_t>{2, 3, 4, 5}));
}

TEST(GatherND, RefusesWhatDoesNotFit) {
  const Tensor x = Tensor::of<std::int32_t>({2, 2}, {0, 1, 2, 3});
  EXPECT_THROW(run_op(op::GatherND{}, {x, indices({1, 3}, {0, 0, 0})}), Error);
  EXPECT_THROW(run_op(op::GatherND{1}, {x, indices({3, 1}, {0, 0, 0})}), Error);
  EXPECT_THROW(run_op(op::GatherND{-1}, {x, indices({1, 1}, {0})}), Error);
  EXPECT_TRUE(fails_with(
      [&] {
        run_op(op::GatherND{}, {x, indices({1, 2}, {0, 2})});
      },
      "index 2 is outside of dimension 1"));
}

TEST(NonZero, ListsCoordinatesByRow) {
  const Tensor x =
      Tensor::of<float>({2, 2}, {1, -0.0f, std::numeric_limits<float>::quiet_NaN(), 2});
  const Tensor y = run_op(op::NonZero{}, {x})[0];
  EXPECT_EQ(y.shape(), (Shape{2, 3}));
  EXPECT_EQ(values_of<std::int64_t>(y), (std::vector<std::int64_t>{0, 1, 1, 0, 0, 1}));
  EXPECT_EQ(run_op(op::NonZero{}, {Tensor::scalar<bool>(true)})[0].shape(), (Shape{0, 1}));
}

TEST(NonZero, CountIsUnknownBeforeTheValueIs) {
  EXPECT_EQ(infer_op(op::NonZero{}, {unknown_value(DType::f32, Shape{4, 5})})[0].shape,
            (Shape{2, kUnknownDim}));
  EXPECT_EQ(infer_op(op::NonZero{}, {known_value(kMatrix)})[0].shape, (Shape{2, 5}));
}

}  // namespace
}  // namespace colonnade
