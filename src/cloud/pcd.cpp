// PCD's points: text, records, or one LZF stream of fields.
#include <fmt/core.h>

#include <cstdint>
#include <cstring>
#include <vector>

#include "base/file.hpp"
#include "cloud/formats.hpp"
#include "cloud/lzf.hpp"
#include "cloud/packed_fields.hpp"
#include "cloud/pcd_header.hpp"
#include "colonnade/error.hpp"

namespace colonnade {
namespace {

Cloud read_ascii(const PcdHeader& header, Lines& lines, const std::string& where) {
  Cloud cloud = parse_records(header.record, header.points, lines, where);
  for (std::string_view line; lines.next(line);) {
    if (Tokens(line).next().empty()) continue;
    throw Error(ErrorCode::format, fmt::format("{}:{}", where, lines.number()),
                fmt::format("goes on behind the {} POINTS of the header", header.points));
  }
  return cloud;
}

Cloud read_binary(const PcdHeader& header, FileBytes body, const std::string& where) {
  Cloud cloud = copy_records(header.record, header.points, body, where);
  // A line end behind the points is common; a whole point more means that the header lies.
  const std::size_t rest = body.size() - cloud.data.size();
  if (rest >= cloud.stride) {
    throw Error(ErrorCode::format, where,
                fmt::format("expected {} points of {} bytes after the header, found {} bytes more",
                            cloud.count, cloud.stride, rest));
  }
  return cloud;
}

std::uint32_t read_u32(FileBytes bytes, std::size_t offset) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

// Behind two sizes lies a stream of all values of the first field, then of the second, and so on.
Cloud read_compressed(const PcdHeader& header, FileBytes body, const std::string& where) {
  constexpr std::size_t kSizes = 2 * sizeof(std::uint32_t);
  if (header.points == 0) return copy_records(header.record, 0, {}, where);
  const std::size_t packed = body.size() < kSizes ? 0 : read_u32(body, 0);
  if (body.size() < kSizes || body.size() - kSizes < packed) {
    throw Error(ErrorCode::format, where,
                fmt::format("is truncated: expected {} compressed bytes, found {}", kSizes + packed,
                            body.size()));
  }
  const std::size_t unpacked = read_u32(body, sizeof(std::uint32_t));
  if (unpacked / kMaxLzfExpansion > packed) {
    throw Error(
        ErrorCode::format, where,
        fmt::format("{} compressed bytes can't hold the {} that are declared", packed, unpacked));
  }
  const std::size_t expected = checked_size(header.record, header.points, unpacked, where);
  std::vector<std::byte> columns(unpacked);
  if (expected != unpacked || !decompress_lzf(body.subspan(kSizes, packed), columns)) {
    throw Error(ErrorCode::format, where,
                fmt::format("its compressed data isn't a stream of {} points of {} bytes",
                            header.points, header.record.stride()));
  }
  // The block of fields has the size of the records: make those first, then overwrite them.
  Cloud cloud = copy_records(header.record, header.points, columns, where);
  const std::byte* from = columns.data();
  std::size_t offset = 0;
  for (const std::size_t bytes : header.field_bytes) {
    for (std::size_t i = 0; i < cloud.count; ++i, from += bytes) {
      std::memcpy(cloud.data.data() + i * cloud.stride + offset, from, bytes);
    }
    offset += bytes;
  }
  return cloud;
}

}  // namespace

Cloud read_pcd(FileBytes file, const std::string& where) {
  if (!is_pcd(text_of(file))) {
    throw Error(ErrorCode::format, where,
                "isn't a PCD file: expected it to start with VERSION or FIELDS, after comments");
  }
  Lines lines(text_of(file));
  const PcdHeader header = parse_pcd_header(lines, where);
  const FileBytes body = file.subspan(lines.offset());
  switch (header.data) {
    case PcdData::ascii: return read_ascii(header, lines, where);
    case PcdData::binary: return read_binary(header, body, where);
    case PcdData::binary_compressed: return read_compressed(header, body, where);
  }
  throw Error(ErrorCode::internal, "unknown kind of PCD data");
}

void write_pcd(const CloudView& cloud, const std::string& path) {
  const PackedFields packed(cloud, path);
  std::string names, sizes, types, counts;
  for (const PointField& field : packed.fields()) {
    const bool real = field.type == FieldType::f32 || field.type == FieldType::f64;
    const bool is_signed =
        field.type == FieldType::i8 || field.type == FieldType::i16 || field.type == FieldType::i32;
    names += ' ' + field.name;
    sizes += fmt::format(" {}", size_of(field.type));
    types += real ? " F" : is_signed ? " I" : " U";
    counts += " 1";
  }
  std::string file = fmt::format(
      "# .PCD v0.7 - Point Cloud Data file format\nVERSION 0.7\nFIELDS{}\nSIZE{}\nTYPE{}\n"
      "COUNT{}\nWIDTH {}\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS {}\nDATA binary\n",
      names, sizes, types, counts, cloud.count, cloud.count);
  packed.append_to(file);
  write_file(path, file);
}

}  // namespace colonnade
