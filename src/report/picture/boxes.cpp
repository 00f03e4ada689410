#include "report/picture/boxes.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "report/picture/colours.hpp"
#include "report/picture/font.hpp"

namespace colonnade {
namespace {

constexpr std::size_t kMaxScores = 60;
constexpr double kScoreSize = 9;

bool finite(const Box& b) noexcept {
  return std::isfinite(b.x) && std::isfinite(b.y) && std::isfinite(b.yaw) &&
         std::isfinite(b.length) && std::isfinite(b.width);
}

bool overlap(const PixelRect& a, const PixelRect& b) noexcept {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

bool within(const PixelRect& inner, const PixelRect& outer) noexcept {
  return inner.left >= outer.left && inner.right <= outer.right && inner.top >= outer.top &&
         inner.bottom <= outer.bottom;
}

std::array<Pixel, 4> corners_of(const Box& box, const Viewport& view) noexcept {
  std::array<Pixel, 4> corners;
  const auto metres = footprint(box);
  for (std::size_t i = 0; i < 4; ++i) corners[i] = view.at(metres[i][0], metres[i][1]);
  return corners;
}

PixelRect bounds_of(const std::array<Pixel, 4>& corners) noexcept {
  PixelRect r{corners[0].x, corners[0].y, corners[0].x, corners[0].y};
  for (const Pixel& p : corners)
    r = {std::min(r.left, p.x), std::min(r.top, p.y), std::max(r.right, p.x),
         std::max(r.bottom, p.y)};
  return r;
}

void draw_box(Canvas& canvas, const Box& box, const Viewport& view) {
  const std::array<Pixel, 4> corners = corners_of(box, view);
  // Beyond the front, so that the heading shows on a box as small as a pedestrian's.
  const double reach = static_cast<double>(box.length) / 2 + 0.6;
  const double yaw = static_cast<double>(box.yaw);
  const Pixel centre = view.at(box.x, box.y);
  const Pixel nose = view.at(box.x + reach * std::cos(yaw), box.y + reach * std::sin(yaw));
  Colour colour = class_colour(box.label);
  canvas.outline(corners, 4.5, rgb(0x0a0e13, 0.6F));
  canvas.line(centre, nose, 4.5, rgb(0x0a0e13, 0.6F));
  canvas.outline(corners, 2, colour);
  canvas.line(centre, nose, 2, colour);
  colour.a = 0.14F;
  canvas.convex(corners, colour);
}

/// Writes a score at the first of eight places around its box that nothing else takes.
class ScorePlacer {
 public:
  ScorePlacer(const Viewport& view, std::vector<PixelRect> taken)
      : plot_(view.plot), taken_(std::move(taken)) {}

  bool place(Canvas& canvas, const Box& box, std::size_t own) {
    const std::string text = fmt::format("{:.2f}", box.score);
    const double w = text_width(text, kScoreSize) / 2 + 2, h = kScoreSize / 2 + 2;
    const PixelRect b = taken_[own];
    const double cx = (b.left + b.right) / 2, cy = (b.top + b.bottom) / 2;
    const double right = b.right + w + 2, left = b.left - w - 2;
    const double above = b.top - h - 2, below = b.bottom + h + 2;
    for (const Pixel c :
         {Pixel{right, cy}, Pixel{left, cy}, Pixel{cx, above}, Pixel{cx, below},
          Pixel{right, above}, Pixel{right, below}, Pixel{left, above}, Pixel{left, below}}) {
      const PixelRect spot{c.x - w, c.y - h, c.x + w, c.y + h};
      const auto hit = [&](const PixelRect& r) { return overlap(r, spot); };
      if (!within(spot, plot_) || std::any_of(taken_.begin(), taken_.end(), hit)) continue;
      TextStyle style{kScoreSize, theme::text, TextAlign::centre};
      style.halo = 2;
      style.halo_colour = rgb(0x0a0e13, 0.75F);
      draw_text(canvas, {c.x, c.y + kScoreSize / 2}, text, style);
      taken_.push_back(spot);
      return true;
    }
    return false;
  }

 private:
  PixelRect plot_;
  std::vector<PixelRect> taken_;  ///< Boxes in their order, then words.
};

}  // namespace

std::array<std::array<double, 2>, 4> footprint(const Box& box) noexcept {
  const auto yaw = static_cast<double>(box.yaw);
  const double c = std::cos(yaw), s = std::sin(yaw);
  const double l = static_cast<double>(box.length) / 2, w = static_cast<double>(box.width) / 2;
  const auto corner = [&](double along, double across) {
    return std::array<double, 2>{static_cast<double>(box.x) + along * c - across * s,
                                 static_cast<double>(box.y) + along * s + across * c};
  };
  return {corner(l, w), corner(-l, w), corner(-l, -w), corner(l, -w)};
}

void draw_boxes(Canvas& canvas, std::span<const Box> boxes, const Viewport& view,
                std::span<const PixelRect> words) {
  std::vector<Box> best;
  for (const Box& box : boxes)
    if (finite(box)) best.push_back(box);
  std::stable_sort(best.begin(), best.end(),
                   [](const Box& a, const Box& b) { return a.score > b.score; });
  for (auto box = best.rbegin(); box != best.rend(); ++box) draw_box(canvas, *box, view);

  std::vector<PixelRect> taken;
  for (const Box& box : best) taken.push_back(bounds_of(corners_of(box, view)));
  taken.insert(taken.end(), words.begin(), words.end());
  ScorePlacer placer(view, std::move(taken));
  std::size_t placed = 0;
  for (std::size_t i = 0; i < best.size() && placed < kMaxScores; ++i)
    if (placer.place(canvas, best[i], i)) ++placed;
}

}  // namespace colonnade
