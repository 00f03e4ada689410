// A tensor seen along one axis: outer x length x inner.
#pragma once

#include <cstdint>

#include "base/shape.hpp"

namespace colonnade {

struct AxisView {
  std::int64_t outer = 1, length = 1, inner = 1;

  AxisView(const Shape& shape, std::size_t axis)
      : outer(shape.elements(0, axis)),
        length(shape[axis]),
        inner(shape.elements(axis + 1, shape.rank())) {}

  /// Offset of element i of line (o, n).
  std::int64_t offset(std::int64_t o, std::int64_t i, std::int64_t n) const noexcept {
    return (o * length + i) * inner + n;
  }

  /// Calls f(o, n) for every line along the axis, in row-major order.
  template <typename F>
  void for_each_line(F&& f) const {
    for (std::int64_t o = 0; o < outer; ++o) {
      for (std::int64_t n = 0; n < inner; ++n) f(o, n);
    }
  }
};

}  // namespace colonnade
