// The ground below a sensor: a robust plane through the lowest points of a grid's cells.
#pragma once

#include <optional>
#include <span>

#include "doctor/rotation.hpp"

namespace colonnade {

struct GroundPlane {
  Vec3 normal{};       ///< Unit, upwards, in the points' axes.
  double height = 0;   ///< Of the sensor (the origin) above the plane, metres; below it: negative.
  double support = 0;  ///< Cells of 0.5 x 0.5 m on the plane, less for those below: more is surer.
};

/// Of points around the sensor, metres, of which `up` (one of the six directions) is upwards to
/// within 30 degrees. Nothing where no plane holds the bottom of the scene. The same points give
/// the same plane.
std::optional<GroundPlane> find_ground(std::span<const Vec3> points, std::size_t up);

}  // namespace colonnade
