// Q and DQ around convolutions: what they change, and what they leave alone.
#include "tensorrt/quantize.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "backends/reference/evaluator.hpp"
#include "base/random.hpp"
#include "fails_with.hpp"
#include "onnx/reader.hpp"
#include "onnx/writer.hpp"
#include "tensorrt/prepare.hpp"
#include "test_graph.hpp"

namespace colonnade {
namespace {

using testing::add_input;
using testing::add_node;

std::vector<Tensor> run(const Graph& graph, const Tensor& input) {
  return evaluate(graph, std::vector<ConstTensorView>{input.view()});
}

template <typename T>
std::ptrdiff_t count(const Graph& graph) {
  return std::count_if(graph.nodes.begin(), graph.nodes.end(),
                       [](const Node& node) { return std::holds_alternative<T>(node.op); });
}

Tensor random_tensor(const Shape& shape, Random& random) {
  Tensor tensor(DType::f32, shape);
  for (std::size_t i = 0; i < tensor.elements(); ++i)
    tensor.as<float>()[i] = static_cast<float>(random.normal());
  return tensor;
}

op::Pad zero_pad() {
  return op::Pad{op::PadMode::constant};
}

/// x [1,3,4,4] -> Pad -> Conv a [2 channels] -> Relu r -> ConvTranspose t [4 channels], and Conv b
/// of r as well.
Graph network(Random& random) {
  Graph graph;
  const ValueId x = add_input(graph, "x", DType::f32, Shape{1, 3, 4, 4});
  const auto weights = [&](const char* name, const Shape& shape) {
    return graph.add_constant(name, random_tensor(shape, random));
  };
  const ValueId pads =
      graph.add_constant("pads", Tensor::of<std::int64_t>({8}, {0, 0, 1, 1, 0, 0, 1, 1}));
  const ValueId padded = add_node(graph, zero_pad(), {x, pads}, "padded");
  op::Conv conv;
  conv.window.kernel = {3, 3};
  const ValueId a = add_node(graph, conv, {padded, weights("a.w", {2, 3, 3, 3})}, "a");
  const ValueId r = add_node(graph, op::Unary{op::UnaryKind::relu}, {a}, "r");
  op::ConvTranspose transposed;
  transposed.window.kernel = {2, 2};
  transposed.window.strides = {2, 2};
  const ValueId t = add_node(graph, transposed, {r, weights("t.w", {2, 4, 2, 2})}, "t");
  op::Conv pointwise;
  pointwise.window.kernel = {1, 1};
  const ValueId b = add_node(graph, pointwise, {r, weights("b.w", {5, 2, 1, 1})}, "b");
  graph.outputs = {t, b};
  return graph;
}

const Tensor& constant(const Graph& graph, const std::string& name) {
  for (const Value& value : graph.values) {
    if (value.name == name && value.constant) return value.constant;
  }
  throw std::runtime_error("no constant " + name);
}

const std::vector<TensorRange> kRanges{{"x", -4, {1, 2, 3}}, {"r", 0, {6, 12.7f}}};

TEST(Quantize, GivesAMapOneScaleAndAWeightOneAChannel) {
  Random random(1);
  const Graph graph = network(random);
  const QuantizedGraph quantized = quantize_convolutions(graph, kRanges);
  EXPECT_EQ(quantized.narrow, (std::vector<std::string>{"make a", "make t", "make b"}));
  EXPECT_TRUE(quantized.wide.empty());
  // Two maps (r once for both who read it) and three weights.
  EXPECT_EQ(count<op::QuantizeLinear>(quantized.graph), 5);
  EXPECT_EQ(count<op::DequantizeLinear>(quantized.graph), 5);
  // Padding widens no range: the pad's input has one.
  EXPECT_FLOAT_EQ(*constant(quantized.graph, "padded/scale").as<float>(), 4.0f / 127);
  EXPECT_FLOAT_EQ(*constant(quantized.graph, "r/scale").as<float>(), 12.7f / 127);
  const Tensor& weights = constant(graph, "t.w");
  const Tensor& scales = constant(quantized.graph, "t.w/scale");
  ASSERT_EQ(scales.shape(), (Shape{4}));  // Of [in, out, 2, 2].
  for (std::size_t out = 0; out < 4; ++out) {
    float most = 0;
    for (std::size_t in = 0; in < 2; ++in) {
      for (std::size_t k = 0; k < 4; ++k)
        most = std::max(most, std::abs(weights.as<float>()[(in * 4 + out) * 4 + k]));
    }
    EXPECT_FLOAT_EQ(scales.as<float>()[out], most / 127) << out;
  }
  EXPECT_EQ(constant(quantized.graph, "a.w/scale").shape(), (Shape{2}));
  EXPECT_EQ(constant(quantized.graph, "r/zero").dtype(), DType::i8);
}

/// What a tensor is after a trip through int8, in plain arithmetic.
void round_trip(float* values, std::size_t step, std::size_t count, float scale) {
  for (std::size_t i = 0; i < count; ++i) {
    float& value = values[i * step];
    value = std::clamp(std::nearbyint(value / scale), -128.0f, 127.0f) * scale;
  }
}

/// The oracle: a product of numbers that were rounded by hand.
TEST(Quantize, ComputesWithWhatInt8Holds) {
  Random random(2);
  Graph graph;
  const ValueId x = add_input(graph, "x", DType::f32, Shape{1, 8, 5, 5});
  Tensor weights = random_tensor({6, 8, 1, 1}, random);
  op::Conv conv;
  conv.window.kernel = {1, 1};
  graph.outputs = {add_node(graph, conv, {x, graph.add_constant("w", weights.clone())}, "y")};
  const std::vector<TensorRange> ranges{{"x", -1, std::vector<float>(8, 2.0f)}};
  const QuantizedGraph quantized = quantize_convolutions(graph, ranges);
  // As its consumer reads it.
  const Graph read = read_onnx(write_onnx(quantized.graph), "quantized.onnx");
  Tensor image = random_tensor({1, 8, 5, 5}, random);
  const std::vector<Tensor> found = run(read, image);
  const std::vector<Tensor> plain = run(graph, image);

  round_trip(image.as<float>(), 1, image.elements(), 2.0f / 127);
  for (std::size_t out = 0; out < 6; ++out) {
    float most = 0;
    for (std::size_t i = 0; i < 8; ++i)
      most = std::max(most, std::abs(weights.as<float>()[out * 8 + i]));
    round_trip(weights.as<float>() + out * 8, 1, 8, most / 127);
  }
  float apart = 0;
  for (std::size_t out = 0; out < 6; ++out) {
    for (std::size_t cell = 0; cell < 25; ++cell) {
      double sum = 0;
      for (std::size_t i = 0; i < 8; ++i)
        sum += double{weights.as<float>()[out * 8 + i]} * image.as<float>()[i * 25 + cell];
      const float y = found[0].as<float>()[out * 25 + cell];
      ASSERT_NEAR(y, sum, 1e-5) << out << " at " << cell;
      apart = std::max(apart, std::abs(y - plain[0].as<float>()[out * 25 + cell]));
    }
  }
  EXPECT_GT(apart, 0.01f) << "nothing was rounded";
}

TEST(Quantize, LeavesWhatItsToldToAndWhatItKnowsNoRangeOf) {
  Random random(3);
  const Graph graph = network(random);
  const std::vector<std::string> left{"make t"};
  const QuantizedGraph some = quantize_convolutions(graph, kRanges, left);
  EXPECT_EQ(some.narrow, (std::vector<std::string>{"make a", "make b"}));
  EXPECT_TRUE(some.wide.empty());
  const QuantizedGraph half = quantize_convolutions(graph, std::span(kRanges).first(1));
  EXPECT_EQ(half.narrow, (std::vector<std::string>{"make a"}));
  EXPECT_EQ(half.wide, (std::vector<std::string>{"make t", "make b"}));
  const QuantizedGraph none = quantize_convolutions(graph, {});
  EXPECT_TRUE(none.narrow.empty());
  EXPECT_EQ(to_text(none.graph), to_text(graph));
  const std::vector<std::string> unknown{"make q"};
  EXPECT_TRUE(testing::fails_with([&] { quantize_convolutions(graph, kRanges, unknown); },
                                  "layer 'make q': expected the name of a convolution's node"));
}

/// A pad's fill goes through the convolution's input as well.
TEST(Quantize, KnowsNoRangeBehindAPadOfAnotherFill) {
  Random random(4);
  Graph graph = network(random);
  graph.nodes[0].inputs.push_back(graph.add_constant("fill", Tensor::of<float>({}, {100})));
  EXPECT_EQ(quantize_convolutions(graph, kRanges).wide, (std::vector<std::string>{"make a"}));
}

/// Folding the weights' pairs, which are of constants, would leave nothing to compute in int8.
TEST(Quantize, IsLeftByPreparing) {
  Random random(5);
  const Graph quantized = quantize_convolutions(network(random), kRanges).graph;
  const Graph prepared = prepare_for_tensorrt(quantized).graph;
  EXPECT_EQ(count<op::QuantizeLinear>(prepared), 5);
  EXPECT_EQ(count<op::DequantizeLinear>(prepared), 5);
  const Tensor image = random_tensor({1, 3, 4, 4}, random);
  const std::vector<Tensor> found = run(prepared, image), expected = run(quantized, image);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    for (std::size_t k = 0; k < expected[i].elements(); ++k)
      EXPECT_EQ(found[i].as<float>()[k], expected[i].as<float>()[k]);
  }
}

/// TensorRT quantizes none of them.
TEST(Quantize, LeavesTransposedConvolutionsOfGroups) {
  Graph graph;
  const ValueId r = add_input(graph, "r", DType::f32, Shape{1, 2, 4, 4});
  op::ConvTranspose transposed;
  transposed.window.kernel = {2, 2};
  transposed.group = 2;
  const ValueId weights = graph.add_constant("w", Tensor(DType::f32, {2, 1, 2, 2}));
  graph.outputs = {add_node(graph, transposed, {r, weights}, "t")};
  EXPECT_EQ(quantize_convolutions(graph, kRanges).wide, (std::vector<std::string>{"make t"}));
}

}  // namespace
}  // namespace colonnade
