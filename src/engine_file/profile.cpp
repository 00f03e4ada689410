#include "engine_file/profile.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "colonnade/error.hpp"

namespace colonnade {

void check_shapes(std::span<const InputProfile> profile, std::span<const Shape> shapes) {
  for (std::size_t i = 0; i < std::min(profile.size(), shapes.size()); ++i) {
    const InputProfile& input = profile[i];
    const auto refuse = [&](const std::string& message) {
      throw Error(ErrorCode::mismatch, fmt::format("input '{}'", input.name), message);
    };
    const Shape& shape = shapes[i];
    if (shape.rank() != input.min.rank()) {
      refuse(fmt::format("it has {} dimensions, the engine was built for {}", shape.rank(),
                         input.min.rank()));
    }
    for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
      if (shape[axis] >= input.min[axis] && shape[axis] <= input.max[axis]) continue;
      refuse(fmt::format("dimension {} is {}, the engine's profile allows {} to {}", axis,
                         shape[axis], input.min[axis], input.max[axis]));
    }
  }
}

}  // namespace colonnade
