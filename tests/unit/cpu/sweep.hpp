// A BEV image that owns its pillars.
#pragma once

#include <cstdint>
#include <vector>

#include "base/tensor.hpp"
#include "frame/bev_image.hpp"

namespace colonnade::cpu {

struct Sweep {
  std::vector<PillarCell> cells;
  std::vector<float> features;
  Shape image;  ///< [1, C, H, W]

  BevImage view() const {
    return {features.data(), cells.data(), static_cast<std::int64_t>(cells.size()),
            image[1],        image[2],     image[3]};
  }
  Tensor dense() const { return colonnade::dense(view()); }
};

}  // namespace colonnade::cpu
