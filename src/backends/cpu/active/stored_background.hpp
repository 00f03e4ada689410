// Backgrounds as tensors: what a program found once, for another to begin with.
#pragma once

#include <span>
#include <vector>

#include "backends/cpu/active/active_plan.hpp"
#include "backends/cpu/active/background.hpp"

namespace colonnade::cpu {

/// More bytes of vectors than this aren't stored: maps behind transposed convolutions have a vector
/// for every phase and distance from the border, and are found from smaller ones soon enough.
inline constexpr std::size_t kMostStoredBytes = std::size_t{1} << 20;

/// Two of each map: int32 [runs, 2], a vector's number and how many cells in a row have it; then
/// the vectors. Both without elements: of too many vectors.
std::vector<Tensor> to_tensors(std::span<const Background> backgrounds);

/// Error(format) unless `tensors` are such and fit `maps`: the file that they come from may hold
/// anything.
LazyBackgrounds::Known to_backgrounds(std::span<const Tensor> tensors,
                                      std::span<const ActiveMap> maps);

}  // namespace colonnade::cpu
