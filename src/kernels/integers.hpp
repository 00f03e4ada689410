// Integer arithmetic that is defined for every pair of operands: it wraps, as NumPy's does.
#pragma once

#include <cstdint>
#include <limits>
#include <type_traits>

namespace colonnade {

// Sums and products are the same bits signed or unsigned, but only unsigned may overflow in C++.
template <typename W>
constexpr W wrapping_add(W a, W b) noexcept {
  return static_cast<W>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}
template <typename W>
constexpr W wrapping_sub(W a, W b) noexcept {
  return static_cast<W>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
template <typename W>
constexpr W wrapping_mul(W a, W b) noexcept {
  return static_cast<W>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
}
template <typename W>
constexpr W wrapping_neg(W a) noexcept {
  return wrapping_sub(W{0}, a);
}

/// Truncates towards zero; 0 for a zero divisor (NumPy's value; a processor would trap).
template <typename W>
constexpr W divide(W a, W b) noexcept {
  if (b == 0) return 0;
  if constexpr (std::is_signed_v<W>) {
    if (b == -1) return wrapping_neg(a);
  }
  return static_cast<W>(a / b);
}

/// Remainder with the sign of the dividend (C); 0 for a zero divisor.
template <typename W>
constexpr W remainder(W a, W b) noexcept {
  if (b == 0) return 0;
  if constexpr (std::is_signed_v<W>) {
    if (b == -1) return 0;
  }
  return static_cast<W>(a % b);
}

/// Remainder with the sign of the divisor (Python); 0 for a zero divisor.
template <typename W>
constexpr W modulo(W a, W b) noexcept {
  const W r = remainder(a, b);
  if constexpr (std::is_signed_v<W>) {
    if (r != 0 && (r < 0) != (b < 0)) return static_cast<W>(r + b);
  }
  return r;
}

/// base^exponent, wrapping; a negative power of anything but 1 and -1 truncates to 0.
template <typename W, typename E>
constexpr W power(W base, E exponent) noexcept {
  if constexpr (std::is_signed_v<E>) {
    if (exponent < 0) {
      if (base == 1) return 1;
      if constexpr (std::is_signed_v<W>) {
        if (base == -1) return exponent % 2 == 0 ? 1 : -1;
      }
      return 0;
    }
  }
  W result = 1;
  for (auto left = static_cast<std::uint64_t>(exponent); left > 0; left >>= 1) {
    if (left & 1) result = wrapping_mul(result, base);
    base = wrapping_mul(base, base);
  }
  return result;
}

/// Truncated towards zero, saturated to the range of I; NaN gives 0.
template <typename I>
constexpr I saturate_to(double value) noexcept {
  using limits = std::numeric_limits<I>;
  if (value != value) return 0;
  // max() + 1 is a power of two, hence exact as a double where max() itself may not be.
  constexpr double above = 2.0 * static_cast<double>(limits::max() / 2 + 1);
  if (value >= above) return limits::max();
  if (value <= static_cast<double>(limits::min())) return limits::min();
  return static_cast<I>(value);
}

}  // namespace colonnade
