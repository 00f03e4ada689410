#include <fmt/core.h>

#include <array>
#include <cmath>

#include "doctor/checks.hpp"
#include "doctor/ground_plane.hpp"
#include "doctor/training.hpp"

namespace colonnade {
namespace {

constexpr double kNearest = 1.5,
                 kFarthest = 400;  // Metres that 95 % of a LiDAR's points lie within.
constexpr double kTypical = 40;
constexpr double kTypicalHeight = 1.7;

struct Unit {
  double metres;
  const char* name;
};
constexpr std::array<Unit, 3> kUnits{
    {{0.01, "centimetres"}, {0.001, "millimetres"}, {1000, "kilometres"}}};

/// Distances from the origin that 5 % and 95 % of the points lie within.
struct Reach {
  double near, far;
};

Reach reach(const Examined& examined) {
  std::vector<double> distances;
  for (const Sweep& sweep : examined.sweeps) {
    for (const Point& p : sweep.points) {
      const double distance = std::hypot(p.x, p.y, p.z);
      if (distance > 0) distances.push_back(distance);
    }
  }
  const double near = quantile(distances, 0.05);
  return {near, quantile(distances, 0.95)};
}

Vec3 middle(const Examined& examined) {
  Vec3 median{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    std::vector<double> values;
    for (const Sweep& sweep : examined.sweeps) {
      for (const Point& p : sweep.points) values.push_back(axis == 0 ? p.x : axis == 1 ? p.y : p.z);
    }
    median[axis] = quantile(values, 0.5);
  }
  return median;
}

/// How far the unit's reading is from a plausible scene: orders of magnitude of the sensor's height
/// where there's a ground, of the reach where not.
double implausibility(const Examined& examined, double metres, double reach) {
  const auto expected = expected_ground(examined.model);
  const double usual = expected && expected->z < -0.3 ? -expected->z : kTypicalHeight;
  std::vector<Vec3> points = around_sensor(examined.sweeps.front(), kNoRotation);
  for (Vec3& p : points) {
    for (double& v : p) v *= metres;
  }
  double support = 0, height = 0;
  for (std::size_t up = 0; up < kDirections; ++up) {
    const auto ground = find_ground(points, up);
    if (ground && ground->support > support) support = ground->support, height = ground->height;
  }
  if (height > 0.05) return std::fabs(std::log10(height / usual));
  return 1 + std::fabs(std::log10(reach * metres / kTypical));
}

}  // namespace

Finding check_units(Examined& examined) {
  Finding finding{.code = "units"};
  const auto [near, far] = reach(examined);
  finding.numbers = {{"reach_95", far}, {"metres_per_unit", 1}};
  if (far == 0 || (far >= kNearest && far <= kFarthest)) {
    finding.found = fmt::format("metres: 95 % of the points lie within {:.1f} m", far);
    return finding;
  }
  finding.severity = Severity::bad;
  if (far > kFarthest && near > far / 2) {  // A sensor has points all the way out from itself.
    const Vec3 at = middle(examined);
    finding.found = fmt::format(
        "the points lie around x {:.0f}, y {:.0f}, z {:.0f}: not in the sensor's frame, a map's?",
        at[0], at[1], at[2]);
    finding.consequence = "they leave the range, which lies around the sensor";
    finding.fix = "give the cloud as the driver has it, before it's moved into the map";
    return finding;
  }
  const Unit* best = nullptr;
  double least = 0;
  for (const Unit& unit : kUnits) {
    if (far * unit.metres < kNearest || far * unit.metres > kFarthest) continue;
    const double off = implausibility(examined, unit.metres, far);
    if (best == nullptr || off < least) best = &unit, least = off;
  }
  finding.consequence = "nearly all points leave the range, or all fall into a few pillars";
  if (best == nullptr) {
    finding.found =
        fmt::format("95 % of the points lie within {:.3g}: no unit of length fits", far);
    finding.fix = "x, y and z must be metres from the sensor";
    return finding;
  }
  finding.numbers[1].value = best->metres;
  finding.found =
      fmt::format("{}, not metres: 95 % of the points lie within {:.4g}", best->name, far);
  finding.fix = fmt::format(
      "multiply x, y and z by {} before detect (sensor.yaml has no scale); the rest of this report "
      "is of metres",
      best->metres);
  for (Sweep& sweep : examined.sweeps) {
    for (Point& p : sweep.points) {
      for (float* v : {&p.x, &p.y, &p.z}) {
        *v = static_cast<float>(*v * best->metres);
      }
    }
  }
  return finding;
}

}  // namespace colonnade
