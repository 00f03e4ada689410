// Casts for a library that takes types from the graph.
#pragma once

#include <cstddef>

#include "graph/graph.hpp"

namespace colonnade {

struct ReducedGraph {
  Graph graph;
  std::size_t convolutions = 0;  ///< Those that compute with the reduced type.
};

/// The convolutions behind the BEV image, the transposed ones in float16 alone, compute with `type`
/// (f16 or bf16), their weights are stored in it, and what only moves, clamps or adds their maps
/// stays in it; Cast nodes stand at the borders. All else is float32, inputs and outputs included:
/// the PFN, whose inputs are metres of which float16 keeps steps of 3 cm at 60 m, and the decoding
/// of boxes. The image is what the scatter makes, or in a graph without one the only input [1, C,
/// H, W]. Error(unsupported): a weight beyond float16's range, by node.
ReducedGraph reduce_precision(const Graph& graph, DType type);

}  // namespace colonnade
