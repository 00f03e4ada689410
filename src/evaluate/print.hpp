// An evaluation for a person at a terminal, and as JSON: docs/commands/eval.md.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "evaluate/kitti_protocol.hpp"
#include "evaluate/lidar_protocol.hpp"

namespace colonnade {

inline constexpr int kEvalSchema = 1;

/// What was compared.
struct EvalInput {
  std::string predictions, labels;  ///< Paths.
  std::size_t frames = 0;
  std::size_t objects = 0;                                       ///< Labels in them.
  std::size_t boxes = 0;                                         ///< Predictions in them.
  std::vector<std::string> without_predictions, without_labels;  ///< Frames.
  double score = 0;  ///< From which predictions are counted.
};

std::string kitti_text(const EvalInput& input, const KittiReport& report);
std::string lidar_text(const EvalInput& input, const LidarOptions& options,
                       std::span<const LidarRow> rows);

/// One object on one line, newline included.
std::string kitti_json(const EvalInput& input, const KittiReport& report);
std::string lidar_json(const EvalInput& input, const LidarOptions& options,
                       std::span<const LidarRow> rows);

/// "3d", "bev" or "distance".
const char* name_of(LidarMetric metric) noexcept;
/// "all", "0 to 20 m", "from 40 m", "1 to 5 points".
std::string name_of(const LidarStratum& stratum);

}  // namespace colonnade
