// What Winograd's F(4x4, 3x3) does to a tile before and after its products (winograd.hpp).
#pragma once

#include <cstdint>

#include "base/dtype.hpp"
#include "base/isa.hpp"

namespace colonnade::cpu {

inline constexpr std::int64_t kTileOutputs = 4;  ///< Along each axis.
inline constexpr std::int64_t kTileInputs = 6;
inline constexpr std::int64_t kTilePoints = kTileInputs * kTileInputs;

/// Polynomials are taken at 0, +-near, +-far and infinity: in float32 at 1 and 2, which cost its
/// transforms no rounding; in BF16 at those of the fractions with small denominators that magnify
/// the products' rounding least, 0.4 times as much (docs/precision.md).
inline constexpr float kNearPoint = 0.625F, kFarPoint = 1.5F;

/// V = B^T d B of one tile, for each channel.
struct TileInput {
  const float* const* pixels = nullptr;  ///< [6][6] cells of the input.
  DType type = DType::f32;               ///< Of the cells: f32, or what the kernel multiplies.
  std::int64_t channels = 0;
  float* to = nullptr;     ///< Point p's channels, in words of the kernel's type, at
  std::int64_t point = 0;  ///< to + p * point.
};
using TransformInput = void (*)(const TileInput& tile);

/// Y = A^T m A + bias of one tile, for each channel.
struct TileOutput {
  const float* from = nullptr;  ///< Point p's channels, float32, at from + p * point.
  std::int64_t point = 0;
  std::int64_t channels = 0;
  const float* bias = nullptr;
  bool relu = false;
  float* const* outputs = nullptr;        ///< [4][4] cells; null where one isn't to be written.
  DType type = DType::f32;                ///< Of those, as of ConvArgs.
  const float* output_inverse = nullptr;  ///< Of u8.
};
using TransformOutput = void (*)(const TileOutput& tile);

struct WinogradTransforms {
  TransformInput input = nullptr;
  TransformOutput output = nullptr;
};

/// Float32's, for what `isa` allows on this machine.
WinogradTransforms winograd_transforms(Isa isa);

}  // namespace colonnade::cpu
