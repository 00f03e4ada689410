// What the writer writes the reader reads back.
#include "onnx/writer.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "../engine_file/all_ops.hpp"
#include "backends/reference/evaluator.hpp"
#include "fixtures.hpp"
#include "graph/graph.hpp"
#include "onnx/reader.hpp"
#include "onnx/wire.hpp"
#include "same_graph.hpp"
#include "test_graph.hpp"

namespace colonnade {
namespace {

namespace fs = std::filesystem;
using testing::add_input;
using testing::add_node;

Graph written_and_read(const Graph& graph) {
  return read_onnx(write_onnx(graph), "written.onnx");
}

wire::ModelProto message_of(const Graph& graph) {
  const std::vector<std::byte> bytes = write_onnx(graph);
  wire::ModelProto model;
  EXPECT_TRUE(model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
  return model;
}

std::vector<fs::path> exports() {
  std::vector<fs::path> files;
  std::vector<fs::path> roots{fs::path(COLONNADE_SOURCE_DIR) / "tests/golden"};
  if (testing::fixtures()) roots.push_back(*testing::fixtures());
  for (const fs::path& root : roots) {
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      if (entry.path().extension() == ".onnx") files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

TEST(Writer, EveryExportComesBack) {
  ASSERT_GE(exports().size(), 15u);
  for (const fs::path& file : exports()) {
    SCOPED_TRACE(file.string());
    const Graph graph = read_onnx(file.string());
    testing::expect_same_graph(written_and_read(graph), graph);
  }
}

// The arguments aren't what the operators need, so that types say nothing: only forms are looked
// at.
TEST(Writer, EveryOperatorsMembersComeBack) {
  for (Op& op : testing::every_op(std::make_index_sequence<std::variant_size_v<Op>>())) {
    SCOPED_TRACE(std::string(name_of(op)));
    if (auto* softmax = std::get_if<op::Softmax>(&op)) softmax->flatten = false;
    if (auto* shape = std::get_if<op::ShapeOf>(&op)) *shape = {1, 3};
    if (auto* plugin = std::get_if<op::PillarScatter>(&op))
      plugin->form = op::PillarScatterForm::plugin;
    if (auto* pool = std::get_if<op::MaxPool>(&op)) pool->storage_order = 1;
    Graph graph;
    graph.name = "one";
    std::vector<ValueId> inputs;
    const Arity arity = arity_of(op);
    for (std::size_t i = 0; i < std::min<std::size_t>(arity.max_inputs, 9); ++i) {
      inputs.push_back(add_input(graph, fmt::format("x{}", i), DType::f32, std::nullopt));
    }
    const auto pair = [&](op::Window& window) {  // As many as pads of two dimensions.
      window.pads = {1, 2, 3, 4};
    };
    if (auto* conv = std::get_if<op::Conv>(&op)) pair(conv->window);
    if (auto* conv = std::get_if<op::ConvTranspose>(&op)) pair(conv->window);
    if (auto* conv = std::get_if<op::QLinearConv>(&op)) pair(conv->window);
    if (auto* pool = std::get_if<op::MaxPool>(&op)) pair(pool->window);
    if (auto* pool = std::get_if<op::AveragePool>(&op)) pair(pool->window);
    graph.outputs.push_back(add_node(graph, op, inputs, "y"));
    testing::expect_same_graph(written_and_read(graph), graph);
  }
}

TEST(Writer, KeepsTheOldestOpsetThatSaysIt) {
  Graph graph;
  const ValueId x = add_input(graph, "x", DType::f32, Shape{2, 3});
  const ValueId axes = graph.add_constant("", Tensor::of<std::int64_t>({1}, {1}));
  graph.outputs = {add_node(graph, op::Reduce{op::ReduceKind::max, false}, {x, axes}, "y")};
  const wire::ModelProto model = message_of(graph);
  EXPECT_EQ(model.opset_import(0).version(), 17);
  EXPECT_EQ(model.graph().node(0).input_size(), 1);
  EXPECT_EQ(model.graph().initializer_size(), 0);

  // Axes that are computed are an input, which came with 18.
  graph.outputs = {add_node(graph, op::Reduce{op::ReduceKind::max, false},
                            {x, add_input(graph, "axes", DType::i64, Shape{1})}, "z")};
  EXPECT_EQ(message_of(graph).opset_import(0).version(), 18);
  testing::expect_same_graph(written_and_read(graph), written_and_read(written_and_read(graph)));
}

TEST(Writer, FlattenedSoftmaxGivesTheSameNumbers) {
  Graph graph;
  const ValueId x = add_input(graph, "x", DType::f32, Shape{2, 2, 2});
  graph.outputs = {add_node(graph, op::Softmax{1, false, true}, {x}, "y")};
  const Tensor in = Tensor::of<float>({2, 2, 2}, {1, 2, 3, 4, 0, 0, 1, -1});
  const std::vector<ConstTensorView> views{in.view()};
  const Tensor expected = evaluate(graph, views).front();
  const Tensor found = evaluate(written_and_read(graph), views).front();
  ASSERT_EQ(found.shape(), expected.shape());
  for (std::size_t i = 0; i < expected.elements(); ++i) {
    EXPECT_FLOAT_EQ(found.as<float>()[i], expected.as<float>()[i]);
  }
}

TEST(Writer, NamesWhatHasNoneOrAnothersName) {
  Graph graph;
  const ValueId x = add_input(graph, "x", DType::f32, Shape{kUnknownDim, 2});
  const ValueId a = add_node(graph, op::Unary{op::UnaryKind::relu}, {x}, "x");
  const ValueId b = add_node(graph, op::Unary{op::UnaryKind::neg}, {a}, "");
  graph.outputs = {add_node(graph, op::Binary{op::BinaryKind::add}, {a, b}, "y")};
  const wire::ModelProto model = message_of(graph);
  EXPECT_EQ(model.graph().input(0).name(), "x");
  EXPECT_EQ(model.graph().output(0).name(), "y");
  EXPECT_FALSE(model.graph().input(0).type().tensor_type().shape().dim(0).dim_param().empty());
  testing::expect_same_graph(written_and_read(graph), graph);
}

// Of two outputs that a node must have one is read: the other gets a name.
TEST(Writer, WritesOutputsThatNobodyReads) {
  Graph graph;
  const ValueId x = add_input(graph, "x", DType::f32, Shape{4});
  const ValueId k = graph.add_constant("k", Tensor::of<std::int64_t>({1}, {2}));
  const ValueId values = add_node(graph, op::TopK{}, {x, k}, "values");
  graph.nodes.back().outputs.push_back(kNoValue);
  graph.outputs = {values};
  EXPECT_EQ(message_of(graph).graph().node(0).output_size(), 2);
  EXPECT_FALSE(message_of(graph).graph().node(0).output(1).empty());
  testing::expect_same_graph(written_and_read(graph), graph);
}

}  // namespace
}  // namespace colonnade
