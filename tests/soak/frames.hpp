// Clouds of every size, the same on every run.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "base/random.hpp"
#include "colonnade/model.hpp"

namespace colonnade::testing {

struct SoakFrame {
  std::vector<float> xyzi;  ///< Interleaved x, y, z, intensity, metres.
  std::size_t points() const noexcept { return xyzi.size() / 4; }
};

/// Some points of a frame of `points`: heaps as objects make them, in and around the model's grid,
/// with what a sensor also sends: points out of range, NaN, many in one place.
inline SoakFrame soak_frame(const GridSpec& grid, std::size_t points, Random& random) {
  SoakFrame frame;
  frame.xyzi.reserve(points * 4);
  double center[3] = {}, spread = 1;
  for (std::size_t i = 0; i < points; ++i) {
    if (i % 200 == 0) {  // The next heap: a car's width, or all in one cell.
      for (int axis = 0; axis < 3; ++axis) {
        const double low = grid.min[axis], high = grid.max[axis];
        center[axis] = random.uniform(low - 0.05 * (high - low), high + 0.05 * (high - low));
      }
      spread = random.uniform() < 0.05 ? 0.01 : 0.6;
    }
    for (const double middle : center) {
      frame.xyzi.push_back(static_cast<float>(middle + spread * random.normal()));
    }
    if (random.uniform() < 1e-3) frame.xyzi.back() = std::numeric_limits<float>::quiet_NaN();
    frame.xyzi.push_back(static_cast<float>(random.uniform()));
  }
  return frame;
}

/// `count` different frames: the first of `most` points, the second of none, the third of one, the
/// others of as many as are drawn, evenly on a logarithmic scale.
inline std::vector<SoakFrame> soak_frames(const GridSpec& grid, std::size_t count, std::size_t most,
                                          std::uint64_t seed) {
  Random random(seed);
  std::vector<SoakFrame> frames;
  for (std::size_t i = 0; i < count; ++i) {
    const double drawn = std::exp(random.uniform(0, std::log(static_cast<double>(most))));
    const std::size_t points = i == 0 ? most : i < 3 ? i - 1 : static_cast<std::size_t>(drawn);
    frames.push_back(soak_frame(grid, points, random));
  }
  return frames;
}

}  // namespace colonnade::testing
