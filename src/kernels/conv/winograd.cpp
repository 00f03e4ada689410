#include <algorithm>
#include <cmath>
#include <iterator>
#include <memory>
#include <vector>

#include "kernels/conv/winograd.hpp"

namespace colonnade::cpu {
namespace {

struct Matrix {
  double rows[kTileInputs][3];
};

// G: a kernel's polynomial at each point, over what B^T leaves there.
Matrix kernel_transform(double near, double far) {
  const double points_at[] = {0, near, -near, far, -far};
  Matrix g{};
  for (std::size_t i = 0; i < std::size(points_at); ++i) {
    double product = 1;
    for (std::size_t j = 0; j < std::size(points_at); ++j) {
      if (j != i) product *= points_at[i] - points_at[j];
    }
    for (int k = 0; k < 3; ++k) g.rows[i][k] = std::pow(points_at[i], k) / product;
  }
  g.rows[kTileInputs - 1][2] = 1;  // Infinity: the highest coefficient.
  return g;
}

}  // namespace

WinogradWeights pack_winograd(const ConvKernel& kernel, const WeightSource& source,
                              const float* bias) {
  const bool narrow = kernel.precision == Precision::bf16;
  const auto [G] = narrow ? kernel_transform(kNearPoint, kFarPoint) : kernel_transform(1, 2);
  const auto outputs = static_cast<std::size_t>(source.outputs);
  Tensor points(DType::f32, {kTilePoints, source.inputs, source.outputs});
  const auto point = [&](std::size_t k) {
    return points.as<float>() + static_cast<std::int64_t>(k) * source.inputs * source.outputs;
  };
  // Loops run over an input's outputs: the kernels of a few inputs are lines that a cache keeps.
  std::vector<double> taps(9 * outputs), halves(3 * outputs);
  for (std::int64_t input = 0; input < source.inputs; ++input) {
    const float* from = source.data + source.offset + input * source.by_input;
    for (std::int64_t y = 0; y < 3; ++y) {
      for (std::int64_t x = 0; x < 3; ++x) {
        double* tap = taps.data() + static_cast<std::size_t>(3 * y + x) * outputs;
        const float* g = from + y * source.by_row + x * source.by_column;
        for (std::size_t o = 0; o < outputs; ++o, g += source.by_output) tap[o] = *g;
      }
    }
    for (std::size_t i = 0; i < kTileInputs; ++i) {
      for (std::size_t x = 0; x < 3; ++x) {  // A row of G g.
        const double *g0 = taps.data() + x * outputs, *g1 = g0 + 3 * outputs,
                     *g2 = g1 + 3 * outputs;
        double* half = halves.data() + x * outputs;
        for (std::size_t o = 0; o < outputs; ++o) {
          half[o] = G[i][0] * g0[o] + G[i][1] * g1[o] + G[i][2] * g2[o];
        }
      }
      const double *h0 = halves.data(), *h1 = h0 + outputs, *h2 = h1 + outputs;
      for (std::size_t j = 0; j < kTileInputs; ++j) {
        float* to = point(i * kTileInputs + j) + input * source.outputs;
        for (std::size_t o = 0; o < outputs; ++o) {
          to[o] = static_cast<float>(h0[o] * G[j][0] + h1[o] * G[j][1] + h2[o] * G[j][2]);
        }
      }
    }
  }
  WinogradWeights result;
  result.inputs = source.inputs;
  result.outputs = source.outputs;
  result.bias = Tensor(DType::f32, {source.outputs});
  if (bias != nullptr) std::copy_n(bias, source.outputs, result.bias.as<float>());
  WeightSource own;
  own.outputs = source.outputs;
  own.inputs = source.inputs;
  own.by_output = 1;
  own.by_input = source.outputs;
  // All points' in one block, so that its pages are large ones.
  const Shape packed = packed_shape(kernel, own);
  const auto block =
      std::make_shared<Tensor>(DType::u32, Shape{kTilePoints, packed[0], packed[1], packed[2]});
  for (std::size_t k = 0; k < kTilePoints; ++k) {
    own.data = point(k);
    auto* place = block->as<std::uint32_t>() + static_cast<std::int64_t>(k) * packed.elements();
    result.points.push_back(
        pack_weights(kernel, own, nullptr, {}, Tensor(DType::u32, packed, block, place)));
  }
  return result;
}

}  // namespace colonnade::cpu
