#include "verify/layers.hpp"

#include <algorithm>
#include <variant>

namespace colonnade {

Graph with_layers_as_outputs(const Graph& graph) {
  std::vector<std::size_t> readers(graph.values.size(), 0);
  std::vector<bool> continues(graph.values.size(), false);
  for (const Node& node : graph.nodes) {
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const ValueId id = node.inputs[i];
      if (id == kNoValue) continue;
      ++readers[id];
      const auto* unary = std::get_if<op::Unary>(&node.op);
      continues[id] = i == 0 && (std::holds_alternative<op::BatchNorm>(node.op) ||
                                 (unary != nullptr && unary->kind == op::UnaryKind::relu));
    }
  }
  Graph result = graph;
  const std::vector<ValueId> answers = std::move(result.outputs);
  result.outputs.clear();
  const auto is_answer = [&](ValueId id) {
    return std::find(answers.begin(), answers.end(), id) != answers.end();
  };
  for (const Node& node : graph.nodes) {
    for (const ValueId id : node.outputs) {
      if (id == kNoValue || is_answer(id)) continue;
      const bool within = readers[id] == 1 && continues[id];
      if (!within && !std::holds_alternative<op::Pad>(node.op)) result.outputs.push_back(id);
    }
  }
  result.outputs.insert(result.outputs.end(), answers.begin(), answers.end());
  return result;
}

}  // namespace colonnade
