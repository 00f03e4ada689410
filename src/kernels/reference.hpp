// The oracle: one plain implementation of every operator, and the rule for its outputs' types.
// kernels/<family>/reference.cpp holds both, side by side; this header is their one entrance.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/tensor.hpp"
#include "graph/graph.hpp"

namespace colonnade {

/// What is known of a tensor before it's computed.
struct TypeInfo {
  DType dtype = DType::f32;
  std::optional<Shape> shape;            ///< Nothing: not even the rank.
  std::optional<ConstTensorView> value;  ///< The elements, where already known.
  bool present = true;                   ///< False: optional input left out.
};

/// Types of the node's outputs (as many as node.outputs). With every input's shape and the value of
/// shape-giving inputs known, the answer is complete; what can't be told is unknown. Throws
/// Error(mismatch | unsupported) naming expected and found (the caller adds the node).
std::vector<TypeInfo> infer_types(const Node& node, std::span<const TypeInfo> inputs);

/// Computes the node into `outputs`, whose dtype and shape are those of infer_types and whose data
/// is allocated. Double accumulators; no threads. NonZero, whose shape depends on elements:
/// infer_types counts when it's given the value. Absent inputs have present == false; absent
/// outputs data == null.
void compute_reference(const Node& node, std::span<const ConstTensorView> inputs,
                       std::span<const TensorView> outputs);

}  // namespace colonnade
