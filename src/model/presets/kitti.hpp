// What the KITTI models share.
#pragma once

#include "colonnade/model.hpp"

namespace colonnade {

inline GridSpec kitti_grid() {
  return {{0.0F, -39.68F, -3.0F}, {69.12F, 39.68F, 1.0F}, {0.16F, 0.16F}};
}

/// z is the bottom's, as in every config.
inline AnchorSpec kitti_car(std::int64_t label) {
  return {label, 3.9F, 1.6F, 1.56F, -1.78F, {0.0F, 1.57F}};
}
inline AnchorSpec kitti_pedestrian(std::int64_t label) {
  return {label, 0.8F, 0.6F, 1.73F, -0.6F, {0.0F, 1.57F}};
}
inline AnchorSpec kitti_cyclist(std::int64_t label) {
  return {label, 1.76F, 0.6F, 1.73F, -0.6F, {0.0F, 1.57F}};
}

}  // namespace colonnade
