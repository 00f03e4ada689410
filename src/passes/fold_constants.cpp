#include "passes/fold_constants.hpp"

#include <algorithm>

#include "graph/bind_inputs.hpp"
#include "kernels/infer_graph.hpp"
#include "passes/remove_dead.hpp"

namespace colonnade {

Graph fold_constants(const Graph& graph, std::span<const Shape> input_shapes) {
  Graph result = graph;
  if (!input_shapes.empty()) bind_input_shapes(result, input_shapes);
  const InferredGraph inferred = infer_graph(result, {}, kMaxFoldedElements);
  for (std::size_t id = 0; id < result.values.size(); ++id) {
    Value& value = result.values[id];
    value.dtype = inferred.types[id].dtype;
    value.shape = inferred.types[id].shape;
    if (inferred.folded[id]) value.constant = inferred.folded[id];
  }
  const auto is_folded = [&](const Node& node) {
    return std::all_of(node.outputs.begin(), node.outputs.end(),
                       [&](ValueId id) { return id == kNoValue || result.values[id].constant; });
  };
  result.nodes.erase(std::remove_if(result.nodes.begin(), result.nodes.end(), is_folded),
                     result.nodes.end());
  return remove_dead(result);
}

}  // namespace colonnade
