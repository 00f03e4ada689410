#include "shapes.hpp"

#include <algorithm>

#include "graph/input_arguments.hpp"

#include "colonnade/error.hpp"

namespace colonnade {

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
    const Shape shape = parse_shape(where, item.substr(split + 1));
    list.push_back({item.substr(0, split), {shape.begin(), shape.end()}});
    at = next + 1;
  }
  return list;
}

}  // namespace colonnade
