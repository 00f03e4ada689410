// Whether two graphs compute the same, node by node: numbers of values and names inside don't
// count.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "engine_file/contents.hpp"
#include "graph/graph.hpp"

namespace colonnade::testing {

/// Values in the order in which nodes touch them, a constant anew for each reader; named are inputs
/// and outputs only.
inline Graph canonical(const Graph& graph) {
  Graph result;
  std::vector<ValueId> renumbered(graph.values.size(), kNoValue);
  std::vector<bool> is_interface(graph.values.size(), false);
  for (const ValueId id : graph.inputs) is_interface[id] = true;
  for (const ValueId id : graph.outputs) is_interface[id] = true;
  const auto renumber = [&](ValueId id) {
    if (id == kNoValue) return id;
    if (renumbered[id] != kNoValue && !graph.values[id].constant) return renumbered[id];
    Value value = graph.values[id];
    if (!is_interface[id]) value.name.clear();
    const bool is_input =
        std::find(graph.inputs.begin(), graph.inputs.end(), id) != graph.inputs.end();
    if (!is_input && !value.constant) {  // Declared by who infers, or not.
      value.dtype = DType::f32;
      value.shape.reset();
    }
    return renumbered[id] = result.add_value(std::move(value));
  };
  for (const ValueId id : graph.inputs) result.inputs.push_back(renumber(id));
  for (Node node : graph.nodes) {
    node.onnx_op.clear();  // "Scatter" is ScatterElements by now.
    for (ValueId& id : node.inputs) id = renumber(id);
    for (ValueId& id : node.outputs) id = renumber(id);
    // An optional input at the end may be left out or be no value.
    while (!node.inputs.empty() && node.inputs.back() == kNoValue) node.inputs.pop_back();
    result.nodes.push_back(std::move(node));
  }
  for (const ValueId id : graph.outputs) result.outputs.push_back(renumber(id));
  return result;
}

inline void expect_same_graph(const Graph& a, const Graph& b) {
  const Graph ours[] = {canonical(a)}, theirs[] = {canonical(b)};
  if (content_hash(ours) != content_hash(theirs)) {
    ADD_FAILURE() << "the graphs differ:\n" << to_text(ours[0]) << "\n" << to_text(theirs[0]);
  }
}

}  // namespace colonnade::testing
