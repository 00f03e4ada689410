// Inputs whose results can be told by hand.
#pragma once

#include <algorithm>

#include "base/tensor.hpp"

namespace colonnade {

/// 0, 1, 2, ...
inline Tensor counted(const Shape& shape) {
  Tensor t(DType::f32, shape);
  for (std::size_t i = 0; i < t.elements(); ++i) t.as<float>()[i] = static_cast<float>(i);
  return t;
}

inline Tensor ones(const Shape& shape) {
  Tensor t(DType::f32, shape);
  std::fill(t.as<float>(), t.as<float>() + t.elements(), 1.0f);
  return t;
}

}  // namespace colonnade
