// Walking row-major tensors by strides: what broadcasting, transposing, slicing and gathering
// share.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/shape.hpp"

namespace colonnade {

/// Elements (not bytes) from an index to the next one, an axis; axes beyond the rank are 0.
using Strides = std::array<std::int64_t, kMaxRank>;

/// Strides of a contiguous tensor of a static shape.
Strides row_major_strides(const Shape& shape);

/// Strides that read a contiguous tensor of `shape` as if it were broadcast to `to`: aligned at the
/// last axis, 0 along repeated axes.
Strides broadcast_strides(const Shape& shape, const Shape& to);

/// Counts through every index of a static shape, last axis fastest, and keeps the offset to which N
/// sets of strides lead: `for (Odometer<2> at(shape, {a, b}); !at.done(); at.next())`.
template <std::size_t N>
class Odometer {
 public:
  Odometer(const Shape& shape, const std::array<Strides, N>& strides,
           const std::array<std::int64_t, N>& start = {})
      : shape_(shape), strides_(strides), offsets_(start), left_(shape.elements()) {}

  bool done() const noexcept { return left_ == 0; }
  std::int64_t offset(std::size_t k = 0) const noexcept { return offsets_[k]; }
  std::int64_t index(std::size_t axis) const noexcept { return index_[axis]; }

  void next() noexcept {
    --left_;
    for (std::size_t axis = shape_.rank(); axis-- > 0;) {
      if (++index_[axis] < shape_[axis]) {
        for (std::size_t k = 0; k < N; ++k) offsets_[k] += strides_[k][axis];
        return;
      }
      for (std::size_t k = 0; k < N; ++k) offsets_[k] -= strides_[k][axis] * (index_[axis] - 1);
      index_[axis] = 0;
    }
  }

 private:
  Shape shape_;
  std::array<Strides, N> strides_;
  std::array<std::int64_t, N> offsets_;
  std::array<std::int64_t, kMaxRank> index_{};
  std::int64_t left_;
};

/// Where a strided copy reads or writes.
struct StridedPlace {
  Strides strides{};
  std::int64_t start = 0;
};

/// Copies the elements at every index of `shape` from one strided place to another.
void copy_strided(const Shape& shape, std::size_t element_size, const void* from,
                  const StridedPlace& read, void* to, const StridedPlace& write);

}  // namespace colonnade
