// What the BF16 kernels share: run_cells, with pixels that lie there as float32 rounded on the way.
#pragma once

#include <cstdint>

#include "kernels/conv/bf16.hpp"
#include "kernels/conv/run_cells.hpp"

namespace colonnade::cpu {

/// Rounds `count` floats to (count + 1) / 2 words of BF16; an odd one's other half is zero.
using RoundToBf16 = void (*)(const float* from, std::int64_t count, std::uint32_t* to);

/// ConvKernel::compute with `tile(const TileArgs&)`, whose pixels are words of BF16.
template <int kPixels, typename Tile>
void run_bf16_cells(const ConvArgs& args, const Cells& cells, std::int64_t block_begin,
                    std::int64_t block_end, void* scratch, RoundToBf16 round, Tile&& tile) {
  if (args.input_type == DType::bf16) {
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

/// Scratch of it beyond run_cells', a multiple of pointers.
inline std::int64_t bf16_scratch_bytes(const PackedWeights& weights, std::int64_t pixels) {
  const std::int64_t words = (weights.words + 1) / 2 * 2 * 4;
  return pixels * weights.taps * (static_cast<std::int64_t>(sizeof(float*)) + words) + 8;
}

}  // namespace colonnade::cpu
