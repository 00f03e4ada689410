#pragma once

#include <cstdint>

namespace colonnade {

/// The least integer that isn't below a / b, b > 0.
constexpr std::int64_t divide_up(std::int64_t a, std::int64_t b) noexcept {
  return a >= 0 ? (a + b - 1) / b : -(-a / b);
}

}  // namespace colonnade
