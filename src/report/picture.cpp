#include "report/picture.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "colonnade/error.hpp"
#include "report/picture/boxes.hpp"
#include "report/picture/canvas.hpp"
#include "report/picture/captions.hpp"
#include "report/picture/colours.hpp"
#include "report/picture/ground.hpp"
#include "report/picture/points.hpp"
#include "report/picture/viewport.hpp"

namespace colonnade {
namespace {

constexpr double kLeft = 78, kRight = 244, kTop = 92, kBottom = 66;  ///< Pixels around the plot.
constexpr double kMargin = 2;  ///< Metres shown beyond the range, so that its border stands free.
constexpr double kMinPlot = 240;   ///< Pixels: the legend and the scale bar need as much.
constexpr double kFarthest = 1e5;  ///< Metres from the sensor.
constexpr int kMaxSide = 8000;

void check(const PictureInput& input) {
  const PictureRange& r = input.range;
  const auto usable = [](double min, double max) {
    return min < max && min >= -kFarthest && max <= kFarthest;
  };
  if (!usable(r.min_x, r.max_x) || !usable(r.min_y, r.max_y))
    throw Error(ErrorCode::invalid_argument, "picture",
                fmt::format("expected a range with min < max, at most {} m away, found x {} to {}, "
                            "y {} to {}",
                            kFarthest, r.min_x, r.max_x, r.min_y, r.max_y));
  if (input.long_side < 600 || input.long_side > kMaxSide)
    throw Error(ErrorCode::invalid_argument, "picture",
                fmt::format("expected a long side of 600 to {} pixels, found {}", kMaxSide,
                            input.long_side));
}

/// Fits the plot with its surroundings into a square of `long_side`; a thin range leaves room.
Viewport fit(const PictureInput& input) noexcept {
  Viewport view;
  const PictureRange& r = input.range;
  view.range = {r.min_x - kMargin, r.max_x + kMargin, r.min_y - kMargin, r.max_y + kMargin};
  const double across = view.range.max_y - view.range.min_y;
  const double along = view.range.max_x - view.range.min_x;
  view.pixels_per_metre = std::min((input.long_side - kLeft - kRight) / across,
                                   (input.long_side - kTop - kBottom) / along);
  const double width = std::round(across * view.pixels_per_metre);
  const double height = std::round(along * view.pixels_per_metre);
  const double side = std::floor(std::max(0.0, kMinPlot - width) / 2);
  view.plot = {kLeft + side, kTop, kLeft + side + width, kTop + height};
  return view;
}

Canvas canvas_for(const Viewport& view) {
  const double width = std::max(view.plot.right, kLeft + kMinPlot) + kRight;
  const double height = std::max(view.plot.bottom, kTop + 2 * kMinPlot) + kBottom;
  return {static_cast<int>(width), static_cast<int>(height), theme::page};
}

}  // namespace

PictureRange picture_range(const GridSpec& grid) noexcept {
  return {grid.min[0], grid.max[0], grid.min[1], grid.max[1]};
}

void write_bev_picture(const PictureInput& input, const std::string& png_path) {
  check(input);
  const Viewport view = fit(input);
  Canvas canvas = canvas_for(view);
  canvas.rect(view.plot, theme::plot);
  draw_rings(canvas, view, input.range);
  const HeightScale scale = height_scale(input.cloud, view);
  const std::int64_t shown = draw_points(canvas, input.cloud, view, scale);
  const std::vector<PixelRect> words = draw_ring_labels(canvas, view);
  canvas.clip(view.plot);
  draw_boxes(canvas, input.boxes, view, words);
  canvas.clip_nothing();
  draw_sensor(canvas, view);
  draw_axes(canvas, view);
  draw_headline(canvas, input, view);
  draw_legend(canvas, input, view, scale, shown);
  draw_stamp(canvas, input.stamp, view);
  write_png(canvas, png_path);
}

}  // namespace colonnade
