// How much two boxes share: in the image, on the ground, in space.
#pragma once

#include "evaluate/objects.hpp"
#include "report/kitti_box.hpp"

namespace colonnade {

/// A box that stands upright, whichever way its frame turns: a rectangle on the ground and the
/// span of its height. Two of them must come from the same frame.
struct UprightBox {
  double u = 0, v = 0;           ///< Centre on the ground, metres.
  double along = 0, across = 0;  ///< Extents, metres, >= 0.
  double cos = 1, sin = 0;       ///< Of the angle from +u to `along`, towards +v.
  double low = 0, high = 0;      ///< Metres, upwards.

  double area() const noexcept { return along * across; }
  double volume() const noexcept { return area() * (high - low); }
};

/// On KITTI's ground plane: u is the camera's x, v its z; up is -y.
UprightBox upright(const KittiBox& box) noexcept;
UprightBox upright(const LidarObject& object) noexcept;

/// Square metres that both rectangles on the ground cover.
double shared_area(const UprightBox& a, const UprightBox& b) noexcept;

/// Shared over united, 0 to 1; 0 where nothing is united.
struct Ious {
  double ground = 0, space = 0;
};
Ious ious(const UprightBox& a, const UprightBox& b) noexcept;

/// Of two boxes in the image, without the pixel-counting '+1' of older code, as KITTI's devkit.
double image_iou(const ImageBox& a, const ImageBox& b) noexcept;
/// The share of `part` that lies inside `region`.
double image_share(const ImageBox& part, const ImageBox& region) noexcept;

}  // namespace colonnade
