// The pseudo-image, kept sparse: pillars' feature vectors and the cells they stand on.
#pragma once

#include <cstdint>

#include "base/tensor.hpp"
#include "frame/pillars.hpp"

namespace colonnade {

/// Image [1, channels, height, width], zero except at cells[p] (row iy, column ix), which hold
/// features[p * channels ... + channels). Cells are distinct and inside.
struct BevImage {
  const float* features = nullptr;
  const PillarCell* cells = nullptr;
  std::int64_t count = 0;
  std::int64_t channels = 0, height = 0, width = 0;
};

/// The whole of it, float32.
Tensor dense(const BevImage& image);

}  // namespace colonnade
