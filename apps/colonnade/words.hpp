// Options whose words may stand apart or between commas, as trtexec takes them.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace colonnade {

/// NAME:...,NAME:... and repeated options alike.
inline std::vector<std::string> split_words(const std::vector<std::string>& arguments) {
  std::vector<std::string> words;
  for (const std::string& argument : arguments) {
    std::size_t at = 0;
    while (at <= argument.size()) {
      const std::size_t next = std::min(argument.find(',', at), argument.size());
      words.push_back(argument.substr(at, next - at));
      at = next + 1;
    }
  }
  return words;
}

}  // namespace colonnade
