// Labels and predictions of one frame and class: the surest prediction chooses first (nuScenes,
// PASCAL VOC).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace colonnade {

struct LidarMatchFrame {
  /// Near enough, by the metric.
  struct Pair {
    std::uint32_t prediction = 0, label = 0;
    double nearness = 0;  ///< More is nearer.
  };
  std::vector<double> scores;        ///< Of predictions.
  std::vector<bool> prediction_out;  ///< Outside of what is evaluated: unmatched, it isn't wrong.
  std::vector<bool> label_ignored;   ///< Neither found nor missed; what lies on it isn't wrong.
  std::span<const Pair> pairs;       ///< By prediction.
};

/// What became of a prediction.
struct LidarOutcome {
  enum class Kind : std::uint8_t { found, wrong, none } kind = Kind::none;
  std::uint32_t prediction = 0, label = 0;  ///< The label means something only where found.
};

/// One a prediction, by falling score, equal ones in their order. It takes the nearest free label
/// that counts. Where there is none but an ignored one, taken or not, it counts for nothing.
std::vector<LidarOutcome> match_lidar(const LidarMatchFrame& frame);

}  // namespace colonnade
