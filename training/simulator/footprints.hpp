// What stands where on the ground: nothing may stand in something else.
#pragma once

#include <vector>

namespace colonnade::simulator {

/// A rectangle on the ground, metres.
struct Footprint {
  double x = 0, y = 0, length = 0, width = 0, yaw = 0;
};

class Footprints {
 public:
  /// Whether it was free; taken from now on. Nothing stands on the sensor's own car.
  bool take(const Footprint& footprint, double margin);

 private:
  struct Taken {
    double x, y, half_length, half_width, cos, sin, radius;
  };
  static bool overlap(const Taken& a, const Taken& b) noexcept;
  std::vector<Taken> taken_;
};

}  // namespace colonnade::simulator
