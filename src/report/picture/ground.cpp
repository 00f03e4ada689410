#include "report/picture/ground.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "report/picture/colours.hpp"
#include "report/picture/font.hpp"
#include "report/picture/ticks.hpp"

namespace colonnade {
namespace {

constexpr double kTickSize = 10;

double extent(const Viewport& view) noexcept {
  return std::max(view.range.max_x - view.range.min_x, view.range.max_y - view.range.min_y);
}

/// A step of 1, 2 or 5 times a power of ten that cuts the plot into about ten.
double round_step(double metres) noexcept {
  const double power = std::pow(10, std::floor(std::log10(metres / 10)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (metres / (factor * power) <= 13) return factor * power;
  return 10 * power;
}

double farthest(const PictureRange& r) noexcept {
  return std::hypot(std::max(std::abs(r.min_x), std::abs(r.max_x)),
                    std::max(std::abs(r.min_y), std::abs(r.max_y)));
}

void arrow(Canvas& canvas, Pixel from, Pixel to, Colour colour) {
  const double dx = to.x - from.x, dy = to.y - from.y, length = std::hypot(dx, dy);
  const Pixel back{to.x - dx / length * 8, to.y - dy / length * 8};
  const double nx = -dy / length * 4, ny = dx / length * 4;
  const Segment strokes[] = {
      {from, to}, {to, {back.x + nx, back.y + ny}}, {to, {back.x - nx, back.y - ny}}};
  canvas.stroke(strokes, 2, colour);
}

/// A plot that starts far from the sensor has far rings only: the nearest one that it can show.
double nearest_ring(const PictureRange& r, double step) noexcept {
  const double dx = std::max({r.min_x, -r.max_x, 0.0}), dy = std::max({r.min_y, -r.max_y, 0.0});
  return std::max(1.0, std::ceil(std::hypot(dx, dy) / step)) * step;
}

/// To the right of what lies ahead, where the road isn't; on the ring's nearest visible part.
void label_ring(Canvas& canvas, const Viewport& view, double radius, const TextStyle& style,
                std::vector<PixelRect>& taken) {
  const double inset = 24 / view.pixels_per_metre;
  const PictureRange& r = view.range;
  for (int degrees = 50; degrees > -180; degrees -= 2) {
    const double bearing = degrees * 3.14159265358979323846 / 180;
    const double x = radius * std::cos(bearing), y = -radius * std::sin(bearing);
    if (x < r.min_x + inset || x > r.max_x - inset || y < r.min_y + inset || y > r.max_y - inset)
      continue;
    const Pixel p = view.at(x, y);
    const std::string text = fmt::format("{:g} m", radius);
    draw_text(canvas, {p.x, p.y + style.size / 2}, text, style);
    const double w = text_width(text, style.size) / 2 + 2, h = style.size / 2 + 2;
    taken.push_back({p.x - w, p.y - h, p.x + w, p.y + h});
    return;
  }
}

}  // namespace

void draw_rings(Canvas& canvas, const Viewport& view, const PictureRange& model_range) {
  const double step = round_step(extent(view)), far = farthest(view.range);
  canvas.clip(view.plot);
  const Pixel sensor = view.at(0, 0);
  for (double r = nearest_ring(view.range, step); r < far; r += step)
    canvas.ring(sensor, r * view.pixels_per_metre, 1.2, theme::ring);
  const Pixel border[] = {
      view.at(model_range.min_x, model_range.min_y), view.at(model_range.max_x, model_range.min_y),
      view.at(model_range.max_x, model_range.max_y), view.at(model_range.min_x, model_range.max_y)};
  canvas.outline(border, 1, theme::frame);
  canvas.clip_nothing();
}

std::vector<PixelRect> draw_ring_labels(Canvas& canvas, const Viewport& view) {
  std::vector<PixelRect> taken;
  const double step = round_step(extent(view)), far = farthest(view.range);
  TextStyle style{9.5, theme::quiet, TextAlign::centre};
  style.halo = 2.5;
  style.halo_colour = rgb(0x0a0e13, 0.8F);
  canvas.clip(view.plot);
  for (double r = nearest_ring(view.range, step); r < far; r += step)
    label_ring(canvas, view, r, style, taken);
  canvas.clip_nothing();
  return taken;
}

void draw_sensor(Canvas& canvas, const Viewport& view) {
  if (!view.shows(0, 0)) return;
  canvas.clip(view.plot);
  const Pixel s = view.at(0, 0);
  arrow(canvas, s, {s.x, s.y - 42}, theme::text);
  arrow(canvas, s, {s.x - 42, s.y}, theme::text);
  canvas.disc(s, 6, theme::plot);
  canvas.disc(s, 4, theme::text);
  TextStyle style{10, theme::text};
  style.halo = 2;
  style.halo_colour = theme::plot;
  draw_text(canvas, {s.x + 8, s.y - 34}, "x", style);
  draw_text(canvas, {s.x - 42, s.y - 10}, "y", style);
  canvas.clip_nothing();
}

void draw_axes(Canvas& canvas, const Viewport& view) {
  const PixelRect& p = view.plot;
  const Pixel corners[] = {
      {p.left, p.top}, {p.right, p.top}, {p.right, p.bottom}, {p.left, p.bottom}};
  canvas.outline(corners, 1.5, theme::frame);
  const double step = round_step(extent(view));
  for (const double x : ticks(view.range.min_x, view.range.max_x, step)) {
    const double y = view.at(x, 0).y;
    canvas.line({p.left - 6, y}, {p.left, y}, 1.2, theme::faint);
    draw_text(canvas, {p.left - 11, y + kTickSize / 2}, fmt::format("{:g}", x),
              {kTickSize, theme::quiet, TextAlign::right});
  }
  for (const double y : ticks(view.range.min_y, view.range.max_y, step)) {
    const double x = view.at(0, y).x;
    canvas.line({x, p.bottom}, {x, p.bottom + 6}, 1.2, theme::faint);
    draw_text(canvas, {x, p.bottom + 12 + kTickSize}, fmt::format("{:g}", y),
              {kTickSize, theme::quiet, TextAlign::centre});
  }
  TextStyle name{10.5, theme::faint, TextAlign::centre};
  draw_text(canvas, {(p.left + p.right) / 2, p.bottom + 46}, "y, metres (left is positive)", name);
  name.degrees = 90;
  draw_text(canvas, {p.left - 44, (p.top + p.bottom) / 2}, "x, metres (forward is up)", name);

  const double bar = step * view.pixels_per_metre;
  const Pixel end{p.right - 18, p.bottom - 18}, start{end.x - bar, end.y};
  const Segment strokes[] = {{start, end},
                             {{start.x, start.y - 4}, {start.x, start.y + 4}},
                             {{end.x, end.y - 4}, {end.x, end.y + 4}}};
  canvas.stroke(strokes, 6, rgb(0x0a0e13, 0.7F));
  canvas.stroke(strokes, 2, theme::text);
  TextStyle label{10, theme::text, TextAlign::centre};
  label.halo = 2;
  label.halo_colour = rgb(0x0a0e13, 0.8F);
  draw_text(canvas, {(start.x + end.x) / 2, end.y - 9}, fmt::format("{:g} m", step), label);
}

}  // namespace colonnade
