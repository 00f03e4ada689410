// Concat and its inverse, Split.
#include <fmt/core.h>

#include <algorithm>

#include "colonnade/error.hpp"
#include "kernels/reference_ops.hpp"
#include "kernels/shape/copy.hpp"
#include "kernels/type_rules.hpp"

namespace colonnade::reference {
namespace {

/// torch.cat ignores tensors of shape [0] among tensors of any rank, and exports that hold them run
/// nowhere else: a list that was initialized empty.
bool is_void(const Shape& shape, std::size_t rank) {
  return shape.rank() == 1 && shape[0] == 0 && rank != 1;
}

/// Largest rank among the inputs: that of all which aren't void.
std::optional<std::size_t> common_rank(InferInputs in) {
  std::size_t rank = 0;
  for (const TypeInfo& input : in) {
    if (!input.shape) return std::nullopt;
    rank = std::max(rank, input.shape->rank());
  }
  return rank;
}

std::int64_t checked_sum(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) {
    throw Error(ErrorCode::limit, "a concatenated dimension exceeds 2^63");
  }
  return sum;
}

void append(const Shape& x, std::size_t axis, Shape& y) {
  if (x.rank() != y.rank()) {
    throw Error(ErrorCode::mismatch,
                fmt::format("{} and {} differ in rank", y.to_string(), x.to_string()));
  }
  for (std::size_t i = 0; i < x.rank(); ++i) {
    if (i == axis) {
      y[i] = x[i] < 0 || y[i] < 0 ? kUnknownDim : checked_sum(x[i], y[i]);
    } else if (y[i] < 0) {
      y[i] = x[i];
    } else if (x[i] >= 0 && x[i] != y[i]) {
      throw Error(ErrorCode::mismatch,
                  fmt::format("{} and {} can't be concatenated along axis {}: dimension {} differs",
                              y.to_string(), x.to_string(), axis, i));
    }
  }
}

/// Length of each of `outputs` parts; Split without sizes makes equal parts, the last ones smaller.
std::vector<std::int64_t> equal_parts(std::int64_t dim, std::size_t outputs) {
  const auto count = static_cast<std::int64_t>(outputs);
  const std::int64_t part = dim / count + (dim % count != 0);
  std::vector<std::int64_t> sizes;
  for (std::int64_t i = 0, left = dim; i < count; ++i) {
    sizes.push_back(std::min(part, left));
    left -= sizes.back();
  }
  return sizes;
}

void check_sizes(const std::vector<std::int64_t>& sizes, std::int64_t dim, std::size_t outputs) {
  std::int64_t sum = 0;
  for (const std::int64_t size : sizes) {
    if (size < 0) {
      throw Error(ErrorCode::invalid_argument, fmt::format("a part has the size {}", size));
    }
    sum = checked_sum(sum, size);
  }
  if (sizes.size() != outputs || (dim >= 0 && sum != dim)) {
    throw Error(ErrorCode::mismatch,
                fmt::format("{} sizes with sum {} can't split {} into {} outputs", sizes.size(),
                            sum, dim < 0 ? "an unknown dimension" : std::to_string(dim), outputs));
  }
}

}  // namespace

Types infer(const op::Concat& op, InferInputs in, std::size_t) {
  require_inputs(in, 1, in.size());
  for (std::size_t i = 0; i < in.size(); ++i) require_same_type(in, 0, i);
  const auto rank = common_rank(in);
  if (!rank) return {type_of(in[0].dtype, std::nullopt)};
  const std::size_t axis = normalize_axis(op.axis, *rank);
  std::optional<Shape> y;
  for (const TypeInfo& input : in) {
    if (is_void(*input.shape, *rank)) continue;
    if (y) {
      append(*input.shape, axis, *y);
    } else {
      y = input.shape;
    }
  }
  return {type_of(in[0].dtype, y)};
}

void compute(const op::Concat& op, In in, Out out) {
  const TensorView& y = out[0];
  const std::size_t axis = normalize_axis(op.axis, y.shape.rank());
  std::int64_t begin = 0;
  for (const ConstTensorView& x : in) {
    if (is_void(x.shape, y.shape.rank())) continue;
    copy_strided(x.shape, size_of(y.dtype), x.data, whole(x.shape), y.data,
                 from_index(y.shape, axis, begin));
    begin += x.shape[axis];
  }
}

Types infer(const op::Split& op, InferInputs in, std::size_t outputs) {
  require_inputs(in, 1, 2);
  if (!in[0].shape) return Types(outputs, type_of(in[0].dtype, std::nullopt));
  Shape part = *in[0].shape;
  const std::size_t axis = normalize_axis(op.axis, part.rank());
  const std::int64_t dim = part[axis];
  std::vector<std::int64_t> sizes(outputs, kUnknownDim);
  if (is_given(in, 1)) {
    if (const auto known = known_integers(in[1])) {
      check_sizes(*known, dim, outputs);
      sizes = *known;
    }
  } else if (dim >= 0) {
    sizes = equal_parts(dim, outputs);
  }
  Types types;
  for (const std::int64_t size : sizes) {
    part[axis] = size;
    types.push_back(type_of(in[0].dtype, part));
  }
  return types;
}

void compute(const op::Split& op, In in, Out out) {
  const ConstTensorView& x = in[0];
  const std::size_t axis = normalize_axis(op.axis, x.shape.rank());
  std::int64_t begin = 0;
  for (const TensorView& y : out) {
    if (y.data != nullptr) {
      copy_strided(y.shape, size_of(y.dtype), x.data, from_index(x.shape, axis, begin), y.data,
                   whole(y.shape));
    }
    begin += y.shape[axis];
  }
}

}  // namespace colonnade::reference
