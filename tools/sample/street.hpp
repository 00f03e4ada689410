// A made-up street: what stands where, and the ground.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "colonnade/box.hpp"
#include "sample/shapes.hpp"

namespace colonnade::sample {

/// Classes of `Street::boxes`, in the order of KITTI's three.
enum Label : std::int32_t { kCar, kPedestrian, kCyclist };

struct Thing {
  Vec at;                             ///< On the ground.
  double yaw = 0;                     ///< Counter-clockwise from +x.
  double middle = 0;                  ///< Height of the bounding sphere's centre over `at`.
  double radius = 0;                  ///< Of the bounding sphere.
  std::function<Surface(Vec)> shape;  ///< Of points in the thing's own frame.

  Surface surface(Vec p) const;
};

struct Street {
  std::vector<Thing> things;
  std::vector<Box> boxes;  ///< The cars, people and cyclists among them.
};

/// Everything in the sensor's frame: the sensor hangs 1.73 m over the road.
Street make_street(std::uint64_t seed);

double ground_height(double x, double y) noexcept;
Material ground_material(double x, double y) noexcept;

}  // namespace colonnade::sample
