#include "report/json_lines.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "report/class_name.hpp"
#include "report/stat_fields.hpp"

namespace colonnade {
namespace {

/// Quoted and escaped; bytes that aren't UTF-8 (file names may hold them) become U+FFFD.
std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// JSON knows neither NaN nor infinity.
template <class T>
std::string number(T value) {
  return std::isfinite(value) ? fmt::format("{}", value) : "null";
}

void append_box(std::string& out, const Box& box, bool velocity,
                std::span<const std::string> classes) {
  out += "{\"label\": " + quoted(class_name(box.label, classes));
  const auto add = [&](const char* name, float value) {
    fmt::format_to(std::back_inserter(out), ", \"{}\": {}", name, number(value));
  };
  add("score", box.score);
  add("x", box.x);
  add("y", box.y);
  add("z", box.z);
  add("length", box.length);
  add("width", box.width);
  add("height", box.height);
  add("yaw", box.yaw);
  if (velocity) {
    add("vx", box.vx);
    add("vy", box.vy);
  }
  out += '}';
}

}  // namespace

std::string json_line(const std::string& file, const Detections& detections,
                      std::span<const std::string> classes) {
  std::string out =
      fmt::format("{{\"schema\": {}, \"file\": {}, \"boxes\": [", kDetectionsSchema, quoted(file));
  const char* separator = "";
  for (const Box& box : detections.boxes) {
    out += separator;
    append_box(out, box, detections.has_velocity, classes);
    separator = ", ";
  }
  out += "], \"stats\": {";
  separator = "";
  for (const StatField& field : kStatFields) {
    fmt::format_to(std::back_inserter(out), "{}\"{}\": {}", separator, field.name,
                   detections.stats.*field.member);
    separator = ", ";
  }
  out += "}, \"times_ms\": {";
  separator = "";
  for (const TimeField& field : kTimeFields) {
    fmt::format_to(std::back_inserter(out), "{}\"{}\": {}", separator, field.name,
                   number(std::round(detections.times_ms.*field.member * 1e4) / 1e4));
    separator = ", ";
  }
  out += "}}\n";
  return out;
}

}  // namespace colonnade
