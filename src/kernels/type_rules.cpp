#include "kernels/type_rules.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "colonnade/error.hpp"

namespace colonnade {

std::optional<std::vector<std::int64_t>> known_integers(const TypeInfo& input) {
  if (!input.value) return std::nullopt;
  return to_int64(*input.value);
}

std::optional<std::size_t> known_length(const TypeInfo& input) {
  if (!input.shape || !input.shape->is_static()) return std::nullopt;
  if (input.shape->rank() > 1) {
    throw Error(ErrorCode::mismatch,
                "expected a list of integers, found a tensor of shape " + input.shape->to_string());
  }
  return static_cast<std::size_t>(input.shape->elements());
}

Shape unknown_dims(std::size_t rank) {
  Shape shape;
  shape.resize(rank, kUnknownDim);
  return shape;
}

void require_inputs(std::span<const TypeInfo> in, std::size_t least, std::size_t most) {
  const bool all_given =
      in.size() >= least && std::all_of(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(least),
                                        [](const TypeInfo& t) { return t.present; });
  if (in.size() > most || !all_given) {
    const auto given =
        std::count_if(in.begin(), in.end(), [](const TypeInfo& t) { return t.present; });
    throw Error(ErrorCode::mismatch,
                least == most
                    ? fmt::format("expected {} inputs, found {}", least, given)
                    : fmt::format("expected {} to {} inputs, found {}", least, most, given));
  }
}

void require_same_type(std::span<const TypeInfo> in, std::size_t a, std::size_t b) {
  if (in[a].dtype != in[b].dtype) {
    throw Error(ErrorCode::mismatch,
                fmt::format("inputs {} and {} must have one element type, found {} and {}", a, b,
                            name_of(in[a].dtype), name_of(in[b].dtype)));
  }
}

std::vector<std::size_t> normalize_axes(std::span<const std::int64_t> axes, std::size_t rank) {
  std::vector<std::size_t> result;
  for (const std::int64_t axis : axes) {
    const std::size_t normal = normalize_axis(axis, rank);
    if (std::find(result.begin(), result.end(), normal) != result.end()) {
      throw Error(ErrorCode::invalid_argument, fmt::format("axis {} is given twice", axis));
    }
    result.push_back(normal);
  }
  return result;
}

}  // namespace colonnade
