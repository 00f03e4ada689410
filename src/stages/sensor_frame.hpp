// Between the sensor's frame, in which clouds come and boxes leave, and the model's.
#pragma once

#include <array>

#include "colonnade/box.hpp"
#include "colonnade/model.hpp"
#include "frame/points.hpp"

namespace colonnade {

/// SensorSpec's rigid transform. The identity leaves every coordinate as it is, bit by bit.
class SensorFrame {
 public:
  /// Error(invalid_argument) unless the transform is finite and its rotation is one.
  explicit SensorFrame(const SensorSpec& sensor);

  void to_model(Point& point) const noexcept;
  /// Centre, yaw and velocity. A box stays upright: of a tilted sensor only the heading's
  /// direction in the sensor's xy plane is kept.
  void to_sensor(Box& box) const noexcept;

 private:
  std::array<double, 9> rotation_;
  std::array<double, 3> translation_;
  bool identity_;
};

/// The same angle in (-pi, pi]: no float beyond pi, which float32's nearest to pi is.
float wrap_angle(double radians) noexcept;

}  // namespace colonnade
