// Types of all values of a graph, and the values that don't depend on what it's fed.
#pragma once

#include <memory>
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

/// Infers a graph that is still being built, each node once.
class GraphInference {
 public:
  /// `graph` outlives this; its inputs are declared before its first node is added.
  explicit GraphInference(const Graph& graph, std::int64_t fold_elements = kShapeFoldElements);
  ~GraphInference();
  /// What is known of the values by now. The outputs of a node whose types contradict each other
  /// are unknown: whoever runs the graph will say so.
  const InferredGraph& update();

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

/// Infers node by node. A node whose inputs are all known is computed, so that shapes made by
/// Shape -> Gather -> Concat chains resolve, unless it reads or writes a tensor of more than
/// `fold_elements`, or takes more work than the whole folding may (what's left isn't folded).
/// `input_shapes` replace the declared ones (see bind_input_shapes). Errors name the node.
InferredGraph infer_graph(const Graph& graph, std::span<const Shape> input_shapes = {},
                          std::int64_t fold_elements = kShapeFoldElements);

}  // namespace colonnade
