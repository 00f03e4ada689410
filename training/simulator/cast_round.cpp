// Capsules and foliage: few rays each, one by one.
#include <algorithm>
#include <cmath>

#include "simulator/cast_parts.hpp"
#include "simulator/portable_math.hpp"

namespace colonnade::simulator {
namespace {

Vec direction(const Rays& rays, std::size_t ray) noexcept {
  return {rays.x[ray], rays.y[ray], rays.z[ray]};
}

/// Quilez, "Capsule - intersection": the ray starts at the origin; 0: no hit.
double capsule_distance(const Capsule& c, Vec d) noexcept {
  const Vec axis = c.b - c.a;
  const double aa = dot(axis, axis), ad = dot(axis, d), ao = -dot(axis, c.a);
  const double od = -dot(c.a, d), oo = dot(c.a, c.a);
  const double a = aa - ad * ad;
  const double b = aa * od - ao * ad;
  const double h = b * b - a * (aa * oo - ao * ao - c.radius * c.radius * aa);
  double along = ad > 0 ? -1 : aa + 1;  // Parallel to the axis: only the nearer cap.
  if (a > 1e-9 * aa) {
    if (h < 0) return 0;
    const double t = (-b - std::sqrt(h)) / a;
    along = ao + t * ad;
    if (along > 0 && along < aa) return t;
  }
  const Vec cap = along <= 0 ? c.a : c.b;
  const double cd = dot(cap, d), discriminant = cd * cd - dot(cap, cap) + c.radius * c.radius;
  return discriminant > 0 ? cd - std::sqrt(discriminant) : 0;
}

}  // namespace

void cast_capsule(const Capsule& capsule, const Part& part, std::size_t index, const Rays& rays,
                  DepthBuffer& out) {
  const Vec axis = capsule.b - capsule.a;
  const double reach = length(axis) / 2 + capsule.radius, squared = dot(axis, axis);
  const Vec centre = 0.5 * (capsule.a + capsule.b);
  for_each_ray(rays, window_of_ball(rays, centre, reach), [&](std::size_t ray) {
    const Vec d = direction(rays, ray);
    const double t = capsule_distance(capsule, d);
    if (t < 0.5) return;
    out.touch(ray, part.object);
    if (static_cast<float>(1 / t) <= out.nearness(ray)) return;
    const Vec p = t * d - capsule.a;
    const double along = std::clamp(dot(p, axis) / std::max(squared, 1e-9), 0.0, 1.0);
    const Vec normal = 1 / capsule.radius * (p - along * axis);
    Hit hit;
    hit.range = static_cast<float>(t);
    hit.facing = static_cast<float>(std::abs(dot(normal, d)));
    hit.reflectance = static_cast<float>(part.reflectance);
    hit.object = part.object;
    hit.material = capsule.material;
    // A rim sends little back.
    hit.lost = hit.facing < 0.2F &&
               out.draw(ray, index).chance(0.5 * (1 - 5 * static_cast<double>(hit.facing)));
    out.put(ray, hit);
  });
}

void cast_foliage(const Foliage& foliage, const Part& part, std::size_t index, const Rays& rays,
                  DepthBuffer& out) {
  const Vec r = foliage.radii;
  const Vec c{foliage.centre.x / r.x, foliage.centre.y / r.y, foliage.centre.z / r.z};
  const double reach = std::max({r.x, r.y, r.z}), constant = dot(c, c) - 1;
  for_each_ray(rays, window_of_ball(rays, foliage.centre, reach), [&](std::size_t ray) {
    const Vec d = direction(rays, ray);
    const Vec e{d.x / r.x, d.y / r.y, d.z / r.z};
    const double a = dot(e, e), b = dot(c, e), h = b * b - a * constant;
    if (h < 0) return;
    const double enter = std::max((b - std::sqrt(h)) / a, 1.0), leave = (b + std::sqrt(h)) / a;
    if (leave < 1 || static_cast<float>(1 / enter) <= out.nearness(ray)) return;
    Draw draw = out.draw(ray, index);
    const double t = enter - foliage.mean_path * logarithm(draw.uniform() + 1e-6);
    if (t >= leave) return;  // Flew through.
    Hit hit;
    hit.range = static_cast<float>(t);
    hit.facing = static_cast<float>(draw.uniform(0.3, 1));
    hit.reflectance = static_cast<float>(part.reflectance);
    hit.object = part.object;
    hit.material = Material::foliage;
    out.put(ray, hit);
  });
}

}  // namespace colonnade::simulator
