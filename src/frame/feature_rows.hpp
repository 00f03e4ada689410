// What a PFN graph answers, chunk by chunk, as one PillarFeatures.
#pragma once

#include <cstdint>
#include <memory>

#include "base/tensor.hpp"
#include "colonnade/model.hpp"
#include "frame/pillar_features.hpp"

namespace colonnade {

class FeatureRows {
 public:
  explicit FeatureRows(const ModelSpec& model);

  /// Takes the vectors of pillars [first, first + count) from a PFN's output, [P, C], [1, P, C],
  /// [P, 1, C] or [1, C, P, 1] with P >= count. What stands beyond `count` is padding:
  /// SmallMunich's static PFN answers non-zero there, and would overwrite cell (0, 0).
  /// Error(mismatch): another shape or element type, or other channels than the chunk before.
  void add(const ConstTensorView& output, std::int64_t first, std::int64_t count);

  /// The rows of pillars [0, count), all of which were added.
  PillarFeatures rows(std::int64_t count) const noexcept {
    return {features_.get(), count, channels_};
  }

 private:
  void reserve(std::int64_t channels);

  std::int64_t max_pillars_;
  std::int64_t channels_ = 0;
  std::unique_ptr<float[]> features_;
};

}  // namespace colonnade
