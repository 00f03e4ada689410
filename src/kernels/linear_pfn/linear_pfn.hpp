// A PFN of one linear layer, ReLU and a maximum over points (or a sum), without the features that
// it's fed.
//
// Each feature is one scalar of a point, less something that the whole pillar shares (its mean, its
// centre). So the layer is a part that depends on the point and one that depends on the pillar,
// which the maximum over points passes by: max(W p + q) = max(W p) + q. Free slots of a pillar are
// zero features: where the exporter lets them take part, they add one more candidate, the bias.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/isa.hpp"

namespace colonnade {

/// SmallMunich's end in the maximum's place: a convolution over every few slots, most of which are
/// free and then known beforehand.
struct SlotSum {
  static constexpr std::int64_t kMostChannels = 512;  ///< Of the layer.

  std::int64_t step = 1, taps = 0;  ///< Tap t reads slot t * step.
  std::int64_t outputs = 0;
  std::vector<float> weights;  ///< [taps][channels][outputs]
  std::vector<float> rest;  ///< [taps + 1][outputs]; bias, and what taps t and on give, all free.

  /// Those whose slots hold points.
  std::int64_t taps_of(std::int64_t points) const noexcept {
    return std::min(taps, (points + step - 1) / step);
  }
};

/// What the layer comes to. Coordinates of a point are taken from its pillar's centre: the few
/// centimetres between them are what trained weights look at, and tens of metres would drown them.
struct LinearPfn {
  static constexpr std::int64_t kScalars = 5;      ///< Of a point: x, y, z, intensity, dt.
  static constexpr std::int64_t kCoordinates = 3;  ///< The first of them.
  static constexpr std::int64_t kShared = 2 * kCoordinates;  ///< Centre, then mean less centre.

  std::array<float, kCoordinates> first_centre{};  ///< Of cell (0, 0).
  std::int64_t channels = 0;
  std::vector<float> point;   ///< [kScalars][channels]
  std::vector<float> shared;  ///< [kShared][channels]
  std::vector<float> bias;    ///< [channels]; of a point.
  bool relu = false;
  bool free_slots_count = false;
  std::vector<float> free_slot;  ///< [channels]; what one gives.
  std::optional<SlotSum> sum;    ///< Instead of the maximum.

  std::int64_t outputs() const noexcept { return sum ? sum->outputs : channels; }
};

/// Points and centre of one pillar.
struct PillarPoints {
  const float* points = nullptr;  ///< `count` rows of LinearPfn::kScalars, finite.
  std::int64_t count = 0;         ///< At least 1.
  bool has_free_slots = false;
  std::array<float, LinearPfn::kCoordinates> centre{};
};

/// The pillar's features into to[outputs]: plain, sums in double.
void linear_pfn_reference(const LinearPfn& layer, const PillarPoints& pillar, float* to);

/// The same, fast.
using LinearPfnKernel = void (*)(const LinearPfn& layer, const PillarPoints& pillar, float* to);

/// The fastest that `isa` allows on this machine.
LinearPfnKernel linear_pfn_kernel(Isa isa);

}  // namespace colonnade
