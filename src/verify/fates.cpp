#include "verify/fates.hpp"

#include <algorithm>
#include <cmath>

#include "evaluate/overlap.hpp"

namespace colonnade {
namespace {

struct Pair {
  std::size_t exact, other;
  double iou;
};

std::vector<Pair> pairs_of(std::span<const LidarObject> exact, std::span<const LidarObject> other,
                           double least) {
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    for (std::size_t j = 0; j < other.size(); ++j) {
      if (exact[i].label != other[j].label) continue;
      const double iou = ious(upright(exact[i]), upright(other[j])).space;
      if (iou >= least) pairs.push_back({i, j, iou});
    }
  }
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const Pair& a, const Pair& b) { return a.iou > b.iou; });
  return pairs;
}

void add(std::span<const LidarObject> boxes, const std::vector<bool>& found, bool exact,
         double score, std::vector<BoxFate>& fates) {
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    if (boxes[i].score < score) continue;
    fates.push_back({boxes[i].label, std::hypot(boxes[i].x, boxes[i].y), exact, found[i]});
  }
}

}  // namespace

BoxDistance distance_of(std::span<const LidarObject> exact, std::span<const LidarObject> other,
                        const SameBox& rule) {
  std::vector<double> exact_iou(exact.size()), other_iou(other.size());
  std::vector<bool> exact_found(exact.size()), other_found(other.size());
  for (const Pair& pair : pairs_of(exact, other, 0)) {
    if (exact_found[pair.exact] || other_found[pair.other]) continue;
    exact_found[pair.exact] = other_found[pair.other] = true;
    exact_iou[pair.exact] = other_iou[pair.other] = pair.iou;
  }
  BoxDistance distance;
  const auto add_side = [&](std::span<const LidarObject> boxes, const std::vector<double>& iou) {
    for (std::size_t i = 0; i < boxes.size(); ++i) {
      if (boxes[i].score < rule.score) continue;
      distance.squares += (1 - iou[i]) * (1 - iou[i]);
      ++distance.boxes;
    }
  };
  add_side(exact, exact_iou);
  add_side(other, other_iou);
  return distance;
}

std::vector<BoxFate> fates_of(std::span<const LidarObject> exact,
                              std::span<const LidarObject> other, const SameBox& rule) {
  std::vector<bool> exact_found(exact.size()), other_found(other.size());
  for (const Pair& pair : pairs_of(exact, other, rule.iou)) {
    if (exact_found[pair.exact] || other_found[pair.other]) continue;
    exact_found[pair.exact] = other_found[pair.other] = true;
  }
  std::vector<BoxFate> fates;
  add(exact, exact_found, true, rule.score, fates);
  add(other, other_found, false, rule.score, fates);
  return fates;
}

}  // namespace colonnade
