// The plan of a street: where the road, its pavements and a crossing road lie.
#pragma once

#include <algorithm>
#include <cmath>

#include "simulator/distribution.hpp"
#include "simulator/draw.hpp"
#include "simulator/portable_math.hpp"

namespace colonnade::simulator {

enum class StreetKind { residential, city, rural, highway };

/// Metres, sensor frame; the sensor drives along +x.
struct Street {
  StreetKind kind = StreetKind::residential;
  double y0 = 0, slope = 0, bend = 0;  ///< The road's middle: y = y0 + slope x + bend x^2.
  double half_width = 4;
  double pavement = 2;                             ///< Width of the strip beside the road.
  double crossing_x = 0, crossing_half_width = 0;  ///< A road along y; half width 0: none.
  bool ends = false;                ///< In the crossing road, fronts beyond it: a T-junction.
  double free_ahead = 0;            ///< Metres of our own lane without traffic.
  double behind = -12, ahead = 85;  ///< The stretch that is furnished.

  double middle(double x) const noexcept { return y0 + slope * x + bend * x * x; }
  double yaw(double x) const noexcept { return arc_tangent(slope + 2 * bend * x); }
  /// Metres left of the road's middle.
  double aside(double x, double y) const noexcept { return y - middle(x); }
  bool on_crossing(double x, double margin = 0) const noexcept {
    return crossing_half_width > 0 && std::abs(x - crossing_x) < crossing_half_width + margin;
  }
  bool on_road(double x, double y) const noexcept {
    return std::abs(aside(x, y)) < half_width || on_crossing(x);
  }
  int lanes() const noexcept { return std::max(1, static_cast<int>(half_width * 2 / 3.4)); }
  /// The middle of lane k from the right, metres left of the road's middle.
  double lane_middle(int k) const noexcept {
    return -half_width + (k + 0.5) * 2 * half_width / lanes();
  }
};

/// `all_around`: furnished behind the sensor as well.
Street draw_street(const SceneDistribution& distribution, bool all_around, Draw& draw);

}  // namespace colonnade::simulator
