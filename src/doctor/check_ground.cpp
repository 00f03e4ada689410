#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "doctor/checks.hpp"
#include "doctor/ground_plane.hpp"
#include "doctor/training.hpp"

namespace colonnade {
namespace {

constexpr double kDegrees = 57.29577951308232;
// Metres. Roads aren't flat, and KITTI's own sweeps scatter by 0.1 m. An anchor guesses the road to
// half a metre only (OpenPCDet's nuScenes anchors stand 0.5 m above it).
struct Tolerance {
  double warning, bad;
};
constexpr Tolerance kStated{0.25, 0.6}, kGuessed{0.6, 1.0};
// Degrees. Single sweeps of KITTI lie on roads that fall aside by 4.7 degrees.
constexpr Tolerance kTilt{2.5, 8};

/// The plane that the sweeps' planes lie around.
struct Ground {
  double height = 0;
  Vec3 normal{};
  std::size_t sweeps = 0;
};

Ground median_ground(const Examined& examined, const Rotation& rotation) {
  std::vector<double> heights, xs, ys;
  for (const Sweep& sweep : examined.sweeps) {
    const auto ground = find_ground(around_sensor(sweep, rotation), kPlusZ);
    if (!ground) continue;
    heights.push_back(ground->height);
    xs.push_back(ground->normal[0]);
    ys.push_back(ground->normal[1]);
  }
  Ground median;
  median.sweeps = heights.size();
  median.height = quantile(heights, 0.5);
  const double x = quantile(xs, 0.5), y = quantile(ys, 0.5);
  median.normal = {x, y, std::sqrt(std::max(0.0, 1 - x * x - y * y))};
  return median;
}

Severity worse(Severity a, Severity b) noexcept {
  return std::max(a, b);
}

Severity judge(double off, const Tolerance& tolerance) noexcept {
  return off > tolerance.bad       ? Severity::bad
         : off > tolerance.warning ? Severity::warning
                                   : Severity::ok;
}

double rounded(double value, double step) noexcept {
  return std::round(value / step) * step;
}

}  // namespace

Finding check_ground(const Examined& examined, Advice& advice) {
  Finding finding{.code = "ground"};
  const Ground ground = median_ground(examined, advice.sensor.rotation);
  if (ground.sweeps == 0) {
    finding.severity = Severity::warning;
    finding.found = "no ground plane found";
    finding.consequence = "the sensor's height and tilt can't be compared with the model's";
    finding.fix = "give sweeps of an open, level place";
    return finding;
  }
  const double tilt = std::acos(std::min(1.0, ground.normal[2])) * kDegrees;
  const double height = ground.height / ground.normal[2];  // Straight below, not along the normal.
  const double z = advice.sensor.translation[2] - height;
  // How the ground rises ahead (pitch) and to the left (roll).
  const double ahead = std::atan2(-ground.normal[0], ground.normal[2]) * kDegrees;
  const double left = std::atan2(-ground.normal[1], ground.normal[2]) * kDegrees;
  finding.numbers = {{"height_m", height},
                     {"ground_z_m", z},
                     {"tilt_deg", tilt},
                     {"rise_ahead_deg", ahead},
                     {"rise_left_deg", left}};

  const Severity tilted = judge(tilt, kTilt);
  const auto expected = expected_ground(examined.model);
  const double off = expected ? z - expected->z : 0;
  if (expected) {
    finding.numbers.push_back({"expected_z_m", expected->z});
    finding.numbers.push_back({"off_m", off});
  }
  const Severity shifted =
      expected ? judge(std::fabs(off), expected->stated ? kStated : kGuessed) : Severity::ok;
  finding.severity = worse(tilted, shifted);
  finding.found = fmt::format("the road is {:.2f} m below the sensor, at z {:.2f}", height, z);
  if (expected) {
    finding.found +=
        fmt::format(" ({} {:.2f})", expected->stated ? "trained at" : "the lowest anchor stands at",
                    expected->z);
  }
  finding.found += fmt::format("; tilt {:.1f} degrees", tilt);
  if (finding.severity == Severity::ok) return finding;

  if (tilted != Severity::ok) {
    finding.consequence = fmt::format(
        "the ground rises {:.1f} degrees ahead, {:.1f} to the left: at 30 m it is off by {:.1f} m",
        ahead, left, 30 * std::tan(tilt / kDegrees));
    advice.sensor.rotation = multiply(upright(ground.normal), advice.sensor.rotation);
    for (double& v : advice.sensor.rotation) v = rounded(v, 1e-6);
    finding.fix = "rotation that levels it";
    if (tilted != Severity::bad) {
      finding.fix += ", if the road is level there; several sweeps of other places tell";
    }
    advice.reasons.push_back(
        {"rotation", fmt::format("the ground was tilted by {:.1f} degrees in {} sweep{}", tilt,
                                 ground.sweeps, ground.sweeps == 1 ? "" : "s")});
  }
  if (shifted != Severity::ok) {
    finding.consequence += fmt::format(
        "{}everything stands {:.2f} m too {} for the anchors: scores fall, low objects go first",
        finding.consequence.empty() ? "" : "; ", std::fabs(off), off > 0 ? "high" : "low");
  }
  if (expected) {
    const double level = tilted != Severity::ok ? ground.height : height;
    advice.sensor.translation[2] = rounded(expected->z + level, 0.01);
    if (shifted != Severity::ok) {
      finding.fix += fmt::format("{}translation: [{:.6g}, {:.6g}, {:.2f}]",
                                 finding.fix.empty() ? "" : "; ", advice.sensor.translation[0],
                                 advice.sensor.translation[1], advice.sensor.translation[2]);
    }
    advice.reasons.push_back(
        {"translation",
         fmt::format("the road was at z {:.2f}, {} {:.2f}", z,
                     expected->stated ? "the model was trained at" : "the lowest anchor stands at",
                     expected->z)});
  }
  return finding;
}

}  // namespace colonnade
