// Operators whose output comes from a shape or a rule: Expand, Range, ConstantOfShape.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "colonnade/error.hpp"
#include "kernels/integers.hpp"
#include "kernels/reference_ops.hpp"
#include "kernels/shape/copy.hpp"
#include "kernels/type_rules.hpp"

namespace colonnade::reference {
namespace {

Shape checked_shape(const std::vector<std::int64_t>& dims) {
  const Shape shape{std::span<const std::int64_t>(dims)};
  for (const std::int64_t dim : dims) {
    if (dim < 0) {
      throw Error(ErrorCode::invalid_argument, fmt::format("a wanted shape has the dim {}", dim));
    }
  }
  return shape;
}

template <typename W>
W scalar(const ConstTensorView& x) {
  if (x.shape.elements() != 1) {
    throw Error(ErrorCode::mismatch, "expected one element, found shape " + x.shape.to_string());
  }
  return dispatch(x.dtype, [&]<typename T>(TypeTag<T>) {
    return static_cast<W>(static_cast<Wide<T>>(*x.as<T>()));
  });
}

std::int64_t steps_between(double start, double limit, double delta) {
  const double count = std::ceil((limit - start) / delta);
  if (!(std::fabs(count) < 0x1p62)) {
    throw Error(ErrorCode::limit, fmt::format("a range from {} to {} by {} has no finite length",
                                              start, limit, delta));
  }
  return static_cast<std::int64_t>(std::max(count, 0.0));
}

std::int64_t steps_between(std::int64_t start, std::int64_t limit, std::int64_t delta) {
  if (delta == 0) throw Error(ErrorCode::invalid_argument, "a range's delta is 0");
  if (delta > 0 ? start >= limit : start <= limit) return 0;
  // Distances fit uint64, whatever the ends are.
  const auto low = static_cast<std::uint64_t>(std::min(start, limit));
  const auto high = static_cast<std::uint64_t>(std::max(start, limit));
  const std::uint64_t stride = delta > 0 ? static_cast<std::uint64_t>(delta)
                                         : std::uint64_t{0} - static_cast<std::uint64_t>(delta);
  const std::uint64_t count = (high - low - 1) / stride + 1;
  if (count > static_cast<std::uint64_t>(INT64_MAX)) {
    throw Error(ErrorCode::limit, "a range has more than 2^63 elements");
  }
  return static_cast<std::int64_t>(count);
}

template <typename W>
std::int64_t range_length(InferInputs in) {
  return steps_between(scalar<W>(*in[0].value), scalar<W>(*in[1].value), scalar<W>(*in[2].value));
}

}  // namespace

Types infer(const op::Expand&, InferInputs in, std::size_t) {
  require_inputs(in, 2, 2);
  if (!in[0].shape) return {type_of(in[0].dtype, std::nullopt)};
  const Shape& x = *in[0].shape;
  if (const auto wanted = known_integers(in[1])) {
    return {type_of(in[0].dtype, broadcast(x, checked_shape(*wanted)))};
  }
  const auto rank = known_length(in[1]);
  if (!rank) return {type_of(in[0].dtype, std::nullopt)};
  return {type_of(in[0].dtype, broadcast(x, unknown_dims(*rank)))};
}

void compute(const op::Expand&, In in, Out out) {
  const Shape& y = out[0].shape;
  copy_strided(y, size_of(out[0].dtype), in[0].data, {broadcast_strides(in[0].shape, y), 0},
               out[0].data, whole(y));
}

Types infer(const op::Range&, InferInputs in, std::size_t) {
  require_inputs(in, 3, 3);
  require_same_type(in, 0, 1);
  require_same_type(in, 0, 2);
  std::int64_t length = kUnknownDim;
  if (in[0].value && in[1].value && in[2].value) {
    length = is_floating(in[0].dtype) ? range_length<double>(in) : range_length<std::int64_t>(in);
  }
  return {type_of(in[0].dtype, Shape{length})};
}

void compute(const op::Range&, In in, Out out) {
  const std::int64_t count = out[0].shape.elements();
  dispatch(out[0].dtype, [&]<typename T>(TypeTag<T>) {
    const auto start = scalar<Wide<T>>(in[0]);
    const auto delta = scalar<Wide<T>>(in[2]);
    for (std::int64_t i = 0; i < count; ++i) {
      const auto step = static_cast<Wide<T>>(i);
      if constexpr (std::is_integral_v<T>) {
        out[0].as<T>()[i] = static_cast<T>(wrapping_add(start, wrapping_mul(step, delta)));
      } else {
        out[0].as<T>()[i] = static_cast<T>(start + step * delta);
      }
    }
  });
}

Types infer(const op::ConstantOfShape& op, InferInputs in, std::size_t) {
  require_inputs(in, 1, 1);
  const DType dtype = op.value ? op.value.dtype() : DType::f32;
  if (const auto wanted = known_integers(in[0])) return {type_of(dtype, checked_shape(*wanted))};
  const auto rank = known_length(in[0]);
  return {type_of(dtype, rank ? std::optional(unknown_dims(*rank)) : std::nullopt)};
}

void compute(const op::ConstantOfShape& op, In, Out out) {
  const std::uint64_t zero = 0;
  const Shape& y = out[0].shape;
  const void* value = op.value && op.value.elements() > 0 ? op.value.data() : &zero;
  copy_strided(y, size_of(out[0].dtype), value, {}, out[0].data, whole(y));
}

}  // namespace colonnade::reference
