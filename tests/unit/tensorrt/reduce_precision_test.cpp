// Casts around the convolutions behind the image: what they change, and what they leave alone.
#include "tensorrt/reduce_precision.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "backends/reference/evaluator.hpp"
#include "base/random.hpp"
#include "fails_with.hpp"
#include "fixtures.hpp"
#include "onnx/reader.hpp"
#include "onnx/writer.hpp"
#include "tensorrt/prepare.hpp"
#include "test_graph.hpp"

namespace colonnade {
namespace {

using testing::add_input;
using testing::add_node;

Graph golden(const std::string& name) {
  const PrepareOptions options{std::array<std::int64_t, 2>{64, 48}};
  return prepare_for_tensorrt(
             read_onnx(std::string(COLONNADE_SOURCE_DIR) + "/tests/golden/" + name), options)
      .graph;
}

std::vector<Tensor> inputs_of(const std::string& name, const Graph& graph) {
  for (const testing::GraphCase& one :
       testing::graph_cases(testing::fs::path(COLONNADE_SOURCE_DIR) / "tests/golden")) {
    if (one.name != name) continue;
    const testing::NpzFolder folder(one.inputs);
    std::vector<Tensor> inputs;
    for (const ValueId id : graph.inputs) inputs.push_back(folder.read(graph.values[id].name));
    return inputs;
  }
  throw Error(ErrorCode::io, name, "is no golden case");
}

std::vector<Tensor> run(const Graph& graph, const std::vector<Tensor>& inputs) {
  std::vector<ConstTensorView> views;
  for (const Tensor& input : inputs) views.push_back(input.view());
  return evaluate(graph, views);
}

double largest(const Tensor& tensor) {
  double most = 0;
  for (std::size_t i = 0; i < tensor.elements(); ++i)
    most = std::max(most, std::abs(double{tensor.as<float>()[i]}));
  return most;
}
double difference(const Tensor& a, const Tensor& b) {
  double most = 0;
  for (std::size_t i = 0; i < a.elements(); ++i)
    most = std::max(most, std::abs(double{a.as<float>()[i]} - b.as<float>()[i]));
  return most;
}

template <typename T>
std::ptrdiff_t count(const Graph& graph) {
  return std::count_if(graph.nodes.begin(), graph.nodes.end(),
                       [](const Node& node) { return std::holds_alternative<T>(node.op); });
}

struct Reduced {
  const char* graph;
  DType type;
  double bound;  ///< Of the largest value.
};

class ReducedGolden : public ::testing::TestWithParam<Reduced> {};

TEST_P(ReducedGolden, AnswersNearlyAsFloat32DoesInItsTypes) {
  const Reduced& one = GetParam();
  const Graph graph = golden(one.graph);
  const ReducedGraph reduced = reduce_precision(graph, one.type);
  EXPECT_GT(reduced.convolutions, 0u);
  // As its consumer reads it.
  const Graph read = read_onnx(write_onnx(reduced.graph), "reduced.onnx");
  const std::vector<Tensor> inputs = inputs_of(one.graph, graph);
  const std::vector<Tensor> expected = run(graph, inputs), found = run(read, inputs);
  ASSERT_EQ(found.size(), expected.size());
  double error = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    SCOPED_TRACE(graph.values[graph.outputs[i]].name);
    ASSERT_EQ(found[i].dtype(), DType::f32);
    ASSERT_EQ(found[i].shape(), expected[i].shape());
    EXPECT_EQ(read.values[read.outputs[i]].name, graph.values[graph.outputs[i]].name);
    error = std::max(error, difference(found[i], expected[i]) / largest(expected[i]));
  }
  EXPECT_LT(error, one.bound);
  EXPECT_GT(error, 0) << "nothing was rounded";
  RecordProperty("error", std::to_string(error));
}

constexpr Reduced kReduced[] = {
    {"smallmunich/rpn.onnx", DType::f16, 0.004},
    {"smallmunich/rpn.onnx", DType::bf16, 0.03},
    {"openpcdet/pointpillar.onnx", DType::f16, 0.004},
    {"openpcdet/pointpillar.onnx", DType::bf16, 0.03},
    {"mmdet3d/end2end.onnx", DType::f16, 0.004},
    {"mmdet3d/end2end.onnx", DType::bf16, 0.03},
};
INSTANTIATE_TEST_SUITE_P(Families, ReducedGolden, ::testing::ValuesIn(kReduced),
                         [](const auto& parameter) {
                           return testing::test_name(std::string(parameter.param.graph) + "_" +
                                                     std::string(name_of(parameter.param.type)));
                         });

/// Its inputs are metres.
TEST(ReducePrecision, LeavesThePfn) {
  const Graph pfe = golden("smallmunich/pfe.onnx");
  const ReducedGraph reduced = reduce_precision(pfe, DType::f16);
  EXPECT_EQ(reduced.convolutions, 0u);
  EXPECT_EQ(to_text(reduced.graph), to_text(pfe));
  // In one graph with the rest: what is before the scatter stays as it is.
  const Graph whole = golden("mmdet3d/end2end.onnx");
  const Graph cast = reduce_precision(whole, DType::f16).graph;
  const auto scatter = std::find_if(cast.nodes.begin(), cast.nodes.end(), [](const Node& node) {
    return std::holds_alternative<op::ScatterND>(node.op);
  });
  ASSERT_NE(scatter, cast.nodes.end());
  for (auto node = cast.nodes.begin(); node != scatter; ++node) {
    for (const ValueId id : node->inputs) {
      if (id != kNoValue) {
        EXPECT_NE(cast.values[id].dtype, DType::f16) << node->name;
      }
    }
  }
}

Tensor random_weights(const Shape& shape, Random& random) {
  Tensor weights(DType::f32, shape);
  for (std::size_t i = 0; i < weights.elements(); ++i)
    weights.as<float>()[i] = static_cast<float>(random.normal() / 4);
  return weights;
}

op::Conv padded() {
  op::Conv conv;
  conv.window.kernel = {3, 3};
  conv.window.pads = {1, 1, 1, 1};
  return conv;
}

/// x -> Conv -> Relu -> Conv -> +, whose other side is what Relu gave, and Sigmoid of that sum.
Graph residual(Random& random) {
  Graph graph;
  const ValueId x = add_input(graph, "x", DType::f32, Shape{1, 4, 6, 5});
  const auto conv = [&](ValueId from, const char* name) {
    const ValueId weights =
        graph.add_constant(std::string(name) + ".w", random_weights({4, 4, 3, 3}, random));
    return add_node(graph, padded(), {from, weights}, name);
  };
  const ValueId relu = add_node(graph, op::Unary{op::UnaryKind::relu}, {conv(x, "a")}, "relu");
  const ValueId sum =
      add_node(graph, op::Binary{op::BinaryKind::add}, {conv(relu, "b"), relu}, "sum");
  graph.outputs = {add_node(graph, op::Unary{op::UnaryKind::sigmoid}, {sum}, "y"), relu};
  return graph;
}

TEST(ReducePrecision, CastsOnlyAtTheBorders) {
  Random random(1);
  const Graph graph = residual(random);
  const ReducedGraph reduced = reduce_precision(graph, DType::f16);
  EXPECT_EQ(reduced.convolutions, 2u);
  // The image, the sum for Sigmoid, the Relu that's an output.
  EXPECT_EQ(count<op::Cast>(reduced.graph), 3);
  Tensor x = random_weights({1, 4, 6, 5}, random);
  const std::vector<Tensor> expected = run(graph, {x}), found = run(reduced.graph, {x});
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_LT(difference(found[i], expected[i]), 0.005 * largest(expected[i]));
  }
}

