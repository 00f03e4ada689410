#include <algorithm>
#include <limits>
#include <span>

#include "kernels/highway_targets.hpp"
#include "kernels/linear_pfn/linear_pfn.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/linear_pfn/cpu.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace colonnade::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// What all channels of a pillar have in common.
struct Shared {
  float values[LinearPfn::kShared];
};

Shared SharedOf(const PillarPoints& pillar) {
  constexpr std::int64_t kCoordinates = LinearPfn::kCoordinates;
  Shared shared{};
  for (std::int64_t i = 0; i < kCoordinates; ++i) {
    const float centre = pillar.centre[static_cast<std::size_t>(i)];
    const float* point = pillar.points + i;
    float sum = 0;
    for (std::int64_t k = 0; k < pillar.count; ++k) sum += point[k * LinearPfn::kScalars] - centre;
    shared.values[i] = centre;
    shared.values[kCoordinates + i] = sum / static_cast<float>(pillar.count);
  }
  return shared;
}

// Channels [begin, ...) as long as kVectors whole vectors fit; returns where it ended. Points are
// finite and so are weights that passed their proof: Max needn't know what to make of NaN.
template <int kVectors, typename D>
std::int64_t Part(D d, const LinearPfn& layer, const PillarPoints& pillar, const Shared& shared,
                  std::int64_t begin, float* to) {
  using V = hn::Vec<D>;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const std::int64_t channels = layer.channels;
  std::int64_t c = begin;
  for (; c + kVectors * lanes <= channels; c += kVectors * lanes) {
    V weights[LinearPfn::kScalars][kVectors];
    for (int i = 0; i < LinearPfn::kScalars; ++i) {
      for (int v = 0; v < kVectors; ++v) {
        weights[i][v] = hn::LoadU(d, layer.point.data() + i * channels + c + v * lanes);
      }
    }
    V most[kVectors];
    for (V& each : most) each = hn::Set(d, -std::numeric_limits<float>::infinity());
    for (std::int64_t k = 0; k < pillar.count; ++k) {
      const float* point = pillar.points + k * LinearPfn::kScalars;
      const V x = hn::Set(d, point[0] - pillar.centre[0]);
      const V y = hn::Set(d, point[1] - pillar.centre[1]);
      const V z = hn::Set(d, point[2] - pillar.centre[2]);
      const V intensity = hn::Set(d, point[3]), dt = hn::Set(d, point[4]);
      for (int v = 0; v < kVectors; ++v) {
        V value = hn::Mul(x, weights[0][v]);
        value = hn::MulAdd(y, weights[1][v], value);
        value = hn::MulAdd(z, weights[2][v], value);
        value = hn::MulAdd(intensity, weights[3][v], value);
        value = hn::MulAdd(dt, weights[4][v], value);
        most[v] = hn::Max(most[v], value);
      }
    }
    for (int v = 0; v < kVectors; ++v) {
      const std::int64_t at = c + v * lanes;
      V rest = hn::LoadU(d, layer.bias.data() + at);
      for (std::int64_t i = 0; i < LinearPfn::kShared; ++i) {
        rest = hn::MulAdd(hn::Set(d, shared.values[i]),
                          hn::LoadU(d, layer.shared.data() + i * channels + at), rest);
      }
      V value = hn::Add(most[v], rest);
      if (layer.free_slots_count && pillar.has_free_slots) {
        value = hn::Max(value, hn::LoadU(d, layer.free_slot.data() + at));
      }
      if (layer.relu) value = hn::Max(value, hn::Zero(d));
      hn::StoreU(value, d, to + at);
    }
  }
  return c;
}

void Pillar(const LinearPfn& layer, const PillarPoints& pillar, float* to) {
  const hn::ScalableTag<float> all;
  const hn::CappedTag<float, 1> one;
  const Shared shared = SharedOf(pillar);
  std::int64_t done = Part<4>(all, layer, pillar, shared, 0, to);
  done = Part<1>(all, layer, pillar, shared, done, to);
  Part<1>(one, layer, pillar, shared, done, to);
}

LinearPfnKernel Kernel() {
  return &Pillar;
}

}  // namespace colonnade::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace colonnade {

LinearPfnKernel linear_pfn_kernel(Isa isa) {
  [[maybe_unused]] const std::span<const Isa> usable = usable_isas();
  [[maybe_unused]] const auto may = [&](Isa wanted) {
    return isa >= wanted && std::find(usable.begin(), usable.end(), wanted) != usable.end();
  };
#if HWY_TARGETS & ~HWY_STATIC_TARGET & HWY_AVX3
  if (may(Isa::avx512)) return N_AVX3::Kernel();
#endif
#if HWY_TARGETS & ~HWY_STATIC_TARGET & HWY_AVX2
  if (may(Isa::avx2)) return N_AVX2::Kernel();
#endif
#if HWY_TARGETS & ~HWY_STATIC_TARGET & HWY_SSE4
  if (may(Isa::sse4)) return N_SSE4::Kernel();
#endif
  return HWY_NAMESPACE::Kernel();
}

}  // namespace colonnade
#endif  // HWY_ONCE
