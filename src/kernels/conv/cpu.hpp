// Direct convolution over a list of output cells, channels-last, with bias and ReLU fused.
//
// A cell is a position of the output map; its value is the sum over taps, then input channels, in
// that order, whatever other cells are computed beside it and by whichever thread: a run over a
// part of the map equals the same part of a run over the whole, bit for bit.
#pragma once

#include <cstdint>

#include "base/dtype.hpp"
#include "kernels/conv/pack.hpp"
#include "kernels/window.hpp"

namespace colonnade::cpu {

/// The kernel's window on a [height, width] map. Taps outside of the map read zero.
struct ConvWindow {
  std::int64_t kernel_h = 1, kernel_w = 1;
  std::int64_t stride_h = 1, stride_w = 1;
  std::int64_t dilation_h = 1, dilation_w = 1;
  std::int64_t pad_top = 0, pad_left = 0;

  friend bool operator==(const ConvWindow&, const ConvWindow&) = default;
};

/// The last two axes of a resolved window.
inline ConvWindow conv_window(const SpatialWindow& window) {
  const WindowAxis& y = window.height();
  const WindowAxis& x = window.width();
  return {y.kernel, x.kernel, y.stride, x.stride, y.dilation, x.dilation, y.pad_begin, x.pad_begin};
}

/// Where the cells of a map lie of which some are stored only, in rows. By cell of the map: r for
/// row r, or ~v for the v-th of the vectors that all other cells share.
using CellRows = const std::int32_t*;

/// Channels of a map in a word of four bytes: one of float32, two of BF16, four of INT8.
constexpr std::int64_t channels_a_word(DType type) noexcept {
  return type == DType::u8 ? 4 : type == DType::bf16 ? 2 : 1;
}

/// One image. Strides count words of four bytes, so that input and output may be channel slices of
/// wider maps. A map of BF16 is, to all who only copy, cut or find its cells, a map of half as many
/// floats; one of INT8, of a quarter.
struct ConvArgs {
  const float* input = nullptr;
  std::int64_t height = 0, width = 0;  ///< Of the input.
  std::int64_t input_cell = 0;         ///< From a cell to the next; rows follow without gaps.
  CellRows input_rows = nullptr;  ///< If given: `input` holds its rows, `background` its vectors.
  const float* background = nullptr;
  ConvWindow window;
  const PackedWeights* weights = nullptr;
  float* output = nullptr;
  std::int64_t output_width = 0;                 ///< Cell c is row c / output_width.
  std::int64_t output_cell = 0, output_row = 0;  ///< From a cell to its right and lower neighbour.
  CellRows output_rows = nullptr;  ///< If given: steps through it are output_cell and output_row,
  std::int64_t output_pitch = 0;   ///< and `output`'s rows are so many floats apart.
  /// Where only a band of a map or of its rows is there: floats of the whole before the band.
  std::int64_t input_skip = 0, output_skip = 0;
  /// f32. A kernel of a reduced precision also reads its own type, and writes both of them; of
  /// whole words of channels.
  DType input_type = DType::f32, output_type = DType::f32;
  const float* output_inverse = nullptr;  ///< Of u8 outputs, by channel: 1 / scale.
  bool relu = false;
  const float* zeros = nullptr;  ///< weights->inputs zeros: what taps outside of the map read.
};

/// list[first, first + count), or the cells first .. first + count - 1 where there is no list.
struct Cells {
  const std::int32_t* list = nullptr;
  std::int64_t first = 0, count = 0;

  std::int64_t operator[](std::int64_t i) const noexcept {
    return list == nullptr ? first + i : list[first + i];
  }
};

/// Cells that one task computes: enough to reuse a block of weights from L2, few enough to balance.
inline constexpr std::int64_t kConvChunk = 96;

/// Bytes that conv_cells needs for up to `cells` cells at once. One such block a thread.
std::int64_t conv_scratch_bytes(const PackedWeights& weights, std::int64_t cells);

/// Computes the blocks [block_begin, block_end) of output channels at the cells.
/// `scratch`: conv_scratch_bytes(*args.weights, cells.count), 64-byte aligned.
void conv_cells(const ConvArgs& args, const Cells& cells, std::int64_t block_begin,
                std::int64_t block_end, void* scratch);

}  // namespace colonnade::cpu
