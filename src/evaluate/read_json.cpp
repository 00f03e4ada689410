// Objects from JSON lines: docs/detections_schema.md.
#include <fmt/core.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cloud/text.hpp"
#include "colonnade/error.hpp"
#include "evaluate/read_objects.hpp"

namespace colonnade {
namespace {

using nlohmann::json;

class BoxReader {
 public:
  BoxReader(const json& box, std::string where) : box_(box), where_(std::move(where)) {
    if (!box.is_object()) refuse("a box", "an object", box);
  }

  double number(const char* key) const {
    const auto found = box_.find(key);
    if (found == box_.end()) {
      throw Error(ErrorCode::format, where_, fmt::format("a box has no \"{}\"", key));
    }
    if (!found->is_number() || !std::isfinite(found->get<double>())) {
      refuse(key, "a finite number", *found);
    }
    return found->get<double>();
  }
  double extent(const char* key) const {
    const double value = number(key);
    if (value < 0) refuse(key, "0 or more metres", box_.at(key));
    return value;
  }
  std::string text(const char* key) const {
    const auto found = box_.find(key);
    if (found == box_.end() || !found->is_string()) {
      throw Error(ErrorCode::format, where_, fmt::format("a box has no text \"{}\"", key));
    }
    return found->get<std::string>();
  }
  bool has(const char* key) const { return box_.contains(key); }

 private:
  [[noreturn]] void refuse(const char* key, const char* expected, const json& found) const {
    throw Error(ErrorCode::format, where_,
                fmt::format("{}: expected {}, found {}", key, expected,
                            shown(found.dump(-1, ' ', true, json::error_handler_t::replace))));
  }

  const json& box_;
  std::string where_;
};

LidarObject object_of(const BoxReader& box, Role role) {
  LidarObject object;
  object.label = box.text("label");
  object.x = box.number("x");
  object.y = box.number("y");
  object.z = box.number("z");
  object.length = box.extent("length");
  object.width = box.extent("width");
  object.height = box.extent("height");
  object.yaw = box.number("yaw");
  if (role == Role::predictions || box.has("score")) object.score = box.number("score");
  if (box.has("points")) object.points = static_cast<std::int64_t>(box.extent("points"));
  return object;
}

}  // namespace

void parse_json_objects(std::string_view text, Role role, const std::string& path,
                        Frames<LidarObject>& frames) {
  Lines lines(text);
  for (std::string_view line; lines.next(line);) {
    if (Tokens(line).next().empty()) continue;
    const std::string where = fmt::format("{}:{}", path, lines.number());
    const json frame = json::parse(line, nullptr, false);
    if (!frame.is_object() || !frame.contains("file") || !frame["file"].is_string() ||
        !frame.contains("boxes") || !frame["boxes"].is_array()) {
      throw Error(ErrorCode::format, where,
                  "expected an object with \"file\" and \"boxes\" on one line, as detect --json "
                  "writes, found " +
                      shown(line));
    }
    const std::string stem = std::filesystem::path(frame["file"].get<std::string>()).stem();
    const auto [at, added] = frames.try_emplace(stem);
    if (!added) {
      throw Error(ErrorCode::format, where,
                  fmt::format("the frame {} is there a second time", shown(stem)));
    }
    for (const json& box : frame["boxes"]) at->second.push_back(object_of({box, where}, role));
  }
}

}  // namespace colonnade
