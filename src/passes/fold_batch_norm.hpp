// BatchNormalization into the convolution before it.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "graph/graph.hpp"

namespace colonnade {

/// A BatchNorm of constants: y = x * scale + shift for each channel.
struct ChannelAffine {
  std::vector<double> scale, shift;
};

/// Nothing where the node is none, or its parameters aren't float32 constants of one length.
std::optional<ChannelAffine> batch_norm_affine(const Graph& graph, const Node& node);

/// The graph without the float32 BatchNormalizations that alone read a Conv or ConvTranspose whose
/// weights are constants: w' = w s, b' = (b - mean) s + bias with s = scale / sqrt(variance +
/// epsilon), in double. `folded` counts them.
Graph fold_batch_norm(Graph graph, std::size_t* folded = nullptr);

}  // namespace colonnade
