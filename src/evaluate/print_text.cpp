#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "evaluate/print.hpp"

namespace colonnade {
namespace {

std::string counted(std::size_t n, const char* one) {
  return fmt::format("{} {}{}", n, one, n == 1 ? "" : "s");
}

std::string headline(const EvalInput& input) {
  return fmt::format("{}: {}, {}\n", counted(input.frames, "frame"),
                     counted(input.objects, "label"), counted(input.boxes, "prediction"));
}

/// A number, or a dash where there is nothing to average.
std::string percent(bool known, double value, int digits) {
  return known ? fmt::format("{:.{}f}", value, digits) : "-";
}

using Cells = std::span<const KittiCell>;  // The difficulties of one class, metric and overlap.

template <class Value>
void append_line(std::string& out, std::string_view name, Cells cells, Value value) {
  fmt::format_to(std::back_inserter(out), "  {:<14}", name);
  for (const KittiCell& cell : cells) {
    fmt::format_to(std::back_inserter(out), "{:>18}", value(cell));
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  out += '\n';
}

void append_metric(std::string& out, Cells cells, const KittiReport& report) {
  const KittiCell& first = cells.front();
  const auto averages = [](const SampledCurve& curve, const KittiCell& cell) {
    if (cell.labels == 0) return std::string("-");
    return fmt::format("{:.2f} ({:.2f})", average_r40(curve), average_r11(curve));
  };
  const std::string_view metric = kKittiMetricNames[static_cast<std::size_t>(first.metric)];
  append_line(out, fmt::format("{:<4} @{:.2f}", metric, first.min_overlap), cells,
              [&](const KittiCell& cell) { return averages(cell.precision, cell); });
  if (first.metric == KittiMetric::image && report.has_orientation) {
    append_line(out, fmt::format("AOS  @{:.2f}", first.min_overlap), cells,
                [&](const KittiCell& cell) { return averages(cell.orientation, cell); });
  }
}

}  // namespace

const char* name_of(LidarMetric metric) noexcept {
  constexpr const char* kNames[] = {"3d", "bev", "distance"};
  return kNames[static_cast<std::size_t>(metric)];
}

std::string name_of(const LidarStratum& stratum) {
  if (stratum.kind == LidarStratum::Kind::all) return "all";
  const char* const unit = stratum.kind == LidarStratum::Kind::range ? "m" : "points";
  if (std::isinf(stratum.to)) return fmt::format("from {:g} {}", stratum.from, unit);
  return fmt::format("{:g} to {:g} {}", stratum.from, stratum.to, unit);
}

std::string kitti_text(const EvalInput& input, const KittiReport& report) {
  constexpr std::size_t kLevels = kKittiDifficulties.size();
  std::string out = headline(input);
  out += "KITTI's protocol, AP of 40 recalls (of 11), percent\n";
  std::string_view shown;
  for (std::size_t at = 0; at < report.cells.size(); at += kLevels) {
    const Cells cells = std::span(report.cells).subspan(at, kLevels);
    const KittiCell& first = cells.front();
    if (first.class_name != shown) {
      shown = first.class_name;
      fmt::format_to(std::back_inserter(out), "\n{:<16}", shown);
      for (const KittiCell& cell : cells) {
        fmt::format_to(std::back_inserter(out), "{:>18}", cell.difficulty);
      }
      out += '\n';
      append_line(out, "labels", cells, [](const KittiCell& cell) { return cell.labels; });
    }
    append_metric(out, cells, report);
    const bool last_of_class =
        at + kLevels == report.cells.size() || report.cells[at + kLevels].class_name != shown;
    if (!last_of_class) continue;
    append_line(out, fmt::format(">= {:g} score", input.score), cells, [](const KittiCell& cell) {
      const MatchCounts& c = cell.at_score;
      return fmt::format("{} / {} / {}", c.found, c.missed, c.wrong);
    });
  }
  fmt::format_to(std::back_inserter(out),
                 "\n>= {:g} score: labels found / missed / false boxes, by the last line's "
                 "overlap\n",
                 input.score);
  return out;
}

std::string lidar_text(const EvalInput& input, const LidarOptions& options,
                       std::span<const LidarRow> rows) {
  std::size_t width = 5;
  for (const LidarRow& row : rows) width = std::max(width, row.class_name.size());
  std::string out = headline(input);
  fmt::format_to(std::back_inserter(out),
                 "LiDAR frame, {}; found, missed and false from score {:g}\n\n",
                 options.metric == LidarMetric::distance
                     ? "centres nearer than the threshold in metres"
                     : std::string(name_of(options.metric)) + " IoU above the threshold",
                 input.score);
  fmt::format_to(std::back_inserter(out),
                 "{:<{}}  threshold  {:<16} labels  ignored  found missed  false  recall     AP  "
                 "AP nuSc.   off, m  turn, deg\n",
                 "class", width, "stratum");
  for (const LidarRow& row : rows) {
    const bool any = row.labels > 0, precise = any && row.has_precision();
    const double recall =
        any ? 100 * static_cast<double>(row.found) / static_cast<double>(row.labels) : 0;
    fmt::format_to(
        std::back_inserter(out),
        "{:<{}}  {:>9.2f}  {:<16} {:>6}  {:>7} {:>6} {:>6} {:>6}  {:>6} {:>6}  {:>8} {:>8} "
        "{:>10}\n",
        row.class_name, width, row.threshold, name_of(row.stratum), row.labels, row.ignored,
        row.found, row.missed(), row.has_precision() ? std::to_string(row.wrong) : "-",
        percent(any, recall, 1), percent(precise, row.ap_r40, 2),
        percent(precise, row.ap_nuscenes, 2), percent(row.found > 0, row.mean_distance, 2),
        percent(row.found > 0, row.mean_turn * 180 / 3.14159265358979323846, 1));
  }
  return out;
}

}  // namespace colonnade
