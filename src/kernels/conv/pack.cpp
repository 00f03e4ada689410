#include "kernels/conv/pack.hpp"

#include <algorithm>

namespace colonnade::cpu {

PackedWeights pack_weights(const ConvKernel& kernel, const WeightSource& source,
                           const float* bias) {
  const std::int64_t padded = (source.outputs + kernel.lanes - 1) / kernel.lanes * kernel.lanes;
  const std::int64_t taps = source.rows * source.columns;
  PackedWeights packed;
  packed.kernel = &kernel;
  packed.data = Tensor(DType::f32, {taps, source.inputs, padded});
  packed.bias = Tensor(DType::f32, {padded});
  packed.outputs = source.outputs;
  packed.taps = taps;
  packed.inputs = source.inputs;
  packed.block = kernel.vectors * kernel.lanes;
  packed.lanes = kernel.lanes;

  if (bias != nullptr) std::copy_n(bias, source.outputs, packed.bias.as<float>());
  float* to = packed.data.as<float>();
  for (std::int64_t first = 0; first < padded; first += packed.block) {
    const std::int64_t width = std::min(packed.block, padded - first);
    const std::int64_t used = std::min(width, source.outputs - first);
    for (std::int64_t tap = 0; tap < taps; ++tap) {
      for (std::int64_t input = 0; input < source.inputs; ++input, to += width) {
        const float* from = source.data + source.offset + first * source.by_output +
                            tap / source.columns * source.by_row +
                            tap % source.columns * source.by_column + input * source.by_input;
        for (std::int64_t i = 0; i < used; ++i) to[i] = from[i * source.by_output];
      }
    }
  }
  return packed;
}

}  // namespace colonnade::cpu
