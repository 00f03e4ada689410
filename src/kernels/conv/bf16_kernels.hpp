// The BF16 siblings of the direct convolution.
#pragma once

#include "kernels/conv/kernel.hpp"

namespace colonnade::cpu {

/// Plain code with the instruction's roundings, the same bits on every machine: what the fast one
/// is tested against, and what CompileOptions::emulate runs.
const ConvKernel& emulated_bf16_kernel();

/// AVX512_BF16's; `compute` is null where the machine or this build hasn't got it.
ConvKernel avx512_bf16_kernel();

}  // namespace colonnade::cpu
