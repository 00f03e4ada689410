// A product of BF16 is exact in float32; two are added one after the other, each with one rounding,
// the odd one first: as Intel's manual writes VDPBF16PS down. It computes as if subnormal numbers
// were zero.
#include <cmath>
#include <cstring>

#include "kernels/conv/bf16.hpp"
#include "kernels/conv/bf16_kernels.hpp"
#include "kernels/conv/reduced_cells.hpp"
#include "kernels/conv/store_plainly.hpp"

namespace colonnade::cpu {
namespace {

constexpr int kPixels = 2;
constexpr std::int64_t kLanes = 8;

float flushed(float value) {
  return std::fpclassify(value) == FP_SUBNORMAL ? std::copysign(0.0F, value) : value;
}

float upper(std::uint32_t word) {
  return flushed(from_bf16(static_cast<std::uint16_t>(word >> 16)));
}
float lower(std::uint32_t word) {
  return flushed(from_bf16(static_cast<std::uint16_t>(word & 0xffffU)));
}

float dot(float sum, std::uint32_t x, std::uint32_t w) {
  sum = flushed(std::fma(upper(x), upper(w), flushed(sum)));
  return flushed(std::fma(lower(x), lower(w), sum));
}

void compute_tile(const TileArgs& args) {
  const std::int64_t width = args.vectors * kLanes;
  const std::int64_t channels = width - kLanes + args.last;
  for (int p = 0; p < kPixels; ++p) {
    for (std::int64_t c = 0; c < channels; ++c) {
      float sum = args.bias[c];
      const float* weights = args.weights + c;
      for (std::int64_t tap = 0; tap < args.taps; ++tap) {
        const float* pixel = args.pixels[tap * kPixels + p];
        for (std::int64_t i = 0; i < args.inputs; ++i, weights += width) {
          std::uint32_t x = 0, w = 0;  // Floats that are none: no arithmetic may touch them.
          std::memcpy(&x, pixel + i, sizeof(x));
          std::memcpy(&w, weights, sizeof(w));
          sum = dot(sum, x, w);
        }
      }
      if (args.relu && sum < 0) sum = 0;
      store_plainly(args, p, c, sum);
    }
  }
}

void compute(const ConvArgs& args, const Cells& cells, std::int64_t block_begin,
             std::int64_t block_end, void* scratch) {
  run_reduced_cells<kPixels>(args, cells, block_begin, block_end, scratch, &round_plainly,
                             &compute_tile);
}

}  // namespace

const ConvKernel& emulated_bf16_kernel() {
  static const ConvKernel kernel{
      Isa::portable,  "emulated", kPixels, 1, kLanes, &compute, emulated_bf16_transforms(),
      Precision::bf16};
  return kernel;
}

}  // namespace colonnade::cpu
