// Loops over strided tensors: what element-wise kernels and copies walk, whatever the layouts.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "kernels/strides.hpp"

namespace colonnade::cpu {

/// Up to three operands, the written one first. Axes of length 1 are gone, the axis along which the
/// written operand moves least is innermost, neighbours that run through all operands are merged.
struct LoopNest {
  static constexpr std::size_t kOperands = 3;
  Shape dims;
  std::array<Strides, kOperands> strides{};
  std::array<std::int64_t, kOperands> offsets{};  ///< Elements.

  std::int64_t elements() const { return dims.elements(); }
  /// The share `part` of `parts`, cut along the longest axis; may be empty.
  LoopNest share(std::int64_t part, std::int64_t parts) const;
};

LoopNest make_loop_nest(const Shape& dims, std::span<const Strides> strides);

/// Calls row(offset of each operand) for every index of all axes but the innermost `inner`.
template <typename F>
void for_each_row(const LoopNest& nest, std::size_t inner, F&& row) {
  std::array<std::int64_t, LoopNest::kOperands> offset = nest.offsets;
  std::array<std::int64_t, kMaxRank> index{};
  const std::size_t outer = nest.dims.rank() - inner;
  for (std::size_t a = 0; a < nest.dims.rank(); ++a) {
    if (nest.dims[a] == 0) return;
  }
  for (;;) {
    row(offset);
    std::size_t axis = outer;
    for (;; --axis) {
      if (axis == 0) return;
      const std::size_t a = axis - 1;
      const bool more = ++index[a] < nest.dims[a];
      for (std::size_t o = 0; o < LoopNest::kOperands; ++o) {
        offset[o] += more ? nest.strides[o][a] : -nest.strides[o][a] * (nest.dims[a] - 1);
      }
      if (more) break;
      index[a] = 0;
    }
  }
}

}  // namespace colonnade::cpu
