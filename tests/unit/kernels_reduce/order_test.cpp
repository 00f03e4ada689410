#include <gtest/gtest.h>

#include <cmath>
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
using Indices = std::vector<std::int64_t>;

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

Indices arg(const op::ArgReduce& op, const Tensor& x) {
  return values_of<std::int64_t>(run_op(op, {x})[0]);
}

TEST(ArgReduce, BreaksTiesAsAsked) {
  const Tensor x = Tensor::of<float>({2, 3}, {1, 3, 3, 2, 0, 0});
  EXPECT_EQ(arg({true, 1, false, false}, x), (Indices{1, 0}));
  EXPECT_EQ(arg({true, 1, false, true}, x), (Indices{2, 0}));
  EXPECT_EQ(arg({false, -1, false, false}, x), (Indices{0, 1}));
  EXPECT_EQ(arg({false, -1, false, true}, x), (Indices{0, 2}));
  EXPECT_EQ(run_op(op::ArgReduce{true, 0, true}, {x})[0].shape(), (Shape{1, 3}));
  EXPECT_EQ(run_op(op::ArgReduce{true, 0, false}, {x})[0].shape(), Shape{3});
}

TEST(ArgReduce, PointsAtNaN) {
  const Tensor x = Tensor::of<float>({4}, {1, kNaN, 9, kNaN});
  EXPECT_EQ(arg({true, 0, false, false}, x), Indices{1});
  EXPECT_EQ(arg({true, 0, false, true}, x), Indices{3});
  EXPECT_EQ(arg({false, 0, false, false}, x), Indices{1});
}

TEST(ArgReduce, RefusesAnEmptyAxis) {
  EXPECT_THROW(run_op(op::ArgReduce{true, 1}, {Tensor(DType::f32, {2, 0})}), Error);
  EXPECT_EQ(run_op(op::ArgReduce{true, 1}, {Tensor(DType::f32, {0, 3})})[0].shape(), (Shape{0, 1}));
}

struct Top {
  std::vector<float> values;
  Indices indices;
};

Top top_k(const op::TopK& op, const Tensor& x, std::int64_t k) {
  const auto y = run_op(op, {x, Tensor::of<std::int64_t>({1}, {k})}, 2);
  return {values_of<float>(y[0]), values_of<std::int64_t>(y[1])};
}

// Random weights make thousands of equal scores: a lower anchor must win on every backend.
TEST(TopK, BreaksTiesByLowerIndex) {
  const Tensor x = Tensor::of<float>({6}, {2, 5, 5, 1, 5, 2});
  EXPECT_EQ(top_k({}, x, 4).indices, (Indices{1, 2, 4, 0}));
  EXPECT_EQ(top_k({-1, false}, x, 4).indices, (Indices{3, 0, 5, 1}));
}

TEST(TopK, OrdersNaNAboveInfinity) {
  const Tensor x = Tensor::of<float>({5}, {kInf, kNaN, -kInf, 0, kNaN});
  EXPECT_EQ(top_k({}, x, 5).indices, (Indices{1, 4, 0, 3, 2}));
  EXPECT_EQ(top_k({-1, false}, x, 5).indices, (Indices{2, 3, 0, 1, 4}));
}

TEST(TopK, WorksAlongAnyAxis) {
  const Tensor x = Tensor::of<float>({3, 2}, {1, 9, 7, 2, 3, 8});
  const Top top = top_k({0}, x, 2);
  EXPECT_EQ(top.values, (std::vector<float>{7, 9, 3, 8}));
  EXPECT_EQ(top.indices, (Indices{1, 0, 2, 2}));
}

TEST(TopK, MayBeReadForOneOutputOnly) {
  const Tensor x = Tensor::of<std::int32_t>({3}, {1, 3, 2});
  const auto y = run_op(op::TopK{}, {x, Tensor::of<std::int64_t>({1}, {2})}, 1);
  EXPECT_EQ(values_of<std::int32_t>(y[0]), (std::vector<std::int32_t>{3, 2}));
}

TEST(TopK, RefusesMoreThanThereAre) {
  const Tensor x = Tensor::of<float>({2}, {1, 2});
  EXPECT_TRUE(fails_with([&] { top_k({}, x, 3); }, "k is 3, expected 0 to the 2 elements"));
  EXPECT_THROW(top_k({}, x, -1), Error);
  EXPECT_TRUE(top_k({}, x, 0).values.empty());
}

TEST(TopK, InfersFromK) {
  const TypeInfo x = unknown_value(DType::f32, Shape{2, kUnknownDim});
  const auto known =
      infer_op(op::TopK{}, {x, known_value(Tensor::of<std::int64_t>({1}, {100}))}, 2);
  EXPECT_EQ(known[0].shape, (Shape{2, 100}));
  EXPECT_EQ(known[1].dtype, DType::i64);
  const auto unknown = infer_op(op::TopK{}, {x, unknown_value(DType::i64, Shape{1})}, 2);
  EXPECT_EQ(unknown[1].shape, (Shape{2, kUnknownDim}));
}

std::vector<float> cum_sum(const op::CumSum& op, const Tensor& x, std::int64_t axis) {
  return values_of<float>(run_op(op, {x, Tensor::scalar<std::int64_t>(axis)})[0]);
}

TEST(CumSum, RunsBothWaysWithAndWithoutItself) {
  const Tensor x = Tensor::of<float>({2, 3}, {1, 2, 3, 4, 5, 6});
  EXPECT_EQ(cum_sum({}, x, 1), (std::vector<float>{1, 3, 6, 4, 9, 15}));
  EXPECT_EQ(cum_sum({}, x, -2), (std::vector<float>{1, 2, 3, 5, 7, 9}));
  EXPECT_EQ(cum_sum({true, false}, x, 1), (std::vector<float>{0, 1, 3, 0, 4, 9}));
  EXPECT_EQ(cum_sum({false, true}, x, 1), (std::vector<float>{6, 5, 3, 15, 11, 6}));
  EXPECT_EQ(cum_sum({true, true}, x, 1), (std::vector<float>{5, 3, 0, 11, 6, 0}));
  EXPECT_THROW(cum_sum({}, x, 2), Error);
}

std::vector<float> softmax(const op::Softmax& op, const Tensor& x) {
  return values_of<float>(run_op(op, {x})[0]);
}

TEST(Softmax, NormalizesAnAxisOrAllDimsFromItOn) {
  const Tensor x(DType::f32, {2, 2, 2});  // Equal elements: each gets its share.
  EXPECT_EQ(softmax({1}, x), std::vector<float>(8, 0.5f));
  EXPECT_EQ(softmax({1, false, true}, x), std::vector<float>(8, 0.25f));
  EXPECT_EQ(softmax({0, false, true}, x), std::vector<float>(8, 0.125f));
}

TEST(Softmax, StaysFiniteForLargeInputs) {
  // np.exp(x) / np.exp(x).sum() of [3, 2, 1], shifted.
  const std::vector<float> y = softmax({-1}, Tensor::of<float>({1, 3}, {10003, 10002, 10001}));
  EXPECT_FLOAT_EQ(y[0], 0.66524096f);
  EXPECT_FLOAT_EQ(y[1], 0.24472847f);
  EXPECT_FLOAT_EQ(y[2], 0.09003057f);
  const std::vector<float> logs = softmax({-1, true}, Tensor::of<float>({1, 2}, {-1e30f, 1e30f}));
  EXPECT_EQ(logs, (std::vector<float>{-2e30f, 0}));
}

}  // namespace
}  // namespace colonnade
