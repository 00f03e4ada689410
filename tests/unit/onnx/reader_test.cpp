// Graphs: names, order, what is dropped, what is inlined.

#include "read.hpp"

namespace colonnade {
namespace {

using namespace test;

TEST(Reader, KeepsNamesAndDynamicDims) {
  const Graph graph = read(model(11, {{node("Relu", {"x"}, {"y"})},
                                      {value("x", kFloat, {1, 0, -1, 4})},
                                      {value("y", kFloat, {})},
                                      {}}));
  ASSERT_EQ(graph.inputs.size(), 1u);
  EXPECT_EQ(graph.values[graph.inputs[0]].name, "x");
  EXPECT_EQ(graph.values[graph.inputs[0]].shape, (Shape{1, kUnknownDim, kUnknownDim, 4}));
  ASSERT_EQ(graph.nodes.size(), 1u);
  EXPECT_EQ(graph.nodes[0].name, "#0 Relu");  // torch 1.4 (SmallMunich) names no node.
  EXPECT_EQ(graph.values[graph.outputs[0]].name, "y");
}

// SmallMunich's pfe.onnx carries the whole network: 143 of 151 initializers are unused. And up to
// IR 3 initializers are listed as inputs too.
TEST(Reader, DropsWhatIsUnused) {
  GraphParts parts{
      {node("Relu", {"x"}, {"y"}), node("Loop", {"x"}, {"dead"}), node("Add", {"y", "w"}, {"z"})},
      {value("x", kFloat, {2}), value("w", kFloat, {2}), value("unused", kFloat, {2})},
      {value("z", kFloat, {2})},
      {raw_tensor<float>("w", kFloat, {2}, {1, 2}),
       raw_tensor<float>("damaged", kFloat, {7}, {1})}};
  const Graph graph = read(model(9, parts, {}, 3));
  EXPECT_EQ(graph.nodes.size(), 2u);
  EXPECT_EQ(graph.values.size(), 5u);  // x, unused, w, y, z
  EXPECT_EQ(graph.inputs.size(), 2u);
  EXPECT_EQ(graph.find_input("w"), kNoValue);
}

TEST(Reader, OrdersNodesByWhatTheyRead) {
  const Graph graph = read(
      model(11, {{node("Exp", {"b"}, {"c"}), node("Relu", {"x"}, {"a"}), node("Neg", {"a"}, {"b"})},
                 {value("x", kFloat, {})},
                 {value("c", kFloat, {})},
                 {}}));
  ASSERT_EQ(graph.nodes.size(), 3u);
  EXPECT_EQ(name_of(graph.nodes[0].op), "Relu");
  EXPECT_EQ(name_of(graph.nodes[2].op), "Exp");
}

TEST(Reader, NamesANodeOfACycle) {
  const std::string bytes = model(
      11, {{node("Add", {"x", "b"}, {"a"}, {}, "first"), node("Neg", {"a"}, {"b"}, {}, "back")},
           {value("x", kFloat, {})},
           {value("b", kFloat, {})},
           {}});
  EXPECT_CONTAINS(error_of(bytes, ErrorCode::format), "cycle: node 'first' (Add)");
}

TEST(Reader, RefusesUnknownAndDoubleNames) {
  EXPECT_CONTAINS(error_of(one_node(11, node("Relu", {"nothing"}, {"y"})), ErrorCode::format),
                  "reads 'nothing'");
  const std::string twice = model(11, {{node("Relu", {"x"}, {"y"}), node("Neg", {"x"}, {"y"})},
                                       {value("x", kFloat, {})},
                                       {value("y", kFloat, {})},
                                       {}});
  EXPECT_CONTAINS(error_of(twice, ErrorCode::format), "'y' is written twice");
  EXPECT_CONTAINS(error_of(one_node(11, node("Add", {"x"}, {"y"})), ErrorCode::format), "1 inputs");
}

TEST(Reader, KeepsAnOutputWithAnEmptyName) {
  const Graph graph = read(model(
      11, {{node("Relu", {"x"}, {""})}, {value("x", kFloat, {})}, {value("", kFloat, {})}, {}}));
  ASSERT_EQ(graph.outputs.size(), 1u);
  EXPECT_EQ(graph.values[graph.outputs[0]].name, "");
}

TEST(Reader, ListsAllUnsupportedNodesAtOnce) {
  const std::string bytes =
      model(17, {{node("Loop", {"x"}, {"a"}, {}, "first"), node("Relu", {"a"}, {"b"}),
                  node("NMS", {"b"}, {"y"}, {}, "second", "mmdeploy")},
                 {value("x", kFloat, {})},
                 {value("y", kFloat, {})},
                 {}});
  const std::string message = error_of(bytes, ErrorCode::unsupported);
  EXPECT_CONTAINS(message, "m.onnx: 2 nodes can't be run: 'first' (Loop): loops");
  EXPECT_CONTAINS(message, "'second' (NMS): is a custom operator of the domain 'mmdeploy'");
}

// PyTorch's dynamo exporter writes functions of the model's own, with the caller's attributes.
Message scaled_function() {
  Message function;
  function.text(1, "Scaled").text(4, "v").text(4, "left_out").text(5, "r");
  function.message(7, node("LeakyRelu", {"v"}, {"t"}, {attribute_reference("alpha", "slope")}));
  function.message(7, node("Clip", {"t", "", "left_out"}, {"r"}));
  function.message(9, opset(17));
  function.text(10, "pkg");
  function.message(11, attribute_float("slope", 0.25f));
  return function;
}

TEST(Functions, AreInlinedWithTheirAttributes) {
  const std::string bytes =
      model(17,
            {{node("Scaled", {"x"}, {"a"}, {attribute_float("slope", 0.5f)}, "call", "pkg"),
              node("Scaled", {"a"}, {"y"}, {}, "again", "pkg")},
             {value("x", kFloat, {})},
             {value("y", kFloat, {})},
             {}},
            {scaled_function()});
  const Graph graph = read(bytes);
  ASSERT_EQ(graph.nodes.size(), 4u);
  EXPECT_EQ(op_of<op::LeakyRelu>(graph, 0).alpha, 0.5f);
  EXPECT_EQ(op_of<op::LeakyRelu>(graph, 2).alpha, 0.25f);
  EXPECT_EQ(graph.nodes[0].name, "call/#0 LeakyRelu");
  EXPECT_EQ(graph.nodes[1].inputs.size(), 1u);
  EXPECT_EQ(graph.values[graph.outputs[0]].name, "y");
}

TEST(Functions, MayNotCallThemselves) {
  Message function;
  function.text(1, "F").text(4, "v").text(5, "r").text(10, "pkg");
  function.message(7, node("F", {"v"}, {"t"}, {}, "inner", "pkg"));
  function.message(7, node("F", {"t"}, {"r"}, {}, "inner2", "pkg"));
  const std::string bytes = model(17,
                                  {{node("F", {"x"}, {"y"}, {}, "f", "pkg")},
                                   {value("x", kFloat, {})},
                                   {value("y", kFloat, {})},
                                   {}},
                                  {function});
  EXPECT_CONTAINS(error_of(bytes, ErrorCode::limit), "call each other");
}

// torch.jit.script writes squeeze as an If on the input's shape.
TEST(Branches, AreTakenWhereShapesDecide) {
  const auto branch = [](const char* op) {
    return graph({{node(op, {"x"}, {"out"})}, {}, {value("out", kFloat, {})}, {}});
  };
  const auto bytes = [&](std::int64_t dim) {
    return model(13, {{node("Shape", {"x"}, {"shape"}), node("Gather", {"shape", "zero"}, {"n"}),
                       node("Equal", {"n", "one"}, {"is_one"}),
                       node("If", {"is_one"}, {"y"},
                            {attribute_graph("then_branch", branch("Neg")),
                             attribute_graph("else_branch", branch("Exp"))})},
                      {value("x", kFloat, {dim, 4})},
                      {value("y", kFloat, {})},
                      {raw_tensor<std::int64_t>("zero", kInt64, {}, {0}),
                       raw_tensor<std::int64_t>("one", kInt64, {}, {1})}});
  };
  const Graph taken = read(bytes(1));
  ASSERT_EQ(taken.nodes.size(), 1u);
  EXPECT_EQ(name_of(taken.nodes[0].op), "Neg");
  EXPECT_EQ(name_of(read(bytes(2)).nodes[0].op), "Exp");
  EXPECT_CONTAINS(error_of(bytes(0), ErrorCode::unsupported), "known only at run time");
}

// One generation of NVIDIA's exports wrote [432, 496]; the outputs are 248 x 216.
TEST(DenseShape, FollowsTheOutputsWhereItContradictsThem) {
  const auto read_with = [](std::int64_t first, std::int64_t second,
                            std::initializer_list<std::int64_t> declared) {
    const Graph graph = read(model(
        11, {{node("PPScatterPlugin", {"f", "c", "n"}, {"y"},
                   {attribute_ints("dense_shape", {first, second})})},
             {value("f", kFloat, {10, 64}), value("c", kInt32, {10, 4}), value("n", kInt32, {1})},
             {value("y", kFloat, declared)},
             {}}));
    return op_of<op::PillarScatter>(graph);
  };
  EXPECT_EQ(read_with(432, 496, {1, 248, 216, 18}).height, 496);
  EXPECT_EQ(read_with(432, 496, {1, 18, 248, 216}).width, 432);
  EXPECT_EQ(read_with(496, 432, {1, 248, 216, 18}).height, 496);
  EXPECT_EQ(read_with(496, 432, {1, 100, 11}).height, 496);
  EXPECT_EQ(read_with(496, 432, {}).height, 496);
}

}  // namespace
}  // namespace colonnade
