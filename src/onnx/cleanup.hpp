// What is put right once all nodes are read.
#pragma once

#include <vector>

#include "graph/graph.hpp"

namespace colonnade {

/// Removes nodes that no output needs, and values that nothing uses (graph inputs stay).
void drop_unused(Graph& graph);

/// One generation of NVIDIA's exports (2022-12) wrote the scatter plugin's dense_shape as [width,
/// height]. The outputs' declared shapes tell: where their maps have the aspect of the swapped
/// image and none that of the stated one, it's swapped.
void correct_dense_shape(Graph& graph, const std::vector<Shape>& declared_outputs);

}  // namespace colonnade
