// Detections for a person at a terminal.
#pragma once

#include <span>
#include <string>

#include "colonnade/box.hpp"

namespace colonnade {

/// A header and a line a box: class, score, centre, extents, heading in degrees, distance in the
/// ground plane; speed where the model has it. "no boxes" if there are none.
std::string box_table(const Detections& detections, std::span<const std::string> classes);

/// Counts (zeros of dropped points left out) and milliseconds a stage, on two lines.
std::string stats_text(const Detections& detections);

}  // namespace colonnade
