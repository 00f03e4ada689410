#include <fmt/core.h>

#include <cmath>

#include "doctor/azimuth.hpp"
#include "doctor/checks.hpp"
#include "doctor/training.hpp"

namespace colonnade {
namespace {

constexpr double kCameraDegrees = 81.4;  // What KITTI's camera sees; labels end there.
constexpr double kRadians = 0.017453292519943295;

}  // namespace

Finding check_view(const Examined& examined, const Advice& advice) {
  Finding finding{.code = "view"};
  std::vector<Vec3> points;
  for (const Sweep& sweep : examined.sweeps) {
    const std::vector<Vec3> more = around_sensor(sweep, advice.sensor.rotation);
    points.insert(points.end(), more.begin(), more.end());
  }
  const ViewSector view = view_sector(points);
  finding.numbers = {{"coverage_deg", view.coverage}, {"center_deg", view.center}};
  if (view.all_around()) {
    finding.found = "all around";
  } else {
    finding.found =
        fmt::format("{:.0f} degrees wide, its middle at {:.0f}", view.coverage, view.center + 0.0);
  }
  if (looks_ahead(examined.model)) {
    const Counts whole = count_points(examined, advice.sensor);
    const Counts front =
        count_points(examined, advice.sensor, static_cast<float>(kCameraDegrees * kRadians));
    const auto in_range = static_cast<double>(whole.in_range());
    const double aside =
        in_range == 0 ? 0 : 100 * (1 - static_cast<double>(front.in_range()) / in_range);
    finding.numbers.push_back({"outside_front_percent", aside});
    finding.found += "; the model looks ahead";
    if (aside > 5) {
      finding.severity = Severity::note;
      finding.found += fmt::format(", {:.0f} % of the points in range are outside of {} degrees",
                                   aside, kCameraDegrees);
      finding.consequence =
          "KITTI's labels end where its camera does: boxes at the sides are less sure";
      finding.fix = "detect --fov, to see only what such a model was trained on";
    }
    return finding;
  }
  finding.found += "; the model looks all around";
  if (!view.all_around()) {
    finding.severity = Severity::note;
    finding.consequence = "nothing is found where the sensor doesn't look";
  }
  return finding;
}

}  // namespace colonnade
