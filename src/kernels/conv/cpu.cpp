#include "kernels/conv/cpu.hpp"

#include <algorithm>
#include <cstring>
#include <span>
#include <vector>

#include "kernels/conv/amx_kernels.hpp"
#include "kernels/conv/bf16_kernels.hpp"
#include "kernels/conv/int8_kernels.hpp"
#include "kernels/conv/reduced_cells.hpp"
#include "kernels/conv/run_cells.hpp"
#include "kernels/highway_targets.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/conv/cpu.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

// Highway 0.16 (Ubuntu 22.04) hasn't got it yet.
#ifndef HWY_UNROLL
#define HWY_UNROLL(n) _Pragma(HWY_UNROLL_TEXT(GCC unroll n))
#define HWY_UNROLL_TEXT(text) #text
#endif

HWY_BEFORE_NAMESPACE();
namespace colonnade::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

// 32 registers hold 6 x 4 accumulators, 4 weights and the pixel; 16 hold 6 x 2. Six pixels, since
// each needs a pointer in a general register and x86 has fifteen: bench/conv_bench (gcc 12, one
// AVX-512 core, ms of the RPN's 3x3 layers of 64, 128, 256 channels) says 32, 29, 28 for 6 x 4,
// 42, 34, 34 for 8 x 3 and 34, 29, 31 for 12 x 2.
constexpr int kPixels = 6;
#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_SSE4 || HWY_TARGET == HWY_EMU128 || \
    HWY_TARGET == HWY_SCALAR
constexpr int kVectors = 2;
#else
constexpr int kVectors = 4;
#endif

// `args.vectors` is N.
template <int N>
HWY_NOINLINE void ComputeTile(const TileArgs& args) {
  const float* const* pixels = args.pixels;
  const std::int64_t inputs = args.inputs;
  const float* HWY_RESTRICT weights = args.weights;
  float* const* outputs = args.outputs;
  const D d;
  const std::size_t lanes = hn::Lanes(d);
  V sum[kPixels][N];
  HWY_UNROLL(4) for (int n = 0; n < N; ++n) {
    const V start = hn::LoadU(d, args.bias + n * lanes);
    HWY_UNROLL(8) for (int p = 0; p < kPixels; ++p) sum[p][n] = start;
  }
  for (std::int64_t tap = 0; tap < args.taps; ++tap, pixels += kPixels) {
    const float* HWY_RESTRICT pixel[kPixels];
    HWY_UNROLL(8) for (int p = 0; p < kPixels; ++p) pixel[p] = pixels[p];
    for (std::int64_t i = 0; i < inputs; ++i, weights += N * lanes) {
      V w[N];
      HWY_UNROLL(4) for (int n = 0; n < N; ++n) w[n] = hn::Load(d, weights + n * lanes);
      HWY_UNROLL(8) for (int p = 0; p < kPixels; ++p) {
        const V x = hn::Set(d, pixel[p][i]);
        HWY_UNROLL(4) for (int n = 0; n < N; ++n) sum[p][n] = hn::MulAdd(x, w[n], sum[p][n]);
      }
    }
  }
  // Not Max: what it makes of NaN differs between instruction sets.
  const V zero = hn::Zero(d);
  if (args.relu) {
    HWY_UNROLL(8) for (int p = 0; p < kPixels; ++p) {
      HWY_UNROLL(4) for (int n = 0; n < N; ++n) {
        sum[p][n] = hn::IfThenElse(hn::Lt(sum[p][n], zero), zero, sum[p][n]);
      }
    }
  }
  HWY_UNROLL(8) for (int p = 0; p < kPixels; ++p) {
    HWY_UNROLL(4) for (int n = 0; n < N - 1; ++n) hn::StoreU(sum[p][n], d, outputs[p] + n * lanes);
    float* end = outputs[p] + (N - 1) * lanes;
    if (args.last == static_cast<std::int64_t>(lanes)) {
      hn::StoreU(sum[p][N - 1], d, end);
    } else {
      HWY_ALIGN float whole[HWY_MAX_BYTES / sizeof(float)];
      hn::Store(sum[p][N - 1], d, whole);
      std::memcpy(end, whole, static_cast<std::size_t>(args.last) * sizeof(float));
    }
  }
}

