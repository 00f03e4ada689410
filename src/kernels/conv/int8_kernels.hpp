// The INT8 siblings of the direct convolution. Sums of products of bytes are exact in int32; then a
// multiplication, an addition of the bias, ReLU and, for a map of bytes, to_u8: one rounding each.
// So all of them give the same bits.
#pragma once

#include "kernels/conv/kernel.hpp"

namespace colonnade::cpu {

/// Plain code, on every machine: what the fast ones are tested against, and what
/// CompileOptions::emulate runs.
const ConvKernel& emulated_int8_kernel();

/// AVX-512 VNNI's; `compute` is null where the machine or this build hasn't got it.
ConvKernel avx512_int8_kernel();
/// AVX-VNNI's, of half as wide registers; likewise.
ConvKernel avx2_int8_kernel();

}  // namespace colonnade::cpu
