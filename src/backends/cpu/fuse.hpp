// Rewrites that leave less to compute and the same result up to rounding.
#pragma once

#include "graph/graph.hpp"

namespace colonnade::cpu {

/// Zero Pad before Conv becomes the convolution's own pads (SmallMunich and OpenPCDet write a
/// ZeroPad2d before each block).
void merge_pads(Graph& graph);

/// BatchNorm after Conv, ConvTranspose or MatMul goes into their weights, in double; after MatMul
/// the shift becomes an Add. Expects known ranks (fold_constants).
void fold_batch_norms(Graph& graph);

}  // namespace colonnade::cpu
