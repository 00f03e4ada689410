#include "report/picture/captions.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <vector>

#include "report/picture/colours.hpp"
#include "report/picture/font.hpp"
#include "report/picture/ticks.hpp"

namespace colonnade {
namespace {

/// 1234567 as "1 234 567".
std::string grouped(std::int64_t n) {
  std::string digits = std::to_string(n);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), 1, ' ');
  return digits;
}

/// Boxes a class; the last count is of labels that have no name.
std::vector<std::int64_t> counts_by_class(const PictureInput& input) {
  std::vector<std::int64_t> counts(input.classes.size() + 1);
  for (const Box& box : input.boxes) {
    const auto label = static_cast<std::size_t>(box.label);
    ++counts[std::min(box.label < 0 ? input.classes.size() : label, input.classes.size())];
  }
  return counts;
}

void draw_ramp(Canvas& canvas, const HeightScale& scale, Pixel top_left) {
  constexpr double width = 14, height = 180;
  for (int row = 0; row < static_cast<int>(height); ++row) {
    const double y = top_left.y + row;
    canvas.rect({top_left.x, y, top_left.x + width, y + 1}, height_colour(1 - row / (height - 1)));
  }
  const double metres = scale.high - scale.low;
  const double step = metres <= 3 ? 0.5 : metres <= 6 ? 1 : metres <= 12 ? 2 : 5;
  for (const double z : ticks(scale.low, scale.high, step)) {
    const double y = top_left.y + height * (1 - (z - scale.low) / metres);
    canvas.line({top_left.x + width, y}, {top_left.x + width + 5, y}, 1.2, theme::faint);
    draw_text(canvas, {top_left.x + width + 11, y + 4.5}, fmt::format("{:g}", z),
              {9, theme::quiet});
  }
}

}  // namespace

void draw_headline(Canvas& canvas, const PictureInput& input, const Viewport& view) {
  const double width = canvas.width() - view.plot.left - 20;
  draw_text(canvas, {view.plot.left, 38}, fitted(input.file, 17, width),
            {17, theme::text, TextAlign::left, 1.2});
  const std::size_t n = input.boxes.size();
  std::string facts = input.model;
  const auto add = [&](const std::string& fact) {
    if (!facts.empty() && !fact.empty()) facts += "  \u00b7  ";
    facts += fact;
  };
  add(fmt::format("{} {}", n, n == 1 ? "box" : "boxes"));
  add(input.backend);
  if (input.milliseconds >= 0) add(fmt::format("{:.1f} ms", input.milliseconds));
  draw_text(canvas, {view.plot.left, 66}, fitted(facts, 12, width), {12, theme::quiet});
}

void draw_legend(Canvas& canvas, const PictureInput& input, const Viewport& view,
                 const HeightScale& scale, std::int64_t points_shown) {
  const double left = view.plot.right + 24, right = canvas.width() - 20;
  double y = view.plot.top + 10;
  const auto heading = [&](const char* text) {
    draw_text(canvas, {left, y}, text, {10, theme::faint});
    y += 24;
  };
  const auto row = [&](const std::string& name, std::int64_t count, Colour colour) {
    const double digits = text_width(grouped(count), 11);
    draw_text(canvas, {left + 28, y + 5.5}, fitted(name, 11, right - left - digits - 38),
              {11, theme::text});
    draw_text(canvas, {right, y + 5.5}, grouped(count), {11, theme::quiet, TextAlign::right});
    const Pixel swatch[] = {
        {left + 1, y - 5}, {left + 15, y - 5}, {left + 15, y + 5}, {left + 1, y + 5}};
    canvas.outline(swatch, 2, colour);
    canvas.line({left + 8, y}, {left + 19, y}, 2, colour);
    y += 25;
  };
  heading("boxes");
  const std::vector<std::int64_t> counts = counts_by_class(input);
  for (std::size_t i = 0; i < input.classes.size(); ++i)
    row(input.classes[i], counts[i], class_colour(static_cast<std::int32_t>(i)));
  if (counts.back() > 0) row("unnamed", counts.back(), theme::quiet);
  y += 26;
  heading("points shown");
  draw_text(canvas, {left, y + 2}, grouped(points_shown), {11, theme::text});
  y += 17;
  draw_text(canvas, {left, y + 6}, "of " + grouped(static_cast<std::int64_t>(input.cloud.count)),
            {11, theme::quiet});
  y += 54;
  heading("height z, metres");
  draw_ramp(canvas, scale, {left + 1, y - 2});
}

void draw_stamp(Canvas& canvas, const std::string& text, const Viewport& view) {
  if (text.empty()) return;
  std::string capitals = text;
  for (char& c : capitals)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  const double room = (view.plot.right - view.plot.left) * 0.3;
  const double size = std::min(34.0, 34.0 * room / text_width(capitals, 34));
  const double w = text_width(capitals, size) + 2 * size, h = size * 2.1;
  const double left = view.plot.left + 22, bottom = view.plot.bottom - 22;
  const Pixel corners[] = {
      {left, bottom - h}, {left + w, bottom - h}, {left + w, bottom}, {left, bottom}};
  canvas.convex(corners, rgb(0x220a0c, 0.82F));
  canvas.outline(corners, 3, theme::stamp);
  TextStyle style{size, theme::stamp, TextAlign::centre};
  style.weight = 1.25;
  draw_text(canvas, {left + w / 2, bottom - (h - size) / 2}, capitals, style);
}

}  // namespace colonnade
