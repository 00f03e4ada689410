#include "simulator/layout.hpp"
#include "simulator/objects.hpp"

namespace colonnade::simulator {
namespace {

/// Along the road in either direction, or (in one case of `any`) anywhere.
double draw_heading(Site& site, double x, double spread, double any) {
  Draw& draw = site.draw;
  double yaw = site.street.yaw(x) + draw.normal(0, spread);
  if (draw.chance(.5)) yaw += kPi;
  if (draw.chance(any)) yaw = draw.uniform(0, 2 * kPi);
  return yaw;
}

double people_of(StreetKind kind) {
  switch (kind) {
    case StreetKind::residential:
    case StreetKind::rural: return 3.5;
    case StreetKind::city: return 6;
    case StreetKind::highway: return .5;
  }
  return 0;
}

void add_group(Site& site) {
  const Street& street = site.street;
  Draw& draw = site.draw;
  const double x = draw.uniform(street.behind + 16, 50);
  const double side = draw.sign();
  const double outside = side * (street.half_width + draw.uniform(.2, street.pavement + 1.5));
  const double inside = draw.uniform(-1, 1) * street.half_width;
  const double y = street.middle(x) + (draw.chance(.75) ? outside : inside);
  const double yaw = draw_heading(site, x, .4, .2);
  if (draw.chance(.06)) {
    add_sitting_person(site, x, y, yaw);
    return;
  }
  add_pedestrian(site, x, y, yaw);
  const int others = draw.chance(.35) ? draw.integer(1, 3) : 0;
  for (int k = 0; k < others; ++k) {
    const Vec at{x + draw.normal(0, .7), y + draw.normal(0, .7), 0};
    add_pedestrian(site, at.x, at.y, yaw + draw.normal(0, .2));
  }
}

void add_rider_somewhere(Site& site) {
  const Street& street = site.street;
  Draw& draw = site.draw;
  const double x = draw.uniform(street.behind + 16, 50), side = draw.sign();
  const double aside = side * (street.half_width + draw.uniform(-1.8, street.pavement));
  const double yaw = draw_heading(site, x, .15, .15), y = street.middle(x) + aside;
  if (draw.chance(.1)) {
    add_motorcyclist(site, x, y, yaw);
  } else {
    add_cyclist(site, x, y, yaw);
  }
}

}  // namespace

void place_people(Site& site) {
  const double stretch = (50 - site.street.behind) / 62 * site.distribution.people;
  const int groups = site.count(people_of(site.street.kind), stretch);
  for (int k = 0; k < groups; ++k) add_group(site);
  if (site.street.kind == StreetKind::highway) return;
  const int riders = site.count(site.street.kind == StreetKind::city ? 2.4 : 1.8, stretch);
  for (int k = 0; k < riders; ++k) add_rider_somewhere(site);
}

}  // namespace colonnade::simulator
