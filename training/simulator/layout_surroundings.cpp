#include <algorithm>
#include <cmath>

#include "simulator/layout.hpp"
#include "simulator/objects.hpp"

namespace colonnade::simulator {
namespace {

/// One side of the road (-1: right, 1: left) with the distances that all share.
struct Verge {
  Site& site;
  double side;
  double kerb;  ///< Metres from the road's middle to its edge...
  double back;  ///< ...and to the pavement's far edge.
  bool open;    ///< Fields, squares, car parks: nothing closes it off.

  double behind() const noexcept { return site.street.behind; }
  StreetKind kind() const noexcept { return site.street.kind; }
  int count(double mean) const noexcept {
    return site.count(mean, site.distribution.surroundings * (80 - behind()) / 92);
  }
  /// y at `distance` from the road's middle, on this side.
  double y(double x, double distance) const noexcept {
    return site.street.middle(x) + side * distance;
  }
};

void place_houses(const Verge& v) {
  Draw& draw = v.site.draw;
  const bool city = v.kind() == StreetKind::city;
  if (!city && v.kind() != StreetKind::residential && !draw.chance(.45)) return;
  double x = v.behind() + draw.uniform(2, 22);
  const double setback = city ? draw.uniform(0, 1) : draw.uniform(.2, 3);
  while (x < 85) {
    const Vec size{city ? draw.uniform(10, 30) : draw.uniform(8, 18), draw.uniform(8, 14),
                   city ? draw.uniform(6, 16) : draw.uniform(4, 9)};
    double gap = draw.uniform(1, city ? 8 : 7);
    if (city && draw.chance(.7)) gap = .05;
    const double jut = city ? 0 : draw.uniform(0, 1.2), middle = x + size.x / 2;
    if (!v.site.street.on_crossing(middle, size.x / 2)) {
      const double y = v.y(middle, v.back + setback + size.y / 2 + jut);
      add_house(v.site, middle, y, v.site.street.yaw(middle), size, -v.side);
    }
    x += size.x + gap;
  }
}

void place_barriers(const Verge& v) {
  Draw& draw = v.site.draw;
  if (v.kind() == StreetKind::highway) {
    if (draw.chance(.8)) {
      add_barrier(v.site, Barrier::guard_rail, v.behind() + 7, 80, v.side * (v.kerb + .6));
    }
    if (draw.chance(.6)) {
      const double aside = v.side * (v.kerb + draw.uniform(3, 8));
      const Barrier kind = draw.chance(.5) ? Barrier::wall : Barrier::hedge;
      add_barrier(v.site, kind, v.behind() + 7, 80, aside);
    }
    return;
  }
  if (!draw.chance(.9)) return;
  double x = v.behind() + draw.uniform(7, 20);
  while (x < 75) {
    const double length = draw.uniform(5, 35);
    const auto kind = static_cast<Barrier>(draw.pick({.26, .44, .3}));
    const double aside = v.side * (v.back + draw.uniform(-.3, .8));
    if (draw.chance(.85)) add_barrier(v.site, kind, x, std::min(x + length, 78.0), aside);
    x += length + draw.uniform(0, 10);
  }
}

void place_plants(const Verge& v) {
  Draw& draw = v.site.draw;
  const Street& street = v.site.street;
  const bool city = v.kind() == StreetKind::city, rural = v.kind() == StreetKind::rural;
  if (draw.chance(city ? .45 : .7)) {  // A row along the road.
    const double pitch = draw.uniform(4, 12);
    const double from_middle = v.kerb + draw.uniform(.4, street.pavement + 1.5);
    for (double x = v.behind() + draw.uniform(12, 24); x < 80; x += pitch) {
      if (!draw.chance(.8)) continue;
      const double along = x + draw.normal(0, .5);
      add_tree(v.site, along, v.y(x, from_middle + draw.normal(0, .3)));
    }
  }
  const int trees = v.count(v.open ? 2 : rural ? 7 : 3.5);
  for (int k = 0; k < trees; ++k) {
    const double x = draw.uniform(v.behind() + 15, 80);
    const double near = draw.uniform();  // More of them near the road.
    add_tree(v.site, x, v.y(x, v.back + .5 + 30 * near * near));
  }
  const int bushes = v.count(v.open ? 4 : rural ? 15 : 10);
  for (int k = 0; k < bushes; ++k) {
    const double x = draw.uniform(v.behind() + 15, 70);
    const double y = v.y(x, v.back + std::abs(draw.normal(0, 3)));
    add_bush(v.site, x, y, draw.uniform(.4, 2.6));
  }
  if (!v.open && draw.chance(rural ? .7 : city ? .2 : .55)) {  // A thicket.
    const double from = v.behind() + draw.uniform(12, 42), length = draw.uniform(10, 50);
    const double near = v.back + draw.uniform(.2, 2.5), depth = draw.uniform(2, 9);
    const int plants = static_cast<int>(length * depth * .14 * v.site.distribution.surroundings);
    for (int k = 0; k < plants; ++k) {
      const double x = draw.uniform(from, from + length);
      const double y = v.y(x, near + draw.uniform(0, depth)), size = draw.uniform(.5, 2.6);
      if (add_bush(v.site, x, y, size) && draw.chance(.3)) add_tree(v.site, x + size, y);
    }
  }
}

void place_furniture(const Verge& v) {
  Draw& draw = v.site.draw;
  const Street& street = v.site.street;
  const int poles = v.count(v.kind() == StreetKind::city ? 7.5 : 5);
  for (int k = 0; k < poles; ++k) {
    const double x = draw.uniform(v.behind() + 15, 75);
    const double reach = draw.chance(.7) ? .8 : 8;
    add_pole(v.site, x, v.y(x, v.kerb + draw.uniform(.2, reach)));
  }
  if (draw.chance(.3)) {
    const double from = draw.uniform(5, 30), pitch = draw.uniform(1.2, 2.5);
    const double height = draw.uniform(.75, 1.05);
    const int bollards = v.count(11);
    for (int k = 0; k < bollards; ++k) {
      const double x = from + k * pitch;
      add_bollard(v.site, x, v.y(x, v.kerb + .35), height);
    }
  }
  const int shrubs = v.count(1.2);  // As tall and as slender as people.
  for (int k = 0; k < shrubs; ++k) {
    const double x = draw.uniform(v.behind() + 16, 50);
    add_shrub(v.site, x, v.y(x, v.kerb + draw.uniform(.3, 5)));
  }
  const int boxes = v.count(3.5);
  for (int k = 0; k < boxes; ++k) {
    const double x = draw.uniform(v.behind() + 16, 55);
    const double y = v.y(x, v.kerb + draw.uniform(.3, 6));
    double yaw = street.yaw(x);
    if (draw.chance(.2)) yaw += draw.uniform(0, 3);
    add_box(v.site, x, y, yaw);
  }
  if (draw.chance(.2)) {  // A bicycle stand.
    const double from = draw.uniform(5, 35), distance = v.kerb + draw.uniform(.5, 3);
    const int bicycles = v.count(3);
    for (int k = 0; k < bicycles; ++k) {
      const double x = from + k * draw.uniform(.6, .9);
      add_parked_bicycle(v.site, x, v.y(x, distance), street.yaw(x) + kPi / 2 + draw.normal(0, .1));
    }
  }
  const int lone = v.count(.6);
  for (int k = 0; k < lone; ++k) {
    const double x = draw.uniform(v.behind() + 16, 45),
                 from_kerb = draw.uniform(.2, street.pavement);
    add_parked_bicycle(v.site, x, v.y(x, v.kerb + from_kerb), street.yaw(x) + draw.normal(0, .3));
  }
  if (draw.chance(.08)) {
    const double x = draw.uniform(8, 45);
    add_scaffold(v.site, x, v.y(x, v.back + .5), street.yaw(x));
  }
}

/// Low walls, bushes, poles and boxes well beside the road, from 20 m on: what is seen of them
/// between other things are a few returns in a line or a bunch.
void place_odds_and_ends(Site& site) {
  const Street& street = site.street;
  Draw& draw = site.draw;
  const bool around = street.behind < -20;
  const auto place = [&] {
    Vec at{draw.uniform(20, 70), draw.sign() * draw.uniform(street.half_width + 1.5, 36), 0};
    if (around) at.x *= draw.sign();
    at.y += street.middle(at.x);
    return at;
  };
  const double scale = site.distribution.surroundings * (around ? 2 : 1);
  const int walls = site.count(3, scale);
  for (int k = 0; k < walls; ++k) {
    const Vec at = place();
    double yaw = street.yaw(at.x) + draw.normal(0, .15);
    if (draw.chance(.5)) yaw += kPi / 2;
    add_house(site, at.x, at.y, yaw, {draw.uniform(1, 14), .3, draw.uniform(.6, 2.6)}, 1);
  }
  const int things = site.count(11, scale);
  for (int k = 0; k < things; ++k) {
    const Vec at = place();
    switch (draw.pick({.55, .18, .17, .1})) {
      case 0: add_bush(site, at.x, at.y, draw.uniform(.3, 2.2)); break;
      case 1: add_pole(site, at.x, at.y); break;
      case 2: add_box(site, at.x, at.y, draw.uniform(0, kPi)); break;
      default: add_shrub(site, at.x, at.y); break;
    }
  }
}

void place_distance(Site& site) {
  Draw& draw = site.draw;
  const bool around = site.street.behind < -20;
  const int blocks = site.count(.3, site.distribution.surroundings);
  for (int k = 0; k < blocks; ++k) {
    const double side = draw.sign(), y = side * draw.uniform(15, 45);
    double x = draw.uniform(25, 85);
    if (around) x *= draw.sign();
    double yaw = draw.uniform(-.3, .3);
    if (draw.chance(.5)) yaw += kPi / 2;
    const Vec size{draw.uniform(8, 40), draw.uniform(5, 12), draw.uniform(5, 13)};
    add_far_block(site, x, y, yaw, size);
  }
  if (!draw.chance(.2 * site.distribution.surroundings)) return;
  const int clumps = around ? 90 : 30;
  for (int k = 0; k < clumps; ++k) {
    const SinCos a = sin_cos(draw.uniform(-.8, .8) * (around ? kPi / .8 : 1));
    const double r = draw.uniform(55, 82);
    add_far_foliage(site, r * a.cos, r * a.sin);
  }
}

}  // namespace

void place_end(Site& site) {
  const Street& street = site.street;
  if (!street.ends || site.distribution.surroundings <= 0) return;
  Draw& draw = site.draw;
  const double fronts = street.crossing_x + street.crossing_half_width + draw.uniform(.5, 4);
  for (double y = draw.uniform(-45, -30); y < 35;) {
    const bool house = draw.chance(.75);  // Else a wall.
    const Vec size{draw.uniform(6, 22), house ? draw.uniform(8, 12) : .3,
                   house ? draw.uniform(4, 14) : draw.uniform(1, 2.8)};
    const double x = fronts + size.y / 2 + draw.uniform(0, 2.5);
    add_house(site, x, y + size.x / 2, kPi / 2, size, 1);
    y += size.x + (draw.chance(.5) ? .05 : draw.uniform(.5, 4));
  }
}

void place_surroundings(Site& site) {
  if (site.distribution.surroundings <= 0) return;
  const Street& street = site.street;
  // One side may be open, hardly ever both: then nothing is left to see at the beams' height.
  const double open = site.draw.chance(street.kind == StreetKind::city ? .3 : .5) ? 1.0 : 0.0;
  const double open_side = open * site.draw.sign();
  for (const double side : {-1.0, 1.0}) {
    const Verge verge{site, side, street.half_width, street.half_width + street.pavement,
                      side == open_side};
    if (!verge.open) {
      place_houses(verge);
      place_barriers(verge);
    }
    place_plants(verge);
    place_furniture(verge);
  }
  place_odds_and_ends(site);
  place_distance(site);
}

}  // namespace colonnade::simulator
