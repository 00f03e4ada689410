#include <gtest/gtest.h>

#include "graph/graph.hpp"

namespace colonnade {
namespace {

// x, w -> Conv -> c -> Relu -> y
Graph conv_relu() {
  Graph graph;
  graph.name = "net";
  Value x;
  x.name = "x";
  x.shape = Shape{1, 3, kUnknownDim, 8};
  graph.inputs = {graph.add_value(x)};
  const ValueId w = graph.add_constant("w", Tensor(DType::f32, {4, 3, 3, 3}));
  const ValueId c = graph.add_value({});
  Value y;
  y.name = "y";
  graph.outputs = {graph.add_value(y)};
  op::Conv conv;
  conv.window.kernel = {3, 3};
  conv.window.pads = {1, 1, 1, 1};
  graph.nodes.push_back({"conv1", "Conv", conv, {graph.inputs[0], w}, {c}});
  graph.nodes.push_back({"relu1", "Relu", op::Unary{op::UnaryKind::relu}, {c}, graph.outputs});
  return graph;
}

std::string refusal(const Graph& graph) {
  try {
    verify(graph);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Verify, TakesASoundGraph) {
  EXPECT_EQ(refusal(conv_relu()), "");
}

TEST(Verify, FindsReadsBeforeWrites) {
  Graph graph = conv_relu();
  std::swap(graph.nodes[0], graph.nodes[1]);
  EXPECT_EQ(refusal(graph), "node 'relu1' (Relu): reads value 2 '' before anything writes it");
}

TEST(Verify, FindsDoubleWrites) {
  Graph graph = conv_relu();
  graph.nodes[1].outputs = graph.inputs;
  EXPECT_NE(refusal(graph).find("written already"), std::string::npos);
}

TEST(Verify, FindsWrongCountsOfInputs) {
  Graph graph = conv_relu();
  graph.nodes[0].inputs.resize(1);
  EXPECT_EQ(refusal(graph), "node 'conv1' (Conv): has 1 inputs; expected 2 to 3");
  graph = conv_relu();
  graph.nodes[0].inputs[1] = kNoValue;
  EXPECT_EQ(refusal(graph), "node 'conv1' (Conv): lacks its input 1");
}

TEST(Verify, FindsIdsOutOfRangeAndOutputsWithoutWriter) {
  Graph graph = conv_relu();
  graph.nodes[1].inputs[0] = 99;
  EXPECT_NE(refusal(graph).find("value 99 of 4"), std::string::npos);
  graph = conv_relu();
  graph.nodes.pop_back();
  EXPECT_NE(refusal(graph).find("nothing writes the output 'y'"), std::string::npos);
}

TEST(ToText, ShowsANodeALine) {
  EXPECT_EQ(to_text(conv_relu()),
            "graph net\n"
            "input %0 x: float32[1,3,?,8]\n"
            "%2: ? = Conv(%0 x, %1 w: const float32[4,3,3,3]) kernel=3x3 pads=1,1,1,1\n"
            "%3 y: ? = Relu(%2)\n"
            "output %3 y: ?\n");
}

}  // namespace
}  // namespace colonnade
