// What an examination looks at: a model, a sensor.yaml as it is, sweeps.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "colonnade/box.hpp"
#include "colonnade/cloud.hpp"
#include "colonnade/model.hpp"
#include "doctor/rotation.hpp"
#include "frame/points.hpp"

namespace colonnade {

/// One cloud: its finite points in the sensor's own frame, intensity as the file has it.
struct Sweep {
  CloudView cloud;  ///< Borrowed.
  std::vector<Point> points;
  std::int64_t non_finite = 0;
  bool has_intensity = false, has_dt = false;
};

struct Examined {
  const ModelSpec& model;
  const SensorSpec& sensor;  ///< As the user has it; the default where there is none.
  std::vector<Sweep> sweeps;
};

/// Error as Prepare's: fields that are missing or don't fit.
Sweep read_sweep(const CloudView& cloud, const std::string& intensity_field);

/// Of a sweep, along the model's axes but with the sensor in the origin: rotation * point. Without
/// returns at exactly (0, 0, 0).
std::vector<Vec3> around_sensor(const Sweep& sweep, const Rotation& rotation);

/// A view of points in memory, intensity and dt among their fields.
CloudView view_points(std::span<const Point> points) noexcept;

/// The cloud with x, y and z times `factor`: float32 x, y, z, intensity and dt.
Cloud scaled(const CloudView& cloud, const std::string& intensity_field, double factor);

/// The q-quantile of values, which it reorders; 0 of none.
double quantile(std::vector<double>& values, double q);

}  // namespace colonnade
