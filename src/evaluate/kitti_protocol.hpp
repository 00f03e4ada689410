// KITTI's object benchmark (Geiger et al. 2012), exactly as kitti-object-eval-python does it, which
// OpenPCDet and mmdet3d ship: 2-D, AOS, BEV and 3-D average precision by class and difficulty.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "colonnade/executor.hpp"
#include "evaluate/kitti_matching.hpp"
#include "evaluate/objects.hpp"
#include "evaluate/precision_recall.hpp"

namespace colonnade {

enum class KittiMetric : std::uint8_t {
  image,   ///< Boxes in the image; what lies in DontCare regions isn't a false one.
  ground,  ///< Rotated boxes seen from above: BEV.
  space    ///< Rotated boxes: 3-D.
};
inline constexpr std::array<std::string_view, 3> kKittiMetricNames = {"2D", "BEV", "3D"};

/// What a label may be at most to count; what's beyond is ignored.
struct KittiDifficulty {
  std::string_view name;
  double above_height;  ///< Pixels in the image that a label's box must exceed.
  int occluded;
  double truncated;
};
inline constexpr std::array<KittiDifficulty, 3> kKittiDifficulties = {
    {{"easy", 40, 0, .15}, {"moderate", 25, 1, .3}, {"hard", 25, 2, .5}}};

/// A class, with the class whose labels are so like it that they are ignored, and the overlaps that
/// a match must exceed.
struct KittiClass {
  std::string_view name;
  std::string_view neighbour;  ///< Empty: none.
  double image;                ///< 2-D.
  double strict, loose;        ///< BEV and 3-D.
};
inline constexpr std::array<KittiClass, 3> kKittiClasses = {{
    {"Car", "Van", .7, .7, .5},
    {"Pedestrian", "Person_sitting", .5, .5, .25},
    {"Cyclist", "", .5, .5, .25},
}};

/// In any case of letters, as the Python code compares.
bool is_kitti_class(std::string_view name) noexcept;

/// One cell of the benchmark's table.
struct KittiCell {
  std::string_view class_name;
  KittiMetric metric = KittiMetric::image;
  std::string_view difficulty;
  double min_overlap = 0;
  std::int64_t labels = 0;  ///< That count. Without any there is no average precision.
  SampledCurve precision{};
  SampledCurve orientation{};  ///< Of the metric `image`: AOS.
  MatchCounts at_score;        ///< With predictions of at least the score that was asked for.
};

struct KittiReport {
  std::vector<KittiCell> cells;  ///< By class, metric, overlap (strict first), difficulty.
  bool has_orientation = false;  ///< Predictions have an alpha.
};

/// `score`: for KittiCell::at_score.
KittiReport evaluate_kitti(std::span<const FramePair<KittiObject>> frames, double score,
                           Executor& executor);

}  // namespace colonnade
