// One turn of a spinning 64-beam LiDAR (HDL-64E at 10 Hz, as KITTI used it) in the street.
#pragma once

#include <cstdint>
#include <vector>

#include "sample/street.hpp"

namespace colonnade::sample {

/// Interleaved x, y, z, intensity, beam by beam from the highest, each from left to right: what a
/// front camera of KITTI's kind sees of the turn. The same seed gives the same sweep.
std::vector<float> scan(const Street& street, std::uint64_t seed);

}  // namespace colonnade::sample
