#include <fmt/core.h>

#include <array>
#include <cmath>

#include "doctor/azimuth.hpp"
#include "doctor/checks.hpp"
#include "doctor/ground_plane.hpp"
#include "doctor/training.hpp"

namespace colonnade {
namespace {

// z up is what the user said by having no rotation; another direction must show clearly more
// ground.
constexpr double kClearly = 1.5;
constexpr double kElongated = 1.4;

/// Cells of ground by which direction is up, over all sweeps.
std::array<double, kDirections> support_of_ups(const Examined& examined) {
  std::array<double, kDirections> support{};
  for (const Sweep& sweep : examined.sweeps) {
    const std::vector<Vec3> points = around_sensor(sweep, examined.sensor.rotation);
    for (std::size_t up = 0; up < kDirections; ++up) {
      if (const auto ground = find_ground(points, up)) support[up] += ground->support;
    }
  }
  return support;
}

std::size_t up_of(const std::array<double, kDirections>& support) {
  std::size_t best = kPlusZ;
  for (std::size_t up = 0; up < kDirections; ++up) {
    const double handicap = best == kPlusZ ? kClearly : 1;
    if (support[up] > handicap * support[best]) best = up;
  }
  return best;
}

std::vector<Vec3> all_points(const Examined& examined, const Rotation& rotation) {
  std::vector<Vec3> all;
  for (const Sweep& sweep : examined.sweeps) {
    const std::vector<Vec3> points = around_sensor(sweep, rotation);
    all.insert(all.end(), points.begin(), points.end());
  }
  return all;
}

/// Mean |y| over mean |x| of what's far: a street's walls stand along it.
double elongation(const std::vector<Vec3>& points) {
  double x = 0, y = 0;
  for (const Vec3& p : points) {
    if (std::hypot(p[0], p[1]) < 15) continue;
    x += std::fabs(p[0]), y += std::fabs(p[1]);
  }
  return x > 0 ? y / x : 1;
}

std::string rotation_text(const Rotation& r) {
  std::string text;
  for (const double v : r) text += fmt::format("{}{:.6g}", text.empty() ? "" : ", ", v + 0.0);
  return '[' + text + ']';
}

}  // namespace

Finding check_axes(const Examined& examined, Advice& advice) {
  Finding finding{.code = "axes"};
  const std::array<double, kDirections> support = support_of_ups(examined);
  const std::size_t up = up_of(support);
  const bool grounded = support[up] > 0;
  const Rotation righted = multiply(from_up(up), examined.sensor.rotation);
  const std::vector<Vec3> points = all_points(examined, righted);
  const ViewSector view = view_sector(points);
  const bool ahead = looks_ahead(examined.model);

  // Which way a full turn looks can't be told from it; an opening can.
  int quarters = 0;
  if (!view.all_around() && ahead) quarters = static_cast<int>(std::lround(-view.center / 90));
  const Rotation correction = multiply(quarter_turn(quarters), from_up(up));
  // In the cloud's axes, as sensor.yaml has them now.
  const Vec3 front = {correction[0], correction[1], correction[2]};
  const char* front_name = name_of_direction(nearest_direction(front));

  finding.numbers = {{"up", static_cast<double>(up)},
                     {"view_center_deg", view.center},
                     {"view_coverage_deg", view.coverage}};
  if (up == kPlusZ && quarters == 0) {
    finding.found = !grounded           ? "no ground to tell by which way is up"
                    : view.all_around() ? "z is up; a full turn doesn't tell which way is ahead"
                    : ahead             ? "z is up, x ahead"
                                        : "z is up";
    if (!grounded) finding.severity = Severity::note;
    const double stretch = elongation(points);
    if (view.all_around() && ahead && stretch > kElongated) {
      finding.severity = Severity::note;
      finding.found =
          fmt::format("z is up; the scene is {:.1f} times as long along y as along x", stretch);
      finding.consequence =
          "the model looks along +x: if the sensor's front is +y (x to the right), it looks aside";
      finding.fix =
          fmt::format("in that case rotation: {}",
                      rotation_text(multiply(quarter_turn(-1), examined.sensor.rotation)));
    }
    return finding;
  }
  finding.severity = Severity::bad;
  finding.found = fmt::format(
      "{} is up{}; the model wants z up, x ahead", name_of_direction(up),
      quarters != 0 || !view.all_around() ? fmt::format(", {} ahead", front_name) : std::string());
  finding.consequence = up == kPlusZ ? "the model looks where there are no points"
                                     : "the ground stands upright; what's found is chance";
  advice.sensor.rotation = multiply(correction, advice.sensor.rotation);
  finding.fix = fmt::format("rotation: {}", rotation_text(advice.sensor.rotation));
  if (up != kPlusZ && view.all_around()) {
    finding.fix += ", if the frame is the usual one with that up: a full turn doesn't tell";
  }
  advice.reasons.push_back({"rotation", finding.found});
  return finding;
}

}  // namespace colonnade
