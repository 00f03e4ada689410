// Detections as CSV (RFC 4180, lines end in \n): one row a box.
#pragma once

#include <span>
#include <string>

#include "colonnade/box.hpp"

namespace colonnade {

/// Columns file, label, score, x, y, z, length, width, height, yaw and, with velocity, vx, vy.
std::string csv_header(bool has_velocity);

/// A row a box, none for a frame without boxes. Floats have as many digits as make them come back.
std::string csv_rows(const std::string& file, const Detections& detections,
                     std::span<const std::string> classes);

}  // namespace colonnade
