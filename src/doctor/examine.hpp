// Why a model finds nothing in clouds of a sensor, or less than it should; what sensor.yaml helps.
#pragma once

#include <span>
#include <vector>

#include "colonnade/cloud.hpp"
#include "colonnade/model.hpp"
#include "doctor/finding.hpp"

namespace colonnade {

struct Diagnosis {
  std::vector<Finding> findings;  ///< One a check, in the order of checks.hpp.
  Advice advice;                  ///< `sensor` where nothing is to be mended by it.
  double metres_per_unit = 1;     ///< What the clouds' x, y and z must be multiplied by.

  Severity worst() const noexcept;
};

/// `sensor` is what detect would be given now. The clouds are of one sensor; several tell a tilt of
/// the sensor from a slope of the road. Error(invalid_argument): no clouds. Error(mismatch): a
/// cloud without x, y or z.
Diagnosis examine(const ModelSpec& model, const SensorSpec& sensor,
                  std::span<const CloudView> clouds);

}  // namespace colonnade
