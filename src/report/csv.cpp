#include "report/csv.hpp"

#include <fmt/format.h>

#include "report/class_name.hpp"

namespace colonnade {
namespace {

std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

}  // namespace

std::string csv_header(bool has_velocity) {
  return std::string("file,label,score,x,y,z,length,width,height,yaw") +
         (has_velocity ? ",vx,vy\n" : "\n");
}

std::string csv_rows(const std::string& file, const Detections& detections,
                     std::span<const std::string> classes) {
  std::string out;
  const std::string quoted_file = quoted(file);
  for (const Box& b : detections.boxes) {
    fmt::format_to(std::back_inserter(out), "{},{},{},{},{},{},{},{},{},{}", quoted_file,
                   quoted(class_name(b.label, classes)), b.score, b.x, b.y, b.z, b.length, b.width,
                   b.height, b.yaw);
    if (detections.has_velocity) fmt::format_to(std::back_inserter(out), ",{},{}", b.vx, b.vy);
    out += '\n';
  }
  return out;
}

}  // namespace colonnade
