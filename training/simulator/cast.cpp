#include "simulator/cast.hpp"

#include <utility>

#include "simulator/cast_parts.hpp"
#include "simulator/portable_math.hpp"

namespace colonnade::simulator {

RayWindow window_of_ball(const Rays& rays, Vec centre, double radius) noexcept {
  const double flat = std::sqrt(centre.x * centre.x + centre.y * centre.y);
  const double distance = length(centre);
  if (distance <= radius) return window(rays, -kPi, kPi, -kPi / 2, kPi / 2);
  const double elevation = arc_sine(centre.z / distance), half = arc_sine(radius / distance);
  if (flat <= radius) return window(rays, -kPi, kPi, elevation - half, elevation + half);
  const double azimuth = arc_tangent(centre.y, centre.x), aside = arc_sine(radius / flat);
  return window(rays, azimuth - aside, azimuth + aside, elevation - half, elevation + half);
}

CastResult cast(const Scene& scene, const Rays& rays, double max_range, std::uint64_t seed) {
  DepthBuffer out(rays.size(), scene.objects.size(), max_range, seed);
  cast_ground(scene.ground, rays, max_range, out);
  for (std::size_t i = 0; i < scene.parts.size(); ++i) {
    const Part& part = scene.parts[i];
    if (const auto* convex = std::get_if<Convex>(&part.shape)) {
      cast_convex(scene, *convex, part, i, rays, out);
    } else if (const auto* capsule = std::get_if<Capsule>(&part.shape)) {
      cast_capsule(*capsule, part, i, rays, out);
    } else {
      cast_foliage(std::get<Foliage>(part.shape), part, i, rays, out);
    }
  }
  return std::move(out).finish();
}

}  // namespace colonnade::simulator
