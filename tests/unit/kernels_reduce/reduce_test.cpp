#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "run_op.hpp"

namespace colonnade {
namespace {

using op::ReduceKind;
using testing::infer_op;
using testing::known_value;
using testing::run_op;
using testing::unknown_value;
using testing::values_of;

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

Tensor axes(std::initializer_list<std::int64_t> values) {
  return Tensor::of<std::int64_t>({static_cast<std::int64_t>(values.size())}, values);
}

std::vector<float> reduced(ReduceKind kind, const Tensor& x, const Tensor& along) {
  return values_of<float>(run_op(op::Reduce{kind, false}, {x, along})[0]);
}

TEST(Reduce, EveryKindAlongRows) {
  const Tensor x = Tensor::of<float>({2, 3}, {1, -2, 3, 4, 5, -6});
  EXPECT_EQ(reduced(ReduceKind::max, x, axes({1})), (std::vector<float>{3, 5}));
  EXPECT_EQ(reduced(ReduceKind::min, x, axes({1})), (std::vector<float>{-2, -6}));
  EXPECT_EQ(reduced(ReduceKind::sum, x, axes({1})), (std::vector<float>{2, 3}));
  EXPECT_EQ(reduced(ReduceKind::mean, x, axes({0})), (std::vector<float>{2.5f, 1.5f, -1.5f}));
  EXPECT_EQ(reduced(ReduceKind::prod, x, axes({1})), (std::vector<float>{-6, -120}));
  EXPECT_EQ(reduced(ReduceKind::l1, x, axes({1})), (std::vector<float>{6, 15}));
  EXPECT_FLOAT_EQ(reduced(ReduceKind::l2, x, axes({1}))[0], std::sqrt(14.0f));
  EXPECT_EQ(reduced(ReduceKind::sum_square, x, axes({1})), (std::vector<float>{14, 77}));
  EXPECT_FLOAT_EQ(reduced(ReduceKind::log_sum, x, axes({1}))[1], std::log(3.0f));
  EXPECT_FLOAT_EQ(reduced(ReduceKind::log_sum_exp, x, axes({1}))[0],
                  static_cast<float>(std::log(std::exp(1.0) + std::exp(-2.0) + std::exp(3.0))));
}

TEST(Reduce, SeveralAxesInAnyOrder) {
  const Tensor x = Tensor::of<float>({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
  EXPECT_EQ(reduced(ReduceKind::sum, x, axes({-1, 0})), (std::vector<float>{14, 22}));
  const Tensor kept = run_op(op::Reduce{ReduceKind::sum, true}, {x, axes({2, 0})})[0];
  EXPECT_EQ(kept.shape(), (Shape{1, 2, 1}));
}

TEST(Reduce, NoAxesMeanAllOrNone) {
  const Tensor x = Tensor::of<float>({2, 2}, {1, 2, 3, 4});
  EXPECT_EQ(run_op(op::Reduce{ReduceKind::sum, false}, {x})[0].shape(), Shape{});
  EXPECT_EQ(run_op(op::Reduce{ReduceKind::sum, true}, {x, axes({})})[0].shape(), (Shape{1, 1}));
  // As of ONNX 20 a no-op still squares.
  const Tensor squares = run_op(op::Reduce{ReduceKind::sum_square, true, true}, {x, axes({})})[0];
  EXPECT_EQ(values_of<float>(squares), (std::vector<float>{1, 4, 9, 16}));
}

TEST(Reduce, OfNothingGivesTheIdentity) {
  const Tensor none(DType::f32, {2, 0});
  EXPECT_EQ(reduced(ReduceKind::max, none, axes({1})), (std::vector<float>{-kInf, -kInf}));
  EXPECT_EQ(reduced(ReduceKind::min, none, axes({1})), (std::vector<float>{kInf, kInf}));
  EXPECT_EQ(reduced(ReduceKind::sum, none, axes({1})), (std::vector<float>{0, 0}));
  EXPECT_EQ(reduced(ReduceKind::prod, none, axes({1})), (std::vector<float>{1, 1}));
  EXPECT_EQ(reduced(ReduceKind::log_sum_exp, none, axes({1})), (std::vector<float>{-kInf, -kInf}));
  EXPECT_TRUE(std::isnan(reduced(ReduceKind::mean, none, axes({1}))[0]));
  const Tensor integers(DType::i32, {0});
  EXPECT_EQ(values_of<std::int32_t>(run_op(op::Reduce{ReduceKind::max, false}, {integers})[0])[0],
            std::numeric_limits<std::int32_t>::min());
  EXPECT_EQ(values_of<std::int32_t>(run_op(op::Reduce{ReduceKind::min, false}, {integers})[0])[0],
            std::numeric_limits<std::int32_t>::max());
}

// A frame without a pillar: P = 0 leaves nothing to reduce into.
TEST(Reduce, KeptEmptyDimsStayEmpty) {
  const Tensor y =
      run_op(op::Reduce{ReduceKind::max, false}, {Tensor(DType::f32, {0, 32, 64}), axes({1})})[0];
  EXPECT_EQ(y.shape(), (Shape{0, 64}));
}

TEST(Reduce, FindsNaNWhereverItStands) {
  for (const auto& x :
       {Tensor::of<float>({3}, {kNaN, 1, 2}), Tensor::of<float>({3}, {1, 2, kNaN})}) {
    EXPECT_TRUE(std::isnan(reduced(ReduceKind::max, x, axes({0}))[0]));
    EXPECT_TRUE(std::isnan(reduced(ReduceKind::min, x, axes({0}))[0]));
  }
}

TEST(Reduce, LogSumExpSurvivesExtremes) {
  EXPECT_FLOAT_EQ(
      reduced(ReduceKind::log_sum_exp, Tensor::of<float>({2}, {1000, 1000}), axes({0}))[0],
      1000 + std::log(2.0f));
  EXPECT_EQ(reduced(ReduceKind::log_sum_exp, Tensor::of<float>({2}, {-kInf, -kInf}), axes({0}))[0],
            -kInf);
  EXPECT_EQ(reduced(ReduceKind::log_sum_exp, Tensor::of<float>({2}, {kInf, 0}), axes({0}))[0],
            kInf);
}

TEST(Reduce, KeepsIntegersAndBools) {
  const Tensor x = Tensor::of<std::int64_t>({2}, {INT64_MAX, 1});
  EXPECT_EQ(run_op(op::Reduce{ReduceKind::sum}, {x})[0].as<std::int64_t>()[0], INT64_MIN);
  EXPECT_EQ(run_op(op::Reduce{ReduceKind::max}, {x})[0].as<std::int64_t>()[0], INT64_MAX);
  EXPECT_EQ(run_op(op::Reduce{ReduceKind::mean}, {Tensor::of<std::int32_t>({2}, {-2, -1})})[0]
                .as<std::int32_t>()[0],
            -1);
  const Tensor flags = Tensor::of<bool>({2}, {false, true});
  EXPECT_TRUE(run_op(op::Reduce{ReduceKind::max}, {flags})[0].as<bool>()[0]);
  EXPECT_FALSE(run_op(op::Reduce{ReduceKind::min}, {flags})[0].as<bool>()[0]);
}

TEST(Reduce, SumsFloatsInDouble) {
  std::vector<float> values(10001, 1e-4f);
  values[0] = 1e4f;
  const Tensor x = Tensor::of<float>({10001}, std::span<const float>(values));
  EXPECT_FLOAT_EQ(reduced(ReduceKind::sum, x, axes({0}))[0], 10001.0f);
}

TEST(Reduce, InfersWithUnknownAxes) {
  const TypeInfo x = unknown_value(DType::f32, Shape{2, kUnknownDim, 4});
  EXPECT_EQ(infer_op(op::Reduce{ReduceKind::max, false}, {x, known_value(axes({2}))})[0].shape,
            (Shape{2, kUnknownDim}));
  const TypeInfo two = unknown_value(DType::i64, Shape{2});
  EXPECT_EQ(infer_op(op::Reduce{ReduceKind::max, false}, {x, two})[0].shape, Shape{kUnknownDim});
  EXPECT_EQ(infer_op(op::Reduce{ReduceKind::max, true}, {x, two})[0].shape,
            (Shape{kUnknownDim, kUnknownDim, kUnknownDim}));
  EXPECT_THROW(infer_op(op::Reduce{}, {x, known_value(axes({1, -2}))}), Error);
  EXPECT_THROW(infer_op(op::Reduce{}, {x, known_value(axes({3}))}), Error);
}

}  // namespace
}  // namespace colonnade
