// Bicycles with riders, motorbikes with riders, bicycles that lean on something.
#include <algorithm>

#include "simulator/objects.hpp"
#include "simulator/objects/limbs.hpp"

namespace colonnade::simulator {
namespace {

struct Cycle {
  double wheel = .33, base = .53, tyre = .028;  ///< Radius, half the wheelbase, half the thickness.
  double tube = .022;                           ///< Radius of the frame's.
  bool motor = false;
};

Cycle draw_cycle(Draw& draw, bool motor) {
  Cycle c;
  c.motor = motor;
  c.wheel = motor ? draw.uniform(.24, .32) : draw.uniform(.3, .35);
  c.base = motor ? draw.uniform(.6, .72) : draw.uniform(.5, .55);
  if (motor) c.tyre = .06, c.tube = .05;
  return c;
}

void add_rim(Assembly& cycle, double x, const Cycle& c) {
  constexpr int sides = 8;
  const auto at = [&](int k) {
    const SinCos a = sin_cos(k * 2 * kPi / sides);
    return Vec{x + c.wheel * a.cos, 0, c.wheel + c.wheel * a.sin};
  };
  for (int k = 0; k < sides; ++k) cycle.capsule(at(k), at(k + 1), c.tyre, Material::tyre, .15);
}

void build_cycle(Assembly& cycle, const Cycle& c, Draw& draw) {
  const double reflectance = draw.uniform(.1, .5), r = c.wheel;
  add_rim(cycle, c.base, c);
  add_rim(cycle, -c.base, c);
  const auto tube = [&](Vec a, Vec b, double radius) {
    cycle.capsule(a, b, radius, Material::metal, reflectance);
  };
  tube({-c.base, 0, r}, {-.2, 0, .55}, c.tube);
  tube({-.1, 0, .35}, {-.2, 0, .9}, c.tube);
  tube({-.1, 0, .35}, {.4, 0, .8}, c.tube);
  tube({-.18, 0, .8}, {.4, 0, .85}, c.tube);
  tube({c.base, 0, r}, {.38, 0, 1}, .03);
  tube({.38, -.28, 1.02}, {.38, .28, 1.02}, .025);
  if (c.motor) {
    tube({-.45, 0, .6}, {.25, 0, .62}, .17);
    tube({.38, 0, .55}, {.45, 0, .95}, .14);
  } else if (draw.chance(.3)) {  // A basket or panniers.
    const double x = draw.chance(.5) ? -.6 : .5, width = draw.uniform(.25, .4);
    cycle.box({x, 0, .68}, {.3, width, .28}, Material::plastic, reflectance);
  }
}

void build_rider(Assembly& rider, double height, const Clothes& clothes, Draw& draw) {
  const double k = height / 1.74, saddle = -.18, hips = .95 * k, shoulders = hips + .5 * k;
  const double lean = draw.uniform(.05, .4), girth = draw.uniform(.11, .16) * k;
  const double pedals = draw.uniform(-.17, .17);
  add_torso(rider, {saddle, 0, hips}, {saddle + lean, 0, shoulders}, girth, .14, clothes.upper);
  const double head = std::min(height - .12, shoulders + .25 * k);
  rider.capsule({saddle + lean + .08, 0, head}, {saddle + lean + .08, 0, head + .02}, .11,
                Material::skin, clothes.skin);
  for (const double s : {-1.0, 1.0}) {
    const double pedal = s * pedals;
    add_limb(rider, {saddle, s * .09, hips - .02}, {saddle + .38, s * .1, .62 + .5 * pedal},
             {.08 + pedal, s * .1, .27 + .6 * pedal}, .08, .055, clothes.lower);
    rider.capsule({saddle + lean, s * .19, shoulders}, {.38, s * .22, 1}, .045, Material::cloth,
                  clothes.upper);
  }
}

bool add_rider(Site& site, double x, double y, double yaw, bool motor) {
  Draw& draw = site.draw;
  if (!site.footprints.take({x, y, motor ? 2.1 : 1.75, .6, yaw}, .1)) return false;
  const Pose pose{site.on_ground(x, y), yaw};
  const Cycle cycle = draw_cycle(draw, motor);
  const double height = draw.normal(1.73, .07), width = draw.uniform(.52, .72);
  const double length = 2 * (cycle.base + cycle.wheel) + .02;
  const ObjectClass kind = motor ? ObjectClass::misc : ObjectClass::cyclist;
  Assembly body(site.scene, pose, site.label(kind, pose, {length, width, height}));
  build_cycle(body, cycle, draw);
  build_rider(body, height, draw_clothes(draw), draw);
  return true;
}

}  // namespace

bool add_cyclist(Site& site, double x, double y, double yaw) {
  return add_rider(site, x, y, yaw, false);
}

bool add_motorcyclist(Site& site, double x, double y, double yaw) {
  return add_rider(site, x, y, yaw, true);
}

bool add_parked_bicycle(Site& site, double x, double y, double yaw) {
  if (!site.footprints.take({x, y, 1.6, .3, yaw}, -.1)) return false;
  Assembly bicycle(site.scene, {site.on_ground(x, y), yaw});
  build_cycle(bicycle, draw_cycle(site.draw, false), site.draw);
  return true;
}

}  // namespace colonnade::simulator
