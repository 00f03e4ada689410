// Overlap of two boxes seen from above, as each exporter's NMS computes it.
#pragma once

#include <array>

#include "colonnade/model.hpp"
#include "frame/candidates.hpp"

namespace colonnade {

struct Corner {
  float x, y;
};

/// An upright rectangle on the ground.
struct Bounds {
  float min_x, min_y, max_x, max_y;
};

/// A box's rectangle on the ground: extents dx, dy turned counter-clockwise.
struct Footprint {
  float x, y, dx, dy;
  float cos, sin;
  std::array<Corner, 4> corners;  ///< Around the rectangle.
  Bounds upright;                 ///< Around the corners.
  Bounds reach;  ///< `upright` grown so far that boxes of disjoint reach have an IoU of 0.
};

/// NmsSpec's overlap and what it leads to.
class Iou {
 public:
  Iou(const BoxCoding& coding, const NmsSpec& spec);

  Footprint footprint(const Candidate& candidate) const noexcept;
  double of(const Footprint& a, const Footprint& b) const noexcept;

  /// Whether NMS drops a box whose IoU with a better one is this.
  bool suppresses(double iou) const noexcept;
  bool suppresses(const Footprint& better, const Footprint& worse) const noexcept;

 private:
  bool too_far(const Footprint& a, const Footprint& b) const noexcept;

  NmsSpec spec_;
  bool length_along_y_;  ///< At yaw 0.
  float turn_;           ///< Sign of the model's yaw, counter-clockwise positive.
  float reach_;
};

}  // namespace colonnade
