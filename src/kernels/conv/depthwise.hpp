// Depthwise convolution, channels-last: each channel by itself.
#pragma once

#include "kernels/conv/cpu.hpp"

namespace colonnade::cpu {

/// ConvArgs as for conv_cells; its `weights` and `zeros` are unused.
struct DepthwiseArgs {
  ConvArgs conv;
  std::int64_t channels = 0;
  const float* taps = nullptr;  ///< [tap][channels]
  const float* bias = nullptr;  ///< [channels]
};

/// The output rows [begin, end).
void depthwise_rows(const DepthwiseArgs& args, std::int64_t begin, std::int64_t end);

}  // namespace colonnade::cpu
