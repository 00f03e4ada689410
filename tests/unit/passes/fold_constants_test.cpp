#include "passes/fold_constants.hpp"

#include <gtest/gtest.h>

#include "kernels/infer_graph.hpp"
#include "run_op.hpp"
#include "test_graph.hpp"

namespace colonnade {
namespace {

using testing::add_input;
using testing::add_node;
using testing::values_of;

Tensor ints(std::initializer_list<std::int64_t> values) {
  return Tensor::of<std::int64_t>({static_cast<std::int64_t>(values.size())}, values);
}

/// torch's x.view(x.size(0), -1): Shape -> Slice -> Concat -> Reshape. x: float32[?,3,4].
Graph view_as_rows() {
  Graph graph;
  const ValueId x = add_input(graph, "x", DType::f32, Shape{kUnknownDim, 3, 4});
  const ValueId zero = graph.add_constant("zero", ints({0}));
  const ValueId one = graph.add_constant("one", ints({1}));
  const ValueId rest = graph.add_constant("rest", ints({-1}));
  const ValueId shape = add_node(graph, op::ShapeOf{}, {x}, "shape");
  const ValueId rows = add_node(graph, op::Slice{}, {shape, zero, one}, "rows");
  const ValueId target = add_node(graph, op::Concat{0}, {rows, rest}, "target");
  graph.outputs = {add_node(graph, op::Reshape{}, {x, target}, "y")};
  return graph;
}

TEST(InferGraph, FollowsShapesThroughValues) {
  const Graph graph = view_as_rows();
  const std::vector<Shape> shapes{Shape{7, 3, 4}};
  const InferredGraph bound = infer_graph(graph, shapes);
  EXPECT_EQ(bound.types[graph.outputs[0]].shape, (Shape{7, 12}));
  const InferredGraph open = infer_graph(graph);
  EXPECT_EQ(open.types[graph.outputs[0]].shape, (Shape{kUnknownDim, kUnknownDim}));
  EXPECT_EQ(open.types[graph.outputs[0]].dtype, DType::f32);
}

TEST(InferGraph, LeavesLargeTensorsAlone) {
  Graph graph;
  const ValueId shape = graph.add_constant("shape", ints({400, 400}));
  const ValueId canvas = add_node(graph, op::ConstantOfShape{}, {shape}, "canvas");
  graph.outputs = {add_node(graph, op::Unary{op::UnaryKind::exp}, {canvas}, "y")};
  const InferredGraph inferred = infer_graph(graph);
  EXPECT_FALSE(inferred.folded[canvas]);
  EXPECT_EQ(inferred.types[graph.outputs[0]].shape, (Shape{400, 400}));
}

TEST(InferGraph, NamesTheNodeAndTheInput) {
  Graph graph = view_as_rows();
  EXPECT_THROW(infer_graph(graph, std::vector<Shape>{Shape{7, 3, 5}}), Error);
  EXPECT_THROW(infer_graph(graph, std::vector<Shape>{Shape{7, 3, 4}, Shape{1}}), Error);
  graph.nodes[3].inputs.pop_back();
  try {
    infer_graph(graph);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.where(), "node 'make y' (Reshape)");
  }
}

TEST(FoldConstants, LeavesOneReshape) {
  const Graph folded = fold_constants(view_as_rows(), std::vector<Shape>{Shape{7, 3, 4}});
  ASSERT_EQ(folded.nodes.size(), 1u);
  ASSERT_EQ(folded.values.size(), 3u);  // x, target, y.
  const Value& target = folded.values[folded.nodes[0].inputs[1]];
  EXPECT_EQ(values_of<std::int64_t>(target.constant), (std::vector<std::int64_t>{7, -1}));
  EXPECT_EQ(folded.values[folded.inputs[0]].shape, (Shape{7, 3, 4}));
  EXPECT_EQ(folded.values[folded.outputs[0]].shape, (Shape{7, 12}));
  EXPECT_EQ(folded.values[folded.outputs[0]].name, "y");
}

TEST(FoldConstants, KeepsWhatDependsOnAnOpenShape) {
  EXPECT_EQ(fold_constants(view_as_rows()).nodes.size(), 4u);
}

TEST(FoldConstants, DropsDeadNodesAndKeepsInputs) {
  Graph graph = view_as_rows();
  add_input(graph, "unused", DType::f32, Shape{2});
  add_node(graph, op::Unary{op::UnaryKind::exp}, {graph.inputs[1]}, "dead");
  const Graph folded = fold_constants(graph);
  EXPECT_EQ(folded.nodes.size(), 4u);
  ASSERT_EQ(folded.inputs.size(), 2u);
  EXPECT_EQ(folded.values[folded.inputs[1]].name, "unused");
}

TEST(FoldConstants, AnOutputMayBecomeAConstant) {
  Graph graph;
  const ValueId a = graph.add_constant("a", ints({2, 3}));
  graph.outputs = {add_node(graph, op::Binary{op::BinaryKind::mul}, {a, a}, "y")};
  const Graph folded = fold_constants(graph);
  EXPECT_TRUE(folded.nodes.empty());
  EXPECT_EQ(values_of<std::int64_t>(folded.values[folded.outputs[0]].constant),
            (std::vector<std::int64_t>{4, 9}));
}

}  // namespace
}  // namespace colonnade
