// 3x3 convolutions of stride 1 by Winograd's F(4x4, 3x3): a tile of 4 x 4 outputs takes 36 products
// for each pair of channels instead of 144 (Lavin & Gray, Fast Algorithms for Convolutional Neural
// Networks, 2016). Between the two transforms stand 36 matrix products, one for each point of the
// transformed tile, which the direct kernels compute as convolutions of one tap.
//
// Sums are taken in another order than the direct kernels': results differ by rounding, about 5e-6
// of the largest for the channels of a PointPillars backbone.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/conv/pack.hpp"

namespace colonnade::cpu {

inline constexpr std::int64_t kTileOutputs = 4;  ///< Along each axis.
inline constexpr std::int64_t kTileInputs = 6;
inline constexpr std::int64_t kTilePoints = kTileInputs * kTileInputs;

/// U = G g G^T: [point] matrices inputs x outputs, transformed in double.
struct WinogradWeights {
  std::vector<PackedWeights> points;
  Tensor bias;  ///< float32 [outputs]
  std::int64_t inputs = 0, outputs = 0;
};

/// `source`: 3 rows and 3 columns. `bias`: `outputs` values, or null.
WinogradWeights pack_winograd(const ConvKernel& kernel, const WeightSource& source,
                              const float* bias);

/// V = B^T d B of one tile, for each of `channels`. `pixels`: [6][6] cells of the input;
/// `to`: point p's channels at to + p * point.
using TransformInput = void (*)(const float* const* pixels, std::int64_t channels, float* to,
                                std::int64_t point);

/// Y = A^T m A + bias of one tile, for each of `channels`. `outputs`: [4][4] cells of the output,
/// null where the cell isn't to be written.
using TransformOutput = void (*)(const float* from, std::int64_t point, std::int64_t channels,
                                 const float* bias, bool relu, float* const* outputs);

struct WinogradKernel {
  TransformInput input = nullptr;
  TransformOutput output = nullptr;
};

/// The transforms for what `isa` allows; each fits any row of conv_kernels().
WinogradKernel winograd_kernel(Isa isa);

}  // namespace colonnade::cpu
