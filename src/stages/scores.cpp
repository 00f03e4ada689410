#include "stages/scores.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "colonnade/error.hpp"

namespace colonnade {
namespace {

bool better(const Hit& a, const Hit& b) noexcept {
  if (a.score != b.score) return a.score > b.score;
  if (a.anchor != b.anchor) return a.anchor < b.anchor;
  return a.channel < b.channel;
}

}  // namespace

MapView::MapView(const ConstTensorView& map, const AnchorLayout& layout, const AnchorGrid& anchors,
                 std::int64_t values, const char* what)
    : anchors_(anchors),
      layout_(layout.layout),
      data_(map.as<float>()),
      elements_(map.shape.elements()),
      values_(values) {
  const std::int64_t cells = anchors.cells(), kinds = anchors.kinds();
  if (map.dtype != DType::f32 || data_ == nullptr || values < 1 || elements_ % values != 0 ||
      elements_ / values != anchors.size()) {
    throw Error(ErrorCode::mismatch, what,
                fmt::format("expected float32 with {} values for each of {} anchors, found {} {}",
                            values, anchors.size(), name_of(map.dtype), map.shape.to_string()));
  }
  const bool kind_inner = layout.order == AnchorOrder::y_x_anchor;
  switch (layout_) {
    case MapLayout::nhwc:
      cell_stride_ = kinds * values;
      kind_stride_ = values;
      value_stride_ = 1;
      break;
    case MapLayout::nchw:
      cell_stride_ = 1;
      kind_stride_ = values * cells;
      value_stride_ = cells;
      break;
    case MapLayout::flat:
      cell_stride_ = kind_inner ? kinds * values : values;
      kind_stride_ = kind_inner ? values : cells * values;
      value_stride_ = 1;
      break;
  }
}

MapView::Element MapView::element(std::int64_t index) const noexcept {
  const std::int64_t cells = anchors_.cells(), kinds = anchors_.kinds();
  switch (layout_) {
    case MapLayout::nhwc:
      return {anchors_.flat_of({index / values_ / kinds, index / values_ % kinds}),
              index % values_};
    case MapLayout::nchw:
      return {anchors_.flat_of({index % cells, index / cells / values_}), index / cells % values_};
    case MapLayout::flat: break;
  }
  return {index / values_, index % values_};
}

float sigmoid(float logit) noexcept {
  return static_cast<float>(1.0 / (1.0 + std::exp(-static_cast<double>(logit))));
}

ScoreRules::ScoreRules(const PostSpec& post)
    : threshold_(post.score_threshold), comparison_(post.score_comparison) {
  // A float below the threshold, for sigmoid() rounds: passes() decides, this only skips.
  const double t = std::nextafter(threshold_, 0.0F);
  if (!(t > 0)) {
    least_logit_ = -std::numeric_limits<float>::infinity();
  } else if (t >= 1) {
    least_logit_ = std::numeric_limits<float>::infinity();
  } else {
    const double logit = std::log(t / (1 - t));
    least_logit_ = static_cast<float>(logit - 1e-5 * (1 + std::fabs(logit)));
  }
}

bool ScoreRules::passes(float score) const noexcept {
  return comparison_ == Comparison::greater ? score > threshold_ : score >= threshold_;
}

TopK::TopK(const PostSpec& post, std::int64_t groups, std::int64_t channels)
    : channels_(std::max<std::int64_t>(channels, 1)),
      group_end_(static_cast<std::size_t>(groups) + 1) {
  const bool before = post.top_k_stage == TopKStage::before_threshold;
  anchor_cap_ = before ? post.top_k : 0;
  group_cap_ = !before && post.top_k > 0 ? post.top_k : kMaxCandidates;
}

std::int64_t TopK::run(std::vector<Hit>& hits, std::int64_t anchors) {
  const std::size_t before = hits.size();
  by_group_.reserve(hits.capacity());
  if (anchor_cap_ > 0) keep_best_anchors(hits, anchors);
  keep_best_of_groups(hits);
  return static_cast<std::int64_t>(before - hits.size());
}

std::size_t TopK::most(std::size_t hits) const noexcept {
  return std::min(hits, (group_end_.size() - 1) * static_cast<std::size_t>(group_cap_));
}

// mmdet3d takes the best anchors first, by their best class, and thresholds each class after. Those
// that pass no threshold rank below all that do, so ranking the hits alone chooses the same.
void TopK::keep_best_anchors(std::vector<Hit>& hits, std::int64_t anchors) {
  chosen_.resize(static_cast<std::size_t>(anchors));
  // Each anchor has at most channels_ hits, so that many of the best hold all anchors to choose.
  const auto count = static_cast<std::int64_t>(hits.size());
  const auto best =
      hits.begin() + (anchor_cap_ < count / channels_ ? anchor_cap_ * channels_ : count);
  std::nth_element(hits.begin(), best, hits.end(), better);
  std::sort(hits.begin(), best, better);
  std::int64_t chosen = 0;
  for (auto hit = hits.begin(); hit != best && chosen < anchor_cap_; ++hit) {
    std::uint8_t& mark = chosen_[static_cast<std::size_t>(hit->anchor)];
    chosen += mark == 0 ? 1 : 0;
    mark = 1;
  }
  const auto cut = [this](const Hit& hit) {
    return chosen_[static_cast<std::size_t>(hit.anchor)] == 0;
  };
  hits.erase(std::remove_if(hits.begin(), hits.end(), cut), hits.end());
  for (const Hit& hit : hits) chosen_[static_cast<std::size_t>(hit.anchor)] = 0;
}

void TopK::keep_best_of_groups(std::vector<Hit>& hits) {
  // A counting sort by group; then each group on its own.
  std::fill(group_end_.begin(), group_end_.end(), 0);
  for (const Hit& hit : hits) ++group_end_[static_cast<std::size_t>(hit.group) + 1];
  for (std::size_t g = 1; g < group_end_.size(); ++g) group_end_[g] += group_end_[g - 1];
  by_group_.resize(hits.size());
  for (const Hit& hit : hits) {
    // Each group's begin moves to its end, which is the next group's begin.
    by_group_[static_cast<std::size_t>(group_end_[static_cast<std::size_t>(hit.group)]++)] = hit;
  }
  hits.clear();
  std::int64_t begin = 0;
  for (std::size_t g = 0; g + 1 < group_end_.size(); ++g) {
    const auto first = by_group_.begin() + begin;
    const auto last = by_group_.begin() + group_end_[g];
    const auto cut = last - first > group_cap_ ? first + group_cap_ : last;
    if (cut != last) std::nth_element(first, cut, last, better);
    std::sort(first, cut, better);
    hits.insert(hits.end(), first, cut);
    begin = group_end_[g];
  }
}

}  // namespace colonnade
