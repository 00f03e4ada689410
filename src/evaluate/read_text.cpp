// Objects from lines of words: KITTI's and OpenPCDet's custom form.
#include <fmt/core.h>

#include <cmath>
#include <optional>

#include "cloud/text.hpp"
#include "colonnade/error.hpp"
#include "evaluate/read_objects.hpp"

namespace colonnade {
namespace {

/// A line's words, read one after the other as what they should be.
class Columns {
 public:
  Columns(std::string_view line, std::string where) : where_(std::move(where)) {
    Tokens tokens(line);
    for (std::string_view word = tokens.next(); !word.empty(); word = tokens.next()) {
      words_.push_back(word);
    }
  }

  std::size_t count() const noexcept { return words_.size(); }
  const std::vector<std::string_view>& words() const noexcept { return words_; }
  std::string_view word() { return words_[at_++]; }

  double number(const char* name) {
    const std::string_view word = words_[at_++];
    const std::optional<double> value = parse_number<double>(word);
    if (!value || !std::isfinite(*value)) refuse(name, "a finite number", word);
    return *value;
  }
  double extent(const char* name) {
    const std::string_view word = words_[at_];
    const double value = number(name);
    if (value < 0) refuse(name, "0 or more metres", word);
    return value;
  }
  std::int32_t integer(const char* name) {
    const std::string_view word = words_[at_++];
    const std::optional<std::int32_t> value = parse_number<std::int32_t>(word);
    if (!value) refuse(name, "a whole number", word);
    return *value;
  }

  [[noreturn]] void refuse_count(const std::string& expected) const {
    throw Error(
        ErrorCode::format, where_,
        fmt::format("expected {}, found {} column{}", expected, count(), count() == 1 ? "" : "s"));
  }

 private:
  [[noreturn]] void refuse(const char* name, const char* expected, std::string_view found) const {
    throw Error(ErrorCode::format, where_,
                fmt::format("{}: expected {}, found {}", name, expected, shown(found)));
  }

  std::string where_;
  std::vector<std::string_view> words_;
  std::size_t at_ = 0;
};

void check_count(const Columns& columns, std::size_t without_score, Role role, const char* names) {
  const bool fits = columns.count() == without_score + 1 ||
                    (role == Role::labels && columns.count() == without_score);
  if (fits) return;
  columns.refuse_count(role == Role::labels
                           ? fmt::format("{} columns ({})", without_score, names)
                           : fmt::format("{} columns ({}, score)", without_score + 1, names));
}

KittiObject kitti_object(Columns& columns, Role role) {
  constexpr std::size_t kColumns = 15;
  check_count(columns, kColumns, role,
              "type, truncated, occluded, alpha, 4 of the 2-D box, h, w, l, x, y, z, rotation_y");
  KittiObject object;
  object.type = columns.word();
  const auto extent = [&](const char* name) {  // Regions have -1s there.
    return object.is_region() ? columns.number(name) : columns.extent(name);
  };
  object.truncated = columns.number("truncated");
  object.occluded = columns.integer("occluded");
  object.alpha = columns.number("alpha");
  object.image.left = columns.number("left");
  object.image.top = columns.number("top");
  object.image.right = columns.number("right");
  object.image.bottom = columns.number("bottom");
  object.box.height = extent("height");
  object.box.width = extent("width");
  object.box.length = extent("length");
  object.box.bottom[0] = columns.number("x");
  object.box.bottom[1] = columns.number("y");
  object.box.bottom[2] = columns.number("z");
  object.box.rotation_y = columns.number("rotation_y");
  if (columns.count() > kColumns) object.score = columns.number("score");
  return object;
}

LidarObject lidar_object(Columns& columns) {
  LidarObject object;
  object.x = columns.number("x");
  object.y = columns.number("y");
  object.z = columns.number("z");
  object.length = columns.extent("dx");
  object.width = columns.extent("dy");
  object.height = columns.extent("dz");
  object.yaw = columns.number("heading");
  object.label = columns.word();
  return object;
}

}  // namespace

std::vector<KittiObject> parse_kitti_objects(std::string_view text, Role role,
                                             const std::string& path) {
  std::vector<KittiObject> objects;
  Lines lines(text);
  for (std::string_view line; lines.next(line);) {
    Columns columns(line, fmt::format("{}:{}", path, lines.number()));
    if (columns.count() != 0) objects.push_back(kitti_object(columns, role));
  }
  return objects;
}

std::vector<LidarObject> parse_lidar_objects(std::string_view text, Role role,
                                             const std::string& path) {
  constexpr std::size_t kColumns = 8;
  std::vector<LidarObject> objects;
  std::vector<std::string> names;  // Of the columns, where a line tells them.
  Lines lines(text);
  for (std::string_view line; lines.next(line);) {
    Columns columns(line, fmt::format("{}:{}", path, lines.number()));
    if (columns.count() == 0) continue;
    if (columns.words().front().front() == '#') {
      const std::size_t lone_mark = columns.words().front() == "#" ? 1 : 0;
      names.assign(columns.words().begin() + static_cast<std::ptrdiff_t>(lone_mark),
                   columns.words().end());
      continue;
    }
    if (names.size() <= kColumns) {
      check_count(columns, kColumns, role, "x, y, z, dx, dy, dz, heading, class");
    } else if (columns.count() != names.size()) {
      columns.refuse_count(fmt::format("the {} columns that the line with # names", names.size()));
    }
    LidarObject object = lidar_object(columns);
    bool scored = false;
    for (std::size_t i = kColumns; i < columns.count(); ++i) {
      const bool unnamed = names.size() <= kColumns;
      if (unnamed || names[i] == "score") {
        object.score = columns.number("score");
        scored = true;
      } else if (names[i] == "points") {
        object.points = columns.integer("points");
      } else {
        columns.word();
      }
    }
    if (role == Role::predictions && !scored) columns.refuse_count("a column 'score'");
    objects.push_back(std::move(object));
  }
  return objects;
}

}  // namespace colonnade
