#include "evaluate/lidar_matching.hpp"

#include <algorithm>
#include <numeric>

namespace colonnade {

std::vector<LidarOutcome> match_lidar(const LidarMatchFrame& frame) {
  std::vector<std::uint32_t> order(frame.scores.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return frame.scores[a] > frame.scores[b];
  });
  std::vector<bool> taken(frame.label_ignored.size());
  std::vector<LidarOutcome> outcomes;
  outcomes.reserve(order.size());
  for (const std::uint32_t prediction : order) {
    const LidarMatchFrame::Pair* nearest = nullptr;
    bool on_ignored = false;
    const auto by_prediction = [](const LidarMatchFrame::Pair& pair, std::uint32_t p) {
      return pair.prediction < p;
    };
    auto pair = std::lower_bound(frame.pairs.begin(), frame.pairs.end(), prediction, by_prediction);
    for (; pair != frame.pairs.end() && pair->prediction == prediction; ++pair) {
      if (frame.label_ignored[pair->label]) {
        on_ignored = true;
      } else if (!taken[pair->label] &&
                 (nearest == nullptr || pair->nearness > nearest->nearness)) {
        nearest = &*pair;
      }
    }
    LidarOutcome outcome{LidarOutcome::Kind::wrong, prediction, 0};
    if (nearest != nullptr) {
      taken[nearest->label] = true;
      outcome.kind = LidarOutcome::Kind::found;
      outcome.label = nearest->label;
    } else if (on_ignored || frame.prediction_out[prediction]) {
      outcome.kind = LidarOutcome::Kind::none;
    }
    outcomes.push_back(outcome);
  }
  return outcomes;
}

}  // namespace colonnade
