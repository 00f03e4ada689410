#include "kernels/quantize/granularity.hpp"

#include <fmt/core.h>

#include "colonnade/error.hpp"
#include "kernels/elementwise/rules.hpp"
#include "kernels/type_rules.hpp"

namespace colonnade::reference {
namespace {

bool is_single(const Shape& shape) {
  return shape.rank() == 0 || (shape.rank() == 1 && shape[0] == 1);
}

[[noreturn]] void mismatch(const Shape& x, const Shape& scale, std::int64_t block_size) {
  throw Error(ErrorCode::mismatch,
              fmt::format("a scale of shape {} (block size {}) doesn't fit an input of shape {}",
                          scale.to_string(), block_size, x.to_string()));
}

// x's shape with the axis counted in blocks.
Shape blocked(const Shape& x, std::size_t axis, std::int64_t block_size) {
  Shape shape = x;
  shape[axis] = x[axis] / block_size + (x[axis] % block_size != 0 ? 1 : 0);
  return shape;
}

}  // namespace

Granularity::Granularity(const Shape& x, const Shape& scale, std::int64_t axis,
                         std::int64_t block_size) {
  if (block_size == 0 && is_single(scale)) {
    length_ = x.elements();
    return;
  }
  const std::size_t a = normalize_axis(axis, x.rank());
  outer_ = x.elements(0, a);
  length_ = x[a];
  inner_ = x.elements(a + 1, x.rank());
  block_step_ = 1;
  if (block_size == 0) {
    if (scale != Shape{x[a]}) mismatch(x, scale, block_size);
    return;
  }
  if (block_size < 0 || scale != blocked(x, a, block_size)) mismatch(x, scale, block_size);
  block_ = block_size;
  block_step_ = inner_;
  inner_step_ = 1;
  outer_step_ = scale[a] * inner_;
}

void require_quantization(std::span<const TypeInfo> in, std::int64_t axis,
                          std::int64_t block_size) {
  require_inputs(in, 2, 3);
  require_floating(in[1]);
  if (in[0].shape && in[0].shape->is_static() && in[1].shape && in[1].shape->is_static()) {
    Granularity(*in[0].shape, *in[1].shape, axis, block_size);
  }
  if (is_given(in, 2) && in[1].shape && in[2].shape && in[1].shape->is_static() &&
      in[2].shape->is_static() && in[1].shape->elements() != in[2].shape->elements()) {
    throw Error(ErrorCode::mismatch,
                fmt::format("the scale's shape {} and the zero point's {} differ",
                            in[1].shape->to_string(), in[2].shape->to_string()));
  }
}

}  // namespace colonnade::reference
