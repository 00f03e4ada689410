// AMX' siblings of the direct convolution.
#pragma once

#include "kernels/conv/kernel.hpp"

namespace colonnade::cpu {

/// `compute` is null where this build hasn't got them. They need Isa::amx.
ConvKernel amx_bf16_kernel();
ConvKernel amx_int8_kernel();

}  // namespace colonnade::cpu
