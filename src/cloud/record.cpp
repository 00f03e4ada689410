#include "cloud/record.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/ascii.hpp"
#include "cloud/scalar.hpp"
#include "colonnade/error.hpp"

namespace colonnade {
namespace {

std::string lower_case(std::string text) {
  for (char& c : text) c = ascii_lower(c);
  return text;
}

// Drivers and tools name the return's strength differently: CARLA "I", Ouster and Livox
// "reflectivity", CloudCompare "scalar_Intensity".
void add_intensity_alias(std::vector<PointField>& fields) {
  constexpr std::array<const char*, 6> kNames = {"intensity",   "i",         "reflectivity",
                                                 "reflectance", "remission", "scalar_intensity"};
  if (std::any_of(fields.begin(), fields.end(),
                  [](const PointField& f) { return f.name == "intensity"; })) {
    return;
  }
  for (const char* const name : kNames) {
    for (const PointField& field : fields) {
      if (lower_case(field.name) != name) continue;
      fields.push_back({"intensity", field.offset, field.type});
      return;
    }
  }
}

void parse_value(std::string_view token, const Record::Column& column, std::byte* to,
                 const std::string& file, std::size_t line) {
  dispatch(*column.type, [&]<typename T>(TypeTag<T>) {
    const std::optional<T> value = parse_number<T>(token);
    if (!value) {
      throw Error(ErrorCode::format, fmt::format("{}:{}", file, line),
                  fmt::format("expected {} as {}, found {}", column.name, name_of(*column.type),
                              shown(token)));
    }
    std::memcpy(to, &*value, sizeof(T));
  });
}

void check_limits(const Record& record, std::size_t count, const std::string& where) {
  if (count <= kMaxPoints && count * record.stride() <= kMaxCloudBytes) return;
  throw Error(
      ErrorCode::limit, where,
      fmt::format("holds {} points of {} bytes; at most {} points and {} bytes are supported",
                  count, record.stride(), kMaxPoints, kMaxCloudBytes));
}

}  // namespace

void Record::grow(std::size_t bytes, const std::string& where) {
  constexpr std::size_t kMaxStride = 65535;
  if (bytes > kMaxStride - stride_) {
    throw Error(ErrorCode::limit, where,
                fmt::format("a point has more than the {} bytes that are supported", kMaxStride));
  }
  stride_ += bytes;
}

void Record::add_scalar(const std::string& name, FieldType type, const std::string& where) {
  if (!names_.insert(name).second) {
    throw Error(ErrorCode::format, where, fmt::format("has two fields {}", shown(name)));
  }
  columns_.push_back({name, type, stride_});
  grow(size_of(type), where);
}

void Record::add_padding(const std::string& name, std::size_t bytes, const std::string& where) {
  columns_.push_back({name, std::nullopt, stride_});
  grow(bytes, where);
}

std::string Record::names() const {
  constexpr std::size_t kShown = 16;
  std::string text;
  for (std::size_t i = 0; i < std::min(columns_.size(), kShown); ++i) {
    text += (i > 0 ? " " : "") + columns_[i].name;
  }
  return columns_.size() > kShown ? text + " ..." : text;
}

std::size_t checked_size(const Record& record, std::size_t count, std::size_t available,
                         const std::string& where) {
  std::size_t bytes = 0;
  const bool overflow = __builtin_mul_overflow(count, record.stride(), &bytes);
  if (overflow || bytes > available) {
    throw Error(ErrorCode::format, where,
                fmt::format("is truncated: expected {} points of {} bytes after the header, found "
                            "{} bytes",
                            count, record.stride(), available));
  }
  check_limits(record, count, where);
  return bytes;
}

std::vector<PointField> fields_of(const Record& record, const std::string& where) {
  std::vector<PointField> fields;
  for (const Record::Column& column : record.columns()) {
    if (column.type) fields.push_back({column.name, column.offset, *column.type});
  }
  for (const char* const name : {"x", "y", "z"}) {
    if (std::none_of(fields.begin(), fields.end(),
                     [&](const PointField& f) { return f.name == name; })) {
      throw Error(ErrorCode::format, where,
                  fmt::format("has no field {}; a cloud needs x, y and z, found {}", name,
                              shown(record.names())));
    }
  }
  add_intensity_alias(fields);
  return fields;
}

Cloud copy_records(const Record& record, std::size_t count, std::span<const std::byte> bytes,
                   const std::string& where) {
  const std::size_t size = checked_size(record, count, bytes.size(), where);
  Cloud cloud;
  cloud.fields = fields_of(record, where);
  cloud.count = count;
  cloud.stride = record.stride();
  cloud.data.assign(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
  return cloud;
}

Cloud parse_records(const Record& record, std::size_t count, Lines& lines,
                    const std::string& where) {
  Cloud cloud;
  cloud.fields = fields_of(record, where);
  const std::size_t columns = record.columns().size();
  // A value takes a character and a blank at least: a count that lies is found before it allocates.
  const std::size_t available = lines.remaining();
  if (count > (available + 1) / (2 * columns)) {
    throw Error(ErrorCode::format, where,
                fmt::format("is truncated: {} bytes after the header can't hold {} points of {} "
                            "values",
                            available, count, columns));
  }
  check_limits(record, count, where);
  cloud.count = count;
  cloud.stride = record.stride();
  cloud.data.resize(count * record.stride());
  std::size_t point = 0;
  for (std::string_view line; point < count && lines.next(line);) {
    Tokens tokens(line);
    std::string_view token = tokens.next();
    if (token.empty()) continue;
    std::byte* const to = cloud.data.data() + point * record.stride();
    std::size_t found = 0;
    for (; !token.empty(); token = tokens.next(), ++found) {
      if (found >= columns || !record.columns()[found].type) continue;
      const Record::Column& column = record.columns()[found];
      parse_value(token, column, to + column.offset, where, lines.number());
    }
    if (found != columns) {
      throw Error(
          ErrorCode::format, fmt::format("{}:{}", where, lines.number()),
          fmt::format("expected {} values ({}), found {}", columns, shown(record.names()), found));
    }
    ++point;
  }
  if (point != count) {
    throw Error(ErrorCode::format, where,
                fmt::format("is truncated: expected {} points, found {}", count, point));
  }
  return cloud;
}

}  // namespace colonnade
