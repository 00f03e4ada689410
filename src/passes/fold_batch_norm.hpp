// BatchNormalization into the convolution before it.
#pragma once

#include <cstddef>

#include "graph/graph.hpp"

namespace colonnade {

/// The graph without the float32 BatchNormalizations that alone read a Conv or ConvTranspose whose
/// weights are constants: w' = w s, b' = (b - mean) s + bias with s = scale / sqrt(variance +
/// epsilon), in double. `folded` counts them.
Graph fold_batch_norm(const Graph& graph, std::size_t* folded = nullptr);

}  // namespace colonnade
