#include "verify/box_match.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace colonnade {
namespace {

struct Corners {
  std::array<std::array<double, 3>, 8> at;
};

Corners corners_of(const Box& box) {
  Corners result{};
  const double cos = std::cos(box.yaw), sin = std::sin(box.yaw);
  for (std::size_t c = 0; c < 8; ++c) {
    const double along = (c & 1 ? .5 : -.5) * box.length, across = (c & 2 ? .5 : -.5) * box.width;
    result.at[c] = {box.x + along * cos - across * sin, box.y + along * sin + across * cos,
                    box.z + (c & 4 ? .5 : -.5) * box.height};
  }
  return result;
}

/// The farthest of eight pairs.
double distance(const Box& a, const Box& b) {
  const Corners p = corners_of(a), q = corners_of(b);
  double farthest = 0;
  for (std::size_t c = 0; c < 8; ++c) {
    farthest = std::max(farthest, std::hypot(p.at[c][0] - q.at[c][0], p.at[c][1] - q.at[c][1],
                                             p.at[c][2] - q.at[c][2]));
  }
  return farthest;
}

/// Takes the nearest free box of b for each free one of a; calls f(a, b, distance) for each pair.
template <typename Distance, typename F>
void pair_up(std::span<const Box> a, std::span<const Box> b, std::vector<bool>& free_a,
             std::vector<bool>& free_b, double within, Distance&& apart, F&& f) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!free_a[i]) continue;
    double nearest = std::numeric_limits<double>::infinity();
    std::size_t best = b.size();
    for (std::size_t j = 0; j < b.size(); ++j) {
      if (!free_b[j] || a[i].label != b[j].label) continue;
      const double d = apart(a[i], b[j]);
      if (d < nearest) nearest = d, best = j;
    }
    if (best == b.size() || !(nearest <= within)) continue;
    free_a[i] = free_b[best] = false;
    f(a[i], b[best], nearest);
  }
}

}  // namespace

BoxMatch match_boxes(std::span<const Box> a, std::span<const Box> b, double within) {
  BoxMatch match;
  match.a = static_cast<std::int64_t>(a.size());
  match.b = static_cast<std::int64_t>(b.size());
  std::vector<bool> free_a(a.size(), true), free_b(b.size(), true);
  pair_up(a, b, free_a, free_b, within, distance, [&](const Box& x, const Box& y, double d) {
    ++match.matched;
    match.corners = std::max(match.corners, d);
    match.scores = std::max(match.scores, std::abs(double{x.score} - y.score));
  });
  const auto turned = [](const Box& x, Box y) {
    y.yaw += static_cast<float>(M_PI);
    return distance(x, y);
  };
  pair_up(a, b, free_a, free_b, within, turned,
          [&](const Box&, const Box&, double) { ++match.opposite; });
  const auto centres = [](const Box& x, const Box& y) {
    return std::hypot(double{x.x} - y.x, double{x.y} - y.y);
  };
  pair_up(a, b, free_a, free_b, within, centres,
          [&](const Box&, const Box&, double) { ++match.same_centre; });
  return match;
}

}  // namespace colonnade
