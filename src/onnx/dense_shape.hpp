// The scatter plugins' image size, put right where an exporter wrote it the wrong way round.
#pragma once

#include <vector>

#include "graph/graph.hpp"

namespace colonnade {

/// One generation of NVIDIA's exports (2022-12) wrote the scatter plugin's dense_shape as [width,
/// height]. The outputs' declared shapes tell: where their maps have the aspect of the swapped
/// image and none that of the stated one, it's swapped.
void correct_dense_shape(Graph& graph, const std::vector<Shape>& declared_outputs);

}  // namespace colonnade
