#include "kernels/conv/pack.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>
#include <vector>

#include "kernels/conv/bf16.hpp"
#include "kernels/conv/int8.hpp"

namespace colonnade::cpu {
namespace {

std::int64_t inputs_a_word(Precision precision) {
  return precision == Precision::int8 ? 4 : precision == Precision::bf16 ? 2 : 1;
}

const float* weight_at(const WeightSource& source, std::int64_t output, std::int64_t tap,
                       std::int64_t input) {
  return source.data + source.offset + output * source.by_output +
         tap / source.columns * source.by_row + tap % source.columns * source.by_column +
         input * source.by_input;
}

/// INT8's view of weights: each times its input channel's scale.
struct ScaledWeights {
  const WeightSource& source;
  const ByteInput& bytes;

  double at(std::int64_t output, std::int64_t tap, std::int64_t input) const {
    const double scale = bytes.scales == nullptr ? 1 : bytes.scales[input];
    return scale * *weight_at(source, output, tap, input);
  }
  double largest(std::int64_t output) const {
    double largest = 0;
    for (std::int64_t tap = 0; tap < source.rows * source.columns; ++tap) {
      for (std::int64_t input = 0; input < source.inputs; ++input) {
        largest = std::max(largest, std::abs(at(output, tap, input)));
      }
    }
    return largest;
  }
  /// What rounding takes from the sum over a window of background.
  double lost(std::int64_t output, double steps) const {
    double lost = 0;
    if (bytes.background == nullptr || !(steps > 0)) return lost;
    for (std::int64_t tap = 0; tap < source.rows * source.columns; ++tap) {
      for (std::int64_t input = 0; input < source.inputs; ++input) {
        const double exact = at(output, tap, input);
        lost += exact * bytes.background[input] -
                to_i8(exact * steps) / steps * bytes.background_bytes[input];
      }
    }
    return lost;
  }
  /// Of the `count` inputs from `input` on; `steps` make a whole.
  std::uint32_t word(std::int64_t output, std::int64_t tap, std::int64_t input, std::int64_t count,
                     double steps) const {
    std::uint32_t word = 0;
    for (std::int64_t i = 0; i < count; ++i) {
      const auto byte = static_cast<std::uint8_t>(to_i8(at(output, tap, input + i) * steps));
      word |= static_cast<std::uint32_t>(byte) << (8 * i);
    }
    return word;
  }
};

}  // namespace

Shape packed_shape(const ConvKernel& kernel, const WeightSource& source) {
  const std::int64_t per_word = inputs_a_word(kernel.precision);
  const std::int64_t words = (source.inputs + per_word - 1) / per_word;
  return {source.rows * source.columns, (words + kernel.words - 1) / kernel.words * kernel.words,
          (source.outputs + kernel.lanes - 1) / kernel.lanes * kernel.lanes};
}

PackedWeights pack_weights(const ConvKernel& kernel, const WeightSource& source, const float* bias,
                           const ByteInput& bytes, Tensor data) {
  const Shape shape = packed_shape(kernel, source);
  const std::int64_t taps = shape[0], padded = shape[2];
  PackedWeights packed;
  packed.kernel = &kernel;
  const std::int64_t per_word = inputs_a_word(kernel.precision);
  packed.words = shape[1];
  packed.data = data ? std::move(data) : Tensor(DType::u32, shape);
  packed.bias = Tensor(DType::f32, {padded});
  packed.outputs = source.outputs;
  packed.taps = taps;
  packed.inputs = source.inputs;
  packed.block = kernel.vectors * kernel.lanes;
  packed.lanes = kernel.lanes;
  if (bias != nullptr) std::copy_n(bias, source.outputs, packed.bias.as<float>());
  const ScaledWeights scaled{source, bytes};
  std::vector<double> steps;  // By output channel.
  if (kernel.precision == Precision::int8) {
    packed.scale = Tensor(DType::f32, {padded});
    packed.input_inverse = Tensor(DType::f32, {source.inputs});
    for (std::int64_t input = 0; input < source.inputs; ++input) {
      packed.input_inverse.as<float>()[input] =
          bytes.scales == nullptr ? 1 : 1 / bytes.scales[input];
    }
    for (std::int64_t output = 0; output < source.outputs; ++output) {
      const double largest = scaled.largest(output);
      steps.push_back(largest > 0 ? static_cast<double>(kMostI8) / largest : 0);
      packed.scale.as<float>()[output] = static_cast<float>(largest / static_cast<double>(kMostI8));
      packed.bias.as<float>()[output] += static_cast<float>(scaled.lost(output, steps.back()));
    }
  }

  auto* to = packed.data.as<std::uint32_t>();
  for (std::int64_t first = 0; first < padded; first += packed.block) {
    const std::int64_t width = std::min(packed.block, padded - first);
    const std::int64_t used = std::min(width, source.outputs - first);
    for (std::int64_t tap = 0; tap < taps; ++tap) {
      for (std::int64_t word = 0; word < packed.words; ++word, to += width) {
        const std::int64_t input = word * per_word;
        const std::int64_t count = std::min(per_word, source.inputs - input);
        if (count <= 0) continue;  // Of those that fill up.
        const float* from = weight_at(source, first, tap, input);
        switch (kernel.precision) {
          case Precision::int8:
            for (std::int64_t i = 0; i < used; ++i) {
              to[i] = scaled.word(first + i, tap, input, count,
                                  steps[static_cast<std::size_t>(first + i)]);
            }
            break;
          case Precision::bf16:
            for (std::int64_t i = 0; i < used; ++i) {
              const float* weight = from + i * source.by_output;
              to[i] = bf16_pair(*weight, count > 1 ? weight[source.by_input] : 0.0F);
            }
            break;
          default:
            for (std::int64_t i = 0; i < used; ++i) {
              to[i] = std::bit_cast<std::uint32_t>(from[i * source.by_output]);
            }
        }
      }
    }
  }
  return packed;
}

}  // namespace colonnade::cpu
