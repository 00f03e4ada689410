// Convex bodies: a ray enters behind the last of the planes that face the sensor and leaves before
// the first of the others. With the sensor at the origin a plane n . p = d is met at 1 / (n/d .
// ray), so a body is a minimum and a maximum of dot products; both loops run over a column's beams.
#include <algorithm>
#include <array>
#include <cmath>

#include "simulator/cast_parts.hpp"
#include "simulator/portable_math.hpp"

namespace colonnade::simulator {
namespace {

constexpr std::size_t kMaxBeams = 256;

struct Plane {
  float x, y, z;  ///< Normal over offset.
  const Face* face;
};

struct Planes {
  std::vector<Plane> front, back;
};

Planes planes_of(const Scene& scene, const Convex& body) {
  Planes planes;
  for (std::size_t i = 0; i < body.faces; ++i) {
    const Face& f = scene.faces[body.first_face + i];
    double d = f.offset;
    if (std::abs(d) < 1e-4) d = d < 0 ? -1e-4 : 1e-4;  // The sensor lies in the plane.
    const Plane plane{static_cast<float>(f.normal.x / d), static_cast<float>(f.normal.y / d),
                      static_cast<float>(f.normal.z / d), &f};
    (d < 0 ? planes.front : planes.back).push_back(plane);
  }
  return planes;
}

/// Rays that can meet the body's bounds.
RayWindow window_of(const Rays& rays, const Convex& body) noexcept {
  const Vec o = body.origin;
  // The sensor in the body's frame, and the nearest point of the bounds' plan.
  const double sx = -(body.cos * o.x + body.sin * o.y), sy = body.sin * o.x - body.cos * o.y;
  const double dx = std::max({body.low.x - sx, 0.0, sx - body.high.x});
  const double dy = std::max({body.low.y - sy, 0.0, sy - body.high.y});
  const double nearest = std::max(std::sqrt(dx * dx + dy * dy), 0.3);
  double farthest = 0, low = 1e9, high = -1e9;
  const double centre = arc_tangent(
      o.y + body.sin * (body.low.x + body.high.x) / 2 + body.cos * (body.low.y + body.high.y) / 2,
      o.x + body.cos * (body.low.x + body.high.x) / 2 - body.sin * (body.low.y + body.high.y) / 2);
  for (const double x : {body.low.x, body.high.x}) {
    for (const double y : {body.low.y, body.high.y}) {
      const double wx = o.x + body.cos * x - body.sin * y, wy = o.y + body.sin * x + body.cos * y;
      const double off = std::remainder(arc_tangent(wy, wx) - centre, 2 * kPi);
      low = std::min(low, off), high = std::max(high, off);
      farthest = std::max(farthest, std::sqrt(wx * wx + wy * wy));
    }
  }
  if (dx == 0 && dy == 0) low = -kPi, high = kPi;
  const double bottom = o.z + body.low.z, top = o.z + body.high.z;
  return window(rays, centre + low, centre + high,
                arc_tangent(bottom / (bottom < 0 ? nearest : farthest)),
                arc_tangent(top / (top > 0 ? nearest : farthest)));
}

const Face& entered(const Planes& planes, float x, float y, float z) noexcept {
  const Plane* best = &planes.front.front();
  float least = 1e30F;
  for (const Plane& p : planes.front) {
    const float s = p.x * x + p.y * y + p.z * z;
    if (s < least) least = s, best = &p;
  }
  return *best->face;
}

const Face* left(const Planes& planes, float x, float y, float z) noexcept {
  const Plane* best = nullptr;
  float most = 0;
  for (const Plane& p : planes.back) {
    const float s = p.x * x + p.y * y + p.z * z;
    if (s > most) most = s, best = &p;
  }
  return best == nullptr ? nullptr : best->face;
}

Vec to_body(const Convex& body, Vec world) noexcept {
  const Vec p = world - body.origin;
  return {body.cos * p.x + body.sin * p.y, body.cos * p.y - body.sin * p.x, p.z};
}

bool is_glass(const Glazing& g, const Face& face, Vec p) noexcept {
  if (face.pane == Pane::none || p.z <= g.sill || p.z >= g.roof) return false;
  if (face.pane != Pane::side) return std::abs(p.y) < g.half_width;
  return std::all_of(g.pillars.begin(), g.pillars.end(),
                     [&](double x) { return std::abs(p.x - x) > 0.06; });
}

/// One ray at one body: what the surface's skin makes of the hit.
struct Encounter {
  const Convex& body;
  const Planes& planes;
  Vec ray;
  const Face& face;
  double leave;  ///< Metres to where the ray would leave the body.
  Draw draw;
  Hit hit;

  /// False: the ray goes on behind the body.
  bool operator()(const std::monostate&) const noexcept { return true; }