using TileFunction = decltype(&ComputeTile<1>);

TileFunction TileOf(std::int64_t vectors) {
  switch (vectors) {
    case 1: return &ComputeTile<1>;
    case 2: return &ComputeTile<2>;
    case 3: return &ComputeTile<std::min(3, kVectors)>;
    default: return &ComputeTile<kVectors>;
  }
}

void ConvCells(const ConvArgs& args, const Cells& cells, std::int64_t block_begin,
               std::int64_t block_end, void* scratch) {
  run_cells<kPixels>(args, cells, block_begin, block_end, scratch,
                     [](const TileArgs& tile) { TileOf(tile.vectors)(tile); });
}

constexpr Isa IsaOfTarget() {
#if HWY_TARGET == HWY_AVX3
  return Isa::avx512;
#elif HWY_TARGET == HWY_AVX2
  return Isa::avx2;
#elif HWY_TARGET == HWY_SSE4
  return Isa::sse4;
#else
  return Isa::portable;
#endif
}

ConvKernel Kernel() {
  return {IsaOfTarget(),
          hwy::TargetName(HWY_TARGET),
          kPixels,
          kVectors,
          static_cast<std::int64_t>(hn::Lanes(D())),
          &ConvCells,
          {},
          Precision::fp32};
}

}  // namespace colonnade::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace colonnade::cpu {
namespace {

std::vector<ConvKernel> usable_kernels() {
  std::vector<ConvKernel> kernels;
  const std::span<const Isa> usable = usable_isas();
  [[maybe_unused]] const auto add = [&](const ConvKernel& kernel) {
    if (std::find(usable.begin(), usable.end(), kernel.isa) != usable.end()) {
      kernels.push_back(kernel);
    }
  };
  for (const ConvKernel& kernel : {amx_int8_kernel(), avx512_int8_kernel(), avx2_int8_kernel(),
                                   amx_bf16_kernel(), avx512_bf16_kernel()}) {
    if (kernel.compute != nullptr) add(kernel);
  }
#if HWY_TARGETS & ~HWY_STATIC_TARGET & HWY_AVX3
  add(N_AVX3::Kernel());
#endif
#if HWY_TARGETS & ~HWY_STATIC_TARGET & HWY_AVX2
  add(N_AVX2::Kernel());
#endif
#if HWY_TARGETS & ~HWY_STATIC_TARGET & HWY_SSE4
  add(N_SSE4::Kernel());
#endif
  kernels.push_back(HWY_NAMESPACE::Kernel());  // What the compiler was told that all machines have.
  for (ConvKernel& kernel : kernels) {
    if (kernel.precision == Precision::fp32) kernel.winograd = winograd_transforms(kernel.isa);
  }
  return kernels;
}

}  // namespace

std::span<const ConvKernel> conv_kernels() {
  static const std::vector<ConvKernel> kernels = usable_kernels();
  return kernels;
}

std::int64_t conv_scratch_bytes(const PackedWeights& weights, std::int64_t cells) {
  const std::int64_t pixels = weights.kernel->pixels;
  const std::int64_t padded = (cells + pixels - 1) / pixels * pixels;
  const auto pointer = static_cast<std::int64_t>(sizeof(float*));
  const std::int64_t rounded =
      weights.kernel->precision != Precision::fp32 ? reduced_scratch_bytes(weights, pixels) : 0;
  return weights.kernel->sums_bytes + rounded +
         weights.block * static_cast<std::int64_t>(sizeof(float)) +
         padded * (weights.taps + 1) * pointer;
}

void conv_cells(const ConvArgs& args, const Cells& cells, std::int64_t block_begin,
                std::int64_t block_end, void* scratch) {
  if (cells.count == 0) return;
  args.weights->kernel->compute(args, cells, block_begin, block_end, scratch);
}

}  // namespace colonnade::cpu
#endif  // HWY_ONCE
