#include "measure/peak.hpp"

#include <chrono>
#include <numeric>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>

#include "kernels/conv/amx_tiles.hpp"
#endif

namespace colonnade {
namespace {

// Twelve chains: more than latency (4 cycles) times issue width (2) needs, and few enough for the
// sixteen registers of AVX2. The empty asm keeps the compiler from folding them.
#define COLONNADE_TWELVE(STEP) \
  STEP(0) STEP(1) STEP(2) STEP(3) STEP(4) STEP(5) STEP(6) STEP(7) STEP(8) STEP(9) STEP(10) STEP(11)

constexpr long kSteps = 2'000'000;

#if defined(__x86_64__)
__attribute__((target("avx2,fma"))) void spin_avx2() {
  __m256 sum[12] = {}, x = _mm256_setzero_ps();
  for (long i = 0; i < kSteps; ++i) {
#define COLONNADE_STEP(n)                 \
  sum[n] = _mm256_fmadd_ps(x, x, sum[n]); \
  asm volatile("" : "+x"(sum[n]));
    COLONNADE_TWELVE(COLONNADE_STEP)
#undef COLONNADE_STEP
  }
}

__attribute__((target("avx512f"))) void spin_avx512() {
  __m512 sum[12] = {}, x = _mm512_setzero_ps();
  for (long i = 0; i < kSteps; ++i) {
#define COLONNADE_STEP(n)                 \
  sum[n] = _mm512_fmadd_ps(x, x, sum[n]); \
  asm volatile("" : "+v"(sum[n]));
    COLONNADE_TWELVE(COLONNADE_STEP)
#undef COLONNADE_STEP
  }
}

// By their names: an intrinsic's function would need the instruction's own set.
#define COLONNADE_SPIN(NAME)                          \
  __attribute__((target("avx512f"))) void NAME() {    \
    __m512i sum[12] = {}, x = _mm512_setzero_si512(); \
    for (long i = 0; i < kSteps; ++i) {               \
      COLONNADE_TWELVE(COLONNADE_STEP)                \
    }                                                 \
  }
#define COLONNADE_STEP(n) asm volatile("vpdpbusd %1, %1, %0" : "+v"(sum[n]) : "v"(x));
COLONNADE_SPIN(spin_int8)
#undef COLONNADE_STEP
#define COLONNADE_STEP(n) asm volatile("vdpbf16ps %1, %1, %0" : "+v"(sum[n]) : "v"(x));
COLONNADE_SPIN(spin_bf16)
#undef COLONNADE_STEP
#undef COLONNADE_SPIN

// Four chains: a product takes a core 16 cycles and is there after 52.
template <Precision kPrecision>
void spin_amx() {
  cpu::AmxTiles tiles;
  for (long i = 0; i < kSteps; ++i) {
    if constexpr (kPrecision == Precision::int8) {
      tiles.add_int8<0, 4, 6>(), tiles.add_int8<1, 4, 7>();
      tiles.add_int8<2, 5, 6>(), tiles.add_int8<3, 5, 7>();
    } else {
      tiles.add_bf16<0, 4, 6>(), tiles.add_bf16<1, 4, 7>();
      tiles.add_bf16<2, 5, 6>(), tiles.add_bf16<3, 5, 7>();
    }
  }
}
#endif

#undef COLONNADE_TWELVE

}  // namespace

double measure_peak(Isa isa, Precision precision) {
  const auto start = std::chrono::steady_clock::now();
  double step = 0;  // Operations of one.
#if defined(__x86_64__)
  constexpr double kChains = 2 * 12,
                   kTiles = 2.0 * 4 * cpu::kAmxRows * cpu::kAmxRows * cpu::kAmxRows;
  const bool is_int8 = precision == Precision::int8, is_bf16 = precision == Precision::bf16;
  if (isa >= Isa::amx && is_int8) {
    spin_amx<Precision::int8>();
    step = kTiles * 4;
  } else if (isa >= Isa::amx && is_bf16) {
    spin_amx<Precision::bf16>();
    step = kTiles * 2;
  } else if (is_int8) {
    if (isa == Isa::avx512 && __builtin_cpu_supports("avx512vnni"))
      spin_int8(), step = kChains * 64;
  } else if (is_bf16) {
    if (isa == Isa::avx512 && __builtin_cpu_supports("avx512bf16"))
      spin_bf16(), step = kChains * 32;
  } else if (isa >= Isa::avx512) {
    spin_avx512();
    step = kChains * 16;
  } else if (isa == Isa::avx2) {
    spin_avx2();
    step = kChains * 8;
  }
#else
  (void)isa, (void)precision;
#endif
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  return step * kSteps / seconds.count() * 1e-9;
}

double measure_peak(Isa isa, Executor& threads, Precision precision) {
  std::vector<double> each(static_cast<std::size_t>(threads.threads()));
  threads.for_each(each.size(),
                   [&](std::size_t i, int) { each[i] = measure_peak(isa, precision); });
  return std::accumulate(each.begin(), each.end(), 0.0);
}

}  // namespace colonnade