  bool operator()(const Glazing& glass) {
    if (!is_glass(glass, face, to_body(body, static_cast<double>(hit.range) * ray))) return true;
    // Straight on, glass mirrors more.
    const double facing = static_cast<double>(hit.facing);
    if (draw.chance(glass.returned + 1.25 * std::max(0.0, facing - 0.8))) {
      hit.material = Material::glass;
      hit.reflectance = static_cast<float>(draw.uniform(-.06, .1));
      return true;
    }
    if (!draw.chance(glass.passed)) {
      hit.lost = true;
      return true;
    }
    const auto x = static_cast<float>(ray.x), y = static_cast<float>(ray.y),
               z = static_cast<float>(ray.z);
    const Face* const exit = left(planes, x, y, z);
    if (exit == nullptr) return false;
    if (is_glass(glass, *exit, to_body(body, leave * ray)) && draw.chance(.6)) return false;
    hit.range = static_cast<float>(leave);
    hit.material = Material::cabin;
    hit.reflectance = static_cast<float>(draw.uniform(0, .3));
    hit.facing = .6F;
    return true;
  }

  bool operator()(const Ends& ends) {
    const Vec p = to_body(body, static_cast<double>(hit.range) * ray);
    if (std::abs(p.x) < ends.length / 2 - .25) return true;
    const double plate = p.x < 0 ? ends.rear_plate_height : .42;
    if (std::abs(p.y) < .27 && std::abs(p.z - plate) < .07) {
      hit.material = Material::plate;
      hit.reflectance = static_cast<float>(draw.uniform(.6, 1.3));
    } else if (std::abs(p.y) > .3 * ends.width && std::abs(p.z - .68) < .09) {
      hit.material = Material::lamp;
      hit.reflectance = static_cast<float>(draw.uniform(0, .9));
    }
    return true;
  }

  bool operator()(const WindowRows& w) {
    if (std::abs(face.normal.z) > .5) return true;
    const Vec p = to_body(body, static_cast<double>(hit.range) * ray);
    const bool front = std::abs(face.normal.x * body.cos + face.normal.y * body.sin) < .5;
    const double along = (front ? p.x : p.y) / w.pitch_x, up = p.z - w.base;
    const double storey = up - w.pitch_z * std::floor(up / w.pitch_z);
    if (up < 0 || along - std::floor(along) > w.share || storey < w.low || storey > w.high) {
      return true;
    }
    if (draw.chance(w.lost)) {
      hit.lost = true;
    } else {
      hit.material = Material::window;
      hit.range += static_cast<float>(draw.uniform(.08, .25));
      hit.reflectance = static_cast<float>(draw.uniform(0, .3));
    }
    return true;
  }
};

}  // namespace

void cast_convex(const Scene& scene, const Convex& body, const Part& part, std::size_t index,
                 const Rays& rays, DepthBuffer& out) {
  const RayWindow w = window_of(rays, body);
  if (w.empty()) return;
  const Planes planes = planes_of(scene, body);
  if (planes.front.empty()) return;  // The sensor is inside.
  std::array<float, kMaxBeams> enter, leave;
  const std::size_t count = std::min(w.beam_count, kMaxBeams);
  const bool random = body.porosity > 0 || !std::holds_alternative<std::monostate>(body.skin);
  std::size_t column = w.first_column;
  for (std::size_t c = 0; c < w.column_count; ++c) {
    const std::size_t base = column * rays.beams + w.first_beam;
    if (++column == rays.columns) column = 0;
    const float *x = &rays.x[base], *y = &rays.y[base], *z = &rays.z[base];
    std::fill_n(enter.begin(), count, 1e9F);
    std::fill_n(leave.begin(), count, 0.0F);
    for (const Plane& p : planes.front) {
      for (std::size_t b = 0; b < count; ++b) {
        const float s = p.x * x[b] + p.y * y[b] + p.z * z[b];
        enter[b] = s < enter[b] ? s : enter[b];
      }
    }
    for (const Plane& p : planes.back) {
      for (std::size_t b = 0; b < count; ++b) {
        const float s = p.x * x[b] + p.y * y[b] + p.z * z[b];
        leave[b] = s > leave[b] ? s : leave[b];
      }
    }
    for (std::size_t b = 0; b < count; ++b) {
      if (!(enter[b] > 0 && enter[b] >= leave[b])) continue;
      const std::size_t ray = base + b;
      if (body.porosity == 0) out.touch(ray, part.object);
      if (enter[b] <= out.nearness(ray) || enter[b] > 2) continue;
      const Face& face = entered(planes, x[b], y[b], z[b]);
      const Vec d{x[b], y[b], z[b]};
      Hit hit;
      hit.range = 1 / enter[b];
      hit.facing = static_cast<float>(-dot(face.normal, d));
      hit.reflectance = static_cast<float>(part.reflectance);
      hit.object = part.object;
      hit.material = face.material;
      if (random) {
        Encounter encounter{body,
                            planes,
                            d,
                            face,
                            leave[b] > 0 ? 1 / static_cast<double>(leave[b]) : 1e3,
                            out.draw(ray, index),
                            hit};
        if (body.porosity > 0 && encounter.draw.chance(body.porosity)) continue;
        if (!std::visit(encounter, body.skin)) continue;
        hit = encounter.hit;
      }
      out.put(ray, hit);
    }
  }
}

}  // namespace colonnade::simulator
