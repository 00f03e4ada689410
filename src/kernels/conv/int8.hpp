// INT8 as the kernels compute it. A map's elements are unsigned bytes q that stand for q * scale of
// their channel, so that zero stays zero. Weights are signed bytes w: w * scale of their output
// channel stands for the weight times its input channel's scale. So a sum of q * w needs but one
// scale.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace colonnade::cpu {

inline constexpr float kMostU8 = 255, kMostI8 = 127;

/// To nearest, ties to even; what lies outside of 0 to 255, and NaN, becomes the nearer end or 0.
/// `inverse` is 1 / scale.
inline std::uint8_t to_u8(float value, float inverse) noexcept {
  const float steps = value * inverse;
  return static_cast<std::uint8_t>(steps > 0 ? std::nearbyint(std::min(steps, kMostU8)) : 0.0F);
}

/// `steps` is value / scale.
inline std::int8_t to_i8(double steps) noexcept {
  if (!(steps > -kMostI8)) return static_cast<std::int8_t>(-kMostI8);  // NaN too.
  return static_cast<std::int8_t>(std::nearbyint(std::min<double>(steps, kMostI8)));
}

/// More products of a byte by a byte could leave int32.
inline constexpr std::int64_t kMostInt8Products = INT32_MAX / (255 * 127);

}  // namespace colonnade::cpu
