// Operators that rename the dimensions and keep the elements in order, and those that ask for them.
#include <fmt/core.h>

#include <algorithm>

#include "colonnade/error.hpp"
#include "kernels/reference_ops.hpp"
#include "kernels/shape/copy.hpp"
#include "kernels/type_rules.hpp"

namespace colonnade::reference {
namespace {

/// Product of the dims in [first, last); kUnknownDim if one is unknown (unless another is 0).
std::int64_t product(const Shape& shape, std::size_t first, std::size_t last) {
  const bool known = std::all_of(shape.begin() + first, shape.begin() + last,
                                 [](std::int64_t d) { return d >= 0; });
  return known ? shape.elements(first, last) : kUnknownDim;
}

/// The dim that -1 stands for at `wildcard`. Dims that the target copies from x are on both sides
/// and cancel out, so that [0,-1] works with no pillars and with an unknown number of them.
std::int64_t inferred_dim(const Shape& x, const Shape& target, std::size_t wildcard,
                          const std::array<bool, kMaxRank>& copied) {
  std::int64_t have = 1;
  std::int64_t others = 1;
  for (std::size_t i = 0; i < x.rank(); ++i) {
    if (copied[i]) continue;
    if (x[i] < 0 || __builtin_mul_overflow(have, x[i], &have)) return kUnknownDim;
  }
  for (std::size_t i = 0; i < target.rank(); ++i) {
    if (copied[i] || i == wildcard) continue;
    if (target[i] < 0) return kUnknownDim;
    if (__builtin_mul_overflow(others, target[i], &others)) {
      throw Error(ErrorCode::limit, fmt::format("{} can't be reshaped to {}: 64 bits don't count "
                                                "so many elements",
                                                x.to_string(), target.to_string()));
    }
  }
  if (others == 0 ? have != 0 : have % others != 0) {
    throw Error(ErrorCode::mismatch,
                fmt::format("{} can't be reshaped to {}: {} isn't a multiple of {}", x.to_string(),
                            target.to_string(), have, others));
  }
  return others == 0 ? 0 : have / others;
}

Shape reshaped(const op::Reshape& op, const std::optional<Shape>& x,
               const std::vector<std::int64_t>& wanted) {
  Shape target;
  std::optional<std::size_t> wildcard;
  std::array<bool, kMaxRank> copied{};
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    std::int64_t dim = wanted[i];
    if (dim < -1 || (dim == -1 && wildcard)) {
      throw Error(ErrorCode::invalid_argument,
                  fmt::format("target dims must be >= 0 with at most one -1, found {}", dim));
    }
    if (dim == -1) wildcard = i;
    if (dim == 0 && !op.allow_zero) {
      if (x && i >= x->rank()) {
        throw Error(
            ErrorCode::mismatch,
            fmt::format("target dim {} is 0 (copied), but x has shape {}", i, x->to_string()));
      }
      dim = x ? (*x)[i] : kUnknownDim;
    }
    target.push_back(dim);
    copied[i] = wanted[i] == 0 && !op.allow_zero;
  }
  if (!x) return target;
  if (wildcard) {
    target[*wildcard] = inferred_dim(*x, target, *wildcard, copied);
  } else if (x->is_static() && x->elements() != target.elements()) {
    throw Error(ErrorCode::mismatch,
                fmt::format("{} can't be reshaped to {}", x->to_string(), target.to_string()));
  }
  return target;
}

std::pair<std::size_t, std::size_t> clamped_range(const op::ShapeOf& op, std::size_t rank) {
  const auto n = static_cast<std::int64_t>(rank);
  const auto clamp = [n](std::int64_t i) {
    return static_cast<std::size_t>(std::clamp<std::int64_t>(i < 0 ? i + n : i, 0, n));
  };
  const std::size_t start = clamp(op.start);
  return {start, std::max(start, clamp(op.end))};
}

}  // namespace

Types infer(const op::ShapeOf& op, InferInputs in, std::size_t) {
  require_inputs(in, 1, 1);
  if (!in[0].shape) return {type_of(DType::i64, Shape{kUnknownDim})};
  const auto [start, end] = clamped_range(op, in[0].shape->rank());
  return {type_of(DType::i64, Shape{static_cast<std::int64_t>(end - start)})};
}

