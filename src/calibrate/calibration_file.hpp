// A calibration as a file: JSON, so that people can read and change it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "engine_file/calibration.hpp"

namespace colonnade {

/// What the file holds but for its version; `inspect --json` shows the same.
nlohmann::ordered_json calibration_json(const EngineCalibration& calibration);

/// Error(io).
void write_calibration(const std::string& path, const EngineCalibration& calibration);

/// Error(io | format | unsupported), naming the file.
EngineCalibration read_calibration(const std::string& path);

}  // namespace colonnade
