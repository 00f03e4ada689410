// What type rules (reference::infer) of every family need.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "kernels/reference.hpp"

namespace colonnade {

/// Whether optional input `i` was given.
inline bool is_given(std::span<const TypeInfo> in, std::size_t i) {
  return i < in.size() && in[i].present;
}
inline bool is_given(std::span<const ConstTensorView> in, std::size_t i) {
  return i < in.size() && in[i].present;
}

inline TypeInfo type_of(DType dtype, std::optional<Shape> shape) {
  return {dtype, shape, std::nullopt, true};
}

/// Elements of an integer input whose value is known; nothing when it isn't.
std::optional<std::vector<std::int64_t>> known_integers(const TypeInfo& input);

/// How many elements a 1-d input (a list of axes, say) has; nothing when it can't be told.
std::optional<std::size_t> known_length(const TypeInfo& input);

/// A shape of `rank` unknown dims.
Shape unknown_dims(std::size_t rank);

/// Error(mismatch) unless there are `least` to `most` inputs and the first `least` are given.
void require_inputs(std::span<const TypeInfo> in, std::size_t least, std::size_t most);

/// Error(mismatch) unless inputs `a` and `b` have one element type.
void require_same_type(std::span<const TypeInfo> in, std::size_t a, std::size_t b);

/// Normalized axes; Error(invalid_argument) when one is outside of [-rank, rank) or repeated.
std::vector<std::size_t> normalize_axes(std::span<const std::int64_t> axes, std::size_t rank);

}  // namespace colonnade
