// AVX-512 VNNI: a lane takes four products of bytes an instruction. Functions are compiled for it
// one by one, not the file: inline functions of headers must stay what all machines can run.
#include "kernels/conv/int8_kernels.hpp"

#if defined(__x86_64__)
#include "kernels/conv/reduced_cells.hpp"
#include "kernels/conv/stores_avx512.hpp"

#define COLONNADE_VNNI_TARGET \
  __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,fma")))

namespace colonnade::cpu {
namespace {

// As the float32 kernel's tile: 24 sums, 4 weights, a pixel.
constexpr int kPixels = 6;
constexpr int kVectors = 4;
constexpr std::int64_t kLanes = 16;

// sum + the four products of each lane. By its name: of the intrinsic gcc 12 makes copies and keeps
// half of a wide tile's sums in memory.
COLONNADE_VNNI_TARGET inline void add_products(__m512i& sum, __m512i bytes, __m512i weights) {
  asm("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(bytes), "v"(weights));
}

COLONNADE_VNNI_TARGET inline void store(const TileArgs& args, int pixel, std::int64_t lane,
                                        __mmask16 lanes, __m512 value) {
  float* to = args.outputs[pixel];
  if (args.output_type == DType::u8)
    return store_bytes(to, lane, lanes, value, args.output_inverse);
  if (args.output_type == DType::bf16) return store_bf16(to, lane, lanes, value);
  _mm512_mask_storeu_ps(to + lane, lanes, value);
}

// `args.vectors` is N.
template <int N>
COLONNADE_VNNI_TARGET void compute_tile(const TileArgs& args) {
  const float* const* pixels = args.pixels;
  const float* weights = args.weights;
  const std::int64_t words = args.inputs;
  __m512i sum[kPixels][N];
#pragma GCC unroll 4
  for (int n = 0; n < N; ++n) {
#pragma GCC unroll 8
    for (int p = 0; p < kPixels; ++p) sum[p][n] = _mm512_setzero_si512();
  }
  for (std::int64_t tap = 0; tap < args.taps; ++tap, pixels += kPixels) {
    const float* pixel[kPixels];
#pragma GCC unroll 8
    for (int p = 0; p < kPixels; ++p) pixel[p] = pixels[p];
    for (std::int64_t i = 0; i < words; ++i, weights += N * kLanes) {
      __m512i w[N];
#pragma GCC unroll 4
      for (int n = 0; n < N; ++n) w[n] = _mm512_loadu_si512(weights + n * kLanes);
#pragma GCC unroll 8
      for (int p = 0; p < kPixels; ++p) {
        const __m512i x = _mm512_castps_si512(_mm512_set1_ps(pixel[p][i]));
#pragma GCC unroll 4
        for (int n = 0; n < N; ++n) add_products(sum[p][n], x, w[n]);
      }
    }
  }
  const __mmask16 last = first_lanes(args.last);
#pragma GCC unroll 4
  for (int n = 0; n < N; ++n) {
    const __m512 scale = _mm512_loadu_ps(args.scale + n * kLanes);
    const __m512 bias = _mm512_loadu_ps(args.bias + n * kLanes);
    const __mmask16 lanes = n == N - 1 ? last : static_cast<__mmask16>(0xffff);
#pragma GCC unroll 8
    for (int p = 0; p < kPixels; ++p) {
      const __m512 value = _mm512_add_ps(_mm512_mul_ps(_mm512_cvtepi32_ps(sum[p][n]), scale), bias);
      store(args, p, n * kLanes, lanes, rectified(args.relu, value));
    }
  }
}

void compute(const ConvArgs& args, const Cells& cells, std::int64_t block_begin,
             std::int64_t block_end, void* scratch) {
  run_int8_cells<kPixels>(
      args, cells, block_begin, block_end, scratch, &quantize_words, [](const TileArgs& tile) {
        with_vectors<kVectors>(tile.vectors, [&](auto n) { compute_tile<n()>(tile); });
      });
}

}  // namespace

ConvKernel avx512_int8_kernel() {
  ConvKernel kernel{Isa::avx512, "AVX512_VNNI", kPixels, kVectors,
                    kLanes,      nullptr,       {},      Precision::int8};
  if (__builtin_cpu_supports("avx512vnni")) kernel.compute = &compute;
  return kernel;
}

}  // namespace colonnade::cpu
#else
namespace colonnade::cpu {

ConvKernel avx512_int8_kernel() {
  return {};
}

}  // namespace colonnade::cpu
#endif
