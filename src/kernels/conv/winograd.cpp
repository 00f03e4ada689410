#include <algorithm>
#include <array>

#include "kernels/conv/winograd.hpp"

namespace colonnade::cpu {
namespace {

constexpr double G[kTileInputs][3] = {
    {1.0 / 4, 0, 0},
    {-1.0 / 6, -1.0 / 6, -1.0 / 6},
    {-1.0 / 6, 1.0 / 6, -1.0 / 6},
    {1.0 / 24, 1.0 / 12, 1.0 / 6},
    {1.0 / 24, -1.0 / 12, 1.0 / 6},
    {0, 0, 1},
};

}  // namespace

WinogradWeights pack_winograd(const ConvKernel& kernel, const WeightSource& source,
                              const float* bias) {
  const std::int64_t pairs = source.outputs * source.inputs;
  std::array<Tensor, static_cast<std::size_t>(kTilePoints)> points;  // [outputs][inputs]
  for (Tensor& point : points) point = Tensor(DType::f32, {pairs});
  for (std::int64_t pair = 0; pair < pairs; ++pair) {
    const float* g = source.data + source.offset + pair / source.inputs * source.by_output +
                     pair % source.inputs * source.by_input;
    double half[kTileInputs][3] = {};  // G g
    for (int i = 0; i < kTileInputs; ++i) {
      for (int x = 0; x < 3; ++x) {
        for (int y = 0; y < 3; ++y) {
          half[i][x] += G[i][y] * g[y * source.by_row + x * source.by_column];
        }
      }
    }
    for (int i = 0; i < kTileInputs; ++i) {
      for (int j = 0; j < kTileInputs; ++j) {
        double sum = 0;
        for (int x = 0; x < 3; ++x) sum += half[i][x] * G[j][x];
        points[static_cast<std::size_t>(i * kTileInputs + j)].as<float>()[pair] =
            static_cast<float>(sum);
      }
    }
  }
  WinogradWeights result;
  result.inputs = source.inputs;
  result.outputs = source.outputs;
  result.bias = Tensor(DType::f32, {source.outputs});
  if (bias != nullptr) std::copy_n(bias, source.outputs, result.bias.as<float>());
  for (const Tensor& point : points) {
    WeightSource own;
    own.data = point.as<float>();
    own.outputs = source.outputs;
    own.inputs = source.inputs;
    own.by_output = source.inputs;
    own.by_input = 1;
    result.points.push_back(pack_weights(kernel, own, nullptr));
  }
  return result;
}

}  // namespace colonnade::cpu
