#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "run_op.hpp"

namespace colonnade {
namespace {

using op::UnaryKind;
using testing::run_op;
using testing::values_of;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kInf = std::numeric_limits<float>::infinity();

std::vector<float> unary(UnaryKind kind, std::initializer_list<float> x) {
  const auto n = static_cast<std::int64_t>(x.size());
  return values_of<float>(run_op(op::Unary{kind}, {Tensor::of<float>({n}, x)})[0]);
}

TEST(Unary, RoundsHalfToEven) {
  EXPECT_EQ(unary(UnaryKind::round, {0.5f, 1.5f, 2.5f, -0.5f, -1.5f, 2.6f}),
            (std::vector<float>{0, 2, 2, 0, -2, 3}));
  EXPECT_EQ(unary(UnaryKind::floor, {-1.5f, 1.5f}), (std::vector<float>{-2, 1}));
  EXPECT_EQ(unary(UnaryKind::ceil, {-1.5f, 1.5f}), (std::vector<float>{-1, 2}));
}

TEST(Unary, StaysFiniteWhereTheFunctionIs) {
  EXPECT_EQ(unary(UnaryKind::sigmoid, {-1000, 0, 1000}), (std::vector<float>{0, 0.5f, 1}));
  EXPECT_EQ(unary(UnaryKind::softplus, {-1000, 1000}), (std::vector<float>{0, 1000}));
  EXPECT_FLOAT_EQ(unary(UnaryKind::softplus, {0})[0], std::log(2.0f));
}

TEST(Unary, MatchesNumPy) {
  // np.float32 of np.f(np.float64(x)).
  EXPECT_FLOAT_EQ(unary(UnaryKind::exp, {1})[0], 2.7182817f);
  EXPECT_FLOAT_EQ(unary(UnaryKind::atan, {2})[0], 1.1071488f);
  EXPECT_FLOAT_EQ(unary(UnaryKind::erf, {0.5f})[0], 0.5204999f);
  EXPECT_FLOAT_EQ(unary(UnaryKind::asinh, {1})[0], 0.8813736f);
  EXPECT_FLOAT_EQ(unary(UnaryKind::softsign, {-3})[0], -0.75f);
  EXPECT_EQ(unary(UnaryKind::reciprocal, {4, 0}), (std::vector<float>{0.25f, kInf}));
  EXPECT_EQ(unary(UnaryKind::sign, {-2, 0, 3}), (std::vector<float>{-1, 0, 1}));
}

TEST(Unary, KeepsNaN) {
  EXPECT_TRUE(std::isnan(unary(UnaryKind::relu, {kNaN})[0]));
  EXPECT_TRUE(std::isnan(unary(UnaryKind::sign, {kNaN})[0]));
  EXPECT_TRUE(std::isnan(unary(UnaryKind::sqrt, {-1})[0]));
  EXPECT_EQ(values_of<bool>(
                run_op(op::Unary{UnaryKind::is_nan}, {Tensor::of<float>({3}, {kNaN, 0, kInf})})[0]),
            (std::vector<bool>{true, false, false}));
}

TEST(Unary, WorksOnIntegersWithoutOverflow) {
  const Tensor x = Tensor::of<std::int64_t>({3}, {INT64_MIN, -5, 7});
  EXPECT_EQ(values_of<std::int64_t>(run_op(op::Unary{UnaryKind::abs}, {x})[0]),
            (std::vector<std::int64_t>{INT64_MIN, 5, 7}));
  EXPECT_EQ(values_of<std::int64_t>(run_op(op::Unary{UnaryKind::neg}, {x})[0]),
            (std::vector<std::int64_t>{INT64_MIN, 5, -7}));
  const Tensor bytes = Tensor::of<std::int8_t>({2}, {-128, 3});
  EXPECT_EQ(values_of<std::int8_t>(run_op(op::Unary{UnaryKind::neg}, {bytes})[0]),
            (std::vector<std::int8_t>{-128, -3}));
  EXPECT_THROW(run_op(op::Unary{UnaryKind::exp}, {x}), Error);
}

TEST(Unary, NegatesBoolsAndCopiesAnything) {
  const Tensor x = Tensor::of<bool>({2}, {true, false});
  EXPECT_EQ(values_of<bool>(run_op(op::Unary{UnaryKind::logical_not}, {x})[0]),
            (std::vector<bool>{false, true}));
  EXPECT_EQ(values_of<bool>(run_op(op::Unary{UnaryKind::identity}, {x})[0]),
            (std::vector<bool>{true, false}));
  EXPECT_THROW(run_op(op::Unary{UnaryKind::logical_not}, {Tensor::of<float>({1}, {1})}), Error);
}

TEST(Unary, RoundsOnceToHalf) {
  const Tensor x = Tensor::of<Float16>({2}, {Float16(2.0), Float16(-3.0)});
  const Tensor y = run_op(op::Unary{UnaryKind::exp}, {x})[0];
  EXPECT_EQ(y.as<Float16>()[0].bits, Float16(std::exp(2.0)).bits);
  EXPECT_EQ(y.as<Float16>()[1].bits, Float16(std::exp(-3.0)).bits);
}

TEST(Activation, PiecewiseFunctions) {
  const Tensor x = Tensor::of<float>({4}, {-4, -1, 0, 2});
  EXPECT_EQ(values_of<float>(run_op(op::LeakyRelu{0.5f}, {x})[0]),
            (std::vector<float>{-2, -0.5f, 0, 2}));
  EXPECT_EQ(values_of<float>(run_op(op::HardSigmoid{0.25f, 0.5f}, {x})[0]),
            (std::vector<float>{0, 0.25f, 0.5f, 1}));
  const auto elu = values_of<float>(run_op(op::Elu{2}, {x})[0]);
  EXPECT_FLOAT_EQ(elu[1], 2 * (std::exp(-1.0f) - 1));
  EXPECT_EQ(elu[3], 2);
}

}  // namespace
}  // namespace colonnade
