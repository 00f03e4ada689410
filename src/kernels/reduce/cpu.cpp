#include "kernels/reduce/cpu.hpp"

#include <algorithm>
#include <limits>

namespace colonnade::cpu {
void reduce_max(const ReduceMaxArgs& args, std::int64_t begin, std::int64_t end) {
  if (args.inner == 0) return;  // Of nothing there may be 2^60.
  for (std::int64_t o = begin; o < end; ++o) {
    const float* from = args.from + o * args.reduced * args.row;
    float* to = args.to + o * args.inner;
    if (args.inner == 1) {
      float max = -std::numeric_limits<float>::infinity();
      for (std::int64_t r = 0; r < args.reduced; ++r) max = larger(max, from[r * args.row]);
      *to = max;
      continue;
    }
    std::fill(to, to + args.inner, -std::numeric_limits<float>::infinity());
    for (std::int64_t r = 0; r < args.reduced; ++r, from += args.row) {
      for (std::int64_t i = 0; i < args.inner; ++i) to[i] = larger(to[i], from[i]);
    }
  }
}

}  // namespace colonnade::cpu
