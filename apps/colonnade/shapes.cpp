#include "shapes.hpp"

#include <algorithm>

#include "colonnade/error.hpp"

namespace colonnade {

std::vector<std::int64_t> parse_dims(const std::string& text, const std::string& where) {
  std::vector<std::int64_t> dims;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t next = std::min(text.find('x', at), text.size());
    const std::string digits = text.substr(at, next - at);
    if (digits.empty() || digits.size() > 12 ||
        digits.find_first_not_of("0123456789") != std::string::npos) {
      throw Error(ErrorCode::invalid_argument, where,
                  "expected dimensions as 1x64x496x432, found '" + digits + "'");
    }
    dims.push_back(std::stoll(digits));
    at = next + 1;
  }
  return dims;
}

std::vector<NamedDims> parse_named_dims(const std::string& text, const std::string& where) {
  std::vector<NamedDims> list;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t next = std::min(text.find(',', at), text.size());
    const std::string item = text.substr(at, next - at);
    const std::size_t split = item.rfind(':');
    if (split == std::string::npos || split == 0) {
      throw Error(ErrorCode::invalid_argument, where,
                  "expected INPUT:1x64x496x432, found '" + item + "'");
    }
    list.push_back({item.substr(0, split), parse_dims(item.substr(split + 1), where)});
    at = next + 1;
  }
  return list;
}

}  // namespace colonnade
