#include "kernels/conv/winograd_transforms.hpp"

#include <algorithm>
#include <span>

#include "kernels/highway_targets.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/conv/winograd_transforms.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace colonnade::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// B^T's six rows on six vectors.
template <typename V, typename D>
HWY_INLINE void TransformSix(D d, const V* x, V* y) {
  const V two = hn::Set(d, 2.0f), four = hn::Set(d, 4.0f), five = hn::Set(d, 5.0f);
  const V a = hn::NegMulAdd(four, x[2], x[4]), b = hn::NegMulAdd(four, x[1], x[3]);
  const V c = hn::Sub(x[4], x[2]), e = hn::Mul(two, hn::Sub(x[3], x[1]));
  y[0] = hn::MulAdd(four, x[0], hn::NegMulAdd(five, x[2], x[4]));
  y[1] = hn::Add(a, b);
  y[2] = hn::Sub(a, b);
  y[3] = hn::Add(c, e);
  y[4] = hn::Sub(c, e);
  y[5] = hn::MulAdd(four, x[1], hn::NegMulAdd(five, x[3], x[5]));
}

// A^T's four rows on six vectors.
template <typename V, typename D>
HWY_INLINE void TransformFour(D d, const V* x, V* y) {
  const V two = hn::Set(d, 2.0f), four = hn::Set(d, 4.0f), eight = hn::Set(d, 8.0f);
  const V a = hn::Add(x[1], x[2]), b = hn::Sub(x[1], x[2]);
  const V c = hn::Add(x[3], x[4]), e = hn::Sub(x[3], x[4]);
  y[0] = hn::Add(x[0], hn::Add(a, c));
  y[1] = hn::MulAdd(two, e, b);
  y[2] = hn::MulAdd(four, c, a);
  y[3] = hn::Add(x[5], hn::MulAdd(eight, e, b));
}

// Channels [begin, ...) as long as whole vectors fit; returns where it ended.
template <typename D>
std::int64_t InputPart(D d, const TileInput& tile, std::int64_t begin) {
  using V = hn::Vec<D>;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t c = begin;
  for (; c + lanes <= tile.channels; c += lanes) {
    V half[kTileInputs][kTileInputs];  // Rows of B^T d, column by column.
    for (int x = 0; x < kTileInputs; ++x) {
      V column[kTileInputs], done[kTileInputs];
      for (int y = 0; y < kTileInputs; ++y) {
        column[y] = hn::LoadU(d, tile.pixels[y * kTileInputs + x] + c);
      }
      TransformSix(d, column, done);
      for (int y = 0; y < kTileInputs; ++y) half[y][x] = done[y];
    }
    for (int y = 0; y < kTileInputs; ++y) {
      V done[kTileInputs];
      TransformSix(d, half[y], done);
      for (int x = 0; x < kTileInputs; ++x) {
        hn::StoreU(done[x], d, tile.to + (y * kTileInputs + x) * tile.point + c);
      }
    }
  }
  return c;
}

template <typename D>
std::int64_t OutputPart(D d, const TileOutput& tile, std::int64_t begin) {
  using V = hn::Vec<D>;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const V zero = hn::Zero(d);
  std::int64_t c = begin;
  for (; c + lanes <= tile.channels; c += lanes) {
    V half[kTileOutputs][kTileInputs];
    for (int x = 0; x < kTileInputs; ++x) {
      V column[kTileInputs], done[kTileOutputs];
      for (int y = 0; y < kTileInputs; ++y) {
        column[y] = hn::LoadU(d, tile.from + (y * kTileInputs + x) * tile.point + c);
      }
      TransformFour(d, column, done);
      for (int y = 0; y < kTileOutputs; ++y) half[y][x] = done[y];
    }
    const V shift = hn::LoadU(d, tile.bias + c);
    for (int y = 0; y < kTileOutputs; ++y) {
      V done[kTileOutputs];
      TransformFour(d, half[y], done);
      for (int x = 0; x < kTileOutputs; ++x) {
        float* output = tile.outputs[y * kTileOutputs + x];
        if (output == nullptr) continue;
        V value = hn::Add(done[x], shift);
        // Not Max: what it makes of NaN differs between instruction sets.
        if (tile.relu) value = hn::IfThenElse(hn::Lt(value, zero), zero, value);
        hn::StoreU(value, d, output + c);
      }
    }
  }
  return c;
}

using All = hn::ScalableTag<float>;
using One = hn::CappedTag<float, 1>;

void WholeInput(const TileInput& tile) {
  InputPart(One(), tile, InputPart(All(), tile, 0));
}

void WholeOutput(const TileOutput& tile) {
  OutputPart(One(), tile, OutputPart(All(), tile, 0));
}

WinogradTransforms Transforms() {
  return {&WholeInput, &WholeOutput};
}

}  // namespace colonnade::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace colonnade::cpu {

WinogradTransforms winograd_transforms(Isa isa) {
  [[maybe_unused]] const std::span<const Isa> usable = usable_isas();
  [[maybe_unused]] const auto may = [&](Isa wanted) {
    return isa >= wanted && std::find(usable.begin(), usable.end(), wanted) != usable.end();
  };
#if HWY_TARGETS & ~HWY_STATIC_TARGET & HWY_AVX3
  if (may(Isa::avx512)) return N_AVX3::Transforms();
#endif
#if HWY_TARGETS & ~HWY_STATIC_TARGET & HWY_AVX2
  if (may(Isa::avx2)) return N_AVX2::Transforms();
#endif
#if HWY_TARGETS & ~HWY_STATIC_TARGET & HWY_SSE4
  if (may(Isa::sse4)) return N_SSE4::Transforms();
#endif
  return HWY_NAMESPACE::Transforms();
}

}  // namespace colonnade::cpu
#endif  // HWY_ONCE
