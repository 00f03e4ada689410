// Building small graphs in a test.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "graph/graph.hpp"

namespace colonnade::testing {

inline ValueId add_input(Graph& graph, std::string name, DType dtype, std::optional<Shape> shape) {
  Value value;
  value.name = std::move(name);
  value.dtype = dtype;
  value.shape = shape;
  graph.inputs.push_back(graph.add_value(std::move(value)));
  return graph.inputs.back();
}

/// A node of one output; it's called "make NAME OF THE OUTPUT".
inline ValueId add_node(Graph& graph, Op op, std::vector<ValueId> inputs,
                        const std::string& output) {
  Value value;
  value.name = output;
  const ValueId id = graph.add_value(std::move(value));
  Node node;
  node.name = "make " + output;
  node.op = std::move(op);
  node.inputs = std::move(inputs);
  node.outputs = {id};
  graph.nodes.push_back(std::move(node));
  return id;
}

}  // namespace colonnade::testing
