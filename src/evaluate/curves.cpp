#include "evaluate/curves.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdint>

#include "report/picture/canvas.hpp"
#include "report/picture/colours.hpp"
#include "report/picture/font.hpp"

namespace colonnade {
namespace {

constexpr double kPlot = 300;  // Pixels, as all that follow.
constexpr double kLeft = 62, kRight = 22, kAbove = 44, kBelow = 46, kTop = 66;
constexpr double kWide = kLeft + kPlot + kRight, kTall = kAbove + kPlot + kBelow;
constexpr std::size_t kMostRows = 40;

void draw_grid(Canvas& canvas, const PixelRect& plot) {
  canvas.rect(plot, theme::plot);
  for (int tick = 0; tick <= 4; ++tick) {
    const double share = tick / 4.0;
    const double x = plot.left + share * kPlot, y = plot.bottom - share * kPlot;
    canvas.line({x, plot.top}, {x, plot.bottom}, 1, theme::ring);
    canvas.line({plot.left, y}, {plot.right, y}, 1, theme::ring);
    draw_text(canvas, {x, plot.bottom + 17}, fmt::format("{:g}", share),
              {9, theme::quiet, TextAlign::centre});
    draw_text(canvas, {plot.left - 8, y + 4}, fmt::format("{:g}", share),
              {9, theme::quiet, TextAlign::right});
  }
  draw_text(canvas, {(plot.left + plot.right) / 2, plot.bottom + 34}, "recall",
            {10, theme::faint, TextAlign::centre});
  TextStyle upwards{10, theme::faint, TextAlign::centre};
  upwards.degrees = 90;
  draw_text(canvas, {plot.left - 38, (plot.top + plot.bottom) / 2}, "precision", upwards);
}

void draw_line(Canvas& canvas, const PixelRect& plot, const SampledCurve& samples, Colour colour) {
  std::vector<Segment> segments;
  const auto at = [&](std::size_t i) {
    return Pixel{plot.left + static_cast<double>(i) / (samples.size() - 1) * kPlot,
                 plot.bottom - samples[i] * kPlot};
  };
  for (std::size_t i = 0; i + 1 < samples.size(); ++i) segments.push_back({at(i), at(i + 1)});
  canvas.stroke(segments, 2, colour);
}

void draw_panel(Canvas& canvas, const CurvePanel& panel, Pixel corner) {
  const PixelRect plot{corner.x + kLeft, corner.y + kAbove, corner.x + kLeft + kPlot,
                       corner.y + kAbove + kPlot};
  draw_grid(canvas, plot);
  draw_text(canvas, {plot.left, plot.top - 14}, fitted(panel.title, 12, kPlot), {12, theme::text});
  if (panel.lines.empty()) {
    draw_text(canvas, {(plot.left + plot.right) / 2, (plot.top + plot.bottom) / 2}, "no labels",
              {12, theme::quiet, TextAlign::centre});
  }
  double y = plot.bottom - 14 - 18 * static_cast<double>(panel.lines.size() - 1);
  for (std::size_t k = 0; k < panel.lines.size(); ++k, y += 18) {
    const CurveLine& line = panel.lines[k];
    const Colour colour = class_colour(static_cast<std::int32_t>(k));
    draw_line(canvas, plot, line.samples, colour);
    const std::string name = fmt::format("{}: {:.2f}", line.name, average_r40(line.samples));
    canvas.line({plot.left + 10, y - 4}, {plot.left + 28, y - 4}, 3, colour);
    TextStyle style{10, theme::text};
    style.halo = 2;
    style.halo_colour = theme::plot;
    draw_text(canvas, {plot.left + 36, y}, fitted(name, 10, kPlot - 46), style);
  }
}

}  // namespace

std::vector<CurvePanel> kitti_panels(const KittiReport& report) {
  std::vector<CurvePanel> panels;
  std::string previous;
  for (const KittiCell& cell : report.cells) {
    const KittiClass& kind = *std::find_if(
        kKittiClasses.begin(), kKittiClasses.end(),
        [&](const KittiClass& candidate) { return candidate.name == cell.class_name; });
    const bool image = cell.metric == KittiMetric::image;
    if (cell.min_overlap != (image ? kind.image : kind.strict)) continue;
    const std::string title =
        fmt::format("{} {} @{:.2f}", cell.class_name,
                    kKittiMetricNames[static_cast<std::size_t>(cell.metric)], cell.min_overlap);
    if (title != previous) panels.push_back({title, {}});
    previous = title;
    if (cell.labels > 0) {
      panels.back().lines.push_back({std::string(cell.difficulty), cell.precision});
    }
  }
  return panels;
}

std::vector<CurvePanel> lidar_panels(std::span<const LidarRow> rows) {
  std::vector<CurvePanel> panels;
  for (const LidarRow& row : rows) {
    if (panels.empty() || panels.back().title != row.class_name) {
      panels.push_back({row.class_name, {}});
    }
    if (row.labels == 0 || !row.has_precision()) continue;
    const bool all = row.stratum.kind == LidarStratum::Kind::all;
    std::string name = fmt::format("@{:g}", row.threshold);
    if (!all) name += fmt::format(", {:g} to {:g} m", row.stratum.from, row.stratum.to);
    panels.back().lines.push_back({name, row.precision});
  }
  return panels;
}

void write_curves(std::span<const CurvePanel> panels, std::size_t columns,
                  const std::string& headline, const std::string& png_path) {
  const std::size_t rows =
      std::clamp<std::size_t>((panels.size() + columns - 1) / columns, 1, kMostRows);
  columns = std::min(columns, std::max<std::size_t>(panels.size(), 1));
  Canvas canvas(static_cast<int>(kWide * static_cast<double>(columns)),
                static_cast<int>(kTop + kTall * static_cast<double>(rows)), theme::page);
  draw_text(canvas, {kLeft, 38}, fitted(headline, 14, canvas.width() - kLeft - kRight),
            {14, theme::text});
  for (std::size_t k = 0; k < std::min(panels.size(), rows * columns); ++k) {
    draw_panel(canvas, panels[k],
               {kWide * static_cast<double>(k % columns),
                kTop + kTall * static_cast<double>(k / columns)});
  }
  write_png(canvas, png_path);
}

}  // namespace colonnade
