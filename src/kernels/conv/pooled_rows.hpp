// The maximum over groups of rows of a product of matrices.
#pragma once

#include <cstdint>

#include "kernels/conv/cpu.hpp"

namespace colonnade::cpu {

/// Bytes of scratch that pooled_rows needs. One such block a thread.
std::int64_t pooled_scratch_bytes(const PackedWeights& weights);

/// For each group g of [begin, end): to[g] = max over its rows r of input[g * rows + r] * W + bias,
/// ReLU where args.relu. A row that equals the one before it, bit for bit, isn't computed again.
/// `args`: input, input_cell (floats from row to row), weights, relu; NaN wins over numbers.
/// `to`: [groups][outputs]; `scratch`: 64-byte aligned.
void pooled_rows(const ConvArgs& args, std::int64_t rows, std::int64_t begin, std::int64_t end,
                 float* to, void* scratch);

}  // namespace colonnade::cpu
