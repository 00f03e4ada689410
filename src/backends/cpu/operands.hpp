// What a node is given.
#pragma once

#include "graph/graph.hpp"

namespace colonnade::cpu {

inline bool has_input(const Node& node, std::size_t input) {
  return input < node.inputs.size() && node.inputs[input] != kNoValue;
}

/// The constant at an input; null where there's none, or something else.
inline const Tensor* constant_input(const Graph& graph, const Node& node, std::size_t input) {
  if (!has_input(node, input)) return nullptr;
  const Tensor& tensor = graph.values[node.inputs[input]].constant;
  return tensor ? &tensor : nullptr;
}

}  // namespace colonnade::cpu
