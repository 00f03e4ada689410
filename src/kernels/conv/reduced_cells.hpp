// What kernels of a reduced precision share: run_cells, with pixels that lie there as float32
// rounded on the way.
#pragma once

#include <cstdint>

#include "kernels/conv/run_cells.hpp"

namespace colonnade::cpu {

/// ConvKernel::compute with `tile(const TileArgs&)`, whose pixels are words of the kernel's type.
/// `round(from, count, to)` makes such words of `count` floats; what is left of the last is zero.
template <int kPixels, typename Round, typename Tile>
void run_reduced_cells(const ConvArgs& args, const Cells& cells, std::int64_t block_begin,
                       std::int64_t block_end, void* scratch, Round&& round, Tile&& tile) {
  if (args.input_type != DType::f32) {
    return run_cells<kPixels>(args, cells, block_begin, block_end, scratch, tile);
  }
  const PackedWeights& weights = *args.weights;
  auto** pixels = static_cast<const float**>(scratch);
  auto* words = reinterpret_cast<std::uint32_t*>(pixels + kPixels * weights.taps);
  void* rest = words + kPixels * weights.taps * weights.words;
  run_cells<kPixels>(args, cells, block_begin, block_end, rest, [&](TileArgs call) {
    std::uint32_t* to = words;
    for (std::int64_t i = 0; i < kPixels * weights.taps; ++i, to += weights.words) {
      round(call.pixels[i], weights.inputs, to);
      pixels[i] = reinterpret_cast<const float*>(to);
    }
    call.pixels = pixels;
    tile(call);
  });
}

/// The same of INT8: `quantize(from, count, inverse, to)` with the inverse scales of the inputs.
template <int kPixels, typename Quantize, typename Tile>
void run_int8_cells(const ConvArgs& args, const Cells& cells, std::int64_t block_begin,
                    std::int64_t block_end, void* scratch, Quantize&& quantize, Tile&& tile) {
  const auto* inverse = args.weights->input_inverse.as<float>();
  run_reduced_cells<kPixels>(
      args, cells, block_begin, block_end, scratch,
      [&](const float* from, std::int64_t count, std::uint32_t* to) {
        quantize(from, count, inverse, to);
      },
      tile);
}

/// Scratch of run_reduced_cells beyond run_cells', a multiple of pointers.
inline std::int64_t reduced_scratch_bytes(const PackedWeights& weights, std::int64_t pixels) {
  const std::int64_t words = (weights.words + 1) / 2 * 2 * 4;
  return pixels * weights.taps * (static_cast<std::int64_t>(sizeof(float*)) + words) + 8;
}

}  // namespace colonnade::cpu
