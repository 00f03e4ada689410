#include "kernels/conv/amx_kernels.hpp"

#if defined(__x86_64__)
#include "kernels/conv/amx_cells.hpp"
#include "kernels/conv/stores_avx512.hpp"

namespace colonnade::cpu {
namespace {

// All lanes but the call's last vector's that don't exist.
__mmask16 lanes_of(const TileArgs& call, std::int64_t vector) {
  return first_lanes(vector == call.vectors - 1 ? call.last : kAmxRows);
}

struct Bf16 {
  using Tiles = AmxTiles;
  static constexpr Precision kPrecision = Precision::bf16;

  static void round(const PackedWeights& weights, const float* from, std::uint32_t* to) {
    round_words(from, weights.inputs, to);
  }
  COLONNADE_BF16_TARGET static void finish(const TileArgs& call, int cells, const void* sums) {
    const auto* sum = static_cast<const float*>(sums);
    for (std::int64_t v = 0; v < call.vectors; ++v) {
      const std::int64_t lane = v * kAmxRows;
      const __mmask16 lanes = lanes_of(call, v);
      for (int cell = 0; cell < cells; ++cell) {
        const __m512 value = _mm512_loadu_ps(sum + cell * kAmxChannels + lane);
        store_by_bf16(call, cell, lane, lanes, rectified(call.relu, value));
      }
    }
  }
};

struct Int8 {
  using Tiles = AmxTiles;
  static constexpr Precision kPrecision = Precision::int8;

  static void round(const PackedWeights& weights, const float* from, std::uint32_t* to) {
    quantize_words(from, weights.inputs, weights.input_inverse.as<float>(), to);
  }
  COLONNADE_BF16_TARGET static void finish(const TileArgs& call, int cells, const void* sums) {
    const auto* sum = static_cast<const std::int32_t*>(sums);
    for (std::int64_t v = 0; v < call.vectors; ++v) {
      const std::int64_t lane = v * kAmxRows;
      const __mmask16 lanes = lanes_of(call, v);
      const __m512 scale = _mm512_loadu_ps(call.scale + lane);
      const __m512 bias = _mm512_loadu_ps(call.bias + lane);
      for (int cell = 0; cell < cells; ++cell) {
        const __m512i whole = _mm512_loadu_si512(sum + cell * kAmxChannels + lane);
        const __m512 value = _mm512_add_ps(_mm512_mul_ps(_mm512_cvtepi32_ps(whole), scale), bias);
        store_by_bf16(call, cell, lane, lanes, rectified(call.relu, value));
      }
    }
  }
};

template <typename Kernel>
ConvKernel row(const char* target) {
  ConvKernel kernel = amx_shape(Kernel::kPrecision);
  kernel.isa = Isa::amx;
  kernel.target = target;
  kernel.compute = &run_amx_cells<Kernel>;
  return kernel;
}

}  // namespace

ConvKernel amx_bf16_kernel() {
  return row<Bf16>("AMX_BF16");
}
ConvKernel amx_int8_kernel() {
  return row<Int8>("AMX_INT8");
}

}  // namespace colonnade::cpu
#else
namespace colonnade::cpu {

ConvKernel amx_bf16_kernel() {
  return {};
}
ConvKernel amx_int8_kernel() {
  return {};
}

}  // namespace colonnade::cpu
#endif
