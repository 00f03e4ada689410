#include "kernels/conv/avx512.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#include "kernels/conv/run_cells.hpp"

extern "C" {
// avx512_tile.S. sums: [12][vectors * 16], 64-byte aligned.
void colonnade_avx512_tile_12x1(const float* const* pixels, std::int64_t taps, std::int64_t inputs,
                                const float* weights, const float* bias, float* sums);
void colonnade_avx512_tile_12x2(const float* const* pixels, std::int64_t taps, std::int64_t inputs,
                                const float* weights, const float* bias, float* sums);
}

namespace colonnade::cpu {
namespace {

constexpr int kPixels = 12;
constexpr std::int64_t kVectors = 2, kLanes = 16;

// The epilogue: the assembly leaves sums that begin with the bias.
__attribute__((target("avx512f"))) void store(const TileArgs& tile, const float* sums) {
  const auto last = static_cast<__mmask16>((1u << tile.last) - 1);
  const __m512 zero = _mm512_setzero_ps();
  for (int p = 0; p < kPixels; ++p) {
    float* to = tile.outputs[p];
    for (std::int64_t n = 0; n < tile.vectors; ++n, sums += kLanes, to += kLanes) {
      __m512 value = _mm512_load_ps(sums);
      if (tile.relu) {  // A mask and not max, so that NaN stays.
        value = _mm512_mask_mov_ps(value, _mm512_cmp_ps_mask(value, zero, _CMP_LT_OQ), zero);
      }
      _mm512_mask_storeu_ps(to, n + 1 < tile.vectors ? __mmask16{0xffff} : last, value);
    }
  }
}

void compute_tile(const TileArgs& tile) {
  alignas(64) float sums[kPixels * kVectors * kLanes];
  const std::int64_t taps = tile.inputs == 0 ? 0 : tile.taps;
  const auto compute =
      tile.vectors == 1 ? &colonnade_avx512_tile_12x1 : &colonnade_avx512_tile_12x2;
  compute(tile.pixels, taps, tile.inputs, tile.weights, tile.bias, sums);
  store(tile, sums);
}

void conv_cells_avx512(const ConvArgs& args, const Cells& cells, std::int64_t block_begin,
                       std::int64_t block_end, void* scratch) {
  run_cells<kPixels>(args, cells, block_begin, block_end, scratch, compute_tile);
}

}  // namespace

const ConvKernel* avx512_kernel() {
  static constexpr ConvKernel kernel{Isa::avx512, "AVX512_asm", kPixels,
                                     kVectors,    kLanes,       &conv_cells_avx512};
  return &kernel;
}

}  // namespace colonnade::cpu

#else

namespace colonnade::cpu {

const ConvKernel* avx512_kernel() {
  return nullptr;
}

}  // namespace colonnade::cpu

#endif
