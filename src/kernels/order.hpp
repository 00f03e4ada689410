// One total order for everything that compares elements (max, min, arg max, top k): numbers by
// value, NaN above them all. So a NaN is found by max and by arg max wherever it stands, as in
// NumPy and PyTorch, and sorting is defined.
#pragma once

#include <cmath>
#include <limits>
#include <type_traits>

#include "base/dtype.hpp"

namespace colonnade {

template <typename W>
bool is_nan(W value) {
  if constexpr (std::is_floating_point_v<W>) return std::isnan(value);
  return false;
}

/// a > b in that order.
template <typename W>
bool is_above(W a, W b) {
  return is_nan(a) ? !is_nan(b) : a > b;
}

/// For minima NaN comes first instead: it's found by them as well.
template <typename W>
bool is_below(W a, W b) {
  return is_nan(a) ? !is_nan(b) : a < b;
}

/// What the maximum of no elements is: -infinity, or the least integer.
template <typename T>
Wide<T> least() {
  if constexpr (std::is_floating_point_v<Wide<T>>) {
    return -std::numeric_limits<double>::infinity();
  } else {
    return static_cast<Wide<T>>(std::numeric_limits<T>::min());
  }
}

/// What the minimum of no elements is.
template <typename T>
Wide<T> greatest() {
  if constexpr (std::is_floating_point_v<Wide<T>>) {
    return std::numeric_limits<double>::infinity();
  } else {
    return static_cast<Wide<T>>(std::numeric_limits<T>::max());
  }
}

}  // namespace colonnade
