// The BF16 siblings of the direct convolution.
#pragma once

#include "kernels/conv/kernel.hpp"

namespace colonnade::cpu {

/// Plain code with the instruction's roundings, the same bits on every machine: what the fast one
/// is tested against, and what CompileOptions::emulate runs.
const ConvKernel& emulated_bf16_kernel();

/// AVX512_BF16's; `compute` is null where the machine or this build hasn't got it, or gains
/// nothing.
ConvKernel avx512_bf16_kernel();

/// What stands around their products: cells of f32 or bf16 -> bf16, and float32 -> cells of any
/// type.
WinogradTransforms emulated_bf16_transforms();
WinogradTransforms avx512_bf16_transforms();

/// Whether this CPU has AVX512_BF16 at half of float32's rate: Intel's cores with AMX, which have
/// BF16's speed there (docs/performance.md).
bool bf16_is_slow() noexcept;

}  // namespace colonnade::cpu
