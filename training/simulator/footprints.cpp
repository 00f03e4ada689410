#include "simulator/footprints.hpp"

#include <algorithm>
#include <cmath>

#include "simulator/portable_math.hpp"

namespace colonnade::simulator {

/// Separating axes: two rectangles are apart if one of their four sides' directions shows a gap.
bool Footprints::overlap(const Taken& a, const Taken& b) noexcept {
  const double dx = b.x - a.x, dy = b.y - a.y, reach = a.radius + b.radius;
  if (dx * dx + dy * dy > reach * reach) return false;
  const auto apart = [&](double ux, double uy) {
    const auto extent = [&](const Taken& t) {
      return t.half_length * std::abs(t.cos * ux + t.sin * uy) +
             t.half_width * std::abs(t.cos * uy - t.sin * ux);
    };
    return std::abs(dx * ux + dy * uy) > extent(a) + extent(b);
  };
  return !apart(a.cos, a.sin) && !apart(-a.sin, a.cos) && !apart(b.cos, b.sin) &&
         !apart(-b.sin, b.cos);
}

bool Footprints::take(const Footprint& f, double margin) {
  const SinCos turn = sin_cos(f.yaw);
  Taken wanted{f.x, f.y, f.length / 2 + margin, f.width / 2 + margin, turn.cos, turn.sin, 0};
  wanted.radius =
      std::sqrt(wanted.half_length * wanted.half_length + wanted.half_width * wanted.half_width);
  Taken own{-0.3, 0, 2.8, 1.4, 1, 0, 0};
  own.radius = std::sqrt(own.half_length * own.half_length + own.half_width * own.half_width);
  if (overlap(wanted, own)) return false;
  if (std::any_of(taken_.begin(), taken_.end(),
                  [&](const Taken& t) { return overlap(wanted, t); })) {
    return false;
  }
  taken_.push_back(wanted);
  return true;
}

}  // namespace colonnade::simulator
