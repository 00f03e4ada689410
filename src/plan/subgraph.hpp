#pragma once

#include <span>
#include <string>

#include "graph/graph.hpp"

namespace colonnade {

/// The part of `graph` that computes `outputs` from `inputs`. Values and constants that aren't
/// needed are left out. Error(mismatch), naming the graph input, where the outputs also depend on a
/// graph input that isn't among `inputs`.
Graph extract_subgraph(const Graph& graph, std::span<const ValueId> inputs,
                       std::span<const ValueId> outputs, const std::string& name);

/// Index of the node that writes each value; -1 for graph inputs and constants.
std::vector<std::int64_t> producers(const Graph& graph);

}  // namespace colonnade
