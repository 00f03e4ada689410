// Ray casting: for every firing the nearest surface that stops it.
#pragma once

#include <cstdint>
#include <vector>

#include "simulator/rays.hpp"
#include "simulator/scene.hpp"

namespace colonnade::simulator {

/// What one firing meets.
struct Hit {
  float range = 0;   ///< Metres; 0: nothing.
  float facing = 1;  ///< Cosine between the ray and the surface's normal.
  float reflectance = 0;
  int object = -1;  ///< Index into Scene::objects, or -1.
  Material material = Material::asphalt;
  bool ground = false;
  bool lost = false;  ///< Stopped, but nothing comes back: glass turned away.
};

struct CastResult {
  std::vector<Hit> hits;                   ///< One a ray.
  std::vector<std::uint32_t> silhouettes;  ///< An object: rays that it would stop if alone.
  std::vector<std::uint32_t> visible;      ///< An object: rays that it does stop.
};

/// Nothing beyond `max_range` is met. The result depends on the arguments alone.
CastResult cast(const Scene& scene, const Rays& rays, double max_range, std::uint64_t seed);

}  // namespace colonnade::simulator
