#include "doctor/examine.hpp"

#include <algorithm>

#include "colonnade/error.hpp"
#include "doctor/checks.hpp"

namespace colonnade {

Severity Diagnosis::worst() const noexcept {
  Severity worst = Severity::ok;
  for (const Finding& finding : findings) worst = std::max(worst, finding.severity);
  return worst;
}

Diagnosis examine(const ModelSpec& model, const SensorSpec& sensor,
                  std::span<const CloudView> clouds) {
  if (clouds.empty()) {
    throw Error(ErrorCode::invalid_argument, "expected at least one cloud, found none");
  }
  Examined examined{model, sensor, {}};
  for (const CloudView& cloud : clouds) {
    examined.sweeps.push_back(read_sweep(cloud, sensor.intensity_field));
  }
  Diagnosis diagnosis;
  Advice& advice = diagnosis.advice;
  advice.sensor = sensor;
  std::vector<Finding>& findings = diagnosis.findings;
  findings.push_back(check_model(examined));
  findings.push_back(check_returns(examined, advice));
  if (findings.back().severity == Severity::bad) return diagnosis;  // There are no points.

  findings.push_back(check_units(examined));
  diagnosis.metres_per_unit = findings.back().numbers[1].value;
  findings.push_back(check_axes(examined, advice));
  findings.push_back(check_ground(examined, advice));
  findings.push_back(check_intensity(examined, advice));
  findings.push_back(check_sweeps(examined));
  const Counts now = count_points(examined, sensor);
  const Counts advised = count_points(examined, advice.sensor);
  findings.push_back(check_range(examined, now, advised));
  findings.push_back(check_caps(examined, advised));
  findings.push_back(check_view(examined, advice));
  findings.push_back(check_rings(examined, advice));
  return diagnosis;
}

}  // namespace colonnade
