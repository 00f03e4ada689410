#include <gtest/gtest.h>

#include <limits>

#include "fails_with.hpp"
#include "run_op.hpp"

namespace colonnade {
namespace {

using testing::fails_with;
using testing::infer_op;
using testing::run_op;
using testing::unknown_value;
using testing::values_of;

Tensor counted(const Shape& shape) {
  Tensor t(DType::f32, shape);
  for (std::size_t i = 0; i < t.elements(); ++i) t.as<float>()[i] = static_cast<float>(i);
  return t;
}

Tensor matmul(const Tensor& a, const Tensor& b) {
  return run_op(op::MatMul{}, {a, b})[0];
}

TEST(MatMul, MultipliesMatrices) {
  const Tensor y = matmul(counted({2, 3}), counted({3, 2}));
  EXPECT_EQ(y.shape(), (Shape{2, 2}));
  EXPECT_EQ(values_of<float>(y), (std::vector<float>{10, 13, 28, 40}));
}

TEST(MatMul, OfNothingMayBeOfAnyWidth) {
  const Tensor y = matmul(Tensor(DType::f32, {0, 0}), Tensor(DType::f32, {0, INT64_MAX}));
  EXPECT_EQ(y.shape(), (Shape{0, INT64_MAX}));
}

// np.matmul's rules for 1-d operands.
TEST(MatMul, DropsTheDimOfVectors) {
  EXPECT_EQ(matmul(counted({3}), counted({3})).shape(), Shape{});
  EXPECT_EQ(values_of<float>(matmul(counted({3}), counted({3}))), std::vector<float>{5});
  EXPECT_EQ(values_of<float>(matmul(counted({2, 3}), counted({3}))), (std::vector<float>{5, 14}));
  EXPECT_EQ(values_of<float>(matmul(counted({3}), counted({3, 2}))), (std::vector<float>{10, 13}));
  EXPECT_EQ(matmul(counted({3}), counted({5, 3, 2})).shape(), (Shape{5, 2}));
}

TEST(MatMul, BroadcastsBatches) {
  const Tensor y = matmul(counted({2, 1, 1, 2}), counted({3, 2, 1}));
  EXPECT_EQ(y.shape(), (Shape{2, 3, 1, 1}));
  EXPECT_EQ(values_of<float>(y), (std::vector<float>{1, 3, 5, 3, 13, 23}));
}

// OpenPCDet's linear layer over pillars; a frame may have none.
TEST(MatMul, OfNoPillarsIsEmpty) {
  EXPECT_EQ(matmul(counted({0, 32, 10}), counted({10, 64})).shape(), (Shape{0, 32, 64}));
  EXPECT_EQ(values_of<float>(matmul(counted({1, 0}), counted({0, 2}))), (std::vector<float>{0, 0}));
}

TEST(MatMul, SaysWhatDoesNotFit) {
  EXPECT_TRUE(fails_with(
      [] {
        matmul(counted({2, 3}), counted({2, 3}));
      },
      "3 columns meet 2 rows"));
  EXPECT_THROW(matmul(counted({}), counted({2})), Error);
  EXPECT_THROW(matmul(counted({2, 2, 2}), counted({3, 2, 2})), Error);
}

TEST(MatMul, InfersThroughUnknownDims) {
  const auto y = infer_op(op::MatMul{}, {unknown_value(DType::f32, Shape{kUnknownDim, 32, 10}),
                                         unknown_value(DType::f32, Shape{10, 64})});
  EXPECT_EQ(y[0].shape, (Shape{kUnknownDim, 32, 64}));
}

// SmallMunich's scatter index: float64 ones [64,1] by indices [1,P], which float32 would round.
TEST(Gemm, KeepsDoublesExact) {
  const Tensor ones = Tensor::of<double>({2, 1}, {1, 1});
  const Tensor indices = Tensor::of<double>({1, 2}, {16777217, 214271});
  op::Gemm gemm;
  gemm.beta = 0;
  const Tensor c = Tensor::of<double>({1}, {std::numeric_limits<double>::quiet_NaN()});
  for (const Tensor& third : {c, Tensor()}) {
    EXPECT_EQ(values_of<double>(run_op(gemm, {ones, indices, third})[0]),
              (std::vector<double>{16777217, 214271, 16777217, 214271}));
  }
}

TEST(Gemm, ScalesTransposesAndBroadcasts) {
  const Tensor a = Tensor::of<float>({2, 2}, {1, 2, 3, 4});
  const Tensor b = Tensor::of<float>({2, 2}, {5, 6, 7, 8});
  const auto gemm = [&](bool trans_a, bool trans_b, const Tensor& c) {
    return values_of<float>(run_op(op::Gemm{2, 0.5f, trans_a, trans_b}, {a, b, c})[0]);
  };
  EXPECT_EQ(gemm(false, false, Tensor()), (std::vector<float>{38, 44, 86, 100}));
  EXPECT_EQ(gemm(true, false, Tensor()), (std::vector<float>{52, 60, 76, 88}));
  EXPECT_EQ(gemm(false, true, Tensor()), (std::vector<float>{34, 46, 78, 106}));
  EXPECT_EQ(gemm(true, true, Tensor()), (std::vector<float>{46, 62, 68, 92}));
  EXPECT_EQ(gemm(false, false, Tensor::of<float>({2}, {2, 4})),
            (std::vector<float>{39, 46, 87, 102}));
  EXPECT_EQ(gemm(false, false, Tensor::of<float>({2, 1}, {2, 4})),
            (std::vector<float>{39, 45, 88, 102}));
  EXPECT_EQ(gemm(false, false, Tensor::scalar<float>(2)), (std::vector<float>{39, 45, 87, 101}));
}

TEST(Gemm, RefusesWhatDoesNotFit) {
  const Tensor a = counted({2, 3});
  EXPECT_THROW(run_op(op::Gemm{}, {a, a}), Error);
  EXPECT_THROW(run_op(op::Gemm{}, {a, counted({3, 2}), counted({3})}), Error);
  EXPECT_THROW(run_op(op::Gemm{}, {counted({1, 2, 3}), counted({3, 2})}), Error);
}

TEST(Gemm, WorksOnIntegers) {
  const Tensor a = Tensor::of<std::int64_t>({1, 1}, {(std::int64_t{1} << 60) + 1});
  const Tensor y = run_op(op::Gemm{}, {a, Tensor::of<std::int64_t>({1, 1}, {3})})[0];
  EXPECT_EQ(y.as<std::int64_t>()[0], 3 * ((std::int64_t{1} << 60) + 1));
}

}  // namespace
}  // namespace colonnade
