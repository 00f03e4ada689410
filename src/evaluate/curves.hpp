// Precision over recall as a picture.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "evaluate/kitti_protocol.hpp"
#include "evaluate/lidar_protocol.hpp"
#include "evaluate/precision_recall.hpp"

namespace colonnade {

struct CurveLine {
  std::string name;      ///< In the legend, with the average precision.
  SampledCurve samples;  ///< Precision, 0 to 1, at recall 0, 1/40, ... 1.
};

/// One plot; without lines it says that there are no labels.
struct CurvePanel {
  std::string title;
  std::vector<CurveLine> lines;
};

/// A row a class, a column a metric (strict overlaps), a line a difficulty.
std::vector<CurvePanel> kitti_panels(const KittiReport& report);
/// A panel a class, a line a threshold, or a range where the rows have ranges.
std::vector<CurvePanel> lidar_panels(std::span<const LidarRow> rows);

/// Panels in rows of `columns`. Error(io): the path can't be written.
void write_curves(std::span<const CurvePanel> panels, std::size_t columns,
                  const std::string& headline, const std::string& png_path);

}  // namespace colonnade
