// Runs a graph node by node with the reference kernels: the oracle.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "graph/graph.hpp"
#include "kernels/cost.hpp"

namespace colonnade {

/// Sees each node's outputs as they're computed (compare --layers, calibration).
using Tap = std::function<void(const Node&, std::span<const ConstTensorView>)>;

/// Outputs in the order of graph.outputs. Values are freed after their last reader. Errors name the
/// node. Input types must match; a static dim declared by the graph must match, with the input's
/// name, dimension, found and expected in the message. Error(limit): a node would take the run
/// beyond `limits`.
std::vector<Tensor> evaluate(const Graph& graph, std::span<const ConstTensorView> inputs,
                             const Tap& tap = {}, const RunLimits& limits = {});

}  // namespace colonnade
