// The shapes that a graph's engine was built for.
#pragma once

#include <span>

#include "engine_file/contents.hpp"

namespace colonnade {

/// Error(mismatch) unless each shape lies inside of its input's profile: "input 'points': dimension
/// 0 is 13000, the engine's profile allows 120 to 12000".
void check_shapes(std::span<const InputProfile> profile, std::span<const Shape> shapes);

}  // namespace colonnade
