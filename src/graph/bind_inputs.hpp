// A graph's declared inputs against what it's given.
#pragma once

#include <span>

#include "graph/graph.hpp"

namespace colonnade {

/// Error(mismatch) unless `dtype` and `shape` fit what the graph declares of the input: "input
/// 'voxels': dimension 1 is 20, expected 32 (declared float32[?,32,4], given float32[9,20,4])".
void check_input(const Value& input, DType dtype, const Shape& shape);

/// Error(mismatch) unless the graph has `count` inputs.
void check_input_count(const Graph& graph, std::size_t count);

/// Fixes the shapes of the graph's inputs, in their order, each checked against the declared one.
void bind_input_shapes(Graph& graph, std::span<const Shape> shapes);

}  // namespace colonnade
