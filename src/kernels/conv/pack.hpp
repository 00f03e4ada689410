// Convolution weights in the order in which the CPU microkernel reads them.
#pragma once

#include <cstdint>

#include "base/tensor.hpp"
#include "kernels/conv/kernel.hpp"

namespace colonnade::cpu {

/// Where weight (output channel, tap, input channel) lies in the exporter's tensor, in elements:
/// offset + output * by_output + row * by_row + column * by_column + input * by_input, tap being
/// row * columns + column. Covers Conv [M,C,kh,kw], one phase of ConvTranspose [C,M,kh,kw] (whose
/// taps run backwards) and MatMul [K,N] alike.
struct WeightSource {
  const float* data = nullptr;
  std::int64_t outputs = 0, rows = 1, columns = 1, inputs = 0;
  std::int64_t offset = 0, by_output = 0, by_row = 0, by_column = 0, by_input = 0;
};

/// [block][tap][word][lane]: blocks of `block` output channels; the last one holds as many whole
/// vectors as it needs (`lanes` words each), its unused lanes are zero. A word of four bytes is one
/// input's weight in float32, two inputs' in BF16, four in INT8 (what is left of the last is zero,
/// and so are words that the kernel wants beyond it).
struct PackedWeights {
  const ConvKernel* kernel = nullptr;  ///< For which it is packed.
  Tensor data;
  Tensor bias;           ///< [outputs, rounded up to whole vectors]; zeros where there is none.
  Tensor scale;          ///< Likewise, of INT8: what a sum of products of bytes is multiplied by.
  Tensor input_inverse;  ///< [inputs], of INT8: 1 / the scales of its input.
  std::int64_t outputs = 0, taps = 0, inputs = 0;
  std::int64_t words = 0;  ///< Of a tap.
  std::int64_t block = 0, lanes = 0;

  std::int64_t blocks() const noexcept { return (outputs + block - 1) / block; }
};

/// INT8's input, by channel.
struct ByteInput {
  const float* scales = nullptr;  ///< Null: 1.
  /// The mean of the map's background and of the bytes that stand for it, both in scales. What
  /// rounding makes of a background is the same in all of its cells, so it is no noise that a sum
  /// evens out but a shift of the whole map: the bias takes it back. Null: a background of zero.
  const float *background = nullptr, *background_bytes = nullptr;
};

/// Words that PackedWeights::data has: {taps, words, outputs rounded up to whole vectors}.
Shape packed_shape(const ConvKernel& kernel, const WeightSource& source);

/// `bias`: `outputs` values, or null. `data`: zeros of u32 and packed_shape that become the
/// result's; empty: a tensor of its own. `kernel` outlives the result.
PackedWeights pack_weights(const ConvKernel& kernel, const WeightSource& source, const float* bias,
                           const ByteInput& bytes = {}, Tensor data = {});

}  // namespace colonnade::cpu
