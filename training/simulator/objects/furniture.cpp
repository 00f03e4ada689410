// Street furniture: what stands upright like a person, or is as large as a part of a car.
#include <algorithm>

#include "simulator/objects.hpp"

namespace colonnade::simulator {

bool add_pole(Site& site, double x, double y) {
  if (!site.footprints.take({x, y, .2, .2, 0}, 0)) return false;
  Draw& draw = site.draw;
  Assembly pole(site.scene, {site.on_ground(x, y), 0});
  const double height = draw.chance(.4) ? draw.uniform(.7, 1.3) : draw.uniform(2, 8);
  const double radius = draw.uniform(.03, .12), reflectance = draw.uniform(.1, .5);
  pole.capsule({}, {0, 0, height}, radius, Material::metal, reflectance);
  if (height > 2 && draw.chance(.6)) {  // A sign, facing the traffic.
    const double z = std::min(height, draw.uniform(1.8, 2.8)), turn = draw.uniform(-.5, .5);
    const Vec size{.04, draw.uniform(.3, .9), draw.uniform(.3, .9)};
    pole.box({0, 0, z}, size, Material::plate, draw.uniform(.3, 1.4), {}, 0, turn);
  }
  if (height > 3 && draw.chance(.2)) {  // A plinth.
    pole.box({}, {.45, .45, draw.uniform(.2, .6)}, Material::wall, .3);
  }
  return true;
}

bool add_bollard(Site& site, double x, double y, double height) {
  if (!site.footprints.take({x, y, .15, .15, 0}, 0)) return false;
  Assembly bollard(site.scene, {site.on_ground(x, y), 0});
  bollard.capsule({}, {0, 0, height}, .05, Material::metal, .3);
  return true;
}

bool add_box(Site& site, double x, double y, double yaw) {
  Draw& draw = site.draw;
  const Vec size{draw.uniform(.3, 1.6), draw.uniform(.3, 1), draw.uniform(.4, 1.7)};
  if (!site.footprints.take({x, y, size.x, size.y, yaw}, 0)) return false;
  Assembly box(site.scene, {site.on_ground(x, y), yaw});
  const double reflectance = draw.uniform(.02, .5);
  if (draw.chance(.3)) {  // Round: a bin, an advertising pillar.
    const double radius = std::min(size.x, size.y) / 2;
    box.capsule({}, {0, 0, size.z - radius}, radius, Material::plastic, reflectance);
  } else {
    box.box({}, size, Material::plastic, reflectance);
  }
  return true;
}

bool add_scaffold(Site& site, double x, double y, double yaw) {
  Draw& draw = site.draw;
  const int bays = draw.integer(2, 6), storeys = draw.integer(1, 3);
  const double bay = draw.uniform(1.8, 2.6), depth = .8;
  const double length = bays * bay;
  if (!site.footprints.take({x, y, length, depth, yaw}, 0)) return false;
  Assembly scaffold(site.scene, {site.on_ground(x, y), yaw});
  for (int k = 0; k <= bays; ++k) {
    for (const double s : {-1.0, 1.0}) {
      const double px = k * bay - length / 2, py = s * depth / 2;
      scaffold.capsule({px, py, 0}, {px, py, 2.0 * storeys + 1}, .03, Material::metal, .4);
    }
  }
  for (int k = 1; k <= storeys; ++k) {
    scaffold.box({0, 0, 2.0 * k}, {length, depth, .05}, Material::plastic, .3);
  }
  return true;
}

}  // namespace colonnade::simulator
