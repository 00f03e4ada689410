#include "report/picture/canvas.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace colonnade {
namespace {

double distance(Pixel p, const Segment& s) noexcept {
  const double dx = s.to.x - s.from.x, dy = s.to.y - s.from.y;
  const double px = p.x - s.from.x, py = p.y - s.from.y;
  const double square = dx * dx + dy * dy;
  const double t = square > 0 ? std::clamp((px * dx + py * dy) / square, 0.0, 1.0) : 0.0;
  return std::hypot(px - t * dx, py - t * dy);
}

PixelRect bounds_of(std::span<const Segment> segments) noexcept {
  constexpr double inf = std::numeric_limits<double>::infinity();
  PixelRect r{inf, inf, -inf, -inf};
  for (const Segment& s : segments) {
    r.left = std::min({r.left, s.from.x, s.to.x});
    r.top = std::min({r.top, s.from.y, s.to.y});
    r.right = std::max({r.right, s.from.x, s.to.x});
    r.bottom = std::max({r.bottom, s.from.y, s.to.y});
  }
  return r;
}

PixelRect grown(PixelRect r, double by) noexcept {
  return {r.left - by, r.top - by, r.right + by, r.bottom + by};
}

std::vector<Segment> edges_of(std::span<const Pixel> corners) {
  std::vector<Segment> edges;
  edges.reserve(corners.size());
  for (std::size_t i = 0; i < corners.size(); ++i)
    edges.push_back({corners[i], corners[(i + 1) % corners.size()]});
  return edges;
}

}  // namespace

Canvas::Canvas(int width, int height, Colour background)
    : width_(width),
      height_(height),
      clip_right_(width),
      clip_bottom_(height),
      bytes_(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3) {
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) blend(x, y, background);
}

void Canvas::clip(const PixelRect& rect) noexcept {
  clip_left_ = std::clamp(static_cast<int>(std::lround(rect.left)), 0, width_);
  clip_top_ = std::clamp(static_cast<int>(std::lround(rect.top)), 0, height_);
  clip_right_ = std::clamp(static_cast<int>(std::lround(rect.right)), 0, width_);
  clip_bottom_ = std::clamp(static_cast<int>(std::lround(rect.bottom)), 0, height_);
}

void Canvas::clip_nothing() noexcept {
  clip_left_ = clip_top_ = 0;
  clip_right_ = width_;
  clip_bottom_ = height_;
}

void Canvas::blend(int x, int y, Colour colour, double coverage) noexcept {
  const auto alpha = static_cast<float>(std::clamp(coverage, 0.0, 1.0)) * colour.a;
  std::uint8_t* p = &bytes_[(static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) +
                             static_cast<std::size_t>(x)) *
                            3];
  const float over[3] = {colour.r, colour.g, colour.b};
  for (int i = 0; i < 3; ++i) {
    const float mixed = static_cast<float>(p[i]) * (1 - alpha) + over[i] * 255.0F * alpha;
    p[i] = static_cast<std::uint8_t>(mixed + 0.5F);
  }
}

template <class Coverage>
void Canvas::paint(const PixelRect& bounds, Colour colour, Coverage coverage) {
  const auto clamp_to = [](double v, int low, int high) {
    return static_cast<int>(std::clamp(v, static_cast<double>(low), static_cast<double>(high)));
  };
  const int left = clamp_to(std::floor(bounds.left), clip_left_, clip_right_);
  const int top = clamp_to(std::floor(bounds.top), clip_top_, clip_bottom_);
  const int right = clamp_to(std::ceil(bounds.right), clip_left_, clip_right_);
  const int bottom = clamp_to(std::ceil(bounds.bottom), clip_top_, clip_bottom_);
  for (int y = top; y < bottom; ++y)
    for (int x = left; x < right; ++x) {
      const double share = coverage(Pixel{x + 0.5, y + 0.5});
      if (share > 0) blend(x, y, colour, share);
    }
}

void Canvas::stroke(std::span<const Segment> segments, double width, Colour colour) {
  if (segments.empty()) return;
  // A stroke thinner than a pixel is a fainter stroke of one pixel, or it would break into dots.
  const double radius = std::max(width, 1.0) / 2;
  colour.a *= static_cast<float>(std::min(width, 1.0));
  paint(grown(bounds_of(segments), radius + 1), colour, [&](Pixel p) {
    double nearest = std::numeric_limits<double>::infinity();
    for (const Segment& s : segments) nearest = std::min(nearest, distance(p, s));
    return radius + 0.5 - nearest;
  });
}

void Canvas::line(Pixel from, Pixel to, double width, Colour colour) {
  const Segment segment{from, to};
  stroke({&segment, 1}, width, colour);
}

void Canvas::ring(Pixel centre, double radius, double width, Colour colour) {
  const PixelRect box{centre.x - radius, centre.y - radius, centre.x + radius, centre.y + radius};
  paint(grown(box, width + 1), colour, [&](Pixel p) {
    return width / 2 + 0.5 - std::abs(std::hypot(p.x - centre.x, p.y - centre.y) - radius);
  });
}

void Canvas::disc(Pixel centre, double radius, Colour colour) {
  const Segment point{centre, centre};
  stroke({&point, 1}, 2 * radius, colour);
}

void Canvas::convex(std::span<const Pixel> corners, Colour colour) {
  if (corners.size() < 3) return;
  const std::vector<Segment> edges = edges_of(corners);
  double area = 0;
  for (const Segment& e : edges) area += e.from.x * e.to.y - e.to.x * e.from.y;
  const double side = area < 0 ? -1 : 1;
  paint(grown(bounds_of(edges), 1), colour, [&](Pixel p) {
    double inside = std::numeric_limits<double>::infinity();
    for (const Segment& e : edges) {
      const double dx = e.to.x - e.from.x, dy = e.to.y - e.from.y;
      const double length = std::hypot(dx, dy);
      if (length == 0) continue;
      const double cross = dx * (p.y - e.from.y) - dy * (p.x - e.from.x);
      inside = std::min(inside, side * cross / length);
    }
    return inside + 0.5;
  });
}

void Canvas::outline(std::span<const Pixel> corners, double width, Colour colour) {
  stroke(edges_of(corners), width, colour);
}

void Canvas::rect(const PixelRect& rect, Colour colour) {
  paint(rect, colour, [&](Pixel p) {
    const double x = std::min({p.x + 0.5 - rect.left, rect.right - p.x + 0.5, 1.0});
    const double y = std::min({p.y + 0.5 - rect.top, rect.bottom - p.y + 0.5, 1.0});
    return std::max(x, 0.0) * std::max(y, 0.0);
  });
}

}  // namespace colonnade
