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

using All = hn::ScalableTag<float>;
using One = hn::CappedTag<float, 1>;

void Channels(const LinearPfn& layer, const PillarPoints& pillar, const Shared& shared, float* to) {
  std::int64_t done = Part<4>(All(), layer, pillar, shared, 0, to);
  done = Part<1>(All(), layer, pillar, shared, done, to);
  Part<1>(One(), layer, pillar, shared, done, to);
}

// Adds rows of weights times values to outputs [begin, ...), as Part.
template <int kVectors, typename D>
std::int64_t AddProduct(D d, const float* values, std::int64_t channels, const float* weights,
                        std::int64_t outputs, std::int64_t begin, float* to) {
  using V = hn::Vec<D>;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t o = begin;
  for (; o + kVectors * lanes <= outputs; o += kVectors * lanes) {
    V even[kVectors], odd[kVectors];  // Two chains: one would wait for itself.
    for (int v = 0; v < kVectors; ++v) {
      even[v] = hn::LoadU(d, to + o + v * lanes);
      odd[v] = hn::Zero(d);
    }
    const float* row = weights + o;
    std::int64_t c = 0;
    for (; c + 2 <= channels; c += 2, row += 2 * outputs) {
      const V first = hn::Set(d, values[c]), second = hn::Set(d, values[c + 1]);
      for (int v = 0; v < kVectors; ++v) {
        even[v] = hn::MulAdd(first, hn::LoadU(d, row + v * lanes), even[v]);
        odd[v] = hn::MulAdd(second, hn::LoadU(d, row + outputs + v * lanes), odd[v]);
      }
    }
    for (int v = 0; v < kVectors; ++v) {
      V sum = hn::Add(even[v], odd[v]);
      if (c < channels) sum = hn::MulAdd(hn::Set(d, values[c]), hn::LoadU(d, row + v * lanes), sum);
      hn::StoreU(sum, d, to + o + v * lanes);
    }
  }
  return o;
}

// A tap at a time: its point alone through the layer, then through the tap's weights.
void Sum(const LinearPfn& layer, const SlotSum& sum, const PillarPoints& pillar,
         const Shared& shared, float* to) {
  float values[SlotSum::kMostChannels];
  const std::int64_t taps = sum.taps_of(pillar.count);
  std::copy_n(sum.rest.data() + taps * sum.outputs, sum.outputs, to);
  for (std::int64_t t = 0; t < taps; ++t) {
    PillarPoints point = pillar;
    point.points += t * sum.step * LinearPfn::kScalars;
    point.count = 1;
    point.has_free_slots = false;
    Channels(layer, point, shared, values);
    const float* weights = sum.weights.data() + t * layer.channels * sum.outputs;
    const auto add = [&](auto vectors, auto d, std::int64_t begin) {
      return AddProduct<decltype(vectors)::value>(d, values, layer.channels, weights, sum.outputs,
                                                  begin, to);
    };
    std::int64_t done = add(std::integral_constant<int, 4>(), All(), 0);
    done = add(std::integral_constant<int, 1>(), All(), done);
    add(std::integral_constant<int, 1>(), One(), done);
  }
}

void Pillar(const LinearPfn& layer, const PillarPoints& pillar, float* to) {
  const Shared shared = SharedOf(pillar);
  if (layer.sum) {
    Sum(layer, *layer.sum, pillar, shared, to);
  } else {
    Channels(layer, pillar, shared, to);
  }
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
