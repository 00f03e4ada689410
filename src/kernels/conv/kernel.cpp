#include "kernels/conv/kernel.hpp"

#include <algorithm>

namespace colonnade::cpu {

const ConvKernel& conv_kernel(Isa isa) {
  const std::span<const ConvKernel> kernels = conv_kernels();
  const auto found = std::find_if(kernels.begin(), kernels.end(),
                                  [&](const ConvKernel& kernel) { return kernel.isa <= isa; });
  return found != kernels.end() ? *found : kernels.back();
}

}  // namespace colonnade::cpu
