// Pad and Tile: output indices that name an input index axis by axis, or none (the fill value).
#include <fmt/core.h>

#include <algorithm>
#include <cstring>

#include "colonnade/error.hpp"
#include "kernels/reference_ops.hpp"
#include "kernels/shape/copy.hpp"
#include "kernels/type_rules.hpp"

namespace colonnade::reference {
namespace {

constexpr std::int64_t kFill = -1;

/// For each axis and index of the output, the input's index or kFill.
using IndexMaps = std::vector<std::vector<std::int64_t>>;

void copy_mapped(const ConstTensorView& x, const IndexMaps& maps, const std::byte* fill,
                 const TensorView& y) {
  const auto size = static_cast<std::ptrdiff_t>(size_of(y.dtype));
  const Strides strides = row_major_strides(x.shape);
  auto* result = static_cast<std::byte*>(y.data);
  for (Odometer<0> at(y.shape, {}); !at.done(); at.next(), result += size) {
    std::int64_t offset = 0;
    bool inside = true;
    for (std::size_t axis = 0; axis < maps.size(); ++axis) {
      const std::int64_t index = maps[axis][static_cast<std::size_t>(at.index(axis))];
      inside = inside && index != kFill;
      offset += index * strides[axis];
    }
    const auto* elements = static_cast<const std::byte*>(x.data);
    std::memcpy(result, inside ? elements + offset * size : fill, size_of(y.dtype));
  }
}

struct Padding {
  std::array<std::int64_t, kMaxRank> begin{}, end{};
};

Padding read_padding(const std::vector<std::int64_t>& pads,
                     const std::optional<std::vector<std::int64_t>>& given_axes, std::size_t rank) {
  std::vector<std::size_t> axes;
  if (given_axes) {
    axes = normalize_axes(*given_axes, rank);
  } else {
    for (std::size_t i = 0; i < rank; ++i) axes.push_back(i);
  }
  if (pads.size() != 2 * axes.size()) {
    throw Error(ErrorCode::mismatch, fmt::format("expected {} pads (begin and end of {} axes), "
                                                 "found {}",
                                                 2 * axes.size(), axes.size(), pads.size()));
  }
  Padding padding;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    padding.begin[axes[i]] = pads[i];
    padding.end[axes[i]] = pads[axes.size() + i];
  }
  return padding;
}

std::int64_t padded(std::int64_t dim, std::int64_t begin, std::int64_t end) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(dim, begin, &sum) || __builtin_add_overflow(sum, end, &sum)) {
    throw Error(ErrorCode::limit, "a padded dimension exceeds 2^63");
  }
  if (sum < 0) {
    throw Error(ErrorCode::mismatch,
                fmt::format("pads {} and {} cut more than a dimension of {}", begin, end, dim));
  }
  return sum;
}

/// Input index that output index `i` (counted from the input's first element) shows.
std::int64_t source_index(op::PadMode mode, std::int64_t i, std::int64_t dim) {
  if (i >= 0 && i < dim) return i;
  switch (mode) {
    case op::PadMode::constant: return kFill;
    case op::PadMode::edge: return i < 0 ? 0 : dim - 1;
    case op::PadMode::wrap: return (i % dim + dim) % dim;
    case op::PadMode::reflect: {
      if (dim == 1) return 0;
      const std::int64_t period = 2 * (dim - 1);  // Forth and back, the ends shown once.
      const std::int64_t phase = (i % period + period) % period;
      return std::min(phase, period - phase);
    }
  }
  return kFill;
}

}  // namespace

Types infer(const op::Pad& op, InferInputs in, std::size_t) {
  require_inputs(in, 2, 4);
  if (is_given(in, 2)) require_same_type(in, 0, 2);
  if (!in[0].shape) return {type_of(in[0].dtype, std::nullopt)};
  Shape y = *in[0].shape;
  const auto pads = known_integers(in[1]);
  const bool has_axes = is_given(in, 3);
  const auto axes = has_axes ? known_integers(in[3]) : std::nullopt;
  if (!pads || (has_axes && !axes)) return {type_of(in[0].dtype, unknown_dims(y.rank()))};
  const Padding padding = read_padding(*pads, axes, y.rank());
  for (std::size_t i = 0; i < y.rank(); ++i) {
    const std::int64_t dim = y[i];
    if (dim >= 0) y[i] = padded(dim, padding.begin[i], padding.end[i]);
    if (dim == 0 && y[i] > 0 && op.mode != op::PadMode::constant) {
      throw Error(ErrorCode::mismatch,
                  fmt::format("dimension {} is empty: only constant padding can extend it", i));
    }
  }
  return {type_of(in[0].dtype, y)};
}

void compute(const op::Pad& op, In in, Out out) {
  const Shape& x = in[0].shape;
  const TensorView& y = out[0];
  const auto axes = is_given(in, 3) ? std::optional(to_int64(in[3])) : std::nullopt;
  const Padding padding = read_padding(to_int64(in[1]), axes, x.rank());
  if (y.shape.elements() == 0) return;
  IndexMaps maps(x.rank());
  for (std::size_t axis = 0; axis < x.rank(); ++axis) {
    for (std::int64_t i = 0; i < y.shape[axis]; ++i) {
      maps[axis].push_back(source_index(op.mode, i - padding.begin[axis], x[axis]));
    }
  }
  const std::byte zero[sizeof(std::uint64_t)] = {};
  const bool has_value = is_given(in, 2) && in[2].shape.elements() > 0;
  copy_mapped(in[0], maps, has_value ? static_cast<const std::byte*>(in[2].data) : zero, y);
}

Types infer(const op::Tile&, InferInputs in, std::size_t) {
  require_inputs(in, 2, 2);
  if (!in[0].shape) return {type_of(in[0].dtype, std::nullopt)};
  Shape y = *in[0].shape;
  const auto repeats = known_integers(in[1]);
  if (!repeats) return {type_of(in[0].dtype, unknown_dims(y.rank()))};
  if (repeats->size() != y.rank()) {
    throw Error(ErrorCode::mismatch,
                fmt::format("{} repeats don't fit {}", repeats->size(), y.to_string()));
  }
  for (std::size_t i = 0; i < y.rank(); ++i) {
    const std::int64_t repeat = (*repeats)[i];
    if (repeat < 0) {
      throw Error(ErrorCode::invalid_argument,
                  fmt::format("axis {} is repeated {} times", i, repeat));
    }
    if (y[i] >= 0 && __builtin_mul_overflow(y[i], repeat, &y[i])) {
      throw Error(ErrorCode::limit, "a tiled dimension exceeds 2^63");
    }
  }
  return {type_of(in[0].dtype, y)};
}

void compute(const op::Tile&, In in, Out out) {
  const Shape& x = in[0].shape;
  const TensorView& y = out[0];
  if (y.shape.elements() == 0) return;
  IndexMaps maps(x.rank());
  for (std::size_t axis = 0; axis < x.rank(); ++axis) {
    for (std::int64_t i = 0; i < y.shape[axis]; ++i) maps[axis].push_back(i % x[axis]);
  }
  copy_mapped(in[0], maps, nullptr, y);
}

}  // namespace colonnade::reference
