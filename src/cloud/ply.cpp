// PLY's points: the element "vertex". Others are stepped over.
#include <fmt/core.h>

#include <algorithm>

#include "base/file.hpp"
#include "cloud/formats.hpp"
#include "cloud/packed_fields.hpp"
#include "cloud/ply_header.hpp"
#include "cloud/record.hpp"
#include "colonnade/error.hpp"

namespace colonnade {
namespace {

Record record_of(const PlyElement& element, const std::string& where) {
  Record record;
  for (const PlyProperty& property : element.properties) {
    if (property.list) {
      throw Error(ErrorCode::unsupported, where,
                  fmt::format("element {} has the list {}; expected numbers only in the points and "
                              "in binary elements before them",
                              shown(element.name), shown(property.name)));
    }
    record.add_scalar(property.name, property.type, where);
  }
  return record;
}

// Each instance of an element is one line.
void skip_lines(const PlyElement& element, Lines& lines, const std::string& where) {
  std::string_view line;
  for (std::size_t i = 0; i < element.count;) {
    if (!lines.next(line)) {
      throw Error(ErrorCode::format, where,
                  fmt::format("is truncated: expected {} of element {}, found {}", element.count,
                              shown(element.name), i));
    }
    if (!Tokens(line).next().empty()) ++i;
  }
}

void swap_bytes(Cloud& cloud, const Record& record) {
  for (std::size_t i = 0; i < cloud.count; ++i) {
    std::byte* const point = cloud.data.data() + i * cloud.stride;
    for (const Record::Column& column : record.columns()) {
      std::byte* const first = point + column.offset;
      std::reverse(first, first + size_of(*column.type));
    }
  }
}

}  // namespace

Cloud read_ply(FileBytes file, const std::string& where) {
  Lines lines(text_of(file));
  const PlyHeader header = parse_ply_header(lines, where);
  FileBytes body = file.subspan(lines.offset());
  for (const PlyElement& element : header.elements) {
    const bool vertex = element.name == "vertex";
    if (header.data == PlyData::ascii) {
      if (vertex) return parse_records(record_of(element, where), element.count, lines, where);
      skip_lines(element, lines, where);
      continue;
    }
    const Record record = record_of(element, where);
    if (!vertex) {
      body = body.subspan(checked_size(record, element.count, body.size(), where));
      continue;
    }
    Cloud cloud = copy_records(record, element.count, body, where);
    if (header.data == PlyData::big_endian) swap_bytes(cloud, record);
    return cloud;
  }
  throw Error(ErrorCode::format, where, "the PLY header has no element vertex");
}

void write_ply(const CloudView& cloud, const std::string& path) {
  const PackedFields packed(cloud, path);
  std::string file =
      fmt::format("ply\nformat binary_little_endian 1.0\nelement vertex {}\n", cloud.count);
  for (const PointField& field : packed.fields()) {
    file += fmt::format("property {} {}\n", ply_name_of(field.type), field.name);
  }
  file += "end_header\n";
  packed.append_to(file);
  write_file(path, file);
}

}  // namespace colonnade
