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

TEST(QuantizeLinear, RoundsHalfToEvenAndSaturates) {
  constexpr float kInf = std::numeric_limits<float>::infinity();
  const Tensor x = Tensor::of<float>({8}, {-1.5f, -0.5f, 0.5f, 1.5f, 2.5f, 1e9f, -1e9f, kInf});
  const Tensor one = Tensor::scalar<float>(1);
  EXPECT_EQ(values_of<std::int8_t>(
                run_op(op::QuantizeLinear{}, {x, one, Tensor::scalar<std::int8_t>(0)})[0]),
            (std::vector<std::int8_t>{-2, 0, 0, 2, 2, 127, -128, 127}));
  EXPECT_EQ(values_of<std::uint16_t>(
                run_op(op::QuantizeLinear{}, {x, one, Tensor::scalar<std::uint16_t>(10)})[0]),
            (std::vector<std::uint16_t>{8, 10, 10, 12, 12, 65535, 0, 65535}));
  // Nothing said: uint8 around 0.
  EXPECT_EQ(values_of<std::uint8_t>(run_op(op::QuantizeLinear{}, {x, one})[0]),
            (std::vector<std::uint8_t>{0, 0, 0, 2, 2, 255, 0, 255}));
}

TEST(QuantizeLinear, ScalesByAxisOrBlock) {
  const Tensor x = Tensor::of<float>({2, 4}, {2, 4, 6, 8, 20, 40, 60, 80});
  const Tensor by_row = Tensor::of<float>({2}, {2, 10});
  const Tensor zero = Tensor::of<std::int16_t>({2}, {0, 1});
  EXPECT_EQ(values_of<std::int16_t>(run_op(op::QuantizeLinear{0}, {x, by_row, zero})[0]),
            (std::vector<std::int16_t>{1, 2, 3, 4, 3, 5, 7, 9}));
  const Tensor by_block = Tensor::of<float>({2, 2}, {1, 2, 10, 20});  // The last block is short.
  op::QuantizeLinear op{1, 3};
  op.output = DType::i8;
  EXPECT_EQ(values_of<std::int8_t>(run_op(op, {x, by_block})[0]),
            (std::vector<std::int8_t>{2, 4, 6, 4, 2, 4, 6, 4}));
}

TEST(QuantizeLinear, SaysWhatDoesNotFit) {
  const Tensor x(DType::f32, {2, 4});
  EXPECT_TRUE(fails_with(
      [&] {
        run_op(op::QuantizeLinear{1}, {x, Tensor::of<float>({3}, {1, 1, 1})});
      },
      "a scale of shape [3]"));
  EXPECT_THROW(run_op(op::QuantizeLinear{1, -2}, {x, Tensor(DType::f32, {2, 2})}), Error);
  EXPECT_THROW(
      run_op(op::QuantizeLinear{1}, {x, Tensor::scalar<float>(1), Tensor::scalar<float>(0)}),
      Error);
  EXPECT_THROW(run_op(op::QuantizeLinear{5}, {x, Tensor::of<float>({2}, {1, 1})}), Error);
}

TEST(DequantizeLinear, InvertsByAxis) {
  const Tensor x = Tensor::of<std::uint8_t>({1, 2, 2}, {0, 128, 255, 3});
  const Tensor scale = Tensor::of<float>({2}, {0.5f, 2});
  const Tensor zero = Tensor::of<std::uint8_t>({2}, {128, 3});
  EXPECT_EQ(values_of<float>(run_op(op::DequantizeLinear{1}, {x, scale, zero})[0]),
            (std::vector<float>{-64, 0, 504, 0}));
  const Tensor bias = Tensor::of<std::int32_t>({2}, {INT32_MIN, 7});
  EXPECT_EQ(values_of<float>(run_op(op::DequantizeLinear{0}, {bias, scale})[0]),
            (std::vector<float>{-0x1p30f, 14}));
}

TEST(DequantizeLinear, TakesTheTypeOfItsScale) {
  const Tensor x = Tensor::of<std::int8_t>({1}, {3});
  const Tensor half = Tensor::scalar<Float16>(Float16(0.5));
  EXPECT_EQ(run_op(op::DequantizeLinear{}, {x, half})[0].dtype(), DType::f16);
  op::DequantizeLinear op;
  op.output = DType::bf16;
  EXPECT_EQ(run_op(op, {x, half})[0].dtype(), DType::bf16);
}

