// Figures of a sweep that a detector feels: where its points are, how bright, how rough the ground.
// The same figures of real and simulated sweeps side by side are the instrument to tune with.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "colonnade/cloud.hpp"

namespace colonnade::simulator {

struct Figure {
  std::string name;
  double value = 0;  ///< NaN where the sweep has nothing of the kind.
};

/// Of points x, y, z (metres, sensor frame, KITTI's axes) and intensity over `intensity_scale`.
/// Always the same figures in the same order. Figures of rings need the points in KITTI's order:
/// ring by ring, each counter-clockwise.
std::vector<Figure> sweep_figures(std::span<const float> xyzi, double intensity_scale);

/// Markdown: a row a figure with mean (least to most) of each group, and the means' ratio.
/// Both groups hold at least one sweep.
std::string comparison_table(const std::vector<std::vector<Figure>>& real,
                             const std::vector<std::vector<Figure>>& simulated);

}  // namespace colonnade::simulator
