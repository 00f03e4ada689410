// PLY's header: elements in the order of their data, each with its properties (Turk 1994).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cloud/text.hpp"
#include "colonnade/cloud.hpp"

namespace colonnade {

enum class PlyData { ascii, little_endian, big_endian };

struct PlyProperty {
  std::string name;
  FieldType type = FieldType::f32;  ///< Of the values, where it's a list.
  bool list = false;
};

struct PlyElement {
  std::string name;
  std::size_t count = 0;
  std::vector<PlyProperty> properties;
};

struct PlyHeader {
  PlyData data = PlyData::ascii;
  std::vector<PlyElement> elements;
};

/// Leaves `lines` behind the line end_header. Error(format | unsupported) names file and line.
PlyHeader parse_ply_header(Lines& lines, const std::string& where);

std::string_view ply_name_of(FieldType type) noexcept;  ///< "float", "uchar", ...

}  // namespace colonnade
