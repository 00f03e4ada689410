// A planned 3x3 convolution by Winograd's algorithm: tiles -> 36 matrices -> products -> tiles.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "backends/cpu/active/mask.hpp"
#include "backends/cpu/share.hpp"
#include "kernels/conv/winograd.hpp"

#include "colonnade/executor.hpp"

namespace colonnade::cpu {

/// Memory of a run, beyond the maps.
struct WinogradMemory {
  /// At least winograd_floats of the weights, and winograd_task_floats for each thread.
  std::span<float> matrices;
  ThreadScratch scratch;  ///< conv_scratch_bytes of a point's weights each.
};

/// Floats of matrices that the threads share: for as many tiles as a cache holds, and one at least.
std::int64_t winograd_floats(const WinogradWeights& weights);
/// Or those of each thread, where the weights leave room for them in a core's own cache.
std::int64_t winograd_task_floats(const WinogradWeights& weights);

/// Tiles of a map of that size.
std::int64_t winograd_tiles(std::int64_t height, std::int64_t width);

/// `args` as for conv_cells but for the weights; window 3x3, stride 1. `output_height` rows of
/// args.output_width. `tiles`: numbers of the tiles to compute, of ceil(output_width / 4) a row.
/// `active`: the cells to write; null: all of the map.
void convolve_winograd(const ConvArgs& args, const WinogradWeights& weights,
                       std::int64_t output_height, std::span<const std::int32_t> tiles,
                       const CellMask* active, const WinogradMemory& memory, Executor& threads);

/// The tiles that hold a cell of the mask (all: null), ascending. `tiles` has room for all.
void list_tiles(std::int64_t height, std::int64_t width, const CellMask* active,
                std::vector<std::int32_t>& tiles);

}  // namespace colonnade::cpu
