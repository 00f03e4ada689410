// PCD's header: lines of a key and its values, DATA last. The format of the Point Cloud Library,
// versions 0.5 to 0.7.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cloud/record.hpp"

namespace colonnade {

enum class PcdData { ascii, binary, binary_compressed };

struct PcdHeader {
  Record record;
  std::vector<std::size_t> field_bytes;  ///< Bytes of each declared field (SIZE x COUNT) a point.
  std::size_t points = 0;
  PcdData data = PcdData::ascii;
};

/// Leaves `lines` behind the DATA line. Error(format | unsupported | limit) names file and line.
PcdHeader parse_pcd_header(Lines& lines, const std::string& where);

}  // namespace colonnade
