#include "plan/subgraph.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "colonnade/error.hpp"

namespace colonnade {

std::vector<std::int64_t> producers(const Graph& graph) {
  std::vector<std::int64_t> result(graph.values.size(), -1);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const ValueId id : graph.nodes[i].outputs) {
      if (id != kNoValue) result[id] = static_cast<std::int64_t>(i);
    }
  }
  return result;
}

Graph extract_subgraph(const Graph& graph, std::span<const ValueId> inputs,
                       std::span<const ValueId> outputs, const std::string& name) {
  const std::vector<std::int64_t> producer = producers(graph);
  std::vector<bool> is_input(graph.values.size(), false);
  for (const ValueId id : inputs) is_input[id] = true;

  std::vector<bool> needed(graph.nodes.size(), false);
  std::vector<ValueId> open(outputs.begin(), outputs.end());
  while (!open.empty()) {
    const ValueId id = open.back();
    open.pop_back();
    if (id == kNoValue || is_input[id] || graph.values[id].constant) continue;
    if (producer[id] < 0) {
      throw Error(ErrorCode::mismatch, fmt::format("the {} part also depends on graph input '{}'",
                                                   name, graph.values[id].name));
    }
    const auto node = static_cast<std::size_t>(producer[id]);
    if (needed[node]) continue;
    needed[node] = true;
    open.insert(open.end(), graph.nodes[node].inputs.begin(), graph.nodes[node].inputs.end());
  }

  Graph part;
  part.name = name;
  std::vector<ValueId> renamed(graph.values.size(), kNoValue);
  const auto rename = [&](ValueId id) {
    if (id == kNoValue) return kNoValue;
    if (renamed[id] == kNoValue) renamed[id] = part.add_value(graph.values[id]);
    return renamed[id];
  };
  for (const ValueId id : inputs) part.inputs.push_back(rename(id));
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (!needed[i]) continue;
    Node node = graph.nodes[i];
    std::transform(node.inputs.begin(), node.inputs.end(), node.inputs.begin(), rename);
    std::transform(node.outputs.begin(), node.outputs.end(), node.outputs.begin(), rename);
    part.nodes.push_back(std::move(node));
  }
  for (const ValueId id : outputs) part.outputs.push_back(rename(id));
  return part;
}

}  // namespace colonnade
