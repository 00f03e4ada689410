// float64 out of a graph that goes where there is none.
#pragma once

#include <cstddef>

#include "graph/graph.hpp"

namespace colonnade {

/// Every float64 constant, cast and input as float32; the rest follows. `changed` counts them.
Graph narrow_doubles(const Graph& graph, std::size_t* changed = nullptr);

}  // namespace colonnade
