// Points of one frame in the model's frame, ready for the grid.
#pragma once

#include <cstdint>

namespace colonnade {

/// x, y, z metres in the model's frame; intensity in the model's scale; dt seconds.
struct Point {
  float x, y, z, intensity, dt;
};

struct Points {
  const Point* data = nullptr;
  std::int64_t count = 0;
};

}  // namespace colonnade
