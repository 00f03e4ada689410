// Houses with windows and what stands before their fronts; blocks in the distance.
#include "simulator/objects.hpp"

namespace colonnade::simulator {
namespace {

constexpr double kFoundation = 1.5;  ///< Metres below the ground, so that slopes leave no gap.

WindowRows draw_windows(Draw& draw) {
  WindowRows w;
  w.base = kFoundation;
  w.pitch_x = draw.uniform(1.6, 3.5);
  w.pitch_z = draw.uniform(2.6, 3.3);
  w.share = draw.uniform(.2, .5);
  w.low = draw.uniform(.9, 1.3);
  w.high = w.low + draw.uniform(1, 1.6);
  w.lost = draw.uniform(.4, .9);
  return w;
}

/// Steps, porches, pipes, bay windows.
void add_front(Assembly& house, Vec size, double towards_road, Draw& draw) {
  const int things = draw.integer(1, 4);
  for (int k = 0; k < things; ++k) {
    const double x = draw.uniform(-.5, .5) * size.x, out = draw.uniform(.1, .5);
    const Vec box{draw.uniform(.4, 2), draw.uniform(.3, .9), draw.uniform(.3, 2.6)};
    house.box({x, towards_road * (size.y / 2 + out), -.1}, box, Material::wall,
              draw.uniform(.1, .45));
  }
}

}  // namespace

bool add_house(Site& site, double x, double y, double yaw, Vec size, double front) {
  const Vec at = site.on_ground(x, y);
  if (!site.footprints.take({at.x, at.y, size.x, size.y, yaw}, 0)) return false;
  Draw& draw = site.draw;
  Assembly house(site.scene, {at, yaw});
  const WindowRows windows = draw_windows(draw);
  house.box({0, 0, -kFoundation}, {size.x, size.y, size.z + kFoundation}, Material::wall,
            draw.uniform(.25, .52), windows);
  if (draw.chance(.4)) add_front(house, size, front, draw);
  return true;
}

void add_far_block(Site& site, double x, double y, double yaw, Vec size) {
  Assembly block(site.scene, {site.on_ground(x, y), yaw});
  block.box({0, 0, -1}, size, Material::wall, site.draw.uniform(.25, .52));
}

}  // namespace colonnade::simulator
