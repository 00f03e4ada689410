// Anchors as configs write them: by the height of their bottom.
#pragma once

#include <utility>
#include <vector>

#include "colonnade/model.hpp"

namespace colonnade {

/// An anchor whose z is its centre, computed in float32 as OpenPCDet, mmdet3d and second.pytorch
/// do. All of them write the bottom into their configs and code boxes at the centre.
inline AnchorSpec centered_anchor(std::int64_t label, float length, float width, float height,
                                  float bottom, std::vector<float> rotations) {
  return {label, length, width, height, bottom + height / 2, std::move(rotations)};
}

}  // namespace colonnade