/// 1.7 of TensorRT-RTX builds none of bfloat16.
TEST(ReducePrecision, LeavesTransposedConvolutionsFloat32InBfloat16) {
  const Graph rpn = golden("smallmunich/rpn.onnx");
  const auto transposed = static_cast<std::size_t>(count<op::ConvTranspose>(rpn));
  ASSERT_GT(transposed, 0u);
  EXPECT_EQ(reduce_precision(rpn, DType::f16).convolutions,
            reduce_precision(rpn, DType::bf16).convolutions + transposed);
}

TEST(ReducePrecision, RefusesAWeightBeyondFloat16) {
  Graph graph;
  const ValueId x = add_input(graph, "x", DType::f32, Shape{1, 1, 2, 2});
  const ValueId weights = graph.add_constant("w", Tensor::of<float>({1, 1, 1, 1}, {70000}));
  graph.outputs = {add_node(graph, op::Conv{}, {x, weights}, "y")};
  EXPECT_TRUE(testing::fails_with([&] { reduce_precision(graph, DType::f16); }, "node 'make y'"));
  EXPECT_TRUE(testing::fails_with([&] { reduce_precision(graph, DType::f16); }, "weight of 70000"));
  EXPECT_EQ(reduce_precision(graph, DType::bf16).convolutions, 1u);
}

}  // namespace
}  // namespace colonnade
