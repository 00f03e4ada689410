// Average precision and counts in the LiDAR's own frame: any classes, no camera.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "colonnade/executor.hpp"
#include "evaluate/objects.hpp"
#include "evaluate/precision_recall.hpp"

namespace colonnade {

/// How near a prediction must be to its label.
enum class LidarMetric : std::uint8_t {
  space,    ///< IoU of rotated boxes above the threshold.
  ground,   ///< The same seen from above: BEV.
  distance  ///< Centres on the ground nearer than the threshold, metres (nuScenes).
};

struct LidarOptions {
  LidarMetric metric = LidarMetric::space;
  std::vector<double> thresholds;                  ///< For every class; falling or rising.
  std::map<std::string, double> class_thresholds;  ///< One instead of those.
  std::vector<std::pair<std::string, std::string>> neighbours;  ///< Label class, ignored for class.
  double within = std::numeric_limits<double>::infinity();      ///< Metres on the ground.
  std::int64_t min_points = 0;                                  ///< Labels with fewer are ignored.
  std::vector<double> range_edges;        ///< Metres, rising: strata between them, and beyond.
  std::vector<std::int64_t> point_edges;  ///< The same of points in a label.
  double score = .3;                      ///< From which predictions are counted.
};

/// Rows of the report: all labels, or those of one stratum.
struct LidarStratum {
  enum class Kind : std::uint8_t { all, range, points } kind = Kind::all;
  double from = 0, to = std::numeric_limits<double>::infinity();  ///< from <= value < to.
};

struct LidarRow {
  std::string class_name;
  LidarStratum stratum;
  double threshold = 0;
  std::int64_t labels = 0;   ///< That count.
  std::int64_t ignored = 0;  ///< Of the class, but too far, too thin or a neighbour.
  std::int64_t found = 0;    ///< At options.score.
  std::int64_t wrong = 0;    ///< Predictions at options.score that no label takes.
  double ap_r40 = 0;         ///< Percent.
  double ap_nuscenes = 0;    ///< Percent; Caesar et al. 2020: recall and precision above 0.1.
  SampledCurve precision{};
  double mean_distance = 0;  ///< Of the found: metres between centres on the ground.
  double mean_turn = 0;      ///< Of the found: radians between yaws, 0 to pi.

  /// Predictions belong to no stratum of points, as they have none: nothing is wrong there.
  bool has_precision() const noexcept { return stratum.kind != LidarStratum::Kind::points; }
  std::int64_t missed() const noexcept { return labels - found; }
};

/// Of the labels, neighbours apart.
std::set<std::string> lidar_classes(std::span<const FramePair<LidarObject>> frames,
                                    const LidarOptions& options);

/// Error(invalid_argument): options name a class that no label has, or want points that aren't
/// known.
void check_lidar_options(std::span<const FramePair<LidarObject>> frames,
                         const LidarOptions& options);

/// Rows by class (as in the labels, sorted), threshold, stratum (all first).
std::vector<LidarRow> evaluate_lidar(std::span<const FramePair<LidarObject>> frames,
                                     const LidarOptions& options, Executor& executor);

}  // namespace colonnade
