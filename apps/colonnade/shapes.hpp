// Shapes on the command line: 1x64x496x432.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace colonnade {

struct NamedDims {
  std::string name;
  std::vector<std::int64_t> dims;
};

/// "name:1x64,other:4". A name may hold colons, not commas. Error(invalid_argument) at `where`.
std::vector<NamedDims> parse_named_dims(const std::string& text, const std::string& where);

}  // namespace colonnade
