#include "doctor/examined.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/thread_pool.hpp"
#include "stages/prepare.hpp"

namespace colonnade {

Sweep read_sweep(const CloudView& cloud, const std::string& intensity_field) {
  SensorSpec as_it_is;
  as_it_is.intensity_field = intensity_field;
  ThreadPool threads(1);
  Prepare prepare(ModelSpec{}, as_it_is, std::nullopt, threads);
  FrameStats stats;
  const Points points = prepare.run(cloud, stats);
  Sweep sweep;
  sweep.cloud = cloud;
  sweep.points.assign(points.data, points.data + points.count);
  sweep.non_finite = stats.non_finite;
  sweep.has_intensity = prepare.found_intensity();
  sweep.has_dt = prepare.found_dt();
  return sweep;
}

std::vector<Vec3> around_sensor(const Sweep& sweep, const Rotation& rotation) {
  std::vector<Vec3> points;
  points.reserve(sweep.points.size());
  for (const Point& p : sweep.points) {
    if (p.x == 0 && p.y == 0 && p.z == 0) continue;
    points.push_back(rotate(rotation, {p.x, p.y, p.z}));
  }
  return points;
}

CloudView view_points(std::span<const Point> points) noexcept {
  static const std::array<PointField, 5> kFields{{
      {"x", offsetof(Point, x), FieldType::f32},
      {"y", offsetof(Point, y), FieldType::f32},
      {"z", offsetof(Point, z), FieldType::f32},
      {"intensity", offsetof(Point, intensity), FieldType::f32},
      {"dt", offsetof(Point, dt), FieldType::f32},
  }};
  return {reinterpret_cast<const std::byte*>(points.data()), points.size(), sizeof(Point),
          kFields.data(), kFields.size()};
}

Cloud scaled(const CloudView& cloud, const std::string& intensity_field, double factor) {
  Sweep sweep = read_sweep(cloud, intensity_field);
  for (Point& p : sweep.points) {
    for (float* v : {&p.x, &p.y, &p.z}) *v = static_cast<float>(*v * factor);
  }
  const CloudView view = view_points(sweep.points);
  Cloud result;
  result.data.assign(view.data, view.data + view.count * view.stride);
  result.count = view.count;
  result.stride = view.stride;
  for (std::size_t i = 0; i < view.field_count; ++i) {
    PointField field = view.fields[i];
    if (field.name == "dt" && !sweep.has_dt) continue;
    if (field.name == "intensity") {
      if (!sweep.has_intensity) continue;
      field.name = intensity_field;
    }
    result.fields.push_back(field);
  }
  return result;
}

double quantile(std::vector<double>& values, double q) {
  if (values.empty()) return 0;
  const auto rank = static_cast<std::ptrdiff_t>(q * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + rank, values.end());
  return values[static_cast<std::size_t>(rank)];
}

}  // namespace colonnade
