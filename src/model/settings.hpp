// "key=value" with a dotted path, checked as if it stood in model.yaml.
#pragma once

#include <string>

#include "colonnade/model.hpp"

namespace colonnade {

/// Error(invalid_argument | format) names the part of the path that doesn't exist, or what the
/// value should have been.
void apply_setting(ModelSpec& spec, const std::string& setting);

}  // namespace colonnade
