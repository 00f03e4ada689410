#pragma once

#include <string>
#include <vector>

namespace colonnade {

/// What a map's elements were found to be, by a rule that may leave a few outside.
struct TensorRange {
  std::string tensor;
  float low = 0;             ///< Of all of it.
  std::vector<float> highs;  ///< By channel.
};

}  // namespace colonnade
