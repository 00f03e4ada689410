// The instruction sets that Highway compiles kernels for. Comes before <hwy/foreach_target.h>.
#pragma once

// Kernels hold arrays of vectors in registers; vectors of unknown length can't form arrays.
#if defined(__aarch64__) || defined(__riscv)
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#elif defined(__x86_64__)  // SSSE3 has nothing that these loops could use; newer AVX-512 neither.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL)
#endif
