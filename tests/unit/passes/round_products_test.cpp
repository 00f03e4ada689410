#include "passes/round_products.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "backends/reference/evaluator.hpp"
#include "colonnade/error.hpp"
#include "test_graph.hpp"

namespace colonnade {
namespace {

using testing::add_input;
using testing::add_node;

constexpr std::int64_t kRows = 500;

/// A column of factors times one weight.
Graph product(float weight) {
  Graph graph;
  const ValueId x = add_input(graph, "x", DType::f32, Shape{kRows, 1});
  const ValueId w = graph.add_constant("w", Tensor::of<float>({1, 1}, {weight}));
  graph.outputs = {add_node(graph, op::MatMul{}, {x, w}, "y")};
  return graph;
}

Tensor factors() {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> mantissa(1, 2);
  Tensor x(DType::f32, {kRows, 1});
  for (std::int64_t i = 0; i < kRows; ++i) {
    x.as<float>()[i] = std::ldexp(mantissa(random), static_cast<int>(random() % 12) - 8);
  }
  return x;
}

/// To `bits` of significand, to nearest; ties don't occur in what's tested.
float nearest(float value, int bits) {
  int exponent = 0;
  const double fraction = std::frexp(static_cast<double>(value), &exponent);
  return static_cast<float>(
      std::ldexp(std::nearbyint(std::ldexp(fraction, bits)), exponent - bits));
}

class RoundProducts : public ::testing::TestWithParam<std::pair<Precision, int>> {};

TEST_P(RoundProducts, RoundsBothFactors) {
  const auto [precision, bits] = GetParam();
  const Graph graph = product(1.2345678F);
  const Graph rounded = round_products(graph, precision);
  const Tensor x = factors();
  const Tensor y = evaluate(rounded, std::vector<ConstTensorView>{x.view()}).front();
  int changed = 0;
  for (std::int64_t i = 0; i < kRows; ++i) {
    const double factor = nearest(x.as<float>()[i], bits);
    EXPECT_EQ(y.as<float>()[i], static_cast<float>(factor * nearest(1.2345678F, bits))) << i;
    changed += factor != x.as<float>()[i] ? 1 : 0;
  }
  EXPECT_GT(changed, kRows / 2);
}

INSTANTIATE_TEST_SUITE_P(All, RoundProducts,
                         ::testing::Values(std::pair{Precision::tf32, 11},
                                           std::pair{Precision::bf16, 8},
                                           std::pair{Precision::fp16, 11}));

TEST(RoundProductsOf, NothingIsTheGraphItself) {
  const Graph graph = product(2);
  EXPECT_EQ(to_text(round_products(graph, Precision::fp32)), to_text(graph));
  EXPECT_THROW(round_products(graph, Precision::int8), Error);
}

// What two products read is rounded once.
TEST(RoundProductsOf, SharesWhatTwoRead) {
  Graph graph = product(3);
  const ValueId w = graph.add_constant("v", Tensor::of<float>({1, 1}, {5}));
  graph.outputs.push_back(add_node(graph, op::MatMul{}, {graph.inputs[0], w}, "z"));
  const Graph rounded = round_products(graph, Precision::bf16);
  std::size_t casts = 0;
  for (const Node& node : rounded.nodes) casts += std::holds_alternative<op::Cast>(node.op) ? 1 : 0;
  EXPECT_EQ(casts, 6u);  // x, w and v, there and back.
}

}  // namespace
}  // namespace colonnade
