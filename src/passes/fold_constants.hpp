// Replaces what doesn't depend on the inputs by its value.
#pragma once

#include <span>

#include "graph/graph.hpp"

namespace colonnade {

/// No tensor that folding makes has more elements than this (256 MiB of float32).
inline constexpr std::int64_t kMaxFoldedElements = std::int64_t{1} << 26;

/// The graph with its input shapes bound (none given: as declared), every node whose inputs are
/// known replaced by constants, what nothing reads removed, and the type and shape of each value
/// filled in as far as it can be told.
Graph fold_constants(const Graph& graph, std::span<const Shape> input_shapes = {});

/// The same but for QuantizeLinear, DequantizeLinear and what they lead to: for a consumer to which
/// they say what to compute with, of weights too.
Graph fold_all_but_quantization(const Graph& graph);

}  // namespace colonnade
