// Winograd's transforms around emulated products of BF16, as matrices are multiplied on paper.
#include "kernels/conv/bf16.hpp"
#include "kernels/conv/bf16_kernels.hpp"
#include "kernels/conv/store_plainly.hpp"

namespace colonnade::cpu {
namespace {

constexpr float A = kNearPoint, B = kFarPoint, AA = A * A, BB = B * B;

constexpr float kInput[kTileInputs][kTileInputs] = {
    {AA * BB, 0, -AA - BB, 0, 1, 0},  //
    {0, -A* BB, -BB, A, 1, 0},        //
    {0, A* BB, -BB, -A, 1, 0},        //
    {0, -B* AA, -AA, B, 1, 0},        //
    {0, B* AA, -AA, -B, 1, 0},        //
    {0, AA* BB, 0, -AA - BB, 0, 1},
};
constexpr float kOutput[kTileOutputs][kTileInputs] = {
    {1, 1, 1, 1, 1, 0},
    {0, A, -A, B, -B, 0},
    {0, AA, AA, BB, BB, 0},
    {0, AA* A, -AA* A, BB* B, -BB* B, 1},
};

// M from M^T x M.
template <std::int64_t kRows>
void transform(const float (&matrix)[kRows][kTileInputs],
               const float (&tile)[kTileInputs][kTileInputs], float (&result)[kRows][kRows]) {
  for (std::int64_t i = 0; i < kRows; ++i) {
    float row[kTileInputs] = {};
    for (std::int64_t x = 0; x < kTileInputs; ++x) {
      for (std::int64_t y = 0; y < kTileInputs; ++y) row[x] += matrix[i][y] * tile[y][x];
    }
    for (std::int64_t j = 0; j < kRows; ++j) {
      result[i][j] = 0;
      for (std::int64_t x = 0; x < kTileInputs; ++x) result[i][j] += matrix[j][x] * row[x];
    }
  }
}

std::uint16_t half_at(const float* words, std::int64_t channel) {
  std::uint16_t half = 0;
  std::memcpy(&half, reinterpret_cast<const std::byte*>(words) + channel * 2, sizeof(half));
  return half;
}

void input(const TileInput& tile) {
  for (std::int64_t c = 0; c < (tile.channels + 1) / 2 * 2; ++c) {
    float d[kTileInputs][kTileInputs] = {}, v[kTileInputs][kTileInputs];
    for (std::int64_t p = 0; p < kTilePoints && c < tile.channels; ++p) {
      const float* pixel = tile.pixels[p];
      d[p / kTileInputs][p % kTileInputs] =
          tile.type == DType::bf16 ? from_bf16(half_at(pixel, c)) : pixel[c];
    }
    transform(kInput, d, v);
    for (std::int64_t p = 0; p < kTilePoints; ++p) {
      const std::uint16_t rounded = to_bf16(v[p / kTileInputs][p % kTileInputs]);
      auto* to = reinterpret_cast<std::byte*>(tile.to + p * tile.point);
      std::memcpy(to + c * 2, &rounded, sizeof(rounded));
    }
  }
}

void output(const TileOutput& tile) {
  for (std::int64_t c = 0; c < tile.channels; ++c) {
    float m[kTileInputs][kTileInputs], y[kTileOutputs][kTileOutputs];
    for (std::int64_t p = 0; p < kTilePoints; ++p) {
      m[p / kTileInputs][p % kTileInputs] = tile.from[p * tile.point + c];
    }
    transform(kOutput, m, y);
    for (std::int64_t i = 0; i < kTileOutputs * kTileOutputs; ++i) {
      if (tile.outputs[i] == nullptr) continue;
      const float value = y[i / kTileOutputs][i % kTileOutputs] + tile.bias[c];
      store_plainly(tile.outputs[i], tile.type, tile.output_inverse, c,
                    tile.relu && value < 0 ? 0 : value);
    }
  }
}

}  // namespace

WinogradTransforms emulated_bf16_transforms() {
  return {&input, &output};
}

}  // namespace colonnade::cpu
