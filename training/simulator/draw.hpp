// Draws from distributions, the same with every standard library. C++ leaves the order of a call's
// arguments open: at most one draw an expression, or a braced list (whose order is fixed).
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "base/random.hpp"

namespace colonnade::simulator {

class Draw {
 public:
  explicit Draw(std::uint64_t seed) noexcept : random_(seed) {}

  std::uint64_t bits() noexcept { return random_.bits(); }
  double uniform() noexcept { return random_.uniform(); }
  double uniform(double low, double high) noexcept { return random_.uniform(low, high); }
  bool chance(double probability) noexcept { return uniform() < probability; }
  /// -1 or 1.
  double sign() noexcept { return chance(0.5) ? 1.0 : -1.0; }
  /// Both ends may come.
  int integer(int low, int high) noexcept {
    const auto span = static_cast<std::uint64_t>(high - low + 1);
    return high <= low ? low : low + static_cast<int>(bits() % span);
  }
  /// Four 16-bit uniforms of one draw: within 3.5 deviations of the mean, no logarithm.
  double normal() noexcept {
    std::uint64_t b = bits();
    double sum = 0;
    for (int i = 0; i < 4; ++i, b >>= 16) sum += static_cast<double>(b & 0xffffU);
    return (sum * 0x1p-16 - 2 + 0x1p-15) * 1.7320508075688772;
  }
  double normal(double mean, double deviation) noexcept { return mean + deviation * normal(); }
  /// An index, by weight.
  std::size_t pick(std::initializer_list<double> weights) noexcept {
    double total = 0;
    for (const double w : weights) total += w;
    double left = uniform() * total;
    std::size_t i = 0;
    for (const double w : weights) {
      if ((left -= w) < 0) return i;
      ++i;
    }
    return weights.size() - 1;
  }

 private:
  Random random_;
};

/// An independent stream for each (seed, index): frame k of a run, ray k of a part.
inline std::uint64_t derived_seed(std::uint64_t seed, std::uint64_t index) noexcept {
  Random random(seed ^ (index * 0xd1342543de82ef95U + 0x632be59bd9b4e019U));
  return random.bits();
}

}  // namespace colonnade::simulator
