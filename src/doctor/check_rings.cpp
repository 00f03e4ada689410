#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "cloud/scalar.hpp"
#include "doctor/checks.hpp"

namespace colonnade {
namespace {

constexpr double kDegrees = 57.29577951308232;
// Degrees of azimuth: two steps of a sensor that turns at 10 Hz, or of a coarser one.
constexpr double kColumn = 0.4, kWideColumn = 1.2;
constexpr double kSparse = 1.15;  // Returns a ring in a narrow column, below which it misses rings.
constexpr double kApart = 0.1;    // Degrees of elevation between rings, at least.
constexpr double kNear = 3;       // Metres; below it, the lasers' own places in the sensor show.
constexpr double kFew = 0.6, kMany = 1.9;  // Of the trained number. A camera's view cuts 64 to 46.

struct Rings {
  double number = 0;
  double spacing = 0;  ///< Degrees between neighbours, the median; 0 where unknown.
  double returns = 0;  ///< Of a ring in one column, the mean.
};

std::size_t named_rings(const CloudView& cloud) {
  const PointField* ring = cloud.find("ring");
  if (ring == nullptr) return 0;
  std::set<float> values;
  for (std::size_t i = 0; i < cloud.count && values.size() < 4096; ++i) {
    values.insert(load_float(cloud, i, ring));
  }
  return values.size();
}

/// Elevations in a narrow column fall into groups, one a ring. Most columns miss some rings (sky,
/// black cars): the 95th percentile counts.
Rings counted_rings(const Sweep& sweep, const Rotation& rotation, double column) {
  struct Return {
    std::int32_t column;
    float elevation;
  };
  float newest = INFINITY;
  for (const Point& p : sweep.points) newest = std::min(newest, p.dt);
  std::vector<Return> returns;
  for (const Point& p : sweep.points) {
    if (p.dt != newest) continue;  // Of another place, where the sensor moved.
    const Vec3 q = rotate(rotation, {p.x, p.y, p.z});
    const double flat = std::hypot(q[0], q[1]);
    if (std::hypot(flat, q[2]) < kNear) continue;
    returns.push_back({static_cast<std::int32_t>(std::atan2(q[1], q[0]) * kDegrees / column + 1000),
                       static_cast<float>(std::atan2(q[2], flat) * kDegrees)});
  }
  std::sort(returns.begin(), returns.end(), [](const Return& a, const Return& b) {
    return a.column != b.column ? a.column < b.column : a.elevation < b.elevation;
  });
  std::vector<double> numbers, gaps;
  for (std::size_t i = 0; i < returns.size(); ++i) {
    if (i == 0 || returns[i].column != returns[i - 1].column) {
      numbers.push_back(1);
    } else if (const double gap = returns[i].elevation - returns[i - 1].elevation; gap > kApart) {
      ++numbers.back();
      gaps.push_back(gap);
    }
  }
  const auto rings = static_cast<double>(numbers.size() + gaps.size());
  return {quantile(numbers, 0.95), quantile(gaps, 0.5),
          rings > 0 ? static_cast<double>(returns.size()) / rings : 0};
}

Rings counted_rings(const Sweep& sweep, const Rotation& rotation) {
  const Rings narrow = counted_rings(sweep, rotation, kColumn);
  return narrow.returns < kSparse ? counted_rings(sweep, rotation, kWideColumn) : narrow;
}

}  // namespace

Finding check_rings(const Examined& examined, const Advice& advice) {
  Finding finding{.code = "rings"};
  std::vector<double> numbers, spacings;
  bool named = true;
  for (const Sweep& sweep : examined.sweeps) {
    const Rings counted = counted_rings(sweep, advice.sensor.rotation);
    const std::size_t by_name = named_rings(sweep.cloud);
    named = named && by_name > 0;
    numbers.push_back(by_name > 0 ? static_cast<double>(by_name) : counted.number);
    spacings.push_back(counted.spacing);
  }
  const double rings = quantile(numbers, 0.5), spacing = quantile(spacings, 0.5);
  finding.numbers = {{"rings", rings}, {"spacing_deg", spacing}};
  finding.found =
      fmt::format("{}{:.0f} rings, {:.2f} degrees apart", named ? "" : "about ", rings, spacing);
  if (!examined.model.trained_on) return finding;
  const auto trained = static_cast<double>(examined.model.trained_on->rings);
  finding.found += fmt::format("; trained on {:.0f}", trained);
  finding.numbers.push_back({"trained_rings", trained});
  if (rings < kFew * trained) {
    finding.severity = Severity::warning;
    finding.consequence =
        fmt::format("a car carries {:.0f} % of the points it did in training: far ones are missed",
                    100 * rings / trained);
    finding.fix = "train on sweeps of your sensor, or on the model's thinned to its rings";
  } else if (rings > kMany * trained) {
    finding.severity = Severity::note;
    finding.consequence = "pillars are fuller than in training; boxes are as a rule no worse";
  }
  return finding;
}

}  // namespace colonnade
