// Which way a box faces, from its direction logits.
#pragma once

#include <cmath>
#include <cstdint>

#include "colonnade/model.hpp"

namespace colonnade {

inline std::int32_t direction_bin(const DirectionSpec& spec, float logit0, float logit1) noexcept {
  if (logit1 > logit0) return 1;
  if (logit0 > logit1) return 0;
  return static_cast<std::int32_t>(spec.tie);
}

/// The yaw after the rule, in the model's own convention; not wrapped, as exporters leave it.
inline float apply_direction(const DirectionSpec& spec, float yaw, std::int32_t bin) noexcept {
  constexpr double kPi = 3.14159265358979323846;
  const bool one = (bin == 1) != spec.inverted;
  switch (spec.kind) {
    case DirectionKind::none: return yaw;
    case DirectionKind::flip_if_disagree:
      return (yaw > 0) != one ? static_cast<float>(yaw + kPi) : yaw;
    case DirectionKind::add_pi_if_zero: return one ? yaw : static_cast<float>(yaw + kPi);
    case DirectionKind::period: {
      const double v = static_cast<double>(yaw) - spec.offset;
      const double limited = v - std::floor(v / kPi + spec.limit_offset) * kPi;
      return static_cast<float>(limited + spec.offset + (one ? kPi : 0.0));
    }
  }
  return yaw;
}

}  // namespace colonnade
