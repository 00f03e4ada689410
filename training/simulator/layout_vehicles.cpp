#include <algorithm>
#include <cmath>

#include "simulator/layout.hpp"
#include "simulator/objects.hpp"

namespace colonnade::simulator {
namespace {

/// A car, or (in one case of so many) something larger.
void add_vehicle(Site& site, double x, double y, double yaw, double car_share, double margin) {
  if (site.draw.chance(car_share)) {
    add_car(site, x, y, yaw, margin);
    return;
  }
  switch (site.draw.pick({.62, .28, .1})) {
    case 0: add_van(site, x, y, yaw); break;
    case 1: add_lorry(site, x, y, yaw); break;
    default: add_bus(site, x, y, yaw); break;
  }
}

enum class Parking { along, across, slanted };

void park_along(Site& site, double side) {
  const Street& street = site.street;
  Draw& draw = site.draw;
  const double row = street.kind == StreetKind::residential ? .66
                     : street.kind == StreetKind::city      ? .58
                                                            : .3;
  if (!draw.chance(row)) return;
  const double density = draw.uniform(.3, .98) * site.distribution.vehicles;
  const auto parking = static_cast<Parking>(draw.pick({.8, .12, .08}));
  const double on_pavement = draw.chance(.25) ? draw.uniform(.4, 2) : 0;
  const double inward = parking == Parking::along ? 1.0 : 2.2;
  const double aside = side * (street.half_width - inward + on_pavement);
  double x = street.behind + draw.uniform(9, 20);
  const double far = draw.uniform(), end = 12 + 50 * far * far;
  while (x < end) {
    const double pitch = parking == Parking::along    ? draw.uniform(4.6, 6.6)
                         : parking == Parking::across ? draw.uniform(2.3, 3.2)
                                                      : draw.uniform(2.8, 3.8);
    if (!street.on_crossing(x, 3) && draw.chance(density)) {
      double yaw = street.yaw(x) + draw.normal(0, .035);
      if (!draw.chance(side > 0 ? .25 : .75)) yaw += kPi;
      if (parking == Parking::across) yaw += kPi / 2;
      if (parking == Parking::slanted) yaw += side * .28 * kPi;
      const double y = street.middle(x) + aside + draw.normal(0, .12);
      add_vehicle(site, x, y, yaw, .92, .08);
    }
    x += pitch;
  }
}

void drive_along(Site& site) {
  const Street& street = site.street;
  Draw& draw = site.draw;
  const bool highway = street.kind == StreetKind::highway;
  const double stretch = (68 - street.behind) / 80;
  const int vehicles = site.count(highway ? 5 : 2, site.distribution.vehicles * stretch);
  for (int k = 0; k < vehicles; ++k) {
    const double x = draw.uniform(street.behind + 18, 68);
    const int lane = draw.integer(0, street.lanes() - 1);
    double yaw = street.yaw(x) + draw.normal(0, .03);
    if (!highway && lane >= (street.lanes() + 1) / 2) yaw += kPi;  // Against us, on the left.
    const double y = street.middle(x) + street.lane_middle(lane) + draw.normal(0, .25);
    add_vehicle(site, x, y, yaw, .86, .15);
  }
}

/// A car ahead of us, of which only the rear is seen; few returns, and length is what they don't
/// tell. Now and then one that comes towards us.
void drive_ahead(Site& site) {
  const Street& street = site.street;
  Draw& draw = site.draw;
  if (!draw.chance(.55 * std::min(1.0, site.distribution.vehicles))) return;
  const double x = std::max(draw.uniform(9, 58), street.free_ahead + 3);
  if (x > 66 || street.on_crossing(x, 3)) return;
  const bool oncoming = draw.chance(.3);
  const double aside = oncoming ? draw.uniform(1.8, 3.2) : draw.normal(0, .35);
  const double yaw = street.yaw(x) + (oncoming ? kPi : 0) + draw.normal(0, .06);
  add_vehicle(site, x, street.middle(x) - street.y0 + aside, yaw, .9, .15);
}

void drive_across(Site& site) {
  const Street& street = site.street;
  if (street.crossing_half_width <= 0) return;
  Draw& draw = site.draw;
  const int vehicles = site.count(2.6, site.distribution.vehicles);
  for (int k = 0; k < vehicles; ++k) {
    const double side = draw.sign(), y = draw.uniform(-35, 35);
    const double x = street.crossing_x + side * .5 * street.crossing_half_width;
    const double yaw = side * kPi / 2 + draw.normal(0, .06);
    add_vehicle(site, x + draw.normal(0, .3), y, yaw, .88, .15);
  }
  if (!draw.chance(.4)) return;  // A parked row there.
  const double side = draw.sign(), start = draw.uniform(street.half_width + 3, 12);
  for (int k = 0; k < 8; ++k) {
    const double pitch = draw.uniform(5, 6);
    if (!draw.chance(.6 * site.distribution.vehicles)) continue;
    add_car(site, street.crossing_x + side * .8 * street.crossing_half_width,
            side * (start + k * pitch), kPi / 2 + draw.normal(0, .04));
  }
}

/// A car park beside the road, and cars that stand just anywhere.
void park_elsewhere(Site& site) {
  const Street& street = site.street;
  if (street.kind == StreetKind::highway) return;
  Draw& draw = site.draw;
  if (draw.chance(.5)) {
    const int places = site.count(6, site.distribution.vehicles);
    const double x = draw.uniform(10, 55);
    const double side = draw.sign();
    const double y = street.middle(x) + side * draw.uniform(street.half_width + 3, 22);
    double row = street.yaw(x) + draw.normal(0, .3);
    if (draw.chance(.5)) row += kPi / 2;
    const SinCos d = sin_cos(row + kPi / 2);
    double along = 0;
    for (int k = 0; k < places; ++k) {
      double yaw = row + draw.normal(0, .06);
      if (draw.chance(.5)) yaw += kPi;
      // Away from the road, not across it.
      const Vec at{x + side * d.cos * along, y + side * d.sin * along, 0};
      if (!street.on_road(at.x, at.y)) add_car(site, at.x, at.y, yaw, .05);
      along += draw.uniform(2.4, 3);
    }
  }
  // In drives, yards and on verges: beside the road, where they don't hide it.
  const int strays = site.count(5, site.distribution.vehicles);
  for (int k = 0; k < strays; ++k) {
    const double x = draw.uniform(street.behind + 17, 65), off = draw.uniform();
    const double aside = street.half_width + 1.2 + 20 * off * off;
    double yaw = street.yaw(x) + draw.normal(0, .12);
    if (draw.chance(.5)) yaw += kPi / 2;
    if (draw.chance(.5)) yaw += kPi;
    if (draw.chance(.25)) yaw = draw.uniform(0, 2 * kPi);
    const double y = street.middle(x) + draw.sign() * aside;
    // Turned straight away from us or to us: an end is all that there is to see.
    if (draw.chance(.3))
      yaw = arc_tangent(y, x) + (draw.chance(.3) ? kPi : 0) + draw.normal(0, .08);
    add_car(site, x, y, yaw);
  }
}

}  // namespace

void keep_own_lane(Site& site) {
  constexpr double piece = 5;
  const Street& street = site.street;
  for (double x = 4; x < street.free_ahead; x += piece) {
    const double y = street.middle(x) - street.y0;
    site.footprints.take({x + piece / 2, y, piece, 2.3, street.yaw(x)}, 0);
  }
}

void place_vehicles(Site& site) {
  if (site.street.kind != StreetKind::highway) {
    for (const double side : {-1.0, 1.0}) park_along(site, side);
  }
  drive_ahead(site);
  drive_along(site);
  drive_across(site);
  park_elsewhere(site);
}

}  // namespace colonnade::simulator
