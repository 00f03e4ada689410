#pragma once

#include <string>

#include "model/rules.hpp"

namespace colonnade {

/// What an OpenPCDet config says of a PointPillars model, and OpenPCDet's own code of the rest.
/// Error(format): a needed key is missing or mistyped. Error(unsupported): another kind of network.
Rules openpcdet_rules(const std::string& config_path);

}  // namespace colonnade
