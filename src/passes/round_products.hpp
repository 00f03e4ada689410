// What a narrower machine multiplies, on this one.
#pragma once

#include "base/precision.hpp"
#include "graph/graph.hpp"

namespace colonnade {

/// The graph with both factors of every Conv, ConvTranspose, MatMul and Gemm of float32 rounded to
/// `precision`, to nearest: fp16 and bf16 by casts there and back, tf32 by Veltkamp's splitting to
/// 11 bits of significand. Constants are folded and BatchNorm is first, as what runs such
/// precisions does before it rounds weights. Sums stay float32's, as wide as tensor cores add.
/// fp32: as it is. Error(unsupported): int8, which needs ranges.
Graph round_products(const Graph& graph, Precision precision);

}  // namespace colonnade
