// Pedestrians: walking or standing, carrying, pushing; and people who sit.
#include <algorithm>

#include "simulator/objects.hpp"
#include "simulator/objects/limbs.hpp"

namespace colonnade::simulator {
namespace {

struct Gait {
  double height, scale;  ///< Metres, and of a body of 1.75 m.
  double stride;         ///< Metres that a foot is ahead of the hips.
  double lean, girth;
};

void build_walker(Assembly& body, const Gait& g, const Clothes& clothes) {
  const double k = g.scale;
  add_torso(body, {g.lean, 0, .95 * k}, {g.lean + .02, 0, 1.38 * k}, g.girth * k, .15 * k,
            clothes.upper);
  body.capsule({g.lean + .03, 0, g.height - .16 * k}, {g.lean + .04, 0, g.height - .11 * k},
               .105 * k, Material::skin, clothes.skin);
  for (const double s : {-1.0, 1.0}) {
    const double foot = s * g.stride, hand = -.8 * foot;
    add_limb(body, {0, s * .09, .9 * k}, {.5 * foot + .03, s * .09, .5 * k}, {foot, s * .09, .06},
             .085 * k, .06 * k, clothes.lower);
    add_limb(body, {g.lean, s * .22 * k, 1.4 * k}, {g.lean + .5 * hand, s * .26 * k, 1.12 * k},
             {g.lean + hand + .05, s * .24 * k, .9 * k}, .05 * k, .04 * k, clothes.upper);
  }
}

/// Rucksacks, bags, umbrellas, pushed prams and trolleys.
/// `aside` isn't part of the person's box.
void add_load(Assembly& body, Assembly& aside, const Gait& g, Draw& draw) {
  const double k = g.scale, reflectance = draw.uniform(0, .5);
  switch (draw.pick({.52, .2, .16, .04, .08})) {
    case 1:
      body.capsule({-.22 * k, 0, 1.05 * k}, {-.22 * k, 0, 1.35 * k}, .14 * k, Material::cloth,
                   reflectance);
      return;
    case 2: {
      const double side = draw.sign();
      body.box({0, side * .3 * k, .45 * k}, {.35, .14, .38}, Material::cloth, reflectance);
      return;
    }
    case 3: {
      const double radius = draw.uniform(.4, .55);
      for (const double s : {-.5, 0.0, .5}) {
        aside.capsule({-radius, s * radius, g.height + .12}, {radius, s * radius, g.height + .12},
                      .12, Material::cloth, reflectance);
      }
      return;
    }
    case 4:
      aside.box({.75, 0, .3}, {.7, .45, .55}, Material::cloth, reflectance);
      for (const double s : {-1.0, 1.0}) {
        aside.capsule({.3, s * .2, 1.0}, {.6, s * .2, .6}, .02, Material::metal, .3);
        aside.wheel({.95, s * .2, .12}, .12, .05, .1);
        aside.wheel({.55, s * .2, .12}, .12, .05, .1);
      }
      return;
    default: return;
  }
}

}  // namespace

bool add_pedestrian(Site& site, double x, double y, double yaw) {
  Draw& draw = site.draw;
  Gait gait{};
  gait.height = draw.chance(.08) ? draw.uniform(1.05, 1.5) : draw.normal(1.74, .085);
  gait.scale = gait.height / 1.75;
  gait.stride = (draw.chance(.25) ? draw.uniform(0, .06) : draw.uniform(.06, .34)) * gait.scale;
  gait.lean = draw.uniform(-.02, .06);
  gait.girth = draw.uniform(.12, .18);
  if (!site.footprints.take({x, y, .5, .5, yaw}, .05)) return false;
  const Pose pose{site.on_ground(x, y), yaw};
  const double length = std::max(.45, 2 * gait.stride + .28) * draw.uniform(.95, 1.1);
  const double width = draw.uniform(.56, .7) * (.4 + .6 * gait.scale);
  Assembly body(site.scene, pose,
                site.label(ObjectClass::pedestrian, pose, {length, width, gait.height}));
  build_walker(body, gait, draw_clothes(draw));
  Assembly aside(site.scene, pose);
  add_load(body, aside, gait, draw);
  return true;
}

bool add_sitting_person(Site& site, double x, double y, double yaw) {
  Draw& draw = site.draw;
  if (!site.footprints.take({x, y, .9, .6, yaw}, .05)) return false;
  const double height = draw.uniform(1.18, 1.35);
  const Pose pose{site.on_ground(x, y), yaw};
  const Clothes clothes = draw_clothes(draw);
  Assembly body(site.scene, pose, site.label(ObjectClass::person_sitting, pose, {.85, .6, height}));
  const double shoulders = height - .3;
  add_torso(body, {-.22, 0, .55}, {-.2, 0, shoulders}, .14, .15, clothes.upper);
  body.capsule({-.16, 0, height - .17}, {-.15, 0, height - .11}, .105, Material::skin,
               clothes.skin);
  for (const double s : {-1.0, 1.0}) {
    add_limb(body, {-.2, s * .1, .52}, {.22, s * .12, .52}, {.25, s * .12, .07}, .085, .06,
             clothes.lower);
    add_limb(body, {-.2, s * .22, shoulders}, {-.08, s * .25, .72}, {.12, s * .18, .62}, .05, .04,
             clothes.upper);
  }
  Assembly bench(site.scene, pose);
  bench.box({-.15, 0, .38}, {.45, draw.uniform(.6, 1.8), .06}, Material::plastic, .25);
  return true;
}

}  // namespace colonnade::simulator
