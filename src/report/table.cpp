#include "report/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/class_name.hpp"
#include "report/stat_fields.hpp"

namespace colonnade {
namespace {

double degrees(float radians) noexcept {
  return static_cast<double>(radians) * 180 / 3.14159265358979323846;
}

}  // namespace

std::string box_table(const Detections& detections, std::span<const std::string> classes) {
  if (detections.boxes.empty()) return "  no boxes\n";
  std::size_t width = 5;
  for (const Box& b : detections.boxes)
    width = std::max(width, class_name(b.label, classes).size());
  std::string out = fmt::format(
      "  {:<{}}  score        x        y        z  length  width  height     yaw  "
      "distance{}\n",
      "class", width, detections.has_velocity ? "   speed" : "");
  for (const Box& b : detections.boxes) {
    fmt::format_to(std::back_inserter(out),
                   "  {:<{}}  {:5.3f}  {:7.2f}  {:7.2f}  {:7.2f}  {:6.2f}  {:5.2f}  {:6.2f}  "
                   "{:6.1f}  {:8.2f}",
                   class_name(b.label, classes), width, b.score, b.x, b.y, b.z, b.length, b.width,
                   b.height, degrees(b.yaw), std::hypot(b.x, b.y));
    if (detections.has_velocity)
      fmt::format_to(std::back_inserter(out), "  {:6.2f}", std::hypot(b.vx, b.vy));
    out += '\n';
  }
  return out;
}

std::string stats_text(const Detections& detections) {
  std::string out = "  counts:";
  for (const StatField& field : kStatFields) {
    const std::int64_t count = detections.stats.*field.member;
    const bool always = field.member == &FrameStats::points ||
                        field.member == &FrameStats::pillars ||
                        field.member == &FrameStats::candidates;
    if (always || count != 0) fmt::format_to(std::back_inserter(out), " {} {},", field.name, count);
  }
  out.back() = '\n';
  out += "  milliseconds:";
  for (const TimeField& field : kTimeFields)
    fmt::format_to(std::back_inserter(out), " {} {:.2f},", field.name,
                   detections.times_ms.*field.member);
  out.back() = '\n';
  return out;
}

}  // namespace colonnade
