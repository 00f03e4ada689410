// Winograd's transforms around AVX512_BF16's products: 16 channels at a time, in float32, with
// cells of either type on both sides. Functions are compiled for it one by one, not the file:
// inline functions of headers must stay what all machines can run.
#include "kernels/conv/bf16_kernels.hpp"

#if defined(__x86_64__)
#include "kernels/conv/stores_avx512.hpp"

namespace colonnade::cpu {
namespace {

constexpr std::int64_t kLanes = 16;
constexpr float kNear2 = kNearPoint * kNearPoint, kFar2 = kFarPoint * kFarPoint;

// y = x * k + z, and z - x * k.
COLONNADE_BF16_TARGET inline __m512 add(__m512 x, float k, __m512 z) {
  return _mm512_fmadd_ps(x, _mm512_set1_ps(k), z);
}
COLONNADE_BF16_TARGET inline __m512 subtract(__m512 x, float k, __m512 z) {
  return _mm512_fnmadd_ps(x, _mm512_set1_ps(k), z);
}
COLONNADE_BF16_TARGET inline __m512 times(__m512 x, float k) {
  return _mm512_mul_ps(x, _mm512_set1_ps(k));
}

// B^T's six rows.
COLONNADE_BF16_TARGET inline void transform_six(const __m512* x, __m512* y) {
  const __m512 even_near = subtract(x[2], kFar2, x[4]), even_far = subtract(x[2], kNear2, x[4]);
  const __m512 odd_near = times(subtract(x[1], kFar2, x[3]), kNearPoint);
  const __m512 odd_far = times(subtract(x[1], kNear2, x[3]), kFarPoint);
  y[0] = add(x[0], kNear2 * kFar2, subtract(x[2], kNear2 + kFar2, x[4]));
  y[1] = _mm512_add_ps(even_near, odd_near);
  y[2] = _mm512_sub_ps(even_near, odd_near);
  y[3] = _mm512_add_ps(even_far, odd_far);
  y[4] = _mm512_sub_ps(even_far, odd_far);
  y[5] = add(x[1], kNear2 * kFar2, subtract(x[3], kNear2 + kFar2, x[5]));
}

// A^T's four rows.
COLONNADE_BF16_TARGET inline void transform_four(const __m512* x, __m512* y) {
  const __m512 even_near = _mm512_add_ps(x[1], x[2]), even_far = _mm512_add_ps(x[3], x[4]);
  const __m512 odd_near = times(_mm512_sub_ps(x[1], x[2]), kNearPoint);
  const __m512 odd_far = times(_mm512_sub_ps(x[3], x[4]), kFarPoint);
  y[0] = _mm512_add_ps(x[0], _mm512_add_ps(even_near, even_far));
  y[1] = _mm512_add_ps(odd_near, odd_far);
  y[2] = add(even_far, kFar2, times(even_near, kNear2));
  y[3] = _mm512_add_ps(x[5], add(odd_far, kFar2, times(odd_near, kNear2)));
}

COLONNADE_BF16_TARGET inline __m512 load(const float* pixel, bool narrow, std::int64_t channel,
                                         __mmask16 lanes) {
  if (!narrow) return _mm512_maskz_loadu_ps(lanes, pixel + channel);
  const __m256i halves = _mm256_maskz_loadu_epi16(lanes, pixel + channel / 2);
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16));
}

template <bool kNarrow>
COLONNADE_BF16_TARGET void transform_input(const TileInput& tile) {
  for (std::int64_t c = 0; c < tile.channels; c += kLanes) {
    const std::int64_t left = tile.channels - c;
    const __mmask16 lanes = first_lanes(left);
    const auto words = static_cast<__mmask8>(left >= kLanes ? 0xff : (1 << ((left + 1) / 2)) - 1);
    __m512 half[kTileInputs][kTileInputs];  // Rows of B^T d, column by column.
    for (int x = 0; x < kTileInputs; ++x) {
      __m512 column[kTileInputs], done[kTileInputs];
      for (int y = 0; y < kTileInputs; ++y) {
        column[y] = load(tile.pixels[y * kTileInputs + x], kNarrow, c, lanes);
      }
      transform_six(column, done);
      for (int y = 0; y < kTileInputs; ++y) half[y][x] = done[y];
    }
    float* to = tile.to + c / 2;
    for (int y = 0; y < kTileInputs; ++y) {
      __m512 done[kTileInputs];
      transform_six(half[y], done);
      for (int x = 0; x < kTileInputs; ++x, to += tile.point) {
        _mm256_mask_storeu_epi32(to, words, (__m256i)_mm512_cvtneps_pbh(done[x]));
      }
    }
  }
}

template <DType kType>
COLONNADE_BF16_TARGET void transform_output(const TileOutput& tile) {
  for (std::int64_t c = 0; c < tile.channels; c += kLanes) {
    const std::int64_t left = tile.channels - c;
    const __mmask16 lanes = first_lanes(left);
    __m512 half[kTileOutputs][kTileInputs];
    for (int x = 0; x < kTileInputs; ++x) {
      __m512 column[kTileInputs], done[kTileOutputs];
      for (int y = 0; y < kTileInputs; ++y) {
        const float* from = tile.from + (y * kTileInputs + x) * tile.point;
        column[y] = _mm512_maskz_loadu_ps(lanes, from + c);
      }
      transform_four(column, done);
      for (int y = 0; y < kTileOutputs; ++y) half[y][x] = done[y];
    }
    const __m512 shift = _mm512_maskz_loadu_ps(lanes, tile.bias + c);
    for (int y = 0; y < kTileOutputs; ++y) {
      __m512 done[kTileOutputs];
      transform_four(half[y], done);
      for (int x = 0; x < kTileOutputs; ++x) {
        float* to = tile.outputs[y * kTileOutputs + x];
        if (to == nullptr) continue;
        const __m512 value = rectified(tile.relu, _mm512_add_ps(done[x], shift));
        store_by_bf16(to, kType, tile.output_inverse, c, lanes, value);
      }
    }
  }
}

void input(const TileInput& tile) {
  (tile.type == DType::bf16 ? transform_input<true> : transform_input<false>)(tile);
}

void output(const TileOutput& tile) {
  switch (tile.type) {
    case DType::u8: return transform_output<DType::u8>(tile);
    case DType::bf16: return transform_output<DType::bf16>(tile);
    default: return transform_output<DType::f32>(tile);
  }
}

}  // namespace

WinogradTransforms avx512_bf16_transforms() {
  return {&input, &output};
}

}  // namespace colonnade::cpu
#else
namespace colonnade::cpu {

WinogradTransforms avx512_bf16_transforms() {
  return {};
}

}  // namespace colonnade::cpu
#endif
