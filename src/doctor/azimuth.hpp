// Where around itself a sensor sees something.
#pragma once

#include <span>

#include "doctor/rotation.hpp"

namespace colonnade {

/// The part of the full turn that holds points, to 5 degrees. An opening is a gap of 90 degrees or
/// more: less is a building's shadow or a pillar of the robot.
struct ViewSector {
  double coverage = 360;  ///< Degrees; 360 where no opening is left.
  double center = 0;      ///< Degrees from +x, counter-clockwise; 0 where coverage is 360.
  bool all_around() const noexcept { return coverage >= 360; }
};

/// Of points around the sensor, z upwards.
ViewSector view_sector(std::span<const Vec3> points);

}  // namespace colonnade
