// BF16 as its instructions see it: the upper half of a float32, subnormal numbers read as zero.
#pragma once

#include <bit>
#include <cstdint>

namespace colonnade::cpu {

/// To nearest, ties to even; a NaN stays one. As VCVTNEPS2BF16 does it.
inline std::uint16_t to_bf16(float value) noexcept {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t exponent = bits & 0x7f800000U;
  if (exponent == 0) return static_cast<std::uint16_t>((bits & 0x80000000U) >> 16);
  if (exponent == 0x7f800000U && (bits & 0x7fffffU) != 0) {
    return static_cast<std::uint16_t>((bits >> 16) | 0x40U);
  }
  return static_cast<std::uint16_t>((bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16);
}

inline float from_bf16(std::uint16_t bits) noexcept {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

/// Two of them as they lie in memory: a word.
inline std::uint32_t bf16_pair(float first, float second) noexcept {
  return to_bf16(first) | static_cast<std::uint32_t>(to_bf16(second)) << 16;
}

}  // namespace colonnade::cpu
