#include "evaluate/kitti_matching.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <span>

namespace colonnade {
namespace {

/// Calls f(label, its pairs) for every label.
template <class F>
void for_each_label(const MatchFrame& frame, F&& f) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < frame.labels.size(); ++i) {
    const std::size_t from = at;
    while (at < frame.pairs.size() && frame.pairs[at].label == i) ++at;
    f(frame.labels[i], std::span(frame.pairs).subspan(from, at - from));
  }
}

}  // namespace

MatchCounts& MatchCounts::operator+=(const MatchCounts& other) noexcept {
  found += other.found;
  missed += other.missed;
  wrong += other.wrong;
  similarity += other.similarity;
  return *this;
}

void append_found_scores(const MatchFrame& frame, std::vector<double>& scores) {
  std::vector<bool> taken(frame.predictions.size());
  for_each_label(frame, [&](const MatchFrame::Label& label, auto pairs) {
    const MatchFrame::Prediction* surest = nullptr;
    for (const MatchFrame::Pair& pair : pairs) {
      const MatchFrame::Prediction& prediction = frame.predictions[pair.prediction];
      if (taken[pair.prediction]) continue;
      if (surest == nullptr || prediction.score > surest->score) surest = &prediction;
    }
    if (surest == nullptr) return;
    taken[static_cast<std::size_t>(surest - frame.predictions.data())] = true;
    if (!label.ignored && !surest->ignored) scores.push_back(surest->score);
  });
}

MatchCounts match_at(const MatchFrame& frame, double score) {
  MatchCounts counts;
  std::vector<bool> taken(frame.predictions.size());
  for_each_label(frame, [&](const MatchFrame::Label& label, auto pairs) {
    const MatchFrame::Pair* best = nullptr;
    bool best_ignored = false;
    for (const MatchFrame::Pair& pair : pairs) {
      const MatchFrame::Prediction& prediction = frame.predictions[pair.prediction];
      if (taken[pair.prediction] || prediction.score < score) continue;
      const bool better = prediction.ignored
                              ? best == nullptr
                              : best == nullptr || best_ignored || pair.overlap > best->overlap;
      if (!better) continue;
      best = &pair;
      best_ignored = prediction.ignored;
    }
    if (best == nullptr) {
      if (!label.ignored) ++counts.missed;
      return;
    }
    taken[best->prediction] = true;
    if (label.ignored || best_ignored) return;
    ++counts.found;
    const double turn = label.alpha - frame.predictions[best->prediction].alpha;
    counts.similarity += (1 + std::cos(turn)) / 2;
  });
  for (std::size_t j = 0; j < frame.predictions.size(); ++j) {
    const MatchFrame::Prediction& prediction = frame.predictions[j];
    if (taken[j] || prediction.ignored || prediction.in_dont_care || prediction.score < score) {
      continue;
    }
    ++counts.wrong;
  }
  return counts;
}

std::vector<double> recall_thresholds(std::vector<double> found_scores, std::int64_t labels) {
  constexpr double kSteps = 40;
  std::sort(found_scores.begin(), found_scores.end(), std::greater<>());
  const auto all = static_cast<double>(labels);
  std::vector<double> thresholds;
  double wanted = 0;
  for (std::size_t i = 0; i < found_scores.size(); ++i) {
    const bool last = i + 1 == found_scores.size();
    const double here = static_cast<double>(i + 1) / all;
    const double next = last ? here : static_cast<double>(i + 2) / all;
    if (next - wanted < wanted - here && !last) continue;
    thresholds.push_back(found_scores[i]);
    wanted += 1 / kSteps;  // Summed up, as the devkit does: the rounding decides ties.
  }
  return thresholds;
}

}  // namespace colonnade
