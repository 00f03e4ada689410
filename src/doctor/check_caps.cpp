#include <fmt/core.h>

#include <algorithm>

#include "doctor/checks.hpp"

namespace colonnade {
namespace {

constexpr double kLostBadly = 5, kLostVisibly = 0.1;  // Percent of the points in range.
constexpr double kFullPillars = 40;

double percent(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

Finding check_caps(const Examined& examined, const Counts& advised) {
  Finding finding{.code = "caps"};
  const PillarSpec& caps = examined.model.pillars;
  const FrameStats& all = advised.all;
  const std::int64_t in_range = advised.in_range();
  std::int64_t pillars = 0;
  for (const FrameStats& sweep : advised.sweeps) pillars = std::max(pillars, sweep.pillars);
  const double lost = percent(all.over_pillar_cap, in_range);
  const double crowded = percent(all.over_pillar_points, in_range);
  finding.numbers = {{"pillars", static_cast<double>(pillars)},
                     {"max_pillars", static_cast<double>(caps.max_pillars)},
                     {"over_pillar_cap_percent", lost},
                     {"over_pillar_points_percent", crowded}};
  finding.found = fmt::format("{} of {} pillars", pillars, caps.max_pillars);
  if (lost > 0) {
    finding.found += fmt::format(", {:.1f} % of the points in range lost", lost);
  }
  if (crowded > 0) {
    finding.found += fmt::format("; {:.1f} % above {} points a pillar", crowded, caps.max_points);
  }
  if (lost > kLostVisibly) {
    finding.severity = lost > kLostBadly ? Severity::bad : Severity::warning;
    finding.consequence =
        caps.overflow == PillarOverflow::stop
            ? "the rest of the sweep is cut off: whole sides of the scene are missing"
            : "pillars that come late in the sweep are missing: whole objects are";
    finding.fix = "export with more pillars and raise pillars.max_pillars, or crop with --fov";
  } else if (crowded > kFullPillars) {
    finding.severity = Severity::note;
    finding.consequence = "a pillar keeps its first points only: fine as long as training did too";
  }
  return finding;
}

}  // namespace colonnade
