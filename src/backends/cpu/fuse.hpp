// Rewrites that leave less to compute and the same result up to rounding.
#pragma once

#include <span>

#include "backends/backend.hpp"
#include "graph/graph.hpp"

namespace colonnade::cpu {

/// Zero Pad before Conv becomes the convolution's own pads (SmallMunich and OpenPCDet write a
/// ZeroPad2d before each block).
void merge_pads(Graph& graph);

/// BatchNorm after Conv, ConvTranspose or MatMul goes into their weights, in double; after MatMul
/// the shift becomes an Add. Expects known ranks (fold_constants).
void fold_batch_norms(Graph& graph);

/// Pointwise Convs that read the same map become one and a Split: the map is read once, and few
/// vectors of channels are partly empty. Expects known shapes where there are any. Not those that
/// `gates` are about: they don't compute the same cells.
void join_pointwise(Graph& graph, std::span<const OutputGate> gates);

}  // namespace colonnade::cpu
