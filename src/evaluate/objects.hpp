// What is compared: objects of a frame, in KITTI's camera frame or in the LiDAR's own.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "report/kitti_box.hpp"

namespace colonnade {

/// A prediction or a label with KITTI's columns (Geiger et al. 2012, object devkit).
struct KittiObject {
  std::string type;
  double truncated = -1;  ///< 0 to 1, the share that lies outside of the image; -1: unknown.
  int occluded = -1;      ///< 0 visible, 1 partly, 2 largely, 3 unknown; -1: of predictions.
  double alpha = -10;     ///< Radians; -10: unknown.
  ImageBox image;
  KittiBox box;
  double score = 0;  ///< Of predictions: any finite number, more is surer.

  /// A part of the image whose objects aren't labelled: it has no box in space.
  bool is_region() const noexcept { return type == "DontCare"; }
};

/// Metres and radians, the cloud's own frame; as Box, but named and in double precision.
struct LidarObject {
  std::string label;
  double x = 0, y = 0, z = 0;  ///< Centre.
  double length = 0, width = 0, height = 0;
  double yaw = 0;            ///< Counter-clockwise from +x.
  double score = 0;          ///< Of predictions.
  std::int64_t points = -1;  ///< Of labels: points of the cloud inside; -1: not known.
};

/// A folder's frames by stem: the name of the cloud's file without its extension.
template <class Object>
using Frames = std::map<std::string, std::vector<Object>>;

/// What is compared in one frame.
template <class Object>
struct FramePair {
  std::string name;
  std::vector<Object> predictions, labels;
};

}  // namespace colonnade
