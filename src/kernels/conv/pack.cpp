#include "kernels/conv/pack.hpp"

#include <algorithm>

#include "kernels/conv/bf16.hpp"

namespace colonnade::cpu {

PackedWeights pack_weights(const ConvKernel& kernel, const WeightSource& source,
                           const float* bias) {
  const std::int64_t padded = (source.outputs + kernel.lanes - 1) / kernel.lanes * kernel.lanes;
  const std::int64_t taps = source.rows * source.columns;
  PackedWeights packed;
  packed.kernel = &kernel;
  const std::int64_t per_word = kernel.precision == Precision::bf16 ? 2 : 1;
  packed.words = (source.inputs + per_word - 1) / per_word;
  packed.data = Tensor(DType::u32, {taps, packed.words, padded});
  packed.bias = Tensor(DType::f32, {padded});
  packed.outputs = source.outputs;
  packed.taps = taps;
  packed.inputs = source.inputs;
  packed.block = kernel.vectors * kernel.lanes;
  packed.lanes = kernel.lanes;

  if (bias != nullptr) std::copy_n(bias, source.outputs, packed.bias.as<float>());
  auto* to = packed.data.as<std::uint32_t>();
  for (std::int64_t first = 0; first < padded; first += packed.block) {
    const std::int64_t width = std::min(packed.block, padded - first);
    const std::int64_t used = std::min(width, source.outputs - first);
    for (std::int64_t tap = 0; tap < taps; ++tap) {
      for (std::int64_t word = 0; word < packed.words; ++word, to += width) {
        const std::int64_t input = word * per_word;
        const float* from = source.data + source.offset + first * source.by_output +
                            tap / source.columns * source.by_row +
                            tap % source.columns * source.by_column + input * source.by_input;
        const bool pair = per_word == 2 && input + 1 < source.inputs;
        for (std::int64_t i = 0; i < used; ++i) {
          const float* weight = from + i * source.by_output;
          to[i] = per_word == 1 ? std::bit_cast<std::uint32_t>(*weight)
                                : bf16_pair(*weight, pair ? weight[source.by_input] : 0.0F);
        }
      }
    }
  }
  return packed;
}

}  // namespace colonnade::cpu
