// Trees, bushes, a wood's edge.
#include "simulator/objects.hpp"

namespace colonnade::simulator {

bool add_tree(Site& site, double x, double y) {
  if (!site.footprints.take({x, y, .5, .5, 0}, .05)) return false;
  Draw& draw = site.draw;
  Assembly tree(site.scene, {site.on_ground(x, y), 0});
  const double height = draw.uniform(3, 12), radius = draw.uniform(.06, .28);
  const double branches = draw.uniform(1.1, 2.9), crown = draw.uniform(1, 3.5);
  const double bark = draw.uniform(.2, .45), leaves = draw.uniform(.28, .5);
  const double mean_path = draw.uniform(.2, 1.3);
  const Vec top{draw.normal(0, .15), draw.normal(0, .15), .6 * height};
  tree.capsule({}, top, radius, Material::bark, bark);
  if (draw.chance(.15)) {  // Further stems.
    for (int k = 0; k < 2; ++k) {
      const SinCos a = sin_cos(draw.uniform(0, 2 * kPi));
      tree.capsule({}, {a.cos, a.sin, 3}, .6 * radius, Material::bark, bark);
    }
  }
  const int lumps = draw.integer(4, 9);
  for (int k = 0; k < lumps; ++k) {
    const double e = .7 * crown * draw.uniform(.35, .95);
    const Vec radii{e, e * draw.uniform(.7, 1.3), e * draw.uniform(.5, 1)};
    const Vec centre{draw.normal(0, .45 * crown), draw.normal(0, .45 * crown),
                     branches + .6 * e + draw.uniform(0, .5 * height)};
    tree.foliage(centre, radii, mean_path, leaves);
  }
  return true;
}

bool add_bush(Site& site, double x, double y, double size) {
  if (!site.footprints.take({x, y, .6 * size, .6 * size, 0}, 0)) return false;
  Draw& draw = site.draw;
  Assembly bush(site.scene, {site.on_ground(x, y), 0});
  const double leaves = draw.uniform(.28, .5), mean_path = draw.uniform(.08, .8);
  const int lumps = draw.integer(2, 5);
  for (int k = 0; k < lumps; ++k) {
    const Vec centre{draw.normal(0, .5 * size), draw.normal(0, .5 * size),
                     size * draw.uniform(.1, .6)};
    const Vec radii{size * draw.uniform(.4, .9), size * draw.uniform(.4, .9),
                    size * draw.uniform(.35, .9)};
    bush.foliage(centre, radii, mean_path, leaves);
  }
  return true;
}

bool add_shrub(Site& site, double x, double y) {
  if (!site.footprints.take({x, y, .5, .5, 0}, 0)) return false;
  Draw& draw = site.draw;
  Assembly shrub(site.scene, {site.on_ground(x, y), 0});
  const double height = draw.uniform(.9, 2.2), radius = draw.uniform(.18, .42);
  const double leaves = draw.uniform(.25, .5), mean_path = draw.uniform(.03, .25);
  const int lumps = draw.integer(2, 3);
  for (int k = 0; k < lumps; ++k) {
    const Vec centre{draw.normal(0, .06), draw.normal(0, .06), height * (k + .5) / lumps};
    shrub.foliage(centre, {radius, radius * draw.uniform(.7, 1.2), .7 * height / lumps}, mean_path,
                  leaves);
  }
  if (draw.chance(.4)) shrub.capsule({}, {0, 0, height}, .04, Material::bark, .3);
  return true;
}

void add_far_foliage(Site& site, double x, double y) {
  Draw& draw = site.draw;
  Assembly wood(site.scene, {site.on_ground(x, y), 0});
  const double height = draw.uniform(.5, 3);
  const Vec radii{draw.uniform(1, 3), draw.uniform(1, 3), draw.uniform(1, 3)};
  wood.foliage({0, 0, height}, radii, .4, .3);
}

}  // namespace colonnade::simulator
