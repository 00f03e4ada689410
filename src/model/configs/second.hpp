#pragma once

#include <string>

#include "model/rules.hpp"

namespace colonnade {

/// What a second.pytorch pipeline.config says of a PointPillars model: version 1.5 (nutonomy's and
/// SmallMunich's: target_assigner.anchor_generators) and 1.6 (class_settings). Errors as
/// openpcdet_rules.
Rules second_rules(const std::string& config_path);

}  // namespace colonnade
