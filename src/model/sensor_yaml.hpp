#pragma once

#include <span>
#include <string>

#include "colonnade/model.hpp"

namespace colonnade {

/// Why a key has its value.
struct KeyComment {
  std::string key;
  std::string text;  ///< One line.
};

/// sensor.yaml's text: `version`, then each key whose value isn't the default, below its comments.
/// It reads back as `spec`.
std::string sensor_yaml(const SensorSpec& spec, std::span<const KeyComment> comments);

}  // namespace colonnade
