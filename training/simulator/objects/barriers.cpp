// Fences, hedges, walls and guard rails: pieces of a few metres that follow the road and the
// ground.
#include <algorithm>

#include "simulator/objects.hpp"

namespace colonnade::simulator {
namespace {

struct Style {
  double height, width, reflectance, porosity, mean_path;
};

Style draw_style(Barrier kind, Draw& draw) {
  Style s{};
  s.reflectance = draw.uniform(.25, .5);
  switch (kind) {
    case Barrier::fence:
      s.height = draw.uniform(.8, 1.9);
      s.porosity = draw.uniform(.3, .8);
      s.width = .04;
      break;
    case Barrier::hedge:
      s.height = draw.uniform(1.1, 3.6);
      s.width = draw.uniform(.5, 1.2);
      s.mean_path = draw.uniform(.03, .15);
      break;
    case Barrier::wall:
      s.height = draw.uniform(.6, 3.1);
      s.width = .25;
      break;
    case Barrier::guard_rail:
      s.height = .75;
      s.width = .08;
      s.reflectance += .1;
      break;
  }
  return s;
}

void add_piece(Site& site, Barrier kind, const Style& s, const Pose& pose, double length) {
  Assembly piece(site.scene, pose);
  const double back = -length / 2;
  switch (kind) {
    case Barrier::hedge:
      for (int k = 0; k < 4; ++k) {
        const Vec radii{.22 * length, s.width * site.draw.uniform(.5, .8),
                        s.height * site.draw.uniform(.5, .65)};
        const double y = site.draw.normal(0, .1);
        piece.foliage({back + length * (k + .5) / 4, y, .4 * s.height}, radii, s.mean_path,
                      s.reflectance);
      }
      break;
    case Barrier::guard_rail:
      piece.box({0, 0, .45}, {length + .05, s.width, .3}, Material::metal, s.reflectance);
      piece.capsule({back, 0, 0}, {back, 0, .7}, .06, Material::metal, s.reflectance);
      break;
    case Barrier::wall:
      piece.box({0, 0, -.3}, {length + .02, s.width, s.height + .3}, Material::wall, s.reflectance);
      break;
    case Barrier::fence:
      piece.box({0, 0, -.3}, {length + .02, s.width, s.height + .3}, Material::metal, s.reflectance,
                {}, s.porosity);
      piece.capsule({back, 0, 0}, {back, 0, s.height}, .04, Material::metal, s.reflectance);
      break;
  }
}

}  // namespace

void add_barrier(Site& site, Barrier kind, double from_x, double to_x, double aside) {
  const Style style = draw_style(kind, site.draw);
  for (double x = from_x; x < to_x;) {
    const double length = site.draw.uniform(2.5, 6), middle = x + length / 2;
    const Vec at = site.beside(middle, aside);
    const double yaw = site.street.yaw(middle);
    // As low as its lowest end: no gap under it.
    const double z = std::min({at.z, site.beside(x, aside).z, site.beside(x + length, aside).z});
    if (!site.street.on_crossing(middle, length / 2) &&
        site.footprints.take({at.x, at.y, .9 * length, .1, yaw}, 0)) {
      add_piece(site, kind, style, {{at.x, at.y, z}, yaw}, length);
    }
    x += length;
  }
}

}  // namespace colonnade::simulator
