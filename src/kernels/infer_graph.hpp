// Types of all values of a graph, and the values that don't depend on what it's fed.
#pragma once

#include <span>
#include <vector>

#include "kernels/reference.hpp"

namespace colonnade {

struct InferredGraph {
  /// By ValueId. `value` is set for constants and for what was folded, and points into `folded` or
  /// the graph's constants: both must outlive it.
  std::vector<TypeInfo> types;
  std::vector<Tensor> folded;  ///< By ValueId; empty where nothing was folded.
};

/// Folding stops at tensors of more than this: shapes and indices are small, canvases aren't.
inline constexpr std::int64_t kShapeFoldElements = 100'000;

/// Infers node by node. A node whose inputs are all known is computed, so that shapes made by
/// Shape -> Gather -> Concat chains resolve, unless it reads or writes a tensor of more than
/// `fold_elements`. `input_shapes` replace the declared ones (see bind_input_shapes).
/// Errors name the node.
InferredGraph infer_graph(const Graph& graph, std::span<const Shape> input_shapes = {},
                          std::int64_t fold_elements = kShapeFoldElements);

}  // namespace colonnade