void compute(const op::ShapeOf& op, In in, Out out) {
  const auto [start, end] = clamped_range(op, in[0].shape.rank());
  std::copy(in[0].shape.begin() + start, in[0].shape.begin() + end, out[0].as<std::int64_t>());
}

Types infer(const op::Size&, InferInputs in, std::size_t) {
  require_inputs(in, 1, 1);
  return {type_of(DType::i64, Shape{})};
}

void compute(const op::Size&, In in, Out out) {
  *out[0].as<std::int64_t>() = in[0].shape.elements();
}

Types infer(const op::Reshape& op, InferInputs in, std::size_t) {
  require_inputs(in, 2, 2);
  if (const auto wanted = known_integers(in[1])) {
    return {type_of(in[0].dtype, reshaped(op, in[0].shape, *wanted))};
  }
  const auto rank = known_length(in[1]);
  return {type_of(in[0].dtype, rank ? std::optional(unknown_dims(*rank)) : std::nullopt)};
}

void compute(const op::Reshape&, In in, Out out) {
  copy_all(in[0], out[0]);
}

Types infer(const op::Flatten& op, InferInputs in, std::size_t) {
  require_inputs(in, 1, 1);
  if (!in[0].shape) return {type_of(in[0].dtype, unknown_dims(2))};
  const Shape& x = *in[0].shape;
  const auto rank = static_cast<std::int64_t>(x.rank());
  // Unlike other axes this one may be the rank itself: [d0*...*dn, 1].
  const std::size_t axis = op.axis == rank ? x.rank() : normalize_axis(op.axis, x.rank());
  return {type_of(in[0].dtype, Shape{product(x, 0, axis), product(x, axis, x.rank())})};
}

void compute(const op::Flatten&, In in, Out out) {
  copy_all(in[0], out[0]);
}

Types infer(const op::Squeeze&, InferInputs in, std::size_t) {
  require_inputs(in, 1, 2);
  const TypeInfo unknown = type_of(in[0].dtype, std::nullopt);
  if (!in[0].shape) return {unknown};
  const Shape& x = *in[0].shape;
  std::array<bool, kMaxRank> drop{};
  if (is_given(in, 1)) {
    const auto axes = known_integers(in[1]);
    if (!axes) return {unknown};
    for (const std::size_t axis : normalize_axes(*axes, x.rank())) {
      if (x[axis] != 1 && x[axis] != kUnknownDim) {
        throw Error(ErrorCode::mismatch, fmt::format("axis {} of {} can't be squeezed: it isn't 1",
                                                     axis, x.to_string()));
      }
      drop[axis] = true;
    }
  } else {
    if (!x.is_static()) return {unknown};
    for (std::size_t i = 0; i < x.rank(); ++i) drop[i] = x[i] == 1;
  }
  Shape y;
  for (std::size_t i = 0; i < x.rank(); ++i) {
    if (!drop[i]) y.push_back(x[i]);
  }
  return {type_of(in[0].dtype, y)};
}

void compute(const op::Squeeze&, In in, Out out) {
  copy_all(in[0], out[0]);
}

Types infer(const op::Unsqueeze&, InferInputs in, std::size_t) {
  require_inputs(in, 2, 2);
  const auto count = known_length(in[1]);
  if (!in[0].shape || !count) return {type_of(in[0].dtype, std::nullopt)};
  const Shape& x = *in[0].shape;
  const std::size_t rank = x.rank() + *count;
  const auto axes = known_integers(in[1]);
  Shape y = unknown_dims(rank);
  if (axes) {
    const std::vector<std::size_t> inserted = normalize_axes(*axes, rank);
    const std::int64_t* next = x.begin();
    for (std::size_t i = 0; i < rank; ++i) {
      const bool is_new = std::find(inserted.begin(), inserted.end(), i) != inserted.end();
      y[i] = is_new ? 1 : *next++;
    }
  }
  return {type_of(in[0].dtype, y)};
}

void compute(const op::Unsqueeze&, In in, Out out) {
  copy_all(in[0], out[0]);
}

}  // namespace colonnade::reference
