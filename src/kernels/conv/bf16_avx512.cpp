// AVX512_BF16: a lane takes two products of BF16 an instruction. Functions are compiled for it one
// by one, not the file: inline functions of headers must stay what all machines can run.
#include "kernels/conv/bf16_kernels.hpp"

#if defined(__x86_64__)
#include "base/isa.hpp"
#include "kernels/conv/reduced_cells.hpp"
#include "kernels/conv/stores_avx512.hpp"

namespace colonnade::cpu {
namespace {

// As the float32 kernel's tile: 24 sums, 4 weights, a pixel.
constexpr int kPixels = 6;
constexpr int kVectors = 4;
constexpr std::int64_t kLanes = 16;

// `args.vectors` is N.
template <int N>
COLONNADE_BF16_TARGET void compute_tile(const TileArgs& args) {
  const float* const* pixels = args.pixels;
  const float* weights = args.weights;
  const std::int64_t words = args.inputs;
  __m512 sum[kPixels][N];
#pragma GCC unroll 4
  for (int n = 0; n < N; ++n) {
    const __m512 start = _mm512_loadu_ps(args.bias + n * kLanes);
#pragma GCC unroll 8
    for (int p = 0; p < kPixels; ++p) sum[p][n] = start;
  }
  for (std::int64_t tap = 0; tap < args.taps; ++tap, pixels += kPixels) {
    const float* pixel[kPixels];
#pragma GCC unroll 8
    for (int p = 0; p < kPixels; ++p) pixel[p] = pixels[p];
    for (std::int64_t i = 0; i < words; ++i, weights += N * kLanes) {
      __m512 w[N];
#pragma GCC unroll 4
      for (int n = 0; n < N; ++n) w[n] = _mm512_loadu_ps(weights + n * kLanes);
#pragma GCC unroll 8
      for (int p = 0; p < kPixels; ++p) {
        const __m512 x = _mm512_set1_ps(pixel[p][i]);
#pragma GCC unroll 4
        for (int n = 0; n < N; ++n) {
          sum[p][n] = _mm512_dpbf16_ps(sum[p][n], (__m512bh)x, (__m512bh)w[n]);
        }
      }
    }
  }
  const __mmask16 last = first_lanes(args.last);
#pragma GCC unroll 8
  for (int p = 0; p < kPixels; ++p) {
#pragma GCC unroll 4
    for (int n = 0; n < N; ++n) {
      const __mmask16 lanes = n == N - 1 ? last : static_cast<__mmask16>(0xffff);
      store_by_bf16(args, p, n * kLanes, lanes, rectified(args.relu, sum[p][n]));
    }
  }
}

void compute(const ConvArgs& args, const Cells& cells, std::int64_t block_begin,
             std::int64_t block_end, void* scratch) {
  run_reduced_cells<kPixels>(
      args, cells, block_begin, block_end, scratch, &round_words, [](const TileArgs& tile) {
        with_vectors<kVectors>(tile.vectors, [&](auto n) { compute_tile<n()>(tile); });
      });
}

}  // namespace

bool bf16_is_slow() noexcept {
  return __builtin_cpu_supports("avx512bf16") && cpu_has_amx_bf16();
}

ConvKernel avx512_bf16_kernel() {
  ConvKernel kernel{
      Isa::avx512,    "AVX512_BF16", kPixels, kVectors, kLanes, nullptr, avx512_bf16_transforms(),
      Precision::bf16};
  if (__builtin_cpu_supports("avx512bf16") && !bf16_is_slow()) kernel.compute = &compute;
  return kernel;
}

}  // namespace colonnade::cpu
#else
namespace colonnade::cpu {

ConvKernel avx512_bf16_kernel() {
  return {};
}
bool bf16_is_slow() noexcept {
  return false;
}

}  // namespace colonnade::cpu
#endif
