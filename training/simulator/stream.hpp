// Frames as a stream of bytes, for a trainer that draws them as it goes (stream.py reads it).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "simulator/simulate.hpp"

namespace colonnade::simulator {

/// One record, little-endian:
///   uint32 "CLSF", uint32 version (1), uint64 index, uint32 points P, uint32 labels L,
///   uint32 cropped (0 or 1), uint32 kind of street (0 residential, 1 city, 2 rural, 3 highway),
///   float32 [P, 4]: x, y, z, intensity,
///   float32 [L, 12]: x, y, z (centre), dx, dy, dz, heading, class (index into kClassNames),
///                    occlusion, truncation (shares), points, difficulty (0 easy to 3 none).
std::vector<std::byte> stream_record(std::uint64_t index, const Frame& frame);

}  // namespace colonnade::simulator
