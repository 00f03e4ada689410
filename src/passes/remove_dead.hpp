// Drops what no output depends on.
#pragma once

#include "graph/graph.hpp"

namespace colonnade {

/// Without the nodes and values that no graph output needs; graph inputs stay, needed or not.
/// Values are renumbered, in their old order.
Graph remove_dead(const Graph& graph);

}  // namespace colonnade
