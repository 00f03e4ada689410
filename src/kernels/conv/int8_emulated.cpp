#include <cstring>

#include "kernels/conv/int8.hpp"
#include "kernels/conv/int8_kernels.hpp"
#include "kernels/conv/reduced_cells.hpp"
#include "kernels/conv/store_plainly.hpp"

namespace colonnade::cpu {
namespace {

constexpr int kPixels = 2;
constexpr std::int64_t kLanes = 8;

// The words hold four bytes each.
std::int32_t dot(const float* x_word, const float* w_word) {
  std::uint8_t x[4];
  std::int8_t w[4];
  std::memcpy(x, x_word, sizeof(x));
  std::memcpy(w, w_word, sizeof(w));
  std::int32_t sum = 0;
  for (int i = 0; i < 4; ++i) sum += x[i] * w[i];
  return sum;
}

void compute_tile(const TileArgs& args) {
  const std::int64_t width = args.vectors * kLanes;
  const std::int64_t channels = width - kLanes + args.last;
  for (int p = 0; p < kPixels; ++p) {
    for (std::int64_t c = 0; c < channels; ++c) {
      std::int32_t sum = 0;
      const float* weights = args.weights + c;
      for (std::int64_t tap = 0; tap < args.taps; ++tap) {
        const float* pixel = args.pixels[tap * kPixels + p];
        for (std::int64_t i = 0; i < args.inputs; ++i, weights += width) {
          sum += dot(pixel + i, weights);
        }
      }
      float value = static_cast<float>(sum) * args.scale[c] + args.bias[c];
      if (args.relu && value < 0) value = 0;
      store_plainly(args, p, c, value);
    }
  }
}

void compute(const ConvArgs& args, const Cells& cells, std::int64_t block_begin,
             std::int64_t block_end, void* scratch) {
  run_int8_cells<kPixels>(args, cells, block_begin, block_end, scratch, &quantize_plainly,
                          &compute_tile);
}

}  // namespace

const ConvKernel& emulated_int8_kernel() {
  static const ConvKernel kernel{Isa::portable, "emulated", kPixels, 1,
                                 kLanes,        &compute,   {},      Precision::int8};
  return kernel;
}

}  // namespace colonnade::cpu
