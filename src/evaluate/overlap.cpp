#include "evaluate/overlap.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace colonnade {
namespace {

struct Point {
  double u = 0, v = 0;
};

/// A convex polygon; four corners clipped by four lines have at most eight.
struct Polygon {
  std::array<Point, 8> corners{};
  std::size_t count = 0;
};

/// The part with normal . p <= limit (Sutherland and Hodgman 1974).
Polygon clipped(const Polygon& polygon, Point normal, double limit) noexcept {
  Polygon out;
  const auto beyond = [&](const Point& p) { return normal.u * p.u + normal.v * p.v - limit; };
  for (std::size_t i = 0; i < polygon.count; ++i) {
    const Point& a = polygon.corners[i];
    const Point& b = polygon.corners[(i + 1) % polygon.count];
    const double da = beyond(a), db = beyond(b);
    if (da <= 0 && out.count < out.corners.size()) out.corners[out.count++] = a;
    if ((da < 0 && db > 0) || (da > 0 && db < 0)) {
      const double t = da / (da - db);
      if (out.count < out.corners.size()) {
        out.corners[out.count++] = {a.u + t * (b.u - a.u), a.v + t * (b.v - a.v)};
      }
    }
  }
  return out;
}

double area_of(const Polygon& polygon) noexcept {
  double twice = 0;
  for (std::size_t i = 0; i < polygon.count; ++i) {
    const Point& a = polygon.corners[i];
    const Point& b = polygon.corners[(i + 1) % polygon.count];
    twice += a.u * b.v - b.u * a.v;
  }
  return std::abs(twice) / 2;
}

/// b's rectangle where a's centre is the origin and a's length lies along +u.
Polygon corners_in(const UprightBox& a, const UprightBox& b) noexcept {
  const double du = b.u - a.u, dv = b.v - a.v;
  const Point centre{a.cos * du + a.sin * dv, a.cos * dv - a.sin * du};
  const double c = a.cos * b.cos + a.sin * b.sin, s = a.cos * b.sin - a.sin * b.cos;
  const Point half{c * b.along / 2, s * b.along / 2}, side{-s * b.across / 2, c * b.across / 2};
  Polygon out;
  out.count = 4;
  out.corners[0] = {centre.u + half.u + side.u, centre.v + half.v + side.v};
  out.corners[1] = {centre.u - half.u + side.u, centre.v - half.v + side.v};
  out.corners[2] = {centre.u - half.u - side.u, centre.v - half.v - side.v};
  out.corners[3] = {centre.u + half.u - side.u, centre.v + half.v - side.v};
  return out;
}

double over(double shared, double united) noexcept {
  return shared > 0 && united > 0 ? std::min(shared / united, 1.0) : 0;
}

double shared_pixels(const ImageBox& a, const ImageBox& b) noexcept {
  const double width = std::min(a.right, b.right) - std::max(a.left, b.left);
  const double height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  return width > 0 && height > 0 ? width * height : 0;
}

double pixels(const ImageBox& box) noexcept {
  return (box.right - box.left) * (box.bottom - box.top);
}

}  // namespace

UprightBox upright(const KittiBox& box) noexcept {
  UprightBox out;
  out.u = box.bottom[0];
  out.v = box.bottom[2];
  out.along = box.length;
  out.across = box.width;
  out.cos = std::cos(box.rotation_y);
  out.sin = -std::sin(box.rotation_y);  // rotation_y turns from x towards -z.
  out.low = -box.bottom[1];
  out.high = box.height - box.bottom[1];
  return out;
}

UprightBox upright(const LidarObject& object) noexcept {
  UprightBox out;
  out.u = object.x;
  out.v = object.y;
  out.along = object.length;
  out.across = object.width;
  out.cos = std::cos(object.yaw);
  out.sin = std::sin(object.yaw);
  out.low = object.z - object.height / 2;
  out.high = object.z + object.height / 2;
  return out;
}

double shared_area(const UprightBox& a, const UprightBox& b) noexcept {
  const double reach = (std::hypot(a.along, a.across) + std::hypot(b.along, b.across)) / 2;
  const double du = b.u - a.u, dv = b.v - a.v;
  if (du * du + dv * dv > reach * reach) return 0;
  Polygon polygon = corners_in(a, b);
  polygon = clipped(polygon, {1, 0}, a.along / 2);
  polygon = clipped(polygon, {-1, 0}, a.along / 2);
  polygon = clipped(polygon, {0, 1}, a.across / 2);
  polygon = clipped(polygon, {0, -1}, a.across / 2);
  return area_of(polygon);
}

Ious ious(const UprightBox& a, const UprightBox& b) noexcept {
  const double shared = shared_area(a, b);
  if (shared <= 0) return {};
  const double height = std::min(a.high, b.high) - std::max(a.low, b.low);
  const double volume = shared * std::max(height, 0.0);
  return {over(shared, a.area() + b.area() - shared),
          over(volume, a.volume() + b.volume() - volume)};
}

double image_iou(const ImageBox& a, const ImageBox& b) noexcept {
  const double shared = shared_pixels(a, b);
  return over(shared, pixels(a) + pixels(b) - shared);
}

double image_share(const ImageBox& part, const ImageBox& region) noexcept {
  return over(shared_pixels(part, region), pixels(part));
}

}  // namespace colonnade
