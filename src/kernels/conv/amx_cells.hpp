// Direct convolution by tiles of 16 rows: 32 cells by 32 output channels are four tiles of sums;
// each step along the inputs multiplies two tiles of cells by two of weights. Weights lie as tiles
// want them already: 16 words of a vector's 16 channels are one. Cells are read where they are if
// they lie evenly apart, as neighbours in a map do, else from a copy. Each row of a tile is summed
// in the same order whatever the others are: so is a cell.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels/conv/amx_tiles.hpp"
#include "kernels/conv/run_cells.hpp"

namespace colonnade::cpu {

inline constexpr int kAmxCells = 2 * kAmxRows;
inline constexpr int kAmxVectors = 2;
inline constexpr std::int64_t kAmxChannels = kAmxVectors * kAmxRows;
inline constexpr std::int64_t kAmxTileBytes = kAmxRows * kAmxRowBytes;

/// What both precisions' rows of the table share.
inline ConvKernel amx_shape(Precision precision) {
  ConvKernel kernel;
  kernel.pixels = kAmxCells;
  kernel.vectors = kAmxVectors;
  kernel.lanes = kAmxRows;
  kernel.precision = precision;
  kernel.words = kAmxRows;
  kernel.sums_bytes = 4 * kAmxTileBytes;
  kernel.beats_winograd = true;
  return kernel;
}

/// 16 cells' words under a tap.
struct AmxRows {
  const void* first = nullptr;
  std::int64_t stride = 0;  ///< Bytes.
};

/// A tile's cells; those beyond the last one are the last one again.
struct AmxTileCells {
  std::int64_t y[kAmxRows], x[kAmxRows];
  bool are_neighbours = true;  ///< In a row of the map, from left to right.

