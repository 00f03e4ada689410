// A box in KITTI's camera frame and in its image (Geiger et al. 2012, object devkit).
#pragma once

#include <array>

#include "cloud/kitti_calib.hpp"
#include "colonnade/box.hpp"

namespace colonnade {

struct ImageSize {
  double width = 1242, height = 375;  ///< Most of KITTI's images; the calibration doesn't tell.
};

/// Metres and radians, rectified camera (x right, y down, z ahead).
struct KittiBox {
  std::array<double, 3> bottom{};  ///< Centre of the bottom: KITTI's location.
  double length = 0, width = 0, height = 0, rotation_y = 0;

  /// The angle under which the camera sees it.
  double alpha() const noexcept;
};

KittiBox kitti_box(const Box& box, const KittiCalib& calib) noexcept;

/// Pixels. All -1: nothing is seen.
struct ImageBox {
  double left = -1, top = -1, right = -1, bottom = -1;

  bool seen() const noexcept { return left < right && top < bottom; }
  double area() const noexcept { return seen() ? (right - left) * (bottom - top) : 0; }
};

/// Surrounds the part of the box that lies ahead of the camera, beyond the image's borders too.
ImageBox surrounding(const KittiBox& box, const KittiCalib& calib) noexcept;
ImageBox clipped(ImageBox box, const ImageSize& image) noexcept;

}  // namespace colonnade
