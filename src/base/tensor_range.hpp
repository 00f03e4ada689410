#pragma once

#include <string>
#include <vector>

namespace colonnade {

/// What a map's elements were found to be, by a rule that may leave a few outside.
struct TensorRange {
  std::string tensor;
  float low = 0;             ///< Of all of it.
  std::vector<float> highs;  ///< By channel.
  /// Of an empty sweep's map the cells in its middle that differ, each channel after channel: of a
  /// map that was brought up by a factor those of each phase. Empty: not known, or zero.
  std::vector<float> background{};
};

}  // namespace colonnade
