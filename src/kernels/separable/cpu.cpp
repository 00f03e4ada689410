#include "kernels/separable/cpu.hpp"

#include <algorithm>
#include <limits>

namespace colonnade::cpu {
namespace {

void take_larger(float* to, const float* from, std::int64_t channels) {
  for (std::int64_t c = 0; c < channels; ++c) {
    const float a = to[c], b = from[c];
    to[c] = a >= b || a != a ? a : b;
  }
}

void add_product(float* to, const float* from, float weight, std::int64_t channels) {
  for (std::int64_t c = 0; c < channels; ++c) to[c] += from[c] * weight;
}

}  // namespace

void separable_rows(const SeparableArgs& args, std::int64_t begin, std::int64_t end) {
  const AxisTaps& rows = *args.rows;
  const AxisTaps& columns = *args.columns;
  const auto at = [](const auto& values, std::int64_t i) {
    return values[static_cast<std::size_t>(i)];
  };
  const float start = args.max ? -std::numeric_limits<float>::infinity() : 0;
  for (std::int64_t y = begin; y < end; ++y) {
    for (std::int64_t x = 0; x < columns.outputs(); ++x) {
      float* to = args.output + y * args.output_row + x * args.output_cell;
      std::fill_n(to, args.channels, start);
      for (std::int64_t r = at(rows.begin, y); r < at(rows.begin, y + 1); ++r) {
        const float* row = args.input + at(rows.input, r) * args.input_row;
        for (std::int64_t c = at(columns.begin, x); c < at(columns.begin, x + 1); ++c) {
          const float* from = row + at(columns.input, c) * args.input_cell;
          if (args.max) {
            take_larger(to, from, args.channels);
          } else {
            add_product(to, from, at(rows.weight, r) * at(columns.weight, c), args.channels);
          }
        }
      }
    }
  }
}

}  // namespace colonnade::cpu
