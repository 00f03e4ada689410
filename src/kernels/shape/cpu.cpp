#include "kernels/shape/cpu.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "colonnade/error.hpp"

namespace colonnade::cpu {
namespace {

template <typename T>
void copy_rows(const LoopNest& nest, T* to, const T* from) {
  const std::size_t last = nest.dims.rank() - 1;
  const std::int64_t n = nest.dims[last];
  const std::int64_t step_to = nest.strides[0][last], step_from = nest.strides[1][last];
  for_each_row(nest, 1, [&](const auto& offset) {
    T* t = to + offset[0];
    const T* f = from + offset[1];
    if (step_to == 1 && step_from == 1) {
      std::memcpy(t, f, static_cast<std::size_t>(n) * sizeof(T));
    } else {
      for (std::int64_t i = 0; i < n; ++i) t[i * step_to] = f[i * step_from];
    }
  });
}

// `to` runs along the last axis and `from` along the one before it: squares that stay in L1.
template <typename T>
void copy_transposed(const LoopNest& nest, T* to, const T* from) {
  constexpr std::int64_t kSide = 16;
  const std::size_t rank = nest.dims.rank();
  const std::int64_t rows = nest.dims[rank - 2], columns = nest.dims[rank - 1];
  const std::int64_t step_to = nest.strides[0][rank - 2], step_from = nest.strides[1][rank - 1];
  for_each_row(nest, 2, [&](const auto& offset) {
    for (std::int64_t r0 = 0; r0 < rows; r0 += kSide) {
      const std::int64_t r1 = std::min(rows, r0 + kSide);
      for (std::int64_t c0 = 0; c0 < columns; c0 += kSide) {
        const std::int64_t c1 = std::min(columns, c0 + kSide);
        for (std::int64_t r = r0; r < r1; ++r) {
          T* t = to + offset[0] + r * step_to;
          const T* f = from + offset[1] + r;
          for (std::int64_t c = c0; c < c1; ++c) t[c] = f[c * step_from];
        }
      }
    }
  });
}

// Moves the axis along which `from` is contiguous beside the last one.
bool pair_axes(LoopNest& nest) {
  const std::size_t rank = nest.dims.rank();
  if (rank < 2 || nest.strides[0][rank - 1] != 1 || nest.strides[1][rank - 1] == 1) return false;
  for (std::size_t a = 0; a + 1 < rank; ++a) {
    if (nest.strides[1][a] != 1) continue;
    std::swap(nest.dims[a], nest.dims[rank - 2]);
    for (Strides& strides : nest.strides) std::swap(strides[a], strides[rank - 2]);
    return true;
  }
  return false;
}

template <typename T>
void copy(LoopNest nest, void* to, const void* from) {
  if (pair_axes(nest)) {
    copy_transposed(nest, static_cast<T*>(to), static_cast<const T*>(from));
  } else {
    copy_rows(nest, static_cast<T*>(to), static_cast<const T*>(from));
  }
}

}  // namespace

void copy_strided(const LoopNest& nest, std::size_t element, void* to, const void* from) {
  switch (element) {
    case 1: return copy<std::uint8_t>(nest, to, from);
    case 2: return copy<std::uint16_t>(nest, to, from);
    case 4: return copy<std::uint32_t>(nest, to, from);
    case 8: return copy<std::uint64_t>(nest, to, from);
    default: throw Error(ErrorCode::internal, "no copy for elements of this size");
  }
}

}  // namespace colonnade::cpu
