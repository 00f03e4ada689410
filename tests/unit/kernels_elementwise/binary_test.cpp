#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "run_op.hpp"

namespace colonnade {
namespace {

using op::BinaryKind;
using op::VariadicKind;
using testing::infer_op;
using testing::run_op;
using testing::unknown_value;
using testing::values_of;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

template <typename Y = void, typename T>
auto binary(BinaryKind kind, const std::vector<T>& a, const std::vector<T>& b) {
  using Result = std::conditional_t<std::is_void_v<Y>, T, Y>;
  const auto tensor = [](const std::vector<T>& v) {
    return Tensor::of<T>({static_cast<std::int64_t>(v.size())}, std::span<const T>(v));
  };
  return values_of<Result>(run_op(op::Binary{kind}, {tensor(a), tensor(b)})[0]);
}

using Ints = std::vector<std::int64_t>;
using Floats = std::vector<float>;

TEST(Binary, BroadcastsBothWays) {
  const Tensor column = Tensor::of<float>({2, 1}, {10, 20});
  const Tensor row = Tensor::of<float>({3}, {1, 2, 3});
  const Tensor y = run_op(op::Binary{BinaryKind::sub}, {column, row})[0];
  EXPECT_EQ(y.shape(), (Shape{2, 3}));
  EXPECT_EQ(values_of<float>(y), (Floats{9, 8, 7, 19, 18, 17}));
  const Tensor none(DType::f32, {0, 3});
  EXPECT_EQ(run_op(op::Binary{BinaryKind::add}, {none, row})[0].shape(), (Shape{0, 3}));
  EXPECT_THROW(run_op(op::Binary{BinaryKind::add}, {row, Tensor(DType::f32, {2})}), Error);
  EXPECT_THROW(run_op(op::Binary{BinaryKind::add}, {row, Tensor(DType::i64, {3})}), Error);
}

TEST(Binary, DividesIntegersLikeC) {
  EXPECT_EQ(binary<>(BinaryKind::div, Ints{7, -7, 7, INT64_MIN, 3}, Ints{2, 2, -2, -1, 0}),
            (Ints{3, -3, -3, INT64_MIN, 0}));
}

TEST(Binary, ModTakesTheSignThatOnnxSays) {
  // mod_mixed_sign_int64 of ONNX's node cases: fmod=0 follows the divisor, fmod=1 the dividend.
  const Ints a{-4, 7, 5, 4, -7, 8}, b{2, -3, 8, -2, 3, 5};
  EXPECT_EQ(binary<>(BinaryKind::mod, a, b), (Ints{0, -2, 5, 0, 2, 3}));
  EXPECT_EQ(binary<>(BinaryKind::fmod, a, b), (Ints{0, 1, 5, 0, -1, 3}));
  EXPECT_EQ(binary<>(BinaryKind::mod, Ints{INT64_MIN, 5}, Ints{-1, 0}), (Ints{0, 0}));
  EXPECT_EQ(binary<>(BinaryKind::mod, Floats{-4, 7}, Floats{3, -3}), (Floats{2, -2}));
  EXPECT_EQ(binary<>(BinaryKind::fmod, Floats{-4, 7}, Floats{3, -3}), (Floats{-1, 1}));
}

TEST(Binary, WrapsLikeNumPy) {
  EXPECT_EQ(binary<>(BinaryKind::add, Ints{INT64_MAX}, Ints{1}), Ints{INT64_MIN});
  EXPECT_EQ(binary<>(BinaryKind::mul, Ints{INT64_MAX}, Ints{2}), Ints{-2});
  using Bytes = std::vector<std::uint8_t>;
  EXPECT_EQ(binary<>(BinaryKind::sub, Bytes{3}, Bytes{5}), Bytes{254});
  using Longs = std::vector<std::uint64_t>;
  EXPECT_EQ(binary<>(BinaryKind::div, Longs{UINT64_MAX}, Longs{2}), Longs{UINT64_MAX / 2});
}

TEST(Binary, PowMixesTypes) {
  const Tensor floats = Tensor::of<float>({3}, {1, 2, 3});
  const Tensor ints = Tensor::of<std::int64_t>({3}, {4, 5, 6});
  EXPECT_EQ(values_of<float>(run_op(op::Binary{BinaryKind::pow}, {floats, ints})[0]),
            (Floats{1, 32, 729}));
  EXPECT_EQ(values_of<std::int64_t>(run_op(op::Binary{BinaryKind::pow}, {ints, floats})[0]),
            (Ints{4, 25, 216}));
  EXPECT_EQ(binary<>(BinaryKind::pow, Ints{3, 2, -1, -1, 1, 0, 3}, Ints{39, -1, -3, -2, -9, 0, 0}),
            (Ints{4052555153018976267, 0, -1, 1, 1, 1, 1}));  // 3^39 isn't a double.
}

TEST(Binary, ComparesEveryType) {
  EXPECT_EQ((binary<bool>(BinaryKind::equal, Floats{1, kNaN}, Floats{1, kNaN})),
            (std::vector<bool>{true, false}));
  EXPECT_EQ((binary<bool>(BinaryKind::less_equal, Ints{1, 2, 3}, Ints{2, 2, 2})),
            (std::vector<bool>{true, true, false}));
  EXPECT_EQ((binary<bool>(BinaryKind::greater, std::vector<std::uint64_t>{UINT64_MAX},
                          std::vector<std::uint64_t>{1})),
            (std::vector<bool>{true}));
  const Tensor yes = Tensor::of<bool>({2}, {true, true});
  const Tensor some = Tensor::of<bool>({2}, {true, false});
  EXPECT_EQ(values_of<bool>(run_op(op::Binary{BinaryKind::equal}, {yes, some})[0]),
            (std::vector<bool>{true, false}));
  EXPECT_EQ(values_of<bool>(run_op(op::Binary{BinaryKind::logical_xor}, {yes, some})[0]),
            (std::vector<bool>{false, true}));
  EXPECT_EQ(values_of<bool>(run_op(op::Binary{BinaryKind::logical_and}, {yes, some})[0]),
            (std::vector<bool>{true, false}));
}

TEST(Binary, PReluKeepsTheShapeOfX) {
  const Tensor x = Tensor::of<float>({2, 2}, {-1, -2, 3, -4});
  const Tensor slope = Tensor::of<float>({2, 1}, {10, 100});
  EXPECT_EQ(values_of<float>(run_op(op::Binary{BinaryKind::prelu}, {x, slope})[0]),
            (Floats{-10, -20, 3, -400}));
  EXPECT_THROW(run_op(op::Binary{BinaryKind::prelu}, {Tensor(DType::f32, {1}), slope}), Error);
}

TEST(Binary, InfersWithUnknownDims) {
  const auto types = infer_op(
      op::Binary{BinaryKind::less},
      {unknown_value(DType::f32, Shape{kUnknownDim, 1}), unknown_value(DType::f32, Shape{4})});
  EXPECT_EQ(types[0].dtype, DType::boolean);
  EXPECT_EQ(types[0].shape, (Shape{kUnknownDim, 4}));
  EXPECT_FALSE(infer_op(op::Binary{BinaryKind::add}, {unknown_value(DType::f32, std::nullopt),
                                                      unknown_value(DType::f32, Shape{4})})[0]
                   .shape);
}

TEST(Variadic, NeedsEachOfItsInputs) {
  const auto absent = [] { return TypeInfo{DType::f32, std::nullopt, std::nullopt, false}; };
  const TypeInfo given = testing::unknown_value(DType::f32, Shape{2});
  EXPECT_THROW(testing::infer_op(op::Variadic{VariadicKind::min}, {given, absent()}), Error);
}

TEST(Variadic, NaNWinsOnEitherSide) {
  const Tensor a = Tensor::of<float>({3}, {1, kNaN, 5});
  const Tensor b = Tensor::of<float>({3}, {kNaN, 2, 4});
  for (const auto kind : {VariadicKind::min, VariadicKind::max}) {
    const auto y = values_of<float>(run_op(op::Variadic{kind}, {a, b})[0]);
    EXPECT_TRUE(std::isnan(y[0]));
    EXPECT_TRUE(std::isnan(y[1]));
    EXPECT_EQ(y[2], kind == VariadicKind::min ? 4 : 5);
  }
}

TEST(Variadic, JoinsAnyNumberBroadcast) {
  const Tensor a = Tensor::of<float>({2, 1}, {1, 2});
  const Tensor b = Tensor::of<float>({2}, {10, 20});
  const Tensor c = Tensor::of<float>({}, {300});
  EXPECT_EQ(values_of<float>(run_op(op::Variadic{VariadicKind::sum}, {a, b, c})[0]),
            (Floats{311, 321, 312, 322}));
  EXPECT_EQ(values_of<float>(run_op(op::Variadic{VariadicKind::mean}, {a, b})[0]),
            (Floats{5.5f, 10.5f, 6, 11}));
  EXPECT_EQ(values_of<float>(run_op(op::Variadic{VariadicKind::max}, {c})[0]), Floats{300});
  const Tensor i = Tensor::of<std::int32_t>({2}, {-3, 9});
  const Tensor j = Tensor::of<std::int32_t>({2}, {4, 1});
  EXPECT_EQ(values_of<std::int32_t>(run_op(op::Variadic{VariadicKind::min}, {i, j})[0]),
            (std::vector<std::int32_t>{-3, 1}));
}

}  // namespace
}  // namespace colonnade
