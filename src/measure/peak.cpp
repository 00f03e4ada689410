#include "measure/peak.hpp"

#include <chrono>
#include <numeric>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
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
#endif

#undef COLONNADE_TWELVE

}  // namespace

double measure_peak(Isa isa) {
  const auto start = std::chrono::steady_clock::now();
  double lanes = 0;
#if defined(__x86_64__)
  if (isa == Isa::avx512) {
    spin_avx512();
    lanes = 16;
  } else if (isa == Isa::avx2) {
    spin_avx2();
    lanes = 8;
  }
#else
  (void)isa;
#endif
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  return lanes * 2 * 12 * kSteps / seconds.count() * 1e-9;
}

double measure_peak(Isa isa, Executor& threads) {
  std::vector<double> each(static_cast<std::size_t>(threads.threads()));
  threads.for_each(each.size(), [&](std::size_t i, int) { each[i] = measure_peak(isa); });
  return std::accumulate(each.begin(), each.end(), 0.0);
}

}  // namespace colonnade
