#include "sample/shapes.hpp"

namespace colonnade::sample {
namespace {

// Quilez, "Distance functions": the usual exact distances.
double rounded_box(Vec p, Vec half, double radius) noexcept {
  const Vec q{std::abs(p.x) - half.x + radius, std::abs(p.y) - half.y + radius,
              std::abs(p.z) - half.z + radius};
  const Vec outside{std::max(q.x, 0.0), std::max(q.y, 0.0), std::max(q.z, 0.0)};
  return length(outside) + std::min(std::max({q.x, q.y, q.z}), 0.0) - radius;
}

double capsule(Vec p, Vec a, Vec b, double radius) noexcept {
  const Vec ab = b - a;
  const double t = std::clamp(dot(p - a, ab) / dot(ab, ab), 0.0, 1.0);
  return length(p - a - t * ab) - radius;
}

/// Standing in the plane of x and z.
double wheel(Vec p, double radius, double width) noexcept {
  const double across = std::abs(p.y) - width / 2, round = std::hypot(p.x, p.z) - radius;
  return std::max(across, round);
}

double blended(double a, double b, double radius) noexcept {
  const double h = std::max(radius - std::abs(a - b), 0.0) / radius;
  return std::min(a, b) - h * h * radius / 4;
}

Surface closer(Surface a, Surface b) noexcept {
  return a.distance <= b.distance ? a : b;
}

/// Distance to the nearest multiple of `period`.
double from_multiple(double v, double period) noexcept {
  return std::abs(v - period * std::round(v / period));
}

}  // namespace

Surface car(Vec p, double l, double w, double h) noexcept {
  const double body = rounded_box(p - Vec{0, 0, 0.41 * h}, {l / 2, w / 2, 0.27 * h}, 0.22);
  // Narrower towards the roof, and the windscreen flatter than the rear window.
  const double rise = std::clamp((p.z - 0.62 * h) / (0.38 * h), 0.0, 1.0);
  const Vec q{(p.x + 0.07 * l + 0.05 * l * rise) / (1 - 0.28 * rise), p.y / (1 - 0.16 * rise), p.z};
  const double cabin =
      0.75 * rounded_box(q - Vec{0, 0, 0.72 * h}, {0.33 * l, 0.47 * w, 0.28 * h}, 0.12);
  Surface shell{blended(body, cabin, 0.12), Material::paint};
  if (cabin < body && p.z > 0.66 * h && p.z < 0.93 * h) shell.material = Material::glass;
  const Vec hub{std::abs(p.x) - 0.31 * l, std::abs(p.y) - w / 2 + 0.12, p.z - 0.31};
  return closer(shell, {wheel(hub, 0.31, 0.2), Material::tyre});
}

Surface person(Vec p, double h, double stride) noexcept {
  const double hip = 0.5 * h, neck = 0.84 * h;
  double d = capsule(p, {stride, 0.09, 0.07}, {0, 0.08, hip}, 0.075);
  d = std::min(d, capsule(p, {-stride, -0.09, 0.07}, {0, -0.08, hip}, 0.075));
  d = blended(d, capsule(p, {0, 0, hip + 0.08}, {0.02, 0, neck - 0.16}, 0.17), 0.08);
  for (const double side : {-1.0, 1.0}) {
    const Vec hand{-side * 0.8 * stride, side * 0.27, 0.47 * h};
    d = std::min(d, capsule(p, {0, side * 0.22, neck - 0.08}, hand, 0.05));
  }
  return {std::min(d, capsule(p, {0.02, 0, neck}, {0.03, 0, h - 0.11}, 0.1)), Material::cloth};
}

Surface cyclist(Vec p) noexcept {
  double frame = capsule(p, {-0.2, 0, 0.85}, {0.42, 0, 0.95}, 0.03);
  for (const double x : {-0.53, 0.53}) {
    const Vec hub = p - Vec{x, 0, 0.34};
    const double rim = std::hypot(hub.x, hub.z) - 0.32;
    frame = std::min(
        {frame, std::hypot(rim, hub.y) - 0.025, capsule(p, {x, 0, 0.34}, {0, 0, 0.6}, 0.03)});
  }
  double rider = capsule(p, {-0.18, 0, 0.98}, {0.17, 0, 1.42}, 0.16);
  for (const double side : {-1.0, 1.0}) {
    rider = std::min(rider, capsule(p, {-0.15, side * 0.1, 0.95}, {0.1, side * 0.11, 0.45}, 0.08));
    rider = std::min(rider, capsule(p, {0.15, side * 0.2, 1.36}, {0.45, side * 0.22, 1.02}, 0.05));
  }
  rider = std::min(rider, capsule(p, {0.24, 0, 1.6}, {0.26, 0, 1.64}, 0.11));
  return closer({rider, Material::cloth}, {frame, Material::metal});
}

Surface tree(Vec p, double h, double crown) noexcept {
  const double trunk = capsule(p, {0, 0, -0.2}, {0, 0, h - crown}, 0.16);
  const Vec c = p - Vec{0, 0, h - crown};
  // Lumps make the crown irregular; they shorten the true distance by less than their slope.
  const double lumps = 0.25 * std::sin(2.3 * c.x) * std::sin(2.9 * c.y + 1) * std::sin(2.1 * c.z);
  const double leaves = 0.7 * (length({c.x, c.y, 0.85 * c.z}) - crown + lumps);
  return closer({leaves, Material::foliage}, {trunk, Material::bark});
}

Surface pole(Vec p, double h, bool sign) noexcept {
  double d = capsule(p, {0, 0, 0}, {0, 0, h}, 0.06);
  if (sign) d = std::min(d, rounded_box(p - Vec{-0.05, 0, h - 0.4}, {0.02, 0.35, 0.35}, 0.01));
  return {d, Material::metal};
}

Surface house(Vec p, double l, double depth, double h) noexcept {
  const double wall = rounded_box(p - Vec{0, 0, h / 2}, {l / 2, depth / 2, h / 2}, 0.02);
  const bool window = from_multiple(p.x, 2.6) < 0.6 && from_multiple(p.z - 1.8, 3) < 0.75 &&
                      std::abs(p.x) < l / 2 - 0.8 && p.z < h - 0.6;
  if (!window) return {0.8 * wall, Material::wall};
  return {0.8 * wall + 0.18, Material::glass};
}

Surface hedge(Vec p, double l, double w, double h) noexcept {
  const double lumps = 0.08 * std::sin(3.1 * p.x) * std::sin(4.3 * p.z + p.x);
  return {0.75 * (rounded_box(p - Vec{0, 0, h / 2}, {l / 2, w / 2, h / 2}, 0.15) + lumps),
          Material::foliage};
}

}  // namespace colonnade::sample
