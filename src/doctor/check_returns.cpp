#include <fmt/core.h>

#include <cmath>

#include "doctor/checks.hpp"

namespace colonnade {

Finding check_returns(const Examined& examined, Advice& advice) {
  Finding finding{.code = "returns"};
  std::int64_t zeros = 0, broken = 0, total = 0;
  for (const Sweep& sweep : examined.sweeps) {
    for (const Point& p : sweep.points) zeros += p.x == 0 && p.y == 0 && p.z == 0 ? 1 : 0;
    broken += sweep.non_finite;
    total += static_cast<std::int64_t>(sweep.points.size()) + sweep.non_finite;
  }
  const auto share = [total](std::int64_t count) {
    return total == 0 ? 0.0 : 100 * static_cast<double>(count) / static_cast<double>(total);
  };
  finding.numbers = {{"points", static_cast<double>(total)},
                     {"zero_returns", static_cast<double>(zeros)},
                     {"non_finite", static_cast<double>(broken)}};
  if (total == broken + zeros) {
    finding.severity = Severity::bad;
    finding.found = total == 0 ? "the clouds hold no points"
                               : fmt::format(
                                     "none of the {} points is a return: {} aren't finite, {} lie "
                                     "at (0, 0, 0)",
                                     total, broken, zeros);
    finding.consequence = "there's nothing to detect in";
    finding.fix = "check the driver or the conversion that wrote them";
    return finding;
  }
  finding.found = zeros == 0
                      ? "no points at (0, 0, 0)"
                      : fmt::format("{} points ({:.1f} %) at (0, 0, 0)", zeros, share(zeros));
  if (broken > 0) {
    finding.severity = Severity::note;
    finding.found += fmt::format("; {} ({:.1f} %) not finite, dropped", broken, share(broken));
  }
  if (zeros == 0) return finding;
  if (examined.sensor.drop_zero_returns) {
    finding.found += ", dropped";
    return finding;
  }
  finding.severity = Severity::warning;
  finding.consequence = "beams without a return make a phantom pillar at the sensor";
  finding.fix = "drop_zero_returns: true";
  advice.sensor.drop_zero_returns = true;
  advice.reasons.push_back({"drop_zero_returns", finding.found});
  return finding;
}

}  // namespace colonnade
