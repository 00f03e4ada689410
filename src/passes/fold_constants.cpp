#include "passes/fold_constants.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "graph/bind_inputs.hpp"
#include "kernels/infer_graph.hpp"
#include "passes/remove_dead.hpp"

namespace colonnade {
namespace {

/// By value: it comes of a QuantizeLinear or DequantizeLinear.
std::vector<bool> behind_quantization(const Graph& graph) {
  std::vector<bool> behind(graph.values.size(), false);
  for (const Node& node : graph.nodes) {
    const bool is_behind = std::holds_alternative<op::QuantizeLinear>(node.op) ||
                           std::holds_alternative<op::DequantizeLinear>(node.op) ||
                           std::any_of(node.inputs.begin(), node.inputs.end(),
                                       [&](ValueId id) { return id != kNoValue && behind[id]; });
    if (!is_behind) continue;
    for (const ValueId id : node.outputs) {
      if (id != kNoValue) behind[id] = true;
    }
  }
  return behind;
}

Graph fold(Graph result, const std::vector<bool>& kept) {
  const InferredGraph inferred = infer_graph(result, {}, kMaxFoldedElements);
  for (std::size_t id = 0; id < result.values.size(); ++id) {
    Value& value = result.values[id];
    value.dtype = inferred.types[id].dtype;
    value.shape = inferred.types[id].shape;
    if (inferred.folded[id] && !kept[id]) value.constant = inferred.folded[id];
  }
  const auto is_folded = [&](const Node& node) {
    return std::all_of(node.outputs.begin(), node.outputs.end(),
                       [&](ValueId id) { return id == kNoValue || result.values[id].constant; });
  };
  result.nodes.erase(std::remove_if(result.nodes.begin(), result.nodes.end(), is_folded),
                     result.nodes.end());
  return remove_dead(result);
}

}  // namespace

Graph fold_constants(const Graph& graph, std::span<const Shape> input_shapes) {
  Graph result = graph;
  if (!input_shapes.empty()) bind_input_shapes(result, input_shapes);
  return fold(std::move(result), std::vector<bool>(graph.values.size(), false));
}

Graph fold_all_but_quantization(const Graph& graph) {
  return fold(graph, behind_quantization(graph));
}

}  // namespace colonnade
