// How AVX-512 kernels of a reduced precision round what they read, and write maps of another one.
// Functions are compiled for it one by one; only sources that look for it may include this.
#pragma once

#if defined(__GNUC__) && !defined(__clang__)  // Its own headers' _mm512_undefined_ps, bug 105593.
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

#include <cstdint>

#include "kernels/conv/int8.hpp"
#include "kernels/conv/run_cells.hpp"

#define COLONNADE_AVX512_TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma")))
#define COLONNADE_BF16_TARGET \
  __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,fma")))

namespace colonnade::cpu {

/// The first `count` lanes; all from 16 on.
inline __mmask16 first_lanes(std::int64_t count) {
  return static_cast<__mmask16>(count >= 16 ? 0xffff : (1 << count) - 1);
}

/// ReLU, if it's asked for. Not max, which loses NaN.
COLONNADE_AVX512_TARGET inline __m512 rectified(bool relu, __m512 value) {
  if (!relu) return value;
  const __mmask16 negative = _mm512_cmp_ps_mask(value, _mm512_setzero_ps(), _CMP_LT_OQ);
  return _mm512_mask_mov_ps(value, negative, _mm512_setzero_ps());
}

/// to_u8, in each lane's lowest byte.
COLONNADE_AVX512_TARGET inline __m512i quantized(__m512 value, __m512 inverse) {
  const __m512 steps = _mm512_max_ps(_mm512_mul_ps(value, inverse), _mm512_setzero_ps());
  return _mm512_cvtps_epi32(_mm512_min_ps(steps, _mm512_set1_ps(kMostU8)));
}

/// to_u8 of `count` floats, four a word; what is left of the last word is zero.
COLONNADE_AVX512_TARGET inline void quantize_words(const float* from, std::int64_t count,
                                                   const float* inverse, std::uint32_t* to) {
  auto* bytes = reinterpret_cast<std::uint8_t*>(to);
  for (std::int64_t i = 0; i < count; i += 16) {
    const std::int64_t left = count - i;
    const __mmask16 all = first_lanes(left);
    const __mmask16 words = first_lanes((left + 3) / 4 * 4);
    const __m512i q =
        quantized(_mm512_maskz_loadu_ps(all, from + i), _mm512_maskz_loadu_ps(all, inverse + i));
    _mm512_mask_cvtepi32_storeu_epi8(bytes + i, words, q);
  }
}

/// to_bf16 of them, two a word.
COLONNADE_BF16_TARGET inline void round_words(const float* from, std::int64_t count,
                                              std::uint32_t* to) {
  for (std::int64_t i = 0; i < count; i += 16, to += 8) {
    const std::int64_t left = count - i;
    const __mmask16 all = first_lanes(left);
    const auto words = static_cast<__mmask8>(left >= 16 ? 0xff : (1 << ((left + 1) / 2)) - 1);
    const __m256bh rounded = _mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(all, from + i));
    _mm256_mask_storeu_epi32(to, words, (__m256i)rounded);
  }
}

/// Bytes, for the lanes of the mask.
COLONNADE_AVX512_TARGET inline void store_bytes(float* to, std::int64_t lane, __mmask16 lanes,
                                                __m512 value, const float* inverse) {
  _mm512_mask_cvtepi32_storeu_epi8(reinterpret_cast<std::uint8_t*>(to) + lane, lanes,
                                   quantized(value, _mm512_maskz_loadu_ps(lanes, inverse + lane)));
}

/// to_bf16 of numbers, without the instruction for it, which INT8's machines needn't have.
COLONNADE_AVX512_TARGET inline void store_bf16(float* to, std::int64_t lane, __mmask16 lanes,
                                               __m512 value) {
  const __m512i bits = _mm512_castps_si512(value);
  const __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
  const __m512i rounded = _mm512_add_epi32(bits, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7fff)));
  const __mmask16 normal = _mm512_test_epi32_mask(bits, _mm512_set1_epi32(0x7f800000));
  const __m512i sign = _mm512_and_si512(bits, _mm512_set1_epi32(INT32_MIN));
  const __m512i result = _mm512_mask_mov_epi32(sign, normal, rounded);
  _mm512_mask_cvtepi32_storeu_epi16(reinterpret_cast<std::uint16_t*>(to) + lane, lanes,
                                    _mm512_srli_epi32(result, 16));
}

/// A cell's channels from `lane` on into a map of that type, with AVX512_BF16; `inverse`: of u8.
COLONNADE_BF16_TARGET inline void store_by_bf16(float* to, DType type, const float* inverse,
                                                std::int64_t lane, __mmask16 lanes, __m512 value) {
  if (type == DType::u8) return store_bytes(to, lane, lanes, value, inverse);
  if (type == DType::bf16) {
    return _mm256_mask_storeu_epi16(to + lane / 2, lanes, (__m256i)_mm512_cvtneps_pbh(value));
  }
  _mm512_mask_storeu_ps(to + lane, lanes, value);
}

COLONNADE_BF16_TARGET inline void store_by_bf16(const TileArgs& args, int pixel, std::int64_t lane,
                                                __mmask16 lanes, __m512 value) {
  store_by_bf16(args.outputs[pixel], args.output_type, args.output_inverse, lane, lanes, value);
}

}  // namespace colonnade::cpu
