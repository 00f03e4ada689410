// The name of a box's class.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace colonnade {

/// "class_K" where the model names fewer classes.
inline std::string class_name(std::int32_t label, std::span<const std::string> classes) {
  if (label >= 0 && static_cast<std::size_t>(label) < classes.size())
    return classes[static_cast<std::size_t>(label)];
  return "class_" + std::to_string(label);
}

}  // namespace colonnade
