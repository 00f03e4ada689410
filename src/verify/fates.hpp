// What became of each box: two detectors' boxes of one frame, side by side.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "evaluate/objects.hpp"

namespace colonnade {

/// When two boxes are one, and which of them are looked for.
struct SameBox {
  double iou = 0.9;    ///< At least, in space; of the same class.
  double score = 0.3;  ///< From here on a box must be there on the other side, at any score.
};

struct BoxFate {
  std::string class_name;
  double range = 0;    ///< Metres on the ground.
  bool exact = false;  ///< A box of FP32's; else of the other side.
  bool found = false;  ///< On the other side.
};

/// How far both sides' boxes of at least rule.score are from their partners on the other: the sum
/// of (1 - IoU)^2, of 1 for a box without one. Squares, since a gate counts boxes that are gone:
/// one that is far off weighs more than many that are a little.
struct BoxDistance {
  double squares = 0;
  std::size_t boxes = 0;
};
BoxDistance distance_of(std::span<const LidarObject> exact, std::span<const LidarObject> other,
                        const SameBox& rule);

/// Of all boxes of at least rule.score on either side. Each box is one other's at most: the pairs
/// of the greatest overlap come first, equal ones in the boxes' order.
std::vector<BoxFate> fates_of(std::span<const LidarObject> exact,
                              std::span<const LidarObject> other, const SameBox& rule);

}  // namespace colonnade
