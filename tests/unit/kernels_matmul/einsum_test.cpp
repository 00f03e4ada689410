// Expected values are those of np.einsum.
#include <gtest/gtest.h>

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

Tensor einsum(const std::string& equation, const std::vector<Tensor>& x) {
  return run_op(op::Einsum{equation}, x)[0];
}

TEST(Einsum, MultipliesTransposesAndSums) {
  EXPECT_EQ(values_of<float>(einsum("ij,jk->ik", {counted({2, 3}), counted({3, 2})})),
            (std::vector<float>{10, 13, 28, 40}));
  EXPECT_EQ(values_of<float>(einsum("ij->ji", {counted({2, 3})})),
            (std::vector<float>{0, 3, 1, 4, 2, 5}));
  EXPECT_EQ(values_of<float>(einsum("ij->", {counted({2, 3})})), std::vector<float>{15});
  EXPECT_EQ(einsum("ij->", {counted({2, 3})}).shape(), Shape{});
}

TEST(Einsum, OrdersAnImplicitOutputByLetter) {
  const Tensor y = einsum(" ba, cb ", {counted({2, 3}), counted({4, 2})});
  EXPECT_EQ(y.shape(), (Shape{3, 4}));
  EXPECT_EQ(values_of<float>(y), (std::vector<float>{3, 9, 15, 21, 4, 14, 24, 34, 5, 19, 33, 47}));
  EXPECT_EQ(einsum("bA", {counted({2, 3})}).shape(), (Shape{3, 2}));  // Capitals first.
}

TEST(Einsum, WalksDiagonals) {
  EXPECT_EQ(values_of<float>(einsum("ii->i", {counted({3, 3})})), (std::vector<float>{0, 4, 8}));
  EXPECT_EQ(values_of<float>(einsum("ii", {counted({3, 3})})), std::vector<float>{12});
  EXPECT_EQ(values_of<float>(einsum("...ii->...i", {counted({2, 2, 2})})),
            (std::vector<float>{0, 3, 4, 7}));
}

TEST(Einsum, BroadcastsEllipses) {
  const Tensor y = einsum("...ij,...jk->...ik", {counted({2, 1, 1, 2}), counted({3, 2, 1})});
  EXPECT_EQ(y.shape(), (Shape{2, 3, 1, 1}));
  EXPECT_EQ(values_of<float>(y), (std::vector<float>{1, 3, 5, 3, 13, 23}));
  EXPECT_EQ(einsum("...i,i", {counted({4, 2}), counted({2})}).shape(), Shape{4});
  EXPECT_EQ(values_of<float>(einsum("...->", {counted({2, 2})})), std::vector<float>{6});
}

TEST(Einsum, TakesAnyNumberOfInputsAndScalars) {
  EXPECT_EQ(values_of<float>(einsum("i,j,k->ijk", {counted({2}), counted({2}), counted({2})})),
            (std::vector<float>{0, 0, 0, 0, 0, 0, 0, 1}));
  EXPECT_EQ(values_of<float>(einsum(",i->i", {Tensor::scalar<float>(3), counted({3})})),
            (std::vector<float>{0, 3, 6}));
}

TEST(Einsum, OfNothingIsZero) {
  EXPECT_EQ(values_of<float>(einsum("ij->i", {counted({2, 0})})), (std::vector<float>{0, 0}));
  EXPECT_EQ(einsum("ij->i", {counted({0, 2})}).shape(), Shape{0});
}

TEST(Einsum, SaysWhatIsWrongWithAnEquation) {
  const Tensor x = counted({2, 3});
  EXPECT_TRUE(fails_with([&] { einsum("ij,jk", {x}); }, "has 2 terms for 1 inputs"));
  EXPECT_TRUE(fails_with([&] { einsum("ijk->i", {x}); }, "term 'ijk' for input 0 of 2 dimensions"));
  EXPECT_TRUE(fails_with([&] { einsum("i.->i", {x}); }, "term 'i.'"));
  EXPECT_TRUE(fails_with([&] { einsum("ij->k", {x}); }, "a letter that no input has"));
  EXPECT_TRUE(fails_with([&] { einsum("ij->ii", {x}); }, "repeats a letter"));
  EXPECT_TRUE(fails_with([&] { einsum("i-j", {x}); }, "expected letters"));
  EXPECT_TRUE(fails_with(
      [&] {
        einsum("ij,ij->ij", {x, counted({2, 2})});
      },
      "dimension 1 of input 1 has 2 elements"));
}

TEST(Einsum, InfersThroughUnknownDims) {
  const auto y =
      infer_op(op::Einsum{"pni,io->pno"}, {unknown_value(DType::f32, Shape{kUnknownDim, 32, 9}),
                                           unknown_value(DType::f32, Shape{9, 64})});
  EXPECT_EQ(y[0].shape, (Shape{kUnknownDim, 32, 64}));
}

}  // namespace
}  // namespace colonnade
