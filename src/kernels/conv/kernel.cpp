#include "kernels/conv/kernel.hpp"

#include <algorithm>

namespace colonnade::cpu {

const ConvKernel& conv_kernel(Isa isa) {
  const std::span<const ConvKernel> kernels = conv_kernels();
  const ConvKernel* found = find_conv_kernel(isa, Precision::fp32);
  return found != nullptr ? *found : kernels.back();
}

const ConvKernel* find_conv_kernel(Isa isa, Precision precision) {
  const std::span<const ConvKernel> kernels = conv_kernels();
  const auto found = std::find_if(kernels.begin(), kernels.end(), [&](const ConvKernel& kernel) {
    return kernel.isa <= isa && kernel.precision == precision;
  });
  return found != kernels.end() ? &*found : nullptr;
}

}  // namespace colonnade::cpu
