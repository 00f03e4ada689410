#include "simulator/simulate.hpp"

#include <fmt/core.h>

#include "colonnade/error.hpp"
#include "simulator/layout.hpp"
#include "simulator/portable_math.hpp"
#include "simulator/rays.hpp"
#include "simulator/returns.hpp"

namespace colonnade::simulator {
namespace {

constexpr double kHalfFront = 46 * kDegree;  ///< KITTI's camera sees 41 degrees to each side.

Scene draw_scene(const SensorDescription& sensor, const SceneDistribution& distribution,
                 bool all_around, Draw& draw) {
  const Street street = draw_street(distribution, all_around, draw);
  Scene scene{Ground(street, sensor.height, distribution, draw), {}, {}, {}, street.kind};
  Footprints footprints;
  Site site{scene, footprints, street, distribution, draw};
  keep_own_lane(site);
  place_end(site);
  place_vehicles(site);
  place_people(site);
  place_surroundings(site);
  return scene;
}

}  // namespace

View find_view(const std::string& name) {
  if (name == "camera") return View::camera;
  if (name == "front") return View::front;
  if (name == "full") return View::full;
  if (name == "mixed") return View::mixed;
  throw Error(ErrorCode::invalid_argument, "view",
              fmt::format("expected one of camera, front, full, mixed, found '{}'", name));
}

std::uint64_t frame_seed(std::uint64_t seed, std::uint64_t index) noexcept {
  return derived_seed(seed, index);
}

Frame simulate(const SensorDescription& sensor, const SceneDistribution& distribution, View view,
               std::uint64_t seed) {
  Draw draw(seed);
  if (view == View::mixed) view = draw.chance(.8) ? View::camera : View::front;
  const bool all_around = view == View::full;
  const Scene scene = draw_scene(sensor, distribution, all_around, draw);
  const Rays rays = make_rays(sensor, all_around ? kPi : kHalfFront, draw);
  const CastResult hits = cast(scene, rays, sensor.max_range * 1.01, draw.bits());
  Frame frame;
  frame.camera = draw_camera(draw);
  frame.cropped = view == View::camera;
  frame.street = scene.kind;
  Returns returns = make_returns(sensor, rays, hits, scene.ground.grass_height(),
                                 frame.cropped ? &frame.camera : nullptr, draw);
  frame.points = std::move(returns.points);
  frame.labels = make_labels(scene, hits, returns.object_points, frame.camera);
  return frame;
}

}  // namespace colonnade::simulator
