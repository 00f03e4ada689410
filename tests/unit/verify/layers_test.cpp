#include "verify/layers.hpp"

#include <gtest/gtest.h>

namespace colonnade {
namespace {

/// Appends a node that reads `inputs`; its output's name.
ValueId add(Graph& graph, const char* name, Op op, std::vector<ValueId> inputs) {
  Value value;
  value.name = name;
  const ValueId id = graph.add_value(std::move(value));
  graph.nodes.emplace_back(name, std::string(name_of(op)), std::move(op), std::move(inputs),
                           std::vector<ValueId>{id});
  return id;
}

TEST(Layers, KeepTogetherWhatABackendMerges) {
  Graph graph;
  Value input;
  input.name = "image";
  const ValueId image = graph.add_value(std::move(input));
  graph.inputs = {image};
  const op::Unary relu{op::UnaryKind::relu};
  const ValueId pad = add(graph, "pad", op::Pad{}, {image});
  const ValueId conv = add(graph, "conv", op::Conv{}, {pad});
  const ValueId norm = add(graph, "norm", op::BatchNorm{}, {conv});
  const ValueId map = add(graph, "map", relu, {norm});
  const ValueId shared = add(graph, "shared", op::Conv{}, {map});
  const ValueId positive = add(graph, "positive", relu, {shared});
  const ValueId sum = add(graph, "sum", op::Binary{op::BinaryKind::add}, {shared, positive});
  graph.outputs = {sum};
  std::vector<std::string> names;
  for (const ValueId id : with_layers_as_outputs(graph).outputs) {
    names.push_back(graph.values[id].name);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"map", "shared", "positive", "sum"}));
}

}  // namespace
}  // namespace colonnade
