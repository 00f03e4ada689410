// Average precision of two detectors against labels.
#pragma once

#include <string>
#include <vector>

#include "colonnade/executor.hpp"
#include "engine_file/gate.hpp"
#include "evaluate/objects.hpp"

namespace colonnade {

/// By class, of 40 recalls: of labels in KITTI's form in space at moderate difficulty by its own
/// overlaps, else in the LiDAR's frame at an IoU of 0.5. `calib`: empty for the latter.
/// Error(io | format | invalid_argument): labels, calibrations; mismatch: no frame has labels.
std::vector<GatePrecision> precision_loss(const Frames<LidarObject>& exact,
                                          const Frames<LidarObject>& effective,
                                          const std::string& labels, const std::string& calib,
                                          double limit, Executor& executor);

}  // namespace colonnade
