// Detections as JSON lines: docs/detections_schema.md.
#pragma once

#include <span>
#include <string>

#include "colonnade/box.hpp"

namespace colonnade {

inline constexpr int kDetectionsSchema = 1;

/// One object on one line, newline included. Floats have as many digits as make them come back.
std::string json_line(const std::string& file, const Detections& detections,
                      std::span<const std::string> classes);

}  // namespace colonnade
