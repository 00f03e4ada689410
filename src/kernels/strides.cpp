#include "kernels/strides.hpp"

#include <cstring>

#include "colonnade/error.hpp"

namespace colonnade {
namespace {

// A compile-time size makes the copy one move; memcpy because the elements have some other type.
template <std::size_t kSize>
void copy_elements(const Shape& shape, const void* from, const StridedPlace& read, void* to,
                   const StridedPlace& write) {
  constexpr auto size = static_cast<std::int64_t>(kSize);
  const auto* x = static_cast<const std::byte*>(from);
  auto* y = static_cast<std::byte*>(to);
  for (Odometer<2> at(shape, {read.strides, write.strides}, {read.start, write.start}); !at.done();
       at.next()) {
    std::memcpy(y + at.offset(1) * size, x + at.offset(0) * size, kSize);
  }
}

void copy_runs(const Shape& shape, std::int64_t run, std::size_t element_size, const void* from,
               const StridedPlace& read, void* to, const StridedPlace& write) {
  const auto size = static_cast<std::int64_t>(element_size);
  const auto* x = static_cast<const std::byte*>(from);
  auto* y = static_cast<std::byte*>(to);
  for (Odometer<2> at(shape, {read.strides, write.strides}, {read.start, write.start}); !at.done();
       at.next()) {
    std::memcpy(y + at.offset(1) * size, x + at.offset(0) * size,
                static_cast<std::size_t>(run * size));
  }
}

}  // namespace

Strides row_major_strides(const Shape& shape) {
  Strides strides{};
  std::int64_t step = 1;
  for (std::size_t axis = shape.rank(); axis-- > 0;) {
    strides[axis] = step;
    // An empty tensor has no offsets, so a product that overflows beside a 0 doesn't matter.
    if (__builtin_mul_overflow(step, shape[axis], &step)) step = 0;
  }
  return strides;
}

Strides broadcast_strides(const Shape& shape, const Shape& to) {
  if (shape.rank() > to.rank()) {
    throw Error(ErrorCode::internal,
                shape.to_string() + " has more dimensions than " + to.to_string());
  }
  const Strides own = row_major_strides(shape);
  const std::size_t lead = to.rank() - shape.rank();
  Strides strides{};
  for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
    strides[lead + axis] = shape[axis] == 1 ? 0 : own[axis];
  }
  return strides;
}

void copy_strided(const Shape& shape, std::size_t element_size, const void* from,
                  const StridedPlace& read, void* to, const StridedPlace& write) {
  if (shape.elements() == 0) return;
  // Trailing axes that lie without gaps on both sides move in one piece.
  Shape outer = shape;
  std::int64_t run = 1;
  while (outer.rank() > 0) {
    const std::size_t last = outer.rank() - 1;
    if (outer[last] != 1 && (read.strides[last] != run || write.strides[last] != run)) break;
    run *= outer[last];
    outer.resize(last);
  }
  if (run > 1) return copy_runs(outer, run, element_size, from, read, to, write);
  switch (element_size) {
    case 1: return copy_elements<1>(shape, from, read, to, write);
    case 2: return copy_elements<2>(shape, from, read, to, write);
    case 4: return copy_elements<4>(shape, from, read, to, write);
    case 8: return copy_elements<8>(shape, from, read, to, write);
    default: throw Error(ErrorCode::internal, "no element type has this size");
  }
}

}  // namespace colonnade
