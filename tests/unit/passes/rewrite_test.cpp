// BatchNormalization into convolutions, float64 out of graphs.
#include <gtest/gtest.h>

#include "backends/reference/evaluator.hpp"
#include "base/random.hpp"
#include "passes/fold_batch_norm.hpp"
#include "passes/narrow_doubles.hpp"
#include "test_graph.hpp"

namespace colonnade {
namespace {

using testing::add_input;
using testing::add_node;

Tensor random_tensor(const Shape& shape, std::uint64_t seed, double low = -1) {
  Random random(seed);
  Tensor tensor(DType::f32, shape);
  for (std::size_t i = 0; i < tensor.elements(); ++i)
    tensor.as<float>()[i] = static_cast<float>(low + random.uniform() * (1 - low));
  return tensor;
}

/// `conv` on 4 channels with these weights, then BatchNormalization of 6.
Graph normalized(Op conv, const Shape& weights, bool bias) {
  Graph graph;
  std::vector<ValueId> inputs{add_input(graph, "x", DType::f32, Shape{1, 4, 5, 5}),
                              graph.add_constant("w", random_tensor(weights, 1))};
  if (bias) inputs.push_back(graph.add_constant("b", random_tensor({6}, 2)));
  std::vector<ValueId> norm{add_node(graph, std::move(conv), inputs, "sum")};
  for (const std::uint64_t seed : {3, 4, 5})
    norm.push_back(graph.add_constant("", random_tensor({6}, seed)));
  norm.push_back(graph.add_constant("variance", random_tensor({6}, 6, 0.1)));
  graph.outputs = {add_node(graph, op::BatchNorm{1e-3f}, norm, "y")};
  return graph;
}

void expect_folded(const Graph& graph) {
  std::size_t count = 0;
  const Graph folded = fold_batch_norm(graph, &count);
  EXPECT_EQ(count, 1u);
  ASSERT_EQ(folded.nodes.size(), 1u);
  verify(folded);
  const Tensor x = random_tensor({1, 4, 5, 5}, 7);
  const std::vector<ConstTensorView> views{x.view()};
  const Tensor expected = evaluate(graph, views).front(), found = evaluate(folded, views).front();
  ASSERT_EQ(found.shape(), expected.shape());
  for (std::size_t i = 0; i < found.elements(); ++i)
    EXPECT_NEAR(found.as<float>()[i], expected.as<float>()[i], 1e-5) << i;
}

TEST(FoldBatchNorm, GoesIntoConvolutionsOfAnyGroups) {
  for (const bool bias : {false, true}) {
    expect_folded(normalized(op::Conv{}, {6, 4, 3, 3}, bias));
    expect_folded(normalized(op::Conv{{}, 2}, {6, 2, 3, 3}, bias));
    expect_folded(normalized(op::ConvTranspose{}, {4, 6, 2, 2}, bias));
    expect_folded(normalized(op::ConvTranspose{{}, 2, {}, {}}, {4, 3, 2, 2}, bias));
  }
}

// The sum is somebody else's too.
TEST(FoldBatchNorm, LeavesWhatOthersRead) {
  Graph graph = normalized(op::Conv{}, {6, 4, 3, 3}, false);
  graph.outputs.push_back(graph.nodes[0].outputs[0]);
  std::size_t count = 1;
  EXPECT_EQ(fold_batch_norm(graph, &count).nodes.size(), 2u);
  EXPECT_EQ(count, 0u);
}

// A graph that is given away loses its weights to the folded one; nobody else's change.
TEST(FoldBatchNorm, WritesOnlyToWeightsThatNobodyElseReads) {
  const auto twice = [] {
    Graph graph = normalized(op::Conv{}, {6, 4, 3, 3}, true);
    const std::vector<ValueId> weights = graph.nodes[0].inputs;
    std::vector<ValueId> norm = graph.nodes[1].inputs;
    norm[0] = add_node(graph, op::Conv{}, weights, "sum again");
    norm[1] = graph.add_constant("other scale", random_tensor({6}, 8));
    graph.outputs.push_back(add_node(graph, op::BatchNorm{1e-3f}, norm, "y again"));
    return graph;
  };
  const Tensor x = random_tensor({1, 4, 5, 5}, 7);
  const std::vector<ConstTensorView> views{x.view()};
  for (const bool shared_weights : {false, true}) {
    const auto made = [&] {
      return shared_weights ? twice() : normalized(op::Conv{}, {6, 4, 3, 3}, true);
    };
    const std::vector<Tensor> expected = evaluate(made(), views);
    const Graph kept = made();
    const Graph copied = fold_batch_norm(kept), moved = fold_batch_norm(made());
    for (const Graph* graph : {&kept, &copied, &moved}) {
      const std::vector<Tensor> found = evaluate(*graph, views);
      ASSERT_EQ(found.size(), expected.size());
      for (std::size_t o = 0; o < found.size(); ++o) {
        for (std::size_t i = 0; i < found[o].elements(); ++i) {
          EXPECT_NEAR(found[o].as<float>()[i], expected[o].as<float>()[i], 1e-5) << i;
        }
      }
    }
  }
}

TEST(NarrowDoubles, ChangesConstantsCastsAndFills) {
  Graph graph;
  const ValueId x = add_input(graph, "x", DType::f32, Shape{2});
  const ValueId wide = add_node(graph, op::Cast{DType::f64}, {x}, "wide");
  const ValueId two = graph.add_constant("two", Tensor::of<double>({2}, {2, 0.5}));
  graph.outputs = {add_node(graph, op::Binary{op::BinaryKind::mul}, {wide, two}, "y")};
  std::size_t count = 0;
  const Graph narrowed = narrow_doubles(graph, &count);
  EXPECT_EQ(count, 2u);
  const Tensor in = Tensor::of<float>({2}, {3, 4});
  const Tensor out = evaluate(narrowed, std::vector<ConstTensorView>{in.view()}).front();
  ASSERT_EQ(out.dtype(), DType::f32);
  EXPECT_EQ(out.as<float>()[0], 6);
  EXPECT_EQ(out.as<float>()[1], 2);
}

}  // namespace
}  // namespace colonnade
