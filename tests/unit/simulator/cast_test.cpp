// Surfaces at known places: the ranges that the caster must find.
#include "simulator/cast.hpp"

#include <gtest/gtest.h>

#include "simulator/objects.hpp"

namespace colonnade::simulator {
namespace {

constexpr SceneDistribution kFlat{.42, .26, .18, .14, 0, 1, 1, 1};

struct World {
  Draw draw{1};
  Street street;
  Scene scene{Ground(street, 1.73, kFlat, draw), {}, {}, {}, StreetKind::residential};
  SensorDescription sensor = one_beam_down();
  Rays rays = make_rays(sensor, 40 * kDegree, draw);

  static SensorDescription one_beam_down() {
    SensorDescription s = find_sensor("hdl64e");
    s.elevation_jitter = 0;
    return s;
  }
  CastResult cast() const { return simulator::cast(scene, rays, 80, 7); }
  Vec point(const CastResult& c, std::size_t ray) const {
    return static_cast<double>(c.hits[ray].range) * Vec{rays.x[ray], rays.y[ray], rays.z[ray]};
  }
};

TEST(Rays, FireOnTheEncodersGrid) {
  // KITTI's sweeps: steps of 0.18 degrees and, once in eight, 0.09; 0.168 on the average.
  const World world;
  const Rays& rays = world.rays;
  const auto azimuth = [&](std::size_t column) {
    const std::size_t ray = column * rays.beams + 20;
    return std::atan2(rays.y[ray], rays.x[ray]) / kDegree;
  };
  for (std::size_t c = 1; c < rays.columns; ++c) {
    const double steps = (azimuth(c) - azimuth(c - 1)) / .09;
    EXPECT_NEAR(steps, std::round(steps), .01);
    EXPECT_GT(steps, .9);
    EXPECT_LT(steps, 2.1);
  }
  const auto gaps = static_cast<double>(rays.columns - 1);
  EXPECT_NEAR((azimuth(rays.columns - 1) - azimuth(0)) / gaps, .168, .0015);
}

TEST(Ground, BumpsAreLowAndContinuous) {
  SceneDistribution hilly = kFlat;
  hilly.relief = 1;
  Draw draw(3);
  const Ground ground({}, 1.73, hilly, draw);
  double most = 0;
  for (double x = -7; x < 7; x += .005) {
    const double bump = ground.bump(x, .3, Material::asphalt);
    most = std::max(most, std::abs(bump));
    EXPECT_NEAR(bump, ground.bump(x + .001, .3, Material::asphalt), 2e-4);
  }
  EXPECT_GT(most, .001);
  EXPECT_LT(most, .03);
}

TEST(Cast, FlatGroundLiesAtTheSensorsHeight) {
  const World world;
  const CastResult result = world.cast();
  int ground = 0;
  for (std::size_t i = 0; i < result.hits.size(); ++i) {
    const Hit& hit = result.hits[i];
    if (hit.range <= 0) {
      EXPECT_GT(world.rays.z[i], -1.73 / 79) << "a falling ray meets the ground";
      continue;
    }
    ++ground;
    EXPECT_TRUE(hit.ground);
    EXPECT_NEAR(world.point(result, i).z, -1.73, 1e-3);
    EXPECT_NEAR(hit.facing, -world.rays.z[i], 1e-4);
  }
  EXPECT_GT(ground, 1000);
}

TEST(Cast, BoxIsMetAtItsFrontAndThrowsAShadow) {
  World world;
  Assembly(world.scene, {{20, 0, -1.73}, 0.3}, -1).box({0, 0, 0}, {4, 2, 1.5}, Material::wall, .4);
  const CastResult result = world.cast();
  const SinCos turn = sin_cos(0.3);
  int on_box = 0;
  for (std::size_t i = 0; i < result.hits.size(); ++i) {
    if (result.hits[i].range <= 0) continue;
    const Vec p = world.point(result, i) - Vec{20, 0, -1.73};
    const double x = turn.cos * p.x + turn.sin * p.y, y = turn.cos * p.y - turn.sin * p.x;
    if (result.hits[i].ground) {
      EXPECT_FALSE(std::abs(x) < 1.99 && std::abs(y) < .99) << "ground inside the box";
      continue;
    }
    ++on_box;
    const double off = std::max({std::abs(x) - 2, std::abs(y) - 1, p.z - 1.5});
    EXPECT_NEAR(off, 0, 1e-3) << "on the surface";
  }
  EXPECT_GT(on_box, 100);
}

TEST(Cast, CapsuleIsMetOnItsSurface) {
  World world;
  const Vec a{12, 1, -1.7}, b{12.4, 1.2, 0};
  Assembly(world.scene, {{}, 0}, -1).capsule(a, b, .2, Material::metal, .4);
  const CastResult result = world.cast();
  int on_capsule = 0;
  for (std::size_t i = 0; i < result.hits.size(); ++i) {
    if (result.hits[i].range <= 0 || result.hits[i].ground) continue;
    ++on_capsule;
    const Vec p = world.point(result, i) - a, axis = b - a;
    const double along = std::clamp(dot(p, axis) / dot(axis, axis), 0.0, 1.0);
    EXPECT_NEAR(length(p - along * axis), .2, 1e-3);
  }
  EXPECT_GT(on_capsule, 30);
}

TEST(Cast, ThinFoliageLetsRaysPassAndThickFoliageStopsThem) {
  for (const double mean_path : {100.0, 0.01}) {
    World world;
    Assembly(world.scene, {{10, 0, 0}, 0}, -1).foliage({}, {1, 1, 1}, mean_path, .4);
    const CastResult result = world.cast();
    int inside = 0;
    for (std::size_t i = 0; i < result.hits.size(); ++i) {
      if (result.hits[i].range <= 0 || result.hits[i].material != Material::foliage) continue;
      ++inside;
      EXPECT_LE(length(world.point(result, i) - Vec{10, 0, 0}), 1.001);
    }
    EXPECT_EQ(inside > 200, mean_path < 1) << inside;
  }
}

TEST(Cast, OcclusionCountsWhatStandsInFront) {
  World world;
  Footprints footprints;
  Site site{world.scene, footprints, world.street, kFlat, world.draw};
  ASSERT_TRUE(add_car(site, 25, 0, 0));
  const CastResult alone = world.cast();
  EXPECT_GT(alone.silhouettes[0], 100U);
  EXPECT_GE(alone.visible[0], alone.silhouettes[0] * 7 / 10) << "windows let some rays through";
  Assembly(world.scene, {{15, 0, -1.73}, 0}, -1).box({0, 0, 0}, {.5, 8, 3}, Material::wall, .4);
  const CastResult hidden = world.cast();
  EXPECT_EQ(hidden.silhouettes[0], alone.silhouettes[0]);
  EXPECT_EQ(hidden.visible[0], 0U);
}

TEST(Cast, OrderOfPartsDoesNotMatter) {
  World world;
  for (const double x : {20.0, 12.0, 30.0}) {
    Assembly(world.scene, {{x, 0, -1.73}, 0}, -1)
        .box({0, 0, 0}, {1, 1 + x / 10, x / 20}, Material::wall, x / 100);
  }
  const CastResult before = world.cast();
  std::swap(world.scene.parts.front(), world.scene.parts.back());
  const CastResult after = world.cast();
  for (std::size_t i = 0; i < before.hits.size(); ++i) {
    ASSERT_EQ(before.hits[i].range, after.hits[i].range);
    ASSERT_EQ(before.hits[i].reflectance, after.hits[i].reflectance);
  }
}

}  // namespace
}  // namespace colonnade::simulator
