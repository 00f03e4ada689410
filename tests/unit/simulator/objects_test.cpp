// Sizes: what labels promise, the parts keep.
#include "simulator/objects.hpp"

#include <gtest/gtest.h>

#include "simulator/cast.hpp"
#include "simulator/layout.hpp"

namespace colonnade::simulator {
namespace {

constexpr SceneDistribution kFlat{.42, .26, .18, .14, 0, 1, 1, 1};

struct World {
  Draw draw{5};
  Street street;
  Scene scene{Ground(street, 1.73, kFlat, draw), {}, {}, {}, StreetKind::residential};
  Footprints footprints;
  Site site{scene, footprints, street, kFlat, draw};
};

struct Moments {
  double sum = 0, squares = 0, n = 0;
  void add(double v) { sum += v, squares += v * v, ++n; }
  double mean() const { return sum / n; }
  double deviation() const { return std::sqrt(squares / n - mean() * mean()); }
};

TEST(Objects, CarsHaveKittisSizes) {
  // Means and deviation of KITTI's cars: 3.88 x 1.63 x 1.53 m, length +-0.4.
  Moments length, width, height;
  World world;
  for (int i = 0; i < 2000; ++i) {
    world.footprints = {};
    ASSERT_TRUE(add_car(world.site, 20, 0, 0));
    const Box& box = world.scene.objects.back().box;
    length.add(box.length), width.add(box.width), height.add(box.height);
  }
  EXPECT_NEAR(length.mean(), 3.88, .06);
  EXPECT_NEAR(length.deviation(), .4, .08);
  EXPECT_NEAR(width.mean(), 1.63, .03);
  EXPECT_NEAR(height.mean(), 1.53, .03);
}

using Add = bool (*)(Site&, double, double, double);
bool add_default_car(Site& site, double x, double y, double yaw) {
  return add_car(site, x, y, yaw);
}

class Labelled : public testing::TestWithParam<std::pair<const char*, Add>> {};

TEST_P(Labelled, SurfacesLieInTheBox) {
  double outside = 0, all = 0, reach = 0;
  for (int seed = 0; seed < 40; ++seed) {
    World world;
    world.draw = Draw(static_cast<std::uint64_t>(seed));
    const double yaw = seed * .37;
    ASSERT_TRUE(GetParam().second(world.site, 12, 1, yaw));
    SensorDescription sensor = find_sensor("hdl64e");
    sensor.height = 1.73;
    const Rays rays = make_rays(sensor, 40 * kDegree, world.draw);
    const CastResult result = cast(world.scene, rays, 80, 3);
    const Box& box = world.scene.objects[0].box;
    const SinCos turn = sin_cos(box.yaw);
    for (std::size_t i = 0; i < result.hits.size(); ++i) {
      if (result.hits[i].range <= 0 || result.hits[i].object != 0) continue;
      const double r = result.hits[i].range;
      const double dx = r * rays.x[i] - box.x, dy = r * rays.y[i] - box.y;
      const double x = std::abs(turn.cos * dx + turn.sin * dy) - box.length / 2;
      const double y = std::abs(turn.cos * dy - turn.sin * dx) - box.width / 2;
      const double z = std::abs(r * rays.z[i] - box.z) - box.height / 2;
      ++all;
      outside += std::max({x, y, z}) > .12 ? 1 : 0;
      reach = std::max(reach, std::max({x, y, z}));
    }
  }
  EXPECT_GT(all, 1000);
  EXPECT_LT(outside, .07 * all) << "mirrors, bags and trolleys may stick out, bodies may not";
  EXPECT_LT(reach, 1);
}

INSTANTIATE_TEST_SUITE_P(
    Families, Labelled,
    testing::Values(std::pair{"car", &add_default_car}, std::pair{"van", &add_van},
                    std::pair{"lorry", &add_lorry}, std::pair{"bus", &add_bus},
                    std::pair{"pedestrian", &add_pedestrian},
                    std::pair{"sitting", &add_sitting_person}, std::pair{"cyclist", &add_cyclist},
                    std::pair{"motorcyclist", &add_motorcyclist}),
    [](const auto& param_info) { return std::string(param_info.param.first); });

TEST(Layout, OurOwnLaneStaysFree) {
  World world;
  world.street.free_ahead = 40;
  keep_own_lane(world.site);
  EXPECT_FALSE(add_car(world.site, 20, 0, 0));
  EXPECT_TRUE(add_car(world.site, 20, 3, 0)) << "beside it";
  EXPECT_TRUE(add_car(world.site, 60, 0, 0)) << "beyond it";
}

TEST(Footprints, NothingStandsInSomethingElse) {
  Footprints footprints;
  EXPECT_TRUE(footprints.take({10, 0, 4, 2, 0}, 0));
  EXPECT_FALSE(footprints.take({11, 1, 4, 2, 0.5}, 0));
  EXPECT_TRUE(footprints.take({10, 2.1, 4, 2, 0}, 0));
  EXPECT_FALSE(footprints.take({10, 4.15, 4, 2, 0}, .1)) << "too close with the margin";
  EXPECT_TRUE(footprints.take({14, -2, 4, .2, 2.356}, 0)) << "circles meet, rectangles don't";
  EXPECT_FALSE(footprints.take({0, 1, 4, 2, 0}, 0)) << "the sensor's own car";
}

}  // namespace
}  // namespace colonnade::simulator
