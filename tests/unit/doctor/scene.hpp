// Clouds that are made, or read, and then broken one way.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "colonnade/cloud.hpp"
#include "doctor/examine.hpp"
#include "doctor/rotation.hpp"

namespace colonnade::testing {

using Xyzi = std::array<float, 4>;
using XyziPoints = std::vector<Xyzi>;

inline constexpr double kRadians = 0.017453292519943295;

inline CloudView view(const XyziPoints& points) {
  return view_xyzi(points.empty() ? nullptr : points[0].data(), points.size());
}

inline Diagnosis examine_points(const ModelSpec& model, const XyziPoints& points,
                                const SensorSpec& sensor = {}) {
  const std::array clouds{view(points)};
  return examine(model, sensor, clouds);
}

inline const Finding& finding(const Diagnosis& diagnosis, const std::string& code) {
  for (const Finding& one : diagnosis.findings) {
    if (one.code == code) return one;
  }
  static const Finding missing{.code = "missing"};
  return missing;
}

inline double measure(const Diagnosis& diagnosis, const std::string& code,
                      const std::string& name) {
  for (const Measure& one : finding(diagnosis, code).numbers) {
    if (one.name == name) return one.value;
  }
  return std::nan("");
}

/// One turn of 64 beams, 0.5 degrees apart in azimuth, 1.73 m over a level street along x: walls 4
/// m high at y = 9 and y = -11, crates like cars at its sides.
inline XyziPoints street() {
  struct Crate {
    double x, y;
  };
  constexpr std::array<Crate, 8> kCrates{
      {{8, 4}, {15, 4.3}, {24, -5}, {33, 4}, {-7, -5}, {-16, 4}, {-25, -5}, {6, -6}}};
  constexpr double kFloor = -1.73;
  Random random(7);
  XyziPoints points;
  for (int beam = 0; beam < 64; ++beam) {
    const double elevation = (2 - beam * 26.8 / 63) * kRadians;
    for (int step = 0; step < 720; ++step) {
      const double azimuth = (step * 0.5 - 180) * kRadians;
      const double dx = std::cos(elevation) * std::cos(azimuth);
      const double dy = std::cos(elevation) * std::sin(azimuth), dz = std::sin(elevation);
      double t = dz < 0 ? kFloor / dz : 1e9;
      for (const double wall : {9.0, -11.0}) {
        const double hit = wall / dy;
        if (hit > 0 && kFloor + 4 > hit * dz) t = std::min(t, hit);
      }
      for (const Crate& crate : kCrates) {  // The nearest of the sides that face the sensor.
        for (double hit : {(crate.x - std::copysign(2, crate.x)) / dx,
                           (crate.y - std::copysign(0.9, crate.y)) / dy}) {
          const bool on = hit > 0 && std::fabs(hit * dx - crate.x) <= 2.01 &&
                          std::fabs(hit * dy - crate.y) <= 0.91 && hit * dz < kFloor + 1.5;
          if (on) t = std::min(t, hit);
        }
      }
      if (t > 70) continue;
      t += 0.01 * random.normal();
      points.push_back({static_cast<float>(t * dx), static_cast<float>(t * dy),
                        static_cast<float>(t * dz), static_cast<float>(random.uniform(0, 0.99))});
    }
  }
  return points;
}

inline XyziPoints front(const XyziPoints& points) {
  XyziPoints kept;
  std::copy_if(points.begin(), points.end(), std::back_inserter(kept),
               [](const Xyzi& p) { return p[0] > 0 && std::fabs(p[1]) < 0.84F * p[0]; });
  return kept;
}

inline XyziPoints moved(XyziPoints points, const Rotation& rotation, const Vec3& by = {}) {
  for (Xyzi& p : points) {
    const Vec3 q = rotate(rotation, {p[0], p[1], p[2]});
    for (std::size_t i = 0; i < 3; ++i) p[i] = static_cast<float>(q[i] + by[i]);
  }
  return points;
}

/// Front up by so many degrees: what a sensor that looks down sees.
inline Rotation pitch(double degrees) {
  const double c = std::cos(degrees * kRadians), s = std::sin(degrees * kRadians);
  return {c, 0, -s, 0, 1, 0, s, 0, c};
}
inline Rotation roll(double degrees) {
  const double c = std::cos(degrees * kRadians), s = std::sin(degrees * kRadians);
  return {1, 0, 0, 0, c, -s, 0, s, c};
}

inline XyziPoints times(XyziPoints points, float metres, float intensity) {
  for (Xyzi& p : points) p = {p[0] * metres, p[1] * metres, p[2] * metres, p[3] * intensity};
  return points;
}

inline XyziPoints with_zero_returns(XyziPoints points, std::size_t count) {
  points.insert(points.begin() + static_cast<std::ptrdiff_t>(points.size() / 2), count, Xyzi{});
  return points;
}

/// Every second ring: of each narrow column, every second group of equal elevation.
inline XyziPoints half_the_rings(const XyziPoints& points) {
  struct Return {
    int column;
    double elevation;
    const Xyzi* point;
  };
  std::vector<Return> returns;
  for (const Xyzi& p : points) {
    const double azimuth = std::atan2(p[1], p[0]) / kRadians;
    returns.push_back({static_cast<int>(std::floor(azimuth / 0.4)),
                       std::atan2(p[2], std::hypot(p[0], p[1])) / kRadians, &p});
  }
  std::sort(returns.begin(), returns.end(), [](const Return& a, const Return& b) {
    return a.column != b.column ? a.column < b.column : a.elevation < b.elevation;
  });
  XyziPoints kept;
  std::size_t group = 0;
  for (std::size_t i = 0; i < returns.size(); ++i) {
    if (i > 0 && returns[i].column != returns[i - 1].column)
      group = 0;
    else if (i > 0 && returns[i].elevation - returns[i - 1].elevation > 0.1)
      ++group;
    if (group % 2 == 0) kept.push_back(*returns[i].point);
  }
  return kept;
}

/// All 24 ways to name a right-handed frame's axes.
inline std::vector<Rotation> orientations() {
  std::vector<Rotation> all;
  for (std::size_t up = 0; up < kDirections; ++up) {
    for (int quarters = 0; quarters < 4; ++quarters) {
      const Rotation to_model = multiply(quarter_turn(quarters), from_up(up));
      Rotation back{};  // The transpose: the model's frame into that one.
      for (std::size_t i = 0; i < 9; ++i) back[i] = to_model[i % 3 * 3 + i / 3];
      all.push_back(back);
    }
  }
  return all;
}

}  // namespace colonnade::testing
