// AVX-VNNI: AVX2's registers, a lane takes four products of bytes an instruction. As
// int8_avx512.cpp, functions are compiled for it one by one.
#include "kernels/conv/int8_kernels.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

#include <cstring>

#include "kernels/conv/int8.hpp"
#include "kernels/conv/reduced_cells.hpp"
#include "kernels/conv/store_plainly.hpp"

#define COLONNADE_AVX2_TARGET __attribute__((target("avx2,fma")))

namespace colonnade::cpu {
namespace {

// 12 sums, 2 weights and a pixel, of 16 registers.
constexpr int kPixels = 6;
constexpr int kVectors = 2;
constexpr std::int64_t kLanes = 8;

// sum + the four products of each lane. By its name, as there.
COLONNADE_AVX2_TARGET inline void add_products(__m256i& sum, __m256i bytes, __m256i weights) {
  asm("%{vex%} vpdpbusd %2, %1, %0" : "+x"(sum) : "x"(bytes), "x"(weights));
}

// to_u8 of eight, in eight bytes.
COLONNADE_AVX2_TARGET inline __m128i quantized(__m256 value, __m256 inverse) {
  const __m256 steps = _mm256_max_ps(_mm256_mul_ps(value, inverse), _mm256_setzero_ps());
  const __m256i q = _mm256_cvtps_epi32(_mm256_min_ps(steps, _mm256_set1_ps(kMostU8)));
  const __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(q), _mm256_extracti128_si256(q, 1));
  return _mm_packus_epi16(words, words);
}

// The first `count` of eight; 0 behind them.
COLONNADE_AVX2_TARGET inline __m256 load(const float* from, std::int64_t count) {
  if (count >= kLanes) return _mm256_loadu_ps(from);
  alignas(32) float eight[kLanes] = {};
  std::memcpy(eight, from, static_cast<std::size_t>(count) * sizeof(float));
  return _mm256_load_ps(eight);
}

COLONNADE_AVX2_TARGET void quantize_words(const float* from, std::int64_t count,
                                          const float* inverse, std::uint32_t* to) {
  auto* bytes = reinterpret_cast<std::uint8_t*>(to);
  for (std::int64_t i = 0; i < count; i += kLanes) {
    const std::int64_t left = count - i, words = (left + 3) / 4 * 4;
    const __m128i q = quantized(load(from + i, left), load(inverse + i, left));
    std::memcpy(bytes + i, &q, static_cast<std::size_t>(words < kLanes ? words : kLanes));
  }
}

// The first `channels` of eight.
COLONNADE_AVX2_TARGET inline void store(const TileArgs& args, int pixel, std::int64_t lane,
                                        std::int64_t channels, __m256 value) {
  float* to = args.outputs[pixel];
  if (channels < kLanes || args.output_type == DType::bf16) {
    alignas(32) float eight[kLanes];
    _mm256_store_ps(eight, value);
    for (std::int64_t c = 0; c < channels; ++c) store_plainly(args, pixel, lane + c, eight[c]);
  } else if (args.output_type == DType::u8) {
    const __m256 inverse = _mm256_loadu_ps(args.output_inverse + lane);
    _mm_storel_epi64(reinterpret_cast<__m128i*>(reinterpret_cast<std::uint8_t*>(to) + lane),
                     quantized(value, inverse));
  } else {
    _mm256_storeu_ps(to + lane, value);
  }
}

// `args.vectors` is N.
template <int N>
COLONNADE_AVX2_TARGET void compute_tile(const TileArgs& args) {
  const float* const* pixels = args.pixels;
  const float* weights = args.weights;
  __m256i sum[kPixels][N];
#pragma GCC unroll 2
  for (int n = 0; n < N; ++n) {
#pragma GCC unroll 8
    for (int p = 0; p < kPixels; ++p) sum[p][n] = _mm256_setzero_si256();
  }
  for (std::int64_t tap = 0; tap < args.taps; ++tap, pixels += kPixels) {
    const float* pixel[kPixels];
#pragma GCC unroll 8
    for (int p = 0; p < kPixels; ++p) pixel[p] = pixels[p];
    for (std::int64_t i = 0; i < args.inputs; ++i, weights += N * kLanes) {
      __m256i w[N];
#pragma GCC unroll 2
      for (int n = 0; n < N; ++n) {
        w[n] = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(weights + n * kLanes));
      }
#pragma GCC unroll 8
      for (int p = 0; p < kPixels; ++p) {
        const __m256i x = _mm256_castps_si256(_mm256_broadcast_ss(pixel[p] + i));
#pragma GCC unroll 2
        for (int n = 0; n < N; ++n) add_products(sum[p][n], x, w[n]);
      }
    }
  }
#pragma GCC unroll 2
  for (int n = 0; n < N; ++n) {
    const std::int64_t channels = n == N - 1 ? args.last : kLanes;
    const __m256 scale = _mm256_loadu_ps(args.scale + n * kLanes);
    const __m256 bias = _mm256_loadu_ps(args.bias + n * kLanes);
#pragma GCC unroll 8
    for (int p = 0; p < kPixels; ++p) {
      __m256 value = _mm256_add_ps(_mm256_mul_ps(_mm256_cvtepi32_ps(sum[p][n]), scale), bias);
      if (args.relu) {  // Not max, which loses NaN.
        const __m256 negative = _mm256_cmp_ps(value, _mm256_setzero_ps(), _CMP_LT_OQ);
        value = _mm256_andnot_ps(negative, value);
      }
      store(args, p, n * kLanes, channels, value);
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

// Not all compilers' __builtin_cpu_supports know its name.
bool has_avx_vnni() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __builtin_cpu_supports("avx2") && __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0 &&
         (a & (1U << 4)) != 0;
}

}  // namespace

ConvKernel avx2_int8_kernel() {
  ConvKernel kernel{Isa::avx2, "AVX_VNNI", kPixels, kVectors, kLanes, nullptr, {}, Precision::int8};
  if (has_avx_vnni()) kernel.compute = &compute;
  return kernel;
}

}  // namespace colonnade::cpu
#else
namespace colonnade::cpu {

ConvKernel avx2_int8_kernel() {
  return {};
}

}  // namespace colonnade::cpu
#endif
