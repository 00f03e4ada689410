// What a network's maps reach, as it's stored.
#pragma once

#include <string>
#include <vector>

#include "base/tensor_range.hpp"

namespace colonnade {

struct EngineCalibration {
  std::string method;               ///< "minmax", "percentile", "entropy".
  std::string model;                ///< content_hash of the graphs as they were read.
  std::vector<std::string> clouds;  ///< Hashes of the contents of what they ran on.
  std::vector<TensorRange> ranges;  ///< Of the tensors that convolutions read.
};

}  // namespace colonnade
