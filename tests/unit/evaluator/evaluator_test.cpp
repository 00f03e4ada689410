#include "backends/reference/evaluator.hpp"
#include "base/thread_pool.hpp"

#include <gtest/gtest.h>

#include "backends/backend.hpp"
#include "run_op.hpp"
#include "test_graph.hpp"

namespace colonnade {
namespace {

using testing::add_input;
using testing::add_node;
using testing::values_of;

using Floats = std::vector<float>;

/// y = relu(x + bias), x declared float32[?,2].
Graph biased_relu() {
  Graph graph;
  const ValueId x = add_input(graph, "x", DType::f32, Shape{kUnknownDim, 2});
  const ValueId bias = graph.add_constant("bias", Tensor::of<float>({2}, {1, -1}));
  const ValueId sum = add_node(graph, op::Binary{op::BinaryKind::add}, {x, bias}, "sum");
  graph.outputs = {add_node(graph, op::Unary{op::UnaryKind::relu}, {sum}, "y")};
  return graph;
}

std::string error_of(const Graph& graph, std::vector<ConstTensorView> inputs) {
  try {
    evaluate(graph, inputs);
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

TEST(Evaluate, RunsNodeByNodeAndTapsEach) {
  const Graph graph = biased_relu();
  const Tensor x = Tensor::of<float>({2, 2}, {1, 2, -3, -4});
  const ConstTensorView input = x.view();
  std::vector<std::string> seen;
  const auto tap = [&](const Node& node, std::span<const ConstTensorView> outputs) {
    seen.push_back(node.name + outputs[0].shape.to_string());
  };
  const std::vector<Tensor> y = evaluate(graph, std::span(&input, 1), tap);
  ASSERT_EQ(y.size(), 1u);
  EXPECT_EQ(values_of<float>(y[0]), (Floats{2, 1, 0, 0}));
  EXPECT_EQ(seen, (std::vector<std::string>{"make sum[2,2]", "make y[2,2]"}));
}

TEST(Evaluate, InputsAndConstantsMayBeOutputs) {
  Graph graph = biased_relu();
  graph.outputs = {graph.inputs[0], graph.outputs[0], 1, graph.outputs[0]};
  const Tensor x = Tensor::of<float>({1, 2}, {5, 6});
  const ConstTensorView input = x.view();
  const std::vector<Tensor> y = evaluate(graph, std::span(&input, 1));
  ASSERT_EQ(y.size(), 4u);
  EXPECT_EQ(values_of<float>(y[0]), (Floats{5, 6}));
  EXPECT_NE(y[0].data(), x.data());
  EXPECT_EQ(values_of<float>(y[2]), (Floats{1, -1}));
  EXPECT_EQ(values_of<float>(y[3]), (Floats{6, 5}));
}

TEST(Evaluate, ChecksInputsAgainstTheDeclaration) {
  const Graph graph = biased_relu();
  EXPECT_EQ(error_of(graph, {Tensor(DType::f32, {4, 3}).view()}),
            "input 'x': dimension 1 is 3, expected 2 (declared float32[?,2], given float32[4,3])");
  EXPECT_EQ(error_of(graph, {Tensor(DType::f64, {4, 2}).view()}),
            "input 'x': the type is float64, expected float32 (declared float32[?,2], given "
            "float64[4,2])");
  EXPECT_EQ(error_of(graph, {Tensor(DType::f32, {4}).view()}),
            "input 'x': it has 1 dimensions, expected 2 (declared float32[?,2], given float32[4])");
  EXPECT_EQ(error_of(graph, {}), "the graph has 1 inputs (x), given 0");
}

TEST(Evaluate, NamesTheNodeThatFails) {
  Graph graph;
  const ValueId a = add_input(graph, "a", DType::f32, std::nullopt);
  const ValueId b = add_input(graph, "b", DType::f32, std::nullopt);
  graph.outputs = {add_node(graph, op::Binary{op::BinaryKind::add}, {a, b}, "sum")};
  EXPECT_EQ(error_of(graph, {Tensor(DType::f32, {4, 3}).view(), Tensor(DType::f32, {2}).view()}),
            "node 'make sum' (Add): shapes [4,3] and [2] can't be broadcast together");
}

TEST(Evaluate, WorksOnNoRows) {
  const Tensor none(DType::f32, {0, 2});
  const ConstTensorView input = none.view();
  EXPECT_EQ(evaluate(biased_relu(), std::span(&input, 1))[0].shape(), (Shape{0, 2}));
}

TEST(ReferenceBackend, RefusesOtherShapesThanCompiledFor) {
  const Backend& backend = find_backend("reference");
  const std::vector<Shape> shapes{Shape{1, 2}};
  const auto program = backend.compile(biased_relu(), shapes);
  ThreadPool threads(1);
  const auto session = program->create_session(threads);
  const Tensor x = Tensor::of<float>({1, 2}, {3, 4});
  const ConstTensorView fits = x.view();
  session->run(std::span(&fits, 1));
  EXPECT_EQ(session->outputs()[0].as<float>()[1], 3);
  const ConstTensorView other{DType::f32, Shape{2, 2}, nullptr, true};
  EXPECT_THROW(session->run(std::span(&other, 1)), Error);
  EXPECT_THROW(backend.compile(biased_relu(), std::vector<Shape>{Shape{1, 3}}), Error);
  EXPECT_THROW(find_backend("abacus"), Error);
}

TEST(ReferenceBackend, ScattersTheImage) {
  Graph graph;
  const ValueId image = add_input(graph, "image", DType::f32, Shape{1, 2, 2, 3});
  graph.outputs = {add_node(graph, op::Unary{op::UnaryKind::neg}, {image}, "y")};
  ThreadPool threads(1);
  const auto session = find_backend("reference").compile(graph, {})->create_session(threads);
  const float features[] = {1, 2, 3, 4};
  const PillarCell cells[] = {{2, 0}, {0, 1}};
  BevImage sparse;
  sparse.features = features;
  sparse.cells = cells;
  sparse.count = 2;
  sparse.channels = 2;
  sparse.height = 2;
  sparse.width = 3;
  session->run(sparse);
  const ConstTensorView y = session->outputs()[0];
  EXPECT_EQ(Floats(y.as<float>(), y.as<float>() + 12),
            (Floats{0, 0, -1, -3, 0, 0, 0, 0, -2, -4, 0, 0}));
}

}  // namespace
}  // namespace colonnade