TEST(DynamicQuantizeLinear, FindsItsOwnRange) {
  // ONNX's example.
  const Tensor x = Tensor::of<float>({6}, {0, 2, -3, -2.5f, 1.34f, 0.5f});
  const auto y = run_op(op::DynamicQuantizeLinear{}, {x}, 3);
  EXPECT_EQ(values_of<std::uint8_t>(y[0]), (std::vector<std::uint8_t>{153, 255, 0, 26, 221, 179}));
  EXPECT_FLOAT_EQ(y[1].as<float>()[0], 0.0196078438f);
  EXPECT_EQ(y[2].as<std::uint8_t>()[0], 153);
  const auto zeros = run_op(op::DynamicQuantizeLinear{}, {Tensor(DType::f32, {2})}, 3);
  EXPECT_EQ(values_of<std::uint8_t>(zeros[0]), (std::vector<std::uint8_t>{0, 0}));
}

std::vector<Tensor> qlinear_inputs() {
  return {Tensor::of<std::uint8_t>({1, 1, 3}, {10, 20, 30}),
          Tensor::scalar<float>(0.5f),
          Tensor::scalar<std::uint8_t>(10),
          Tensor::of<std::int8_t>({2, 1, 1}, {2, -3}),
          Tensor::of<float>({2}, {1, 2}),
          Tensor::of<std::int8_t>({2}, {0, 1}),
          Tensor::scalar<float>(4),
          Tensor::scalar<std::uint8_t>(100),
          Tensor::of<std::int32_t>({2}, {4, 0})};
}

TEST(QLinearConv, ScalesByChannelAndAddsItsBias) {
  // Sums of (x - 10)(w - zero) + bias: 4, 24, 44 and 0, -40, -80; by 0.5 * 1 / 4 and 0.5 * 2 / 4:
  // 0.5, 3, 5.5 (halves to even) and 0, -10, -20.
  EXPECT_EQ(values_of<std::uint8_t>(run_op(op::QLinearConv{}, qlinear_inputs())[0]),
            (std::vector<std::uint8_t>{100, 103, 106, 100, 90, 80}));
}

TEST(QLinearConv, PadsWithTheZeroPoint) {
  std::vector<Tensor> inputs = qlinear_inputs();
  inputs[3] = Tensor::of<std::int8_t>({1, 1, 3}, {1, 1, 1});
  inputs[4] = Tensor::scalar<float>(8);
  inputs[5] = Tensor::scalar<std::int8_t>(0);
  inputs.pop_back();
  const op::QLinearConv op{{{}, {}, {1, 1}, {}}, 1};
  EXPECT_EQ(values_of<std::uint8_t>(run_op(op, inputs)[0]),
            (std::vector<std::uint8_t>{110, 130, 130}));
}

TEST(QLinearConv, SaysWhatDoesNotFit) {
  std::vector<Tensor> inputs = qlinear_inputs();
  inputs[4] = Tensor::of<float>({3}, {1, 1, 1});
  EXPECT_TRUE(fails_with([&] { run_op(op::QLinearConv{}, inputs); },
                         "a scale of w of 1 or 2 elements, found [3]"));
  inputs = qlinear_inputs();
  inputs[8] = Tensor::of<std::int32_t>({1}, {1});
  EXPECT_THROW(run_op(op::QLinearConv{}, inputs), Error);
  inputs = qlinear_inputs();
  inputs[1] = Tensor(DType::f32, {0});
  EXPECT_THROW(run_op(op::QLinearConv{}, inputs), Error);
}

TEST(Quantize, InfersThroughUnknownDims) {
  const TypeInfo scale = unknown_value(DType::f32, Shape{});
  const auto y = infer_op(op::QuantizeLinear{}, {unknown_value(DType::f32, Shape{kUnknownDim, 3}),
                                                 scale, unknown_value(DType::i8, Shape{})});
  EXPECT_EQ(y[0].dtype, DType::i8);
  EXPECT_EQ(y[0].shape, (Shape{kUnknownDim, 3}));
}

}  // namespace
}  // namespace colonnade
