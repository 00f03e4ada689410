// Labels and predictions of one frame, matched by the rule of KITTI's object benchmark (Geiger et
// al. 2012, object devkit: evaluate_object; the same in kitti-object-eval-python).
#pragma once

#include <cstdint>
#include <vector>

namespace colonnade {

/// What one class, difficulty, metric and minimum overlap leave of a frame. Ignored: it may be
/// matched, but neither finding nor missing it counts.
struct MatchFrame {
  struct Label {
    bool ignored = false;
    double alpha = 0;  ///< Radians.
  };
  struct Prediction {
    bool ignored = false;
    bool in_dont_care = false;  ///< Unmatched, it isn't a false one.
    double alpha = 0;           ///< Radians.
    double score = 0;
  };
  /// Overlap above the minimum.
  struct Pair {
    std::uint32_t label = 0, prediction = 0;
    double overlap = 0;
  };

  std::vector<Label> labels;
  std::vector<Prediction> predictions;
  std::vector<Pair> pairs;  ///< By label, then by prediction.
};

struct MatchCounts {
  std::int64_t found = 0;   ///< Labels: true positives.
  std::int64_t missed = 0;  ///< Labels: false negatives.
  std::int64_t wrong = 0;   ///< Predictions: false positives.
  double similarity = 0;    ///< Sum over found ones of (1 + cos(difference of alpha)) / 2.

  MatchCounts& operator+=(const MatchCounts& other) noexcept;
};

/// Each frame's scores at which a label is found: labels in their order take the surest free
/// prediction that overlaps. Appended.
void append_found_scores(const MatchFrame& frame, std::vector<double>& scores);

/// With predictions of at least that score: labels in their order take the free prediction that
/// overlaps most; an ignored prediction only where there is no other.
MatchCounts match_at(const MatchFrame& frame, double score);

/// At most 41 scores, falling, at which recall comes nearest to 0, 1/40, ... 1. `labels`: how many
/// can be found, at least 1.
std::vector<double> recall_thresholds(std::vector<double> found_scores, std::int64_t labels);

}  // namespace colonnade
