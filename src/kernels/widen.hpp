// Whole tensors as the type that reference kernels compute in, converted once.
#pragma once

#include <span>
#include <vector>

#include "base/tensor.hpp"

namespace colonnade {

/// Elements of a tensor of T as Wide<T>.
template <typename T>
std::vector<Wide<T>> widen(const ConstTensorView& tensor) {
  const auto count = static_cast<std::size_t>(tensor.shape.elements());
  std::vector<Wide<T>> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<Wide<T>>(tensor.as<T>()[i]);
  return values;
}

/// Elements of a tensor of any type as double.
std::vector<double> to_doubles(const ConstTensorView& tensor);

/// Stores doubles from element `first` on, rounded once; integer types truncate and saturate.
void store_doubles(std::span<const double> values, const TensorView& out, std::int64_t first = 0);

}  // namespace colonnade
