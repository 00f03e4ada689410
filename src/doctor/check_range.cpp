#include <fmt/core.h>

#include "doctor/checks.hpp"

namespace colonnade {
namespace {

constexpr double kFewInside = 5;                        // Percent of the points.
constexpr double kCutAbove = 25, kMostlyCutAbove = 60;  // Percent of those inside in x and y.

double percent(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(whole);
}

double inside(const Counts& counts) {
  return percent(counts.in_range(), counts.measured());
}

double cut_in_z(const Counts& counts) {
  return percent(counts.outside[2], counts.in_range() + counts.outside[2]);
}

Severity judge(const Counts& counts) {
  if (inside(counts) < kFewInside || cut_in_z(counts) > kMostlyCutAbove) return Severity::bad;
  return cut_in_z(counts) > kCutAbove ? Severity::warning : Severity::ok;
}

}  // namespace

Finding check_range(const Examined& examined, const Counts& now, const Counts& advised) {
  Finding finding{.code = "range"};
  const GridSpec& grid = examined.model.grid;
  finding.severity = judge(now);
  finding.found = fmt::format(
      "{:.0f} % of the points lie in x {:g} to {:g}, y {:g} to {:g}, z {:g} to {:g}", inside(now),
      grid.min[0], grid.max[0], grid.min[1], grid.max[1], grid.min[2], grid.max[2]);
  if (cut_in_z(now) > 1) finding.found += fmt::format("; z alone cuts {:.0f} %", cut_in_z(now));
  finding.numbers = {{"inside_percent", inside(now)},
                     {"cut_in_z_percent", cut_in_z(now)},
                     {"inside_percent_advised", inside(advised)}};
  if (finding.severity == Severity::ok) return finding;
  finding.consequence = inside(now) < kFewInside ? "the network sees nearly nothing"
                                                 : "the network sees a slice of the scene";
  const bool mended = judge(advised) < finding.severity;
  finding.fix = mended ? fmt::format("what is said of axes and ground: then {:.0f} % are inside",
                                     inside(advised))
                       : "a model of a range like your scene's, or translation in sensor.yaml";
  return finding;
}

}  // namespace colonnade
