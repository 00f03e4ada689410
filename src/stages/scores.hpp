// Class logits -> the few (anchor, class) pairs worth decoding.
#pragma once

#include <cstdint>
#include <vector>

#include "base/tensor.hpp"
#include "colonnade/model.hpp"
#include "stages/anchors.hpp"

namespace colonnade {

/// An (anchor, class) pair that passed the score threshold.
struct Hit {
  float score;
  std::int32_t anchor;  ///< Flat over all heads, or the row of a detections output.
  std::int32_t group;   ///< NMS call that it belongs to.
  std::int16_t head;
  std::int16_t channel;  ///< Score channel of the head.
};

/// One of a head's maps: values() numbers an anchor, wherever the layout puts them.
class MapView {
 public:
  /// Error(mismatch) unless `map` is float32 with `values` numbers for each anchor of the head.
  MapView(const ConstTensorView& map, const AnchorLayout& layout, const AnchorGrid& anchors,
          std::int64_t values, const char* what);

  float operator()(const AnchorGrid::Place& place, std::int64_t value) const noexcept {
    return data_[place.cell * cell_stride_ + place.kind * kind_stride_ + value * value_stride_];
  }

  /// The inverse: whose value is element `index` of the map?
  struct Element {
    std::int64_t flat, value;  ///< Flat anchor index within the head.
  };
  Element element(std::int64_t index) const noexcept;

  const float* data() const noexcept { return data_; }
  std::int64_t elements() const noexcept { return elements_; }
  std::int64_t values() const noexcept { return values_; }
  std::int64_t value_stride() const noexcept { return value_stride_; }

 private:
  const AnchorGrid& anchors_;
  MapLayout layout_;
  const float* data_;
  std::int64_t elements_, values_;
  std::int64_t cell_stride_, kind_stride_, value_stride_;
};

/// The logistic function, rounded once to float32.
float sigmoid(float logit) noexcept;

/// PostSpec's rules about scores.
class ScoreRules {
 public:
  explicit ScoreRules(const PostSpec& post);

  bool passes(float score) const noexcept;
  /// A logit below it can't pass; a NaN doesn't reach it either.
  float least_logit() const noexcept { return least_logit_; }

 private:
  float threshold_;
  Comparison comparison_;
  float least_logit_;
};

/// Calls f(element index) for every element >= least, in ascending order. Most blocks hold none and
/// cost one vectorised comparison an element.
template <typename F>
void for_each_at_least(const float* values, std::int64_t count, float least, F&& f) {
  constexpr std::int64_t kBlock = 256;
  for (std::int64_t begin = 0; begin < count; begin += kBlock) {
    const std::int64_t end = begin + kBlock < count ? begin + kBlock : count;
    std::int32_t found = 0;
    for (std::int64_t i = begin; i < end; ++i) found += values[i] >= least ? 1 : 0;
    if (found == 0) continue;
    for (std::int64_t i = begin; i < end; ++i) {
      if (values[i] >= least) f(i);
    }
  }
}

/// Sorts hits by group, then falling score, then rising anchor and channel, and cuts them as
/// PostSpec::top_k and top_k_stage say.
class TopK {
 public:
  /// `channels`: the most classes of any anchor.
  TopK(const PostSpec& post, std::int64_t groups, std::int64_t channels);

  /// Hit::anchor is below `anchors`. Returns how many hits were cut.
  std::int64_t run(std::vector<Hit>& hits, std::int64_t anchors);
  /// The most that run can leave of so many hits.
  std::size_t most(std::size_t hits) const noexcept;

 private:
  void keep_best_anchors(std::vector<Hit>& hits, std::int64_t anchors);
  void keep_best_of_groups(std::vector<Hit>& hits);

  std::int64_t anchor_cap_;  ///< 0: none.
  std::int64_t group_cap_;
  std::int64_t channels_;
  std::vector<std::int64_t> group_end_;
  std::vector<Hit> by_group_;
  std::vector<std::uint8_t> chosen_;
};

}  // namespace colonnade
