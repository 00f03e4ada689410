// Non-empty grid cells with their points.
#pragma once

#include <cstdint>

#include "frame/points.hpp"

namespace colonnade {

struct PillarCell {
  std::int32_t ix, iy;
};

/// Pillars in the order of their first point; points[p * max_points + k], k < counts[p], in arrival
/// order. Slots from counts[p] on are undefined. Owned by the stage that made it, until its next
/// frame.
struct Pillars {
  const Point* points = nullptr;
  const std::int32_t* counts = nullptr;  ///< 1 .. max_points
  const PillarCell* cells = nullptr;
  std::int64_t count = 0;
  std::int64_t max_points = 0;
};

}  // namespace colonnade
