// What Winograd's F(4x4, 3x3) does to a tile before and after its products (winograd.hpp).
#pragma once

#include <cstdint>

#include "base/isa.hpp"

namespace colonnade::cpu {

inline constexpr std::int64_t kTileOutputs = 4;  ///< Along each axis.
inline constexpr std::int64_t kTileInputs = 6;
inline constexpr std::int64_t kTilePoints = kTileInputs * kTileInputs;

/// V = B^T d B of one tile, for each of `channels`. `pixels`: [6][6] cells of the input;
/// `to`: point p's channels at to + p * point.
using TransformInput = void (*)(const float* const* pixels, std::int64_t channels, float* to,
                                std::int64_t point);

/// Y = A^T m A + bias of one tile, for each of `channels`. `outputs`: [4][4] cells of the output,
/// null where the cell isn't to be written.
using TransformOutput = void (*)(const float* from, std::int64_t point, std::int64_t channels,
                                 const float* bias, bool relu, float* const* outputs);

struct WinogradTransforms {
  TransformInput input = nullptr;
  TransformOutput output = nullptr;
};

/// Those for what `isa` allows on this machine.
WinogradTransforms winograd_transforms(Isa isa);

}  // namespace colonnade::cpu
