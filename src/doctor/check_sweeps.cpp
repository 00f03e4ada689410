#include <fmt/core.h>

#include <algorithm>

#include "doctor/checks.hpp"
#include "doctor/training.hpp"

namespace colonnade {
namespace {

constexpr double kLongest = 2;  // Seconds that anyone accumulates.

}  // namespace

Finding check_sweeps(const Examined& examined) {
  Finding finding{.code = "sweeps"};
  double low = 0, high = 0;
  bool timed = true;
  for (const Sweep& sweep : examined.sweeps) {
    timed = timed && sweep.has_dt;
    for (const Point& p : sweep.points) {
      low = std::min(low, static_cast<double>(p.dt));
      high = std::max(high, static_cast<double>(p.dt));
    }
  }
  const std::int64_t trained = examined.model.sweeps;
  finding.numbers = {
      {"trained_sweeps", static_cast<double>(trained)}, {"dt_low_s", low}, {"dt_high_s", high}};
  if (trained <= 1 && !uses_dt(examined.model)) {
    finding.found = "one at a time, as trained";
    if (high > 0) {
      finding.severity = Severity::warning;
      finding.found =
          fmt::format("dt up to {:.3g} s, the model was trained on single sweeps", high);
      finding.consequence = "what moves leaves a trail, which is no car's shape";
      finding.fix = "give the newest sweep only";
    }
    return finding;
  }
  if (low < 0 || high > kLongest) {
    finding.severity = Severity::bad;
    finding.found = fmt::format("dt from {:.4g} to {:.4g}", low, high);
    finding.consequence = "the network reads other times than it was trained with";
    finding.fix = "dt is seconds before the newest sweep: 0 for it, about 0.5 for the oldest";
    return finding;
  }
  if (!timed || high == 0) {
    finding.severity = Severity::warning;
    finding.found =
        fmt::format("one, {}; trained on {}", timed ? "dt is 0" : "without dt", trained);
    finding.consequence = "fewer points on everything: scores, range and speeds fall";
    finding.fix = "detect --sweeps LIST.json, or SweepBuffer in a program";
    return finding;
  }
  finding.found = fmt::format("dt from 0 to {:.2f} s, trained on {}", high, trained);
  return finding;
}

}  // namespace colonnade
