// 3x3 convolutions of stride 1 by Winograd's F(4x4, 3x3): a tile of 4 x 4 outputs takes 36 products
// for each pair of channels instead of 144 (Lavin & Gray, Fast Algorithms for Convolutional Neural
// Networks, 2016). Between the two transforms stand 36 matrix products, one for each point of the
// transformed tile, which the direct kernels compute as convolutions of one tap; the transforms
// stand in the same row of conv_kernels().
//
// Sums are taken in another order than the direct kernels': results differ by rounding, about 5e-6
// of the largest for the channels of a PointPillars backbone.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/conv/pack.hpp"
#include "kernels/conv/winograd_transforms.hpp"

namespace colonnade::cpu {

/// U = G g G^T: [point] matrices inputs x outputs, transformed in double.
struct WinogradWeights {
  std::vector<PackedWeights> points;
  Tensor bias;  ///< float32 [outputs]
  std::int64_t inputs = 0, outputs = 0;

  /// Of a tile's inputs at a point, and what they are.
  std::int64_t words() const noexcept { return points.front().words; }
  DType type() const noexcept {
    return points.front().kernel->precision == Precision::bf16 ? DType::bf16 : DType::f32;
  }
};

/// `source`: 3 rows and 3 columns. `bias`: `outputs` values, or null.
WinogradWeights pack_winograd(const ConvKernel& kernel, const WeightSource& source,
                              const float* bias);

}  // namespace colonnade::cpu
