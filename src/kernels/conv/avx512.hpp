// The AVX-512 convolution whose inner loop is assembly.
#pragma once

#include "kernels/conv/kernel.hpp"

namespace colonnade::cpu {

/// 12 cells by 32 channels: a block's weights are half as wide as with the 6 x 64 that a compiler
/// manages without spilling, so half as much streams from L2 for each multiplication. Null where
/// the build isn't for x86-64.
const ConvKernel* avx512_kernel();

}  // namespace colonnade::cpu
