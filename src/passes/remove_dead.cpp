#include "passes/remove_dead.hpp"

#include <algorithm>

namespace colonnade {
namespace {

void mark(const std::vector<ValueId>& ids, std::vector<bool>& needed) {
  for (const ValueId id : ids) {
    if (id != kNoValue) needed[id] = true;
  }
}

}  // namespace

Graph remove_dead(const Graph& graph) {
  std::vector<bool> needed(graph.values.size());
  mark(graph.outputs, needed);
  std::vector<const Node*> live;
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    const bool is_live = std::any_of(node->outputs.begin(), node->outputs.end(),
                                     [&](ValueId id) { return id != kNoValue && needed[id]; });
    if (!is_live) continue;
    mark(node->inputs, needed);
    live.push_back(&*node);
  }
  mark(graph.inputs, needed);

  Graph result;
  result.name = graph.name;
  std::vector<ValueId> renumbered(graph.values.size(), kNoValue);
  for (std::size_t id = 0; id < graph.values.size(); ++id) {
    if (needed[id]) renumbered[id] = result.add_value(graph.values[id]);
  }
  const auto renumber = [&](std::vector<ValueId> ids) {
    for (ValueId& id : ids) id = id == kNoValue ? kNoValue : renumbered[id];
    return ids;
  };
  for (auto node = live.rbegin(); node != live.rend(); ++node) {
    result.nodes.push_back(**node);
    // An output that nothing reads becomes an output left out.
    result.nodes.back().inputs = renumber((*node)->inputs);
    result.nodes.back().outputs = renumber((*node)->outputs);
  }
  result.inputs = renumber(graph.inputs);
  result.outputs = renumber(graph.outputs);
  return result;
}

}  // namespace colonnade
