// Maximum over one axis of floats, seen as [outer, reduced, inner].
#pragma once

#include <cstdint>

namespace colonnade::cpu {

/// NaN wins over numbers.
inline float larger(float a, float b) {
  return a >= b || a != a ? a : b;
}

struct ReduceMaxArgs {
  std::int64_t reduced = 0, inner = 0;
  std::int64_t row = 0;  ///< Floats from one reduced index to the next.
  const float* from = nullptr;
  float* to = nullptr;  ///< [outer, inner], dense.
};

/// The outer indices [begin, end); each is `reduced * row` floats. NaN wins over numbers.
void reduce_max(const ReduceMaxArgs& args, std::int64_t begin, std::int64_t end);

}  // namespace colonnade::cpu
