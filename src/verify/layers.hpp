// A graph that answers with every layer, to find the first that differs.
#pragma once

#include "graph/graph.hpp"

namespace colonnade {

/// `graph` with the result of each layer as an output, in the order of its nodes. What a backend
/// merges is one layer (a Pad, the convolution, its BatchNorm, its ReLU), so that it still does.
Graph with_layers_as_outputs(const Graph& graph);

}  // namespace colonnade
