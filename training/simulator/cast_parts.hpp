// One caster a kind of surface; each is in its own source.
#pragma once

#include "simulator/depth_buffer.hpp"

namespace colonnade::simulator {

void cast_ground(const Ground& ground, const Rays& rays, double max_range, DepthBuffer& out);
void cast_convex(const Scene& scene, const Convex& body, const Part& part, std::size_t index,
                 const Rays& rays, DepthBuffer& out);
void cast_capsule(const Capsule& capsule, const Part& part, std::size_t index, const Rays& rays,
                  DepthBuffer& out);
void cast_foliage(const Foliage& foliage, const Part& part, std::size_t index, const Rays& rays,
                  DepthBuffer& out);

/// Rays that can meet a ball.
RayWindow window_of_ball(const Rays& rays, Vec centre, double radius) noexcept;

/// Calls f(ray) for every ray of the window.
template <typename F>
void for_each_ray(const Rays& rays, const RayWindow& w, F&& f) {
  std::size_t column = w.first_column;
  for (std::size_t i = 0; i < w.column_count; ++i) {
    const std::size_t base = column * rays.beams + w.first_beam;
    for (std::size_t b = 0; b < w.beam_count; ++b) f(base + b);
    if (++column == rays.columns) column = 0;
  }
}

}  // namespace colonnade::simulator
