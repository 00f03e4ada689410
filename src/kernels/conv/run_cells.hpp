// What every convolution kernel does around its register tile: where cells and their windows lie,
// which block of channels meets which group of cells. No instruction set of its own.
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "kernels/conv/cpu.hpp"

namespace colonnade::cpu {

/// One call of a register tile: `kPixels` cells by up to a block of output channels.
struct TileArgs {
  const float* const* pixels = nullptr;   ///< [tap][kPixels]: the input cell under each tap.
  std::int64_t taps = 0, inputs = 0;      ///< `inputs` counts words.
  const float* weights = nullptr;         ///< [tap][input][vectors * lanes] words
  const float* bias = nullptr;            ///< [vectors * lanes]
  const float* scale = nullptr;           ///< Likewise, of INT8.
  const float* output_inverse = nullptr;  ///< [channels], of u8.
  bool relu = false;
  DType output_type = DType::f32;   ///< f32, bf16 or u8.
  float* const* outputs = nullptr;  ///< [kPixels]: where each cell's first channel goes.
  std::int64_t vectors = 0;
  std::int64_t last = 0;  ///< Channels of the last vector that exist.
};

/// The input's cell as an address: all cells are stored, or rows of some.
inline const float* input_at(const ConvArgs& args, std::int64_t cell) {
  const std::int64_t row = args.input_rows == nullptr ? cell : args.input_rows[cell];
  if (row < 0) return args.background + ~row * args.input_cell;
  return args.input + (row * args.input_cell - args.input_skip);
}

/// What a window reads there: zeros outside of the map.
inline const float* pixel_at(const ConvArgs& args, std::int64_t y, std::int64_t x) {
  const bool inside = y >= 0 && y < args.height && x >= 0 && x < args.width;
  return inside ? input_at(args, y * args.width + x) : args.zeros;
}

inline float* output_at(const ConvArgs& args, std::int64_t y, std::int64_t x) {
  const std::int64_t at = y * args.output_row + x * args.output_cell;
  if (args.output_rows == nullptr) return args.output + (at - args.output_skip);
  return args.output + (args.output_rows[at] * args.output_pitch - args.output_skip);
}

/// In scratch: pixels[group][tap][kPixels], outputs[group][kPixels], then a row that takes what the
/// last group computes beyond the last cell.
template <int kPixels>
void locate(const ConvArgs& args, const Cells& cells, const float** pixels, float** outputs,
            float* nowhere) {
  const ConvWindow& w = args.window;
  const std::int64_t taps = args.weights->taps;
  const std::int64_t groups = (cells.count + kPixels - 1) / kPixels;
  std::int64_t y = cells[0] / args.output_width;  // The next cell is near: no division for each.
  for (std::int64_t i = 0; i < groups * kPixels; ++i) {
    const std::int64_t cell = cells[std::min(i, cells.count - 1)];
    while (cell >= (y + 1) * args.output_width) ++y;
    while (cell < y * args.output_width) --y;
    const std::int64_t x = cell - y * args.output_width;
    const float** pixel = pixels + i / kPixels * taps * kPixels + i % kPixels;
    for (std::int64_t ky = 0; ky < w.kernel_h; ++ky) {
      const std::int64_t iy = y * w.stride_h - w.pad_top + ky * w.dilation_h;
      for (std::int64_t kx = 0; kx < w.kernel_w; ++kx, pixel += kPixels) {
        const std::int64_t ix = x * w.stride_w - w.pad_left + kx * w.dilation_w;
        *pixel = pixel_at(args, iy, ix);
      }
    }
    outputs[i] = i < cells.count ? output_at(args, y, x) : nowhere;
  }
}

/// Whether cells are rows of a matrix, read and written one for one: Winograd's products.
inline bool are_rows(const ConvArgs& args, const Cells& cells) {
  return cells.list == nullptr && args.height == 1 && args.output_width == args.width &&
         args.input_rows == nullptr && args.output_rows == nullptr && args.window == ConvWindow{};
}

/// locate() of those: few products follow for each, and finding a cell takes as long as some.
template <int kPixels>
void locate_rows(const ConvArgs& args, const Cells& cells, const float** pixels, float** outputs,
                 float* nowhere) {
  const std::int64_t padded = (cells.count + kPixels - 1) / kPixels * kPixels;
  const float* input = args.input + (cells.first * args.input_cell - args.input_skip);
  float* output = args.output + (cells.first * args.output_cell - args.output_skip);
  for (std::int64_t i = 0; i < cells.count; ++i) {
    pixels[i] = input + i * args.input_cell;
    outputs[i] = output + i * args.output_cell;
  }
  std::fill(pixels + cells.count, pixels + padded, pixels[cells.count - 1]);
  std::fill(outputs + cells.count, outputs + padded, nowhere);
}

/// Where a cell of the output has a block's first channel.
inline std::int64_t first_word(const ConvArgs& args, std::int64_t block) {
  return block * args.weights->block / channels_a_word(args.output_type);
}

/// run(integral_constant): a tile's vectors, 1 to kMost, as a constant.
template <int kMost, typename Run>
void with_vectors(std::int64_t vectors, Run&& run) {
  if constexpr (kMost > 1) {
    if (vectors < kMost) return with_vectors<kMost - 1>(vectors, run);
  }
  run(std::integral_constant<int, kMost>());
}

/// All of a tile's call that depends on its block only.
inline TileArgs block_args(const ConvArgs& args, std::int64_t block) {
  const PackedWeights& weights = *args.weights;
  const std::int64_t lanes = weights.lanes;
  const std::int64_t padded = (weights.outputs + lanes - 1) / lanes * lanes;
  const std::int64_t first = block * weights.block;
  const std::int64_t width = std::min(weights.block, padded - first);
  const std::int64_t channels = std::min(width, weights.outputs - first);
  TileArgs call;
  call.taps = weights.taps;
  call.inputs = weights.words;
  call.relu = args.relu;
  call.output_type = args.output_type;
  call.vectors = width / lanes;
  call.last = channels - (width - lanes);
  call.weights = reinterpret_cast<const float*>(weights.data.as<std::uint32_t>()) +
                 first * weights.taps * weights.words;
  call.bias = weights.bias.as<float>() + first;
  if (args.output_inverse != nullptr) call.output_inverse = args.output_inverse + first;
  if (weights.scale) call.scale = weights.scale.as<float>() + first;
  return call;
}

/// ConvKernel::compute with `tile(const TileArgs&)`.
template <int kPixels, typename Tile>
void run_cells(const ConvArgs& args, const Cells& cells, std::int64_t block_begin,
               std::int64_t block_end, void* scratch, Tile&& tile) {
  const PackedWeights& weights = *args.weights;
  const std::int64_t groups = (cells.count + kPixels - 1) / kPixels;
  float* nowhere = static_cast<float*>(scratch);
  const float** pixels = reinterpret_cast<const float**>(nowhere + weights.block);
  float** outputs = const_cast<float**>(pixels) + groups * kPixels * weights.taps;
  if (are_rows(args, cells)) {
    locate_rows<kPixels>(args, cells, pixels, outputs, nowhere);
  } else {
    locate<kPixels>(args, cells, pixels, outputs, nowhere);
  }
  for (std::int64_t block = block_begin; block < block_end; ++block) {
    TileArgs call = block_args(args, block);
    const std::int64_t word = first_word(args, block);
    for (std::int64_t group = 0; group < groups; ++group) {
      float* to[kPixels];
      for (int p = 0; p < kPixels; ++p) {
        float* row = outputs[group * kPixels + p];
        to[p] = row == nowhere ? nowhere : row + word;
      }
      call.pixels = pixels + group * kPixels * weights.taps;
      call.outputs = to;
      tile(call);
    }
  }
}

}  // namespace colonnade::cpu
