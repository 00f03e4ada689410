#include "cloud/pcd_header.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "cloud/formats.hpp"
#include "colonnade/error.hpp"

namespace colonnade {
namespace {

struct Key {
  std::string_view name;
  std::vector<std::string_view> values;
  std::size_t line = 0;  // 0: not there.
};

struct Keys {
  std::array<Key, 10> all = {{{"VERSION", {}},
                              {"FIELDS", {}},
                              {"SIZE", {}},
                              {"TYPE", {}},
                              {"COUNT", {}},
                              {"WIDTH", {}},
                              {"HEIGHT", {}},
                              {"VIEWPOINT", {}},
                              {"POINTS", {}},
                              {"DATA", {}}}};

  Key* find(std::string_view name) {
    if (name == "COLUMNS") name = "FIELDS";  // PCD 0.5's word.
    const auto key =
        std::find_if(all.begin(), all.end(), [&](const Key& k) { return k.name == name; });
    return key == all.end() ? nullptr : &*key;
  }
};

std::string place(const std::string& where, std::size_t line) {
  return line == 0 ? where : fmt::format("{}:{}", where, line);
}

Keys read_keys(Lines& lines, const std::string& where) {
  Keys keys;
  for (std::string_view line; keys.find("DATA")->line == 0 && lines.next(line);) {
    Tokens tokens(line);
    const std::string_view name = tokens.next();
    if (name.empty() || name.front() == '#') continue;
    Key* const key = keys.find(name);
    if (key == nullptr) {
      throw Error(ErrorCode::format, place(where, lines.number()),
                  fmt::format("expected a key of a PCD header (VERSION, FIELDS, SIZE, TYPE, COUNT, "
                              "WIDTH, HEIGHT, VIEWPOINT, POINTS, DATA), found {}",
                              shown(name)));
    }
    if (key->line != 0) {
      throw Error(ErrorCode::format, place(where, lines.number()),
                  fmt::format("{} stands in line {} already", name, key->line));
    }
    key->line = lines.number();
    for (std::string_view value = tokens.next(); !value.empty(); value = tokens.next()) {
      key->values.push_back(value);
    }
  }
  return keys;
}

const Key& require(Keys& keys, std::string_view name, const std::string& where) {
  const Key& key = *keys.find(name);
  if (key.line == 0) {
    throw Error(ErrorCode::format, where, fmt::format("the PCD header has no line {}", name));
  }
  return key;
}

std::string_view single(const Key& key, const std::string& where) {
  if (key.values.size() != 1) {
    throw Error(ErrorCode::format, place(where, key.line),
                fmt::format("{} needs one value, found {}", key.name, key.values.size()));
  }
  return key.values[0];
}

std::size_t count_of(const Key& key, std::string_view value, const std::string& where) {
  const std::optional<std::size_t> count = parse_count(value);
  if (!count) {
    throw Error(
        ErrorCode::format, place(where, key.line),
        fmt::format("{} needs a whole number below 2^64, found {}", key.name, shown(value)));
  }
  return *count;
}

void check_values(const Key& key, std::size_t fields, const std::string& where) {
  if (key.values.size() == fields) return;
  throw Error(ErrorCode::format, place(where, key.line),
              fmt::format("{} needs a value for each of the {} FIELDS, found {}", key.name, fields,
                          key.values.size()));
}

// Nothing for PCL's 64-bit integers, which no PointField holds.
std::optional<FieldType> field_type(std::string_view type, std::size_t size,
                                    const std::string& where) {
  using enum FieldType;
  if (type == "F" && (size == 4 || size == 8)) return size == 4 ? f32 : f64;
  if (type == "I" && size <= 4 && size != 3 && size != 0) {
    return size == 1 ? i8 : size == 2 ? i16 : i32;
  }
  if (type == "U" && size <= 4 && size != 3 && size != 0) {
    return size == 1 ? u8 : size == 2 ? u16 : u32;
  }
  if ((type == "I" || type == "U") && size == 8) return std::nullopt;
  throw Error(ErrorCode::unsupported, where,
              fmt::format("a field has TYPE {} and SIZE {}; expected F of 4 or 8 bytes, I or U of "
                          "1, 2, 4 or 8",
                          shown(type), size));
}

void read_fields(Keys& keys, const std::string& where, PcdHeader& header) {
  const Key& names = require(keys, "FIELDS", where);
  const Key& sizes = require(keys, "SIZE", where);
  const Key& types = require(keys, "TYPE", where);
  const Key& counts = *keys.find("COUNT");
  check_values(sizes, names.values.size(), where);
  check_values(types, names.values.size(), where);
  if (counts.line != 0) check_values(counts, names.values.size(), where);
  for (std::size_t i = 0; i < names.values.size(); ++i) {
    const std::string name(names.values[i]);
    const std::size_t size = count_of(sizes, sizes.values[i], where);
    const std::size_t count = counts.line == 0 ? 1 : count_of(counts, counts.values[i], where);
    const std::string here = place(where, names.line);
    const std::optional<FieldType> type = field_type(types.values[i], size, here);
    const std::size_t before = header.record.stride();
    for (std::size_t k = 0; k < count; ++k) {
      if (!type || name == "_")  // PCL's name for padding.
        header.record.add_padding(name, size, here);
      else
        header.record.add_scalar(count == 1 ? name : fmt::format("{}_{}", name, k), *type, here);
    }
    header.field_bytes.push_back(header.record.stride() - before);
  }
}

std::size_t read_points(Keys& keys, const std::string& where) {
  const Key& points = *keys.find("POINTS");
  const Key& width = *keys.find("WIDTH");
  const Key& height = *keys.find("HEIGHT");
  if (width.line == 0)
    return count_of(points, single(require(keys, "POINTS", where), where), where);
  const std::size_t columns = count_of(width, single(width, where), where);
  const std::size_t rows = height.line == 0 ? 1 : count_of(height, single(height, where), where);
  std::size_t product = 0;
  const bool overflow = __builtin_mul_overflow(columns, rows, &product);
  if (points.line == 0 && !overflow) return product;
  const std::string declared = points.line == 0 ? "" : std::string(single(points, where));
  if (overflow || count_of(points, declared, where) != product) {
    throw Error(ErrorCode::format, place(where, points.line),
                fmt::format("WIDTH {} times HEIGHT {} contradicts POINTS {}", columns, rows,
                            declared.empty() ? "below 2^64" : declared));
  }
  return product;
}

PcdData read_data(Keys& keys, const std::string& where) {
  const Key& data = require(keys, "DATA", where);
  const std::string_view kind = single(data, where);
  if (kind == "ascii") return PcdData::ascii;
  if (kind == "binary") return PcdData::binary;
  if (kind == "binary_compressed") return PcdData::binary_compressed;
  throw Error(ErrorCode::unsupported, place(where, data.line),
              fmt::format("DATA is {}; expected ascii, binary or binary_compressed", shown(kind)));
}

void check_version(Keys& keys, const std::string& where) {
  const Key& version = *keys.find("VERSION");
  if (version.line == 0) return;
  constexpr std::array<std::string_view, 6> kVersions = {"0.7", ".7", "0.6", ".6", "0.5", ".5"};
  const std::string_view value = single(version, where);
  if (std::find(kVersions.begin(), kVersions.end(), value) != kVersions.end()) return;
  throw Error(ErrorCode::unsupported, place(where, version.line),
              fmt::format("is PCD version {}; versions 0.5 to 0.7 are supported", shown(value)));
}

}  // namespace

bool is_pcd(std::string_view file) noexcept {
  constexpr std::size_t kLongestPreamble = 4096;
  Lines lines(file.substr(0, kLongestPreamble));
  for (std::string_view line; lines.next(line);) {
    const std::string_view name = Tokens(line).next();
    if (name.empty() || name.front() == '#') continue;
    return name == "VERSION" || name == "FIELDS" || name == "COLUMNS";
  }
  return false;
}

PcdHeader parse_pcd_header(Lines& lines, const std::string& where) {
  PcdHeader header;
  Keys keys = read_keys(lines, where);
  check_version(keys, where);
  header.data = read_data(keys, where);
  read_fields(keys, where, header);
  header.points = read_points(keys, where);
  return header;
}

}  // namespace colonnade
