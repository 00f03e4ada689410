#include "sample/scan.hpp"

#include <optional>

#include "base/random.hpp"

namespace colonnade::sample {
namespace {

constexpr double kFarthest = 90, kDegree = 3.14159265358979323846 / 180;

struct Hit {
  double range;
  Material material;
  double facing;  ///< Cosine between the ray and the surface's normal.
};

/// HDL-64E: 32 beams a third of a degree apart from +2, then 32 half a degree apart to -24.9.
double elevation(int beam) noexcept {
  return (beam < 32 ? 2 - beam / 3.0 : -8.83 - (beam - 32) * 0.5184) * kDegree;
}

/// KITTI's left colour camera with nominal axes: 721.5 pixels focal length, 1242 x 375.
bool camera_sees(Vec p) noexcept {
  if (p.x <= 1) return false;
  const double u = 609.6 - 721.5 * p.y / p.x, v = 172.9 - 721.5 * (p.z + 0.08) / p.x;
  return u >= 0 && u < 1242 && v >= 0 && v < 375;
}

std::optional<Hit> hit_ground(Vec ray) noexcept {
  const auto above = [&](double t) { return t * ray.z - ground_height(t * ray.x, t * ray.y); };
  double before = 0.5, t = before;
  while (t < kFarthest && above(t) > 0) {
    before = t;
    // As steep as the ray falls and the road waves; kerbs are narrow, so never far at once.
    t += std::clamp(above(t) / (std::abs(ray.z) + 0.03), 0.02, 0.4);
  }
  if (t >= kFarthest) return {};
  for (int i = 0; i < 20; ++i) {
    const double middle = (before + t) / 2;
    (above(middle) > 0 ? before : t) = middle;
  }
  return Hit{t, ground_material(t * ray.x, t * ray.y), std::abs(ray.z)};
}

Vec normal_of(const Thing& thing, Vec p) {
  constexpr double e = 1e-3;
  const auto slope = [&](Vec d) {
    return thing.surface(p + d).distance - thing.surface(p - d).distance;
  };
  const Vec n{slope({e, 0, 0}), slope({0, e, 0}), slope({0, 0, e})};
  return 1 / std::max(length(n), 1e-9) * n;
}

/// Sphere tracing (Hart 1996) of one thing, as far as `limit`.
std::optional<Hit> hit_thing(const Thing& thing, Vec ray, double limit) {
  const Vec centre = thing.at + Vec{0, 0, thing.middle};
  const double along = dot(centre, ray);
  const double aside = dot(centre, centre) - along * along;
  const double half = thing.radius * thing.radius - aside;
  if (half <= 0) return {};
  double t = std::max(along - std::sqrt(half), 0.1);
  const double end = std::min(along + std::sqrt(half), limit);
  for (int step = 0; step < 200 && t < end; ++step) {
    const Surface surface = thing.surface(t * ray);
    if (surface.distance < 2e-3)
      return Hit{t, surface.material, std::abs(dot(ray, normal_of(thing, t * ray)))};
    t += surface.distance;
  }
  return {};
}

std::optional<Hit> nearest_hit(const Street& street, Vec ray) {
  std::optional<Hit> nearest = hit_ground(ray);
  for (const Thing& thing : street.things) {
    const auto hit = hit_thing(thing, ray, nearest ? nearest->range : kFarthest);
    if (hit) nearest = hit;
  }
  return nearest;
}

struct Reflection {
  double intensity;  ///< Straight on, 0 to 1.
  double lost;       ///< Share of rays that don't come back.
  double depth;      ///< Metres that a ray may enter: leaves.
};

Reflection reflection(Material material) noexcept {
  switch (material) {
    case Material::asphalt: return {0.27, 0.04, 0};
    case Material::marking: return {0.75, 0, 0};
    case Material::pavement: return {0.36, 0.01, 0};
    case Material::grass: return {0.42, 0.02, 0.05};
    case Material::paint: return {0.34, 0.05, 0};
    case Material::glass: return {0.08, 0.7, 0};
    case Material::tyre: return {0.06, 0.15, 0};
    case Material::wall: return {0.38, 0.005, 0};
    case Material::foliage: return {0.33, 0.06, 0.9};
    case Material::bark: return {0.25, 0.01, 0};
    case Material::metal: return {0.55, 0.02, 0};
    case Material::cloth: return {0.3, 0.03, 0};
  }
  return {0, 1, 0};
}

}  // namespace

std::vector<float> scan(const Street& street, std::uint64_t seed) {
  Random random(seed ^ 0x5ca1ab1eU);
  std::vector<float> points;
  for (int beam = 0; beam < 64; ++beam)
    for (int column = 0; column <= 530; ++column) {
      // The turn's jitter and each laser's own offset keep columns from lining up like a grid.
      const double azimuth = (45 - 0.17 * column + 0.003 * (beam * 37 % 64)) * kDegree;
      const double up = elevation(beam) + 0.004 * kDegree * random.normal();
      const Vec ray{std::cos(up) * std::cos(azimuth), std::cos(up) * std::sin(azimuth),
                    std::sin(up)};
      const std::optional<Hit> hit = nearest_hit(street, ray);
      if (!hit) continue;
      const Reflection back = reflection(hit->material);
      // Flat and far surfaces send less back.
      const double faint = hit->range / kFarthest * (1 - 0.7 * hit->facing);
      if (random.uniform() < back.lost + 0.6 * faint * faint) continue;
      const double depth = back.depth * random.uniform() * random.uniform();
      const Vec p = (hit->range + depth + 0.012 * random.normal()) * ray;
      if (!camera_sees(p)) continue;
      const double intensity =
          back.intensity * (0.55 + 0.45 * hit->facing) * random.uniform(0.8, 1.2);
      const double stored = std::round(std::clamp(intensity, 0.0, 0.99) * 100) / 100;
      for (const double v : {p.x, p.y, p.z, stored}) points.push_back(static_cast<float>(v));
    }
  return points;
}

}  // namespace colonnade::sample
