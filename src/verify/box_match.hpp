// Which boxes of two lists are the same.
#pragma once

#include <cstdint>
#include <span>

#include "colonnade/box.hpp"

namespace colonnade {

struct BoxMatch {
  std::int64_t a = 0, b = 0;  ///< How many there are.
  std::int64_t matched = 0;   ///< Pairs of one label whose corners are all within the tolerance.
  double corners = 0;         ///< Metres: the farthest that a matched pair's corners are apart,
  double scores = 0;          ///< and its scores.
  /// Pairs of those that are left whose corners fit when one is turned by half a turn, and whose
  /// centres but not corners fit.
  std::int64_t opposite = 0, same_centre = 0;

  bool all() const noexcept { return matched == a && matched == b; }
};

/// Each box of `a`, in its order, takes the nearest of `b` that is still free.
BoxMatch match_boxes(std::span<const Box> a, std::span<const Box> b, double corners_within);

}  // namespace colonnade