  AmxTileCells(const ConvArgs& args, const Cells& cells, std::int64_t first) {
    std::int64_t before = -1;
    for (int i = 0; i < kAmxRows; ++i) {
      const std::int64_t cell = cells[std::min(first + i, cells.count - 1)];
      const bool follows = i > 0 && cell == before + 1 && x[i - 1] + 1 < args.output_width;
      y[i] = follows ? y[i - 1] : cell / args.output_width;
      x[i] = follows ? x[i - 1] + 1 : cell - y[i] * args.output_width;
      are_neighbours &= follows || i == 0;
      before = cell;
    }
  }
};

/// The map's cells (y, x), (y, x + step), ... where they lie, if a tile can be loaded from there:
/// evenly apart, and none across two lines of the cache, which takes several times as long.
inline AmxRows rows_in_place(const ConvArgs& args, std::int64_t y, std::int64_t x,
                             std::int64_t step) {
  if (y < 0 || y >= args.height) return {args.zeros, 0};
  const std::int64_t last = x + (kAmxRows - 1) * step;
  if (x < 0 || last >= args.width) return {};
  const std::int64_t cell = y * args.width + x;
  std::int64_t rows_apart = step;
  if (args.input_rows != nullptr) {
    const std::int32_t* rows = args.input_rows + cell;
    const std::int64_t apart = std::int64_t{rows[step]} - rows[0];
    bool even = (rows[0] < 0) == (rows[(kAmxRows - 1) * step] < 0);
    for (std::int64_t i = 2; i < kAmxRows; ++i) even &= rows[i * step] - rows[0] == i * apart;
    if (!even) return {};
    rows_apart = rows[0] < 0 ? -apart : apart;
  }
  const float* first = input_at(args, cell);
  const std::int64_t stride = rows_apart * args.input_cell * 4;
  const bool aligned = ((reinterpret_cast<std::intptr_t>(first) | stride) % kAmxRowBytes) == 0;
  return aligned ? AmxRows{first, stride} : AmxRows{};
}

/// Whole lines by moves: memcpy of a size that isn't known is a call, as long as a line takes.
inline void copy_words(const float* from, std::int64_t bytes, std::byte* to) {
  const auto* source = reinterpret_cast<const std::byte*>(from);
  std::int64_t done = 0;
  for (; done + kAmxRowBytes <= bytes; done += kAmxRowBytes) {
    std::memcpy(to + done, source + done, kAmxRowBytes);
  }
  if (done < bytes) std::memcpy(to + done, source + done, static_cast<std::size_t>(bytes - done));
}

/// Where a tile's cells are to be read, by tap. `round(from, to)` makes words of a pixel of
/// float32; `copies` takes what isn't read in place.
template <typename Round>
void find_rows(const ConvArgs& args, const AmxTileCells& cells, std::byte* copies, AmxRows* rows,
               Round&& round) {
  const PackedWeights& weights = *args.weights;
  const ConvWindow& w = args.window;
  const bool wide = args.input_type == DType::f32;
  const std::int64_t per_word = weights.kernel->precision == Precision::int8 ? 4 : 2;
  const std::int64_t used = (weights.inputs + per_word - 1) / per_word * 4;  // Bytes.
  const std::int64_t all = weights.words * 4;
  const bool in_place = !wide && used == all && cells.are_neighbours;
  for (std::int64_t ky = 0; ky < w.kernel_h; ++ky) {
    for (std::int64_t kx = 0; kx < w.kernel_w; ++kx, ++rows, copies += kAmxRows * all) {
      const std::int64_t down = ky * w.dilation_h - w.pad_top;
      const std::int64_t right = kx * w.dilation_w - w.pad_left;
      *rows = {};
      if (in_place) {
        *rows = rows_in_place(args, cells.y[0] * w.stride_h + down, cells.x[0] * w.stride_w + right,
                              w.stride_w);
      }
      if (rows->first != nullptr) continue;
      *rows = {copies, all};
      for (int i = 0; i < kAmxRows; ++i) {
        const float* from =
            pixel_at(args, cells.y[i] * w.stride_h + down, cells.x[i] * w.stride_w + right);
        std::byte* to = copies + i * all;
        if (wide) {
          round(from, reinterpret_cast<std::uint32_t*>(to));
        } else {
          copy_words(from, used, to);
        }
        std::memset(to + used, 0, static_cast<std::size_t>(all - used));
      }
    }
  }
}

/// Sums of M tiles of cells by N of channels, at [cell][kAmxChannels]; `rows` by tile and tap.
/// BF16's start at the bias.
template <typename Kernel, int M, int N>
void multiply_tiles(typename Kernel::Tiles& tiles, const AmxRows* rows, const TileArgs& call,
                    void* sums) {
  // Tiles 0 to 3 are sums, 4 and 5 cells, 6 and 7 weights.
  const auto start = [&](auto sum, auto channels) {
    if constexpr (Kernel::kPrecision == Precision::bf16) {
      tiles.template load<sum()>(call.bias + channels() * kAmxRows, 0);
    } else {
      tiles.template zero<sum()>();
    }
  };
  const auto add = [&](auto sum, auto cells, auto channels) {
    if constexpr (Kernel::kPrecision == Precision::bf16) {
      tiles.template add_bf16<sum(), cells(), channels()>();
    } else {
      tiles.template add_int8<sum(), cells(), channels()>();
    }
  };
  using std::integral_constant;
  constexpr integral_constant<int, 0> k0;
  constexpr integral_constant<int, 1> k1;
  constexpr integral_constant<int, 2> k2;
  constexpr integral_constant<int, 3> k3;
  constexpr integral_constant<int, 4> k4;
  constexpr integral_constant<int, 5> k5;
  constexpr integral_constant<int, 6> k6;
  constexpr integral_constant<int, 7> k7;
  start(k0, k0);
  if constexpr (N > 1) start(k1, k1);
  if constexpr (M > 1) start(k2, k0);
  if constexpr (M > 1 && N > 1) start(k3, k1);
  const auto* weights = reinterpret_cast<const std::byte*>(call.weights);
  constexpr std::int64_t kWeightRow = N * kAmxRowBytes;
  const std::int64_t bytes = call.inputs * 4;
  for (std::int64_t tap = 0; tap < call.taps; ++tap) {
    const AmxRows first = rows[tap], second = rows[M > 1 ? call.taps + tap : tap];
    for (std::int64_t at = 0; at < bytes; at += kAmxRowBytes, weights += N * kAmxTileBytes) {
      tiles.template load<6>(weights, kWeightRow);
      tiles.template load<4>(static_cast<const std::byte*>(first.first) + at, first.stride);
      add(k0, k4, k6);
      if constexpr (N > 1) {
        tiles.template load<7>(weights + kAmxRowBytes, kWeightRow);
        add(k1, k4, k7);
      }
      if constexpr (M > 1) {
        tiles.template load<5>(static_cast<const std::byte*>(second.first) + at, second.stride);
        add(k2, k5, k6);
      }
      if constexpr (M > 1 && N > 1) add(k3, k5, k7);
    }
  }
  constexpr std::int64_t kSumsRow = kAmxVectors * kAmxRowBytes;
  auto* to = static_cast<std::byte*>(sums);
  tiles.template store<0>(to, kSumsRow);
  if constexpr (N > 1) tiles.template store<1>(to + kAmxRowBytes, kSumsRow);
  to += kAmxRows * kSumsRow;
  if constexpr (M > 1) tiles.template store<2>(to, kSumsRow);
  if constexpr (M > 1 && N > 1) tiles.template store<3>(to + kAmxRowBytes, kSumsRow);
}

template <typename Kernel>
void multiply_group(typename Kernel::Tiles& tiles, int tiles_of_cells, const AmxRows* rows,
                    const TileArgs& call, void* sums) {
  if (tiles_of_cells > 1) {
    return call.vectors > 1 ? multiply_tiles<Kernel, 2, 2>(tiles, rows, call, sums)
                            : multiply_tiles<Kernel, 2, 1>(tiles, rows, call, sums);
  }
  return call.vectors > 1 ? multiply_tiles<Kernel, 1, 2>(tiles, rows, call, sums)
                          : multiply_tiles<Kernel, 1, 1>(tiles, rows, call, sums);
}

/// ConvKernel::compute. `Kernel` has `Tiles` (amx_tiles.hpp's contract), its precision,
/// `round(weights, from, to)`, which makes words of a pixel of float32, and `finish(call, cells,
/// sums)`, which writes so many of a call's cells.
template <typename Kernel>
void run_amx_cells(const ConvArgs& args, const Cells& cells, std::int64_t block_begin,
                   std::int64_t block_end, void* scratch) {
  const PackedWeights& weights = *args.weights;
  auto* sums = static_cast<std::byte*>(scratch);
  std::byte* copies = sums + weights.kernel->sums_bytes;
  const std::int64_t tile_copies = kAmxRows * weights.taps * weights.words * 4;
  auto* rows = reinterpret_cast<AmxRows*>(copies + 2 * tile_copies);
  float* outputs[kAmxCells];
  typename Kernel::Tiles tiles;
  // All blocks of a group after each other: its cells stay in the first cache.
  for (std::int64_t first = 0; first < cells.count; first += kAmxCells) {
    const auto count = static_cast<int>(std::min<std::int64_t>(kAmxCells, cells.count - first));
    const int tiles_of_cells = count > kAmxRows ? 2 : 1;
    for (int tile = 0; tile < tiles_of_cells; ++tile) {
      const AmxTileCells of_tile(args, cells, first + tile * kAmxRows);
      find_rows(args, of_tile, copies + tile * tile_copies, rows + tile * weights.taps,
                [&](const float* from, std::uint32_t* to) { Kernel::round(weights, from, to); });
      for (int i = tile * kAmxRows; i < std::min(count, (tile + 1) * kAmxRows); ++i) {
        outputs[i] = output_at(args, of_tile.y[i % kAmxRows], of_tile.x[i % kAmxRows]) +
                     first_word(args, block_begin);
      }
    }
    for (std::int64_t block = block_begin; block < block_end; ++block) {
      TileArgs call = block_args(args, block);
      call.outputs = outputs;
      multiply_group<Kernel>(tiles, tiles_of_cells, rows, call, sums);
      Kernel::finish(call, count, sums);
      for (int i = 0; i < count; ++i) outputs[i] += first_word(args, 1);
    }
  }
}

}  // namespace colonnade::cpu
