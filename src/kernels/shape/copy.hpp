// Copies of whole tensors, and the places of a tensor's region in its strides.
#pragma once

#include <cstring>

#include "base/tensor.hpp"
#include "kernels/strides.hpp"

namespace colonnade::reference {

/// The same elements in the same order, whatever the two shapes are.
inline void copy_all(const ConstTensorView& from, const TensorView& to) {
  const auto count = static_cast<std::size_t>(to.shape.elements());
  if (count > 0) std::memcpy(to.data, from.data, count * size_of(to.dtype));
}

/// All of a contiguous tensor.
inline StridedPlace whole(const Shape& shape) {
  return {row_major_strides(shape), 0};
}

/// What is left of a contiguous tensor from index `begin` on along `axis`.
inline StridedPlace from_index(const Shape& shape, std::size_t axis, std::int64_t begin) {
  StridedPlace place = whole(shape);
  place.start = begin * place.strides[axis];
  return place;
}

}  // namespace colonnade::reference
